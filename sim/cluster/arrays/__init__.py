"""A year of a cluster as arrays, and the random streams that both engines read."""
