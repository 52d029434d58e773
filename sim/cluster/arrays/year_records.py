"""The state of a replication in compiled code: records side by side.

They are laid out without Numba, which takes most of a second to load.
"""

import numpy as np

ADDRESSES = ("groups", "causes", "streams", "repairs", "racks", "places")  # of the arrays
NONE = -1
CLUSTER = np.dtype(
    [
        ("now", "f8"),
        ("horizon", "f8"),  # infinite once it is passed
        ("groups_count", "i8"),
        ("repairs_count", "i8"),  # units away
        ("racks_count", "i8"),
        ("racks_group", "i8"),  # whose units are the racks; NONE without
        ("failures", "i8"),
        ("last_failed", "i8"),  # group
        ("short", "i8"),  # groups with too few units
        ("short_needed", "i8"),  # of those that the run needs
        ("down_since", "f8"),
        ("down_time", "f8"),
        ("needed_down_since", "f8"),
        ("needed_down_time", "f8"),
        # The run as described.
        ("work", "f8"),  # infinite once the run is complete
        ("interval", "f8"),
        ("write_time", "f8"),
        ("flush_time", "f8"),
        ("restart", "f8"),
        ("detection", "f8"),
        ("starts_at", "f8"),
        # The job as it goes.
        ("begun", "i8"),
        ("running", "i8"),
        ("prepare", "f8"),  # before the next step
        ("saved", "f8"),  # of the work
        ("kept", "f8"),  # productive time that no failure can take back, s
        ("productive_since", "f8"),
        ("discovered_at", "f8"),  # when the last failure was found
        ("remaining", "f8"),  # work when it last went on
        ("ends_at", "f8"),
        ("restarts", "i8"),
        # What was seen.
        ("complete", "i8"),
        ("time_to_train", "f8"),
        ("restarts_of_run", "i8"),
        ("yearly_kept", "f8"),
        ("yearly_restarts", "i8"),
        ("yearly_down_time", "f8"),
        ("yearly_needed_down_time", "f8"),
        *((name, "i8") for name in ADDRESSES),
    ],
    align=True,
)
GROUP = np.dtype(
    [
        ("required", "i8"),
        ("rate", "f8"),  # of the failures of one unit
        ("first_cause", "i8"),
        ("carries_work", "i8"),
        ("needed", "i8"),
        ("working", "i8"),
        ("available", "i8"),  # of those that work, in racks that are up
        ("first_place", "i8"),  # of its nodes in racks; NONE elsewhere
        ("short", "i8"),
        ("hazard_left", "f8"),  # that must add up before the next failure
        ("hazard_since", "f8"),  # when that was known
        ("fails_at", "f8"),
        ("counted_at", "f8"),
        ("unit_time", "f8"),  # integral of working units over time until the end of the run, s
    ],
    align=True,
)
CAUSE = np.dtype([("share", "f8"), ("mttr", "f8"), ("notice", "f8")], align=True)
# What of `sim.kernels.streams.STREAM` uniforms and exponentials need; 0 is not mirrored.
STREAM = np.dtype(
    [("s0", "u8"), ("s1", "u8"), ("s2", "u8"), ("s3", "u8"), ("mirrored", "i8")], align=True
)
REPAIR = np.dtype([("time", "f8"), ("group", "i8"), ("rack", "i8")], align=True)
RACK = np.dtype([("up", "i8")], align=True)
PLACE = np.dtype([("working", "i8")], align=True)  # nodes of a group in a rack, up or not
FINISHED, FAILS_TOO_OFTEN, INTERRUPTED_TOO_OFTEN = range(3)  # why the loop came back
