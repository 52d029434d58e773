"""A repairable system over time: its contract, a reference in SimPy, a compiled kernel."""
