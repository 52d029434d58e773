"""Queueing networks in SimPy: the readable reference, one process a customer."""

from sim.timeline.queueing.run import SimPyRun

__all__ = ["SimPyRun"]
