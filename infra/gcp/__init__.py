"""The stack on Google Cloud."""
