"""Compiled kernels for jobs on a cluster."""
