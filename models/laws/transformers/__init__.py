"""Transformers: their arithmetic from their dimensions, and how long a training step takes."""
