"""Compiled kernels for training clusters: a year of failures, repairs and restarts."""
