"""Workloads in reports, a file with the name of each kind."""
