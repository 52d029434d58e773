"""Disks and arrays of disks."""
