"""A prediction for people and machines: HTML, terminal, JSON."""
