"""A queueing network over time: its contract, a reference in SimPy, a compiled kernel."""
