"""What a process can be: one file for each verb of manage.py."""
