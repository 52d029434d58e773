"""What is kept of each disk of a group, and why data is lost; both engines read it."""

import numpy as np

LIVES = 1 << 20  # of a disk in one group, at most: each has its own draws of defects
# Why data is lost: too many failures, a failure beside a defect, a restore that can't read.
DOUBLE, LATENT, UNREADABLE = range(3)
REASONS = 3

DISK = np.dtype(
    [
        ("life", "i8"),  # clocks
        ("restore", "i8"),
        ("defect", "i8"),
        ("scrub", "i8"),
        ("is_down", "i8"),
        ("until", "f8"),  # as it is
        ("clean_since", "f8"),
        ("lives", "i8"),
        ("followed", "i8"),  # whether its defects are followed in this life
        ("defect_at", "f8"),
        ("scrubbed_at", "f8"),
    ],
    align=True,
)
