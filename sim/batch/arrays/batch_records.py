"""The state of a replication in compiled code: records side by side.

They are laid out without Numba, which takes most of a second to load.
"""

import numpy as np

from sim.cluster.arrays.year_records import STREAM

__all__ = ["STREAM"]

NONE = -1  # no task, no node, nothing
FINISHED, FAILS_TOO_OFTEN, STOPPED_TOO_OFTEN, STUCK = range(4)  # why it came back

ADDRESSES = (  # of the arrays
    "tasks",
    "stages",
    "times",
    "after",
    "open",
    "cached",
    "places",
    "next_place",
    "heads",
    "nodes",
    "workers",
    "free",
    "attempts",
    "heap",
    "sorted",
    "groups",
    "causes",
    "streams",
    "repairs",
    "racks",
    "kept",
)
WORLD = np.dtype(
    [
        ("now", "f8"),
        ("begun", "i8"),  # the run
        # As described.
        ("start_at", "f8"),
        ("counted_from", "f8"),
        ("tasks_count", "i8"),
        ("stages_count", "i8"),
        ("nodes_count", "i8"),
        ("workers_count", "i8"),
        ("places_count", "i8"),  # of a task at the most
        ("multiplier", "f8"),
        # Who waits and who runs.
        ("open_count", "i8"),
        ("complete_count", "i8"),
        ("free_first", "i8"),  # of the ring of free slots
        ("free_count", "i8"),
        ("free_room", "i8"),
        ("running", "i8"),
        ("started", "i8"),  # attempts, of all times
        ("unused", "i8"),  # first of the attempts that are not in use, linked
        ("oldest", "i8"),  # of the attempts that run, linked by their starts
        ("newest", "i8"),
        ("alarm", "f8"),  # when an attempt has taken long
        # What fails.
        ("groups_count", "i8"),
        ("racks_group", "i8"),
        ("repairs_count", "i8"),
        ("short_needed", "i8"),  # components that have too few units, so that nothing runs
        ("failures", "i8"),
        ("last_failed", "i8"),
        # What was seen.
        ("busy", "f8"),
        ("copies", "i8"),
        ("lost", "i8"),
        ("recomputed", "i8"),
        ("restarts", "i8"),
        ("kept_count", "i8"),
        ("kept_room", "i8"),
        ("left_out", "i8"),
        *((name, "i8") for name in ADDRESSES),
    ],
    align=True,
)
TASK = np.dtype(
    [
        ("first_factor", "f8"),
        ("again_factor", "f8"),
        ("done", "i8"),
        ("node", "i8"),  # that holds what it kept
        ("took", "f8"),
        ("tried", "i8"),
        ("attempt", "i8"),  # that runs, or NONE
        ("copy", "i8"),  # likewise
    ],
    align=True,
)
STAGE = np.dtype(
    [
        ("first_task", "i8"),
        ("count", "i8"),
        ("after_first", "i8"),
        ("after_count", "i8"),
        ("placed", "i8"),
        ("first", "i8"),  # stage of its first iteration, or NONE
        ("keeps", "i8"),
        ("enough", "i8"),  # tasks that must be done before any is copied
        ("heads", "i8"),  # where its lists of places begin, or NONE
        ("open", "i8"),
        ("complete", "i8"),
        ("done", "i8"),
        ("pending", "i8"),  # below it no task waits
        ("needed", "i8"),
        ("oldest", "i8"),  # of its attempts that may be copied, linked by their starts
        ("newest", "i8"),
        ("ready", "f8"),
        ("ended", "f8"),
        ("threshold", "f8"),
        ("ran", "i8"),
        ("local", "i8"),
    ],
    align=True,
)
TIME = np.dtype([("local", "f8"), ("remote", "f8")], align=True)  # of a stage on a group
NUMBER, VALUE = np.dtype([("value", "i8")]), np.dtype([("value", "f8")])
NODE = np.dtype(
    [
        ("group", "i8"),
        ("serving", "i8"),
        ("up", "i8"),  # itself, its disks and its rack
        ("whole", "i8"),  # itself
        ("without", "i8"),  # bits of the disks that are away
        ("rack", "i8"),  # NONE where it stands in none
    ],
    align=True,
)
WORKERS = np.dtype(
    [
        ("first_node", "i8"),
        ("end_node", "i8"),
        ("count", "i8"),
        ("slots", "i8"),
        ("in_service", "i8"),
        ("up", "i8"),
        ("up_time", "f8"),
    ],
    align=True,
)
ATTEMPT = np.dtype(
    [
        ("number", "i8"),
        ("task", "i8"),
        ("stage", "i8"),
        ("node", "i8"),
        ("start", "f8"),
        ("local", "i8"),
        ("copied", "i8"),
        ("place", "i8"),  # in the heap
        ("older", "i8"),  # of all that run; of those that are not in use, the next
        ("newer", "i8"),
        ("older_of_stage", "i8"),  # of those that may be copied
        ("newer_of_stage", "i8"),
    ],
    align=True,
)
ENTRY = np.dtype([("time", "f8"), ("number", "i8"), ("attempt", "i8")], align=True)
GROUP = np.dtype(
    [
        ("required", "i8"),
        ("rate", "f8"),  # of the failures of one unit
        ("first_cause", "i8"),
        ("workers", "i8"),  # the nodes that it is, or whose disks; or NONE
        ("disk", "i8"),  # the bit of the disks that it is, or 0
        ("units", "i8"),
        ("needed", "i8"),
        ("critical", "i8"),
        ("working", "i8"),
        ("short", "i8"),
        ("hazard_left", "f8"),  # that must add up before the next failure
        ("hazard_since", "f8"),  # when that was known
        ("fails_at", "f8"),
    ],
    align=True,
)
CAUSE = np.dtype([("share", "f8"), ("mttr", "f8")], align=True)
# The node is the rack where that comes back.
REPAIR = np.dtype([("time", "f8"), ("group", "i8"), ("node", "i8")], align=True)
RACK = np.dtype([("up", "i8")], align=True)
KEPT = np.dtype(
    [
        ("stage", "i8"),
        ("task", "i8"),
        ("node", "i8"),
        ("start", "f8"),
        ("end", "f8"),
        ("complete", "i8"),
    ],
    align=True,
)
