"""A year of a cluster of nodes: its contract, a reference in SimPy, a compiled kernel."""
