"""A block diagram described, and solved by laws."""
