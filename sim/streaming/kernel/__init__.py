"""The compiled kernel of streams."""
