"""Disks and arrays of them described, and solved by laws."""
