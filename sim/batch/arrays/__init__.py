"""Stages, tasks and nodes as arrays, which both engines read."""
