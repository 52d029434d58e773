"""Looking for nodes in a cloud: what it offers, trying to have them, leaving nothing behind."""
