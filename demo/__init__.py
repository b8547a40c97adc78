"""The seeded organisation, and the story that `make demo` tells and judges. Above everything but `roles/`."""
