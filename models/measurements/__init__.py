"""What people measured of a stack that runs, as their tools write it."""
