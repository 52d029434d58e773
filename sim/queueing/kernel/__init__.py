"""Compiled kernels for queueing networks: the event loop and the recursions."""
