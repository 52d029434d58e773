"""Kinds of workloads, a file each: what users write, and what such a workload answers."""
