"""Compiled code kept on disk: made once a machine, and read only where nobody else could write."""
