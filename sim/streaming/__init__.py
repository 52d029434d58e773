"""Streams of events: sources, a log, operators with windows, and sinks, over time."""
