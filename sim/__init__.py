"""The same stack over time: seeded randomness."""
