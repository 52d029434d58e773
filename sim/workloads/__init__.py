"""Workloads over time, a file with the name of each kind."""
