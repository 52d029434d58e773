"""The readable reference in SimPy: streams of events."""
