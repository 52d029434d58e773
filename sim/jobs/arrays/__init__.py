"""Jobs and nodes as arrays, which both engines read."""
