"""Choosing among stacks: many variants predicted in the same years, compared, swept, searched."""
