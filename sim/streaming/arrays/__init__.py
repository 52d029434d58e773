"""A stream as arrays, which both engines read."""
