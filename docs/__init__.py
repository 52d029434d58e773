"""Documentation; the reference pages are generated from the code."""
