"""Compiled simulation of what fails and is repaired: diagrams, rare failures, RAID groups."""
