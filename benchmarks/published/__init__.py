"""Published figures beside ours, a section a file."""
