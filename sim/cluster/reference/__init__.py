"""The readable reference in SimPy: a year of a cluster of nodes."""
