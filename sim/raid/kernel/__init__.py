"""The compiled kernel: redundancy groups of disks."""
