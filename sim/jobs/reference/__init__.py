"""The readable reference in SimPy: jobs on a cluster."""
