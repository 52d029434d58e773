"""Kinds of stores, a file each: what users write, and what such a store answers."""
