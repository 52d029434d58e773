"""Redundancy groups of disks: their contract, a reference in SimPy, a compiled kernel."""
