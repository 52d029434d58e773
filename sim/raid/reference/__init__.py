"""The readable reference in SimPy: redundancy groups of disks."""
