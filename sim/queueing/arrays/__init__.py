"""A queueing network as arrays: what both engines read, and what both count."""
