"""The vocabulary that users write in: a stack, its quantities and fields."""
