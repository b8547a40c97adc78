"""How fast it is, as ratios against a limit or a peer in the same run: `make bench`, and README.md beside this."""
