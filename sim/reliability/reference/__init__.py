"""The readable reference in SimPy: systems that fail and are repaired."""
