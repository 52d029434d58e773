"""Lifetimes, repairs and block diagrams. Unavailability is carried, so that many nines survive."""
