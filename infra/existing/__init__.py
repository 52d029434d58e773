"""Stacks that exist already, or that another program would make, as stack files."""
