"""Groups of disks as arrays, for both engines."""
