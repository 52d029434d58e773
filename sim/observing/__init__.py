"""What was measured of a stack that runs, beside what was predicted of it."""
