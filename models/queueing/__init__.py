"""Queueing networks: their description, and what the laws say about one."""
