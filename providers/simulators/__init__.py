"""Stand-ins for vendors: each speaks its vendor's protocol, keeps its own state on disk and has a page to look at."""
