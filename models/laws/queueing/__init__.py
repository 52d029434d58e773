"""Closed-form laws of queueing stations and networks."""
