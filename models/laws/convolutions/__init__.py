"""Convolutional networks layer by layer: what they hold and compute, and how long a step takes."""
