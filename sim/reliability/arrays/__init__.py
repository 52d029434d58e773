"""A repairable system as arrays, and the clocks that both engines read."""
