"""Compiled simulation: where a run has millions of events."""
