"""Zones whose capacity comes and goes, in which orders of trying race."""
