"""Queueing networks in SimPy: the readable reference, one process a customer."""

from sim.queueing.reference.simpy_run import SimPyRun

__all__ = ["SimPyRun"]
