"""The state of a replication in compiled code: records side by side.

They are laid out without Numba, which takes most of a second to load.
"""

import numpy as np

NONE = -1  # no job, no node, nothing
FINISHED, GROW, FAILS_TOO_OFTEN, INTERRUPTED_TOO_OFTEN, STUCK, GO_ON = range(6)  # why it came back

_VECTOR = [("slots", "i8"), ("vcpus", "i8"), ("memory", "i8"), ("accelerators", "i8")]


def _vector(prefix: str) -> list[tuple[str, str]]:
    return [(prefix + name, kind) for name, kind in _VECTOR]


VECTOR = np.dtype(_VECTOR)  # whole parts of each resource
ADDRESSES = (  # of the arrays
    "jobs",
    "shapes",
    "needs",
    "must_fit",
    "capacity",  # of one node
    "ranks",
    "words",
    "levels",
    "nodes",
    "free",
    "extra",
    "shadow",
    "reserved",
    "chosen",
    "placements",
    "heap",
    "planned",
    "groups",
    "causes",
    "streams",
    "repairs",
    "attempts",
    "places",
    "racks",
)
WORLD = np.dtype(
    [
        ("now", "f8"),
        ("begun", "i8"),
        # As described.
        ("jobs_count", "i8"),
        ("shapes_count", "i8"),
        ("units", "i8"),  # nodes, spares included
        ("leaves", "i8"),  # of the trees over the nodes
        ("count", "i8"),  # nodes in service at most
        ("share", "i8"),
        ("backfill", "i8"),
        ("startup", "f8"),
        ("interval", "f8"),
        ("write_time", "f8"),
        ("counted_from", "f8"),
        ("counted_to", "f8"),
        # The queue.
        ("next_job", "i8"),  # to be submitted
        ("level_count", "i8"),
        ("waiting", "i8"),
        ("head", "i8"),  # the job that was found not to fit, or NONE
        ("stale", "i8"),  # something that it may fit in was freed since
        ("arrived", "i8"),  # jobs since the last pass
        ("arrived_rank", "i8"),  # of the last of them
        ("reserved_at", "f8"),  # when the first in the queue starts at the latest
        ("reserved_count", "i8"),
        ("stamp", "i8"),
        ("without_room", "i8"),  # shapes that fit on no nodes in this pass
        # What runs.
        ("running", "i8"),
        ("completed", "i8"),
        ("planned_count", "i8"),
        ("chosen_count", "i8"),
        ("unused", "i8"),  # first of the placements that are not in use, linked
        ("unused_count", "i8"),
        ("cursor", "i8"),  # the node after the last that a task was dealt to
        ("in_service", "i8"),
        ("attained", "f8"),  # work that each job that shares has had since the beginning, s
        ("speed", "f8"),
        # What fails.
        ("groups_count", "i8"),
        ("nodes_group", "i8"),
        ("racks_group", "i8"),
        ("racks_count", "i8"),
        ("repairs_count", "i8"),
        ("short_needed", "i8"),  # components that have too few units, so that nothing runs
        ("failures", "i8"),
        ("last_failed", "i8"),
        ("interruptions", "i8"),
        # What was seen.
        ("waiting_time", "f8"),
        ("attempts_count", "i8"),
        ("attempts_room", "i8"),
        ("places_count", "i8"),
        ("places_room", "i8"),
        ("left_out", "i8"),
        *_vector("used_"),  # by the jobs that run
        *_vector("free_"),  # on all nodes in service
        *((name, "f8") for name in ("sum_slots", "sum_vcpus", "sum_memory", "sum_accelerators")),
        *((name, "i8") for name in ADDRESSES),
    ],
    align=True,
)
JOB = np.dtype(
    [
        ("submitted", "f8"),
        ("remaining", "f8"),  # work that is not saved, s
        ("surplus", "f8"),  # by which the estimate is longer than the run time, s
        ("shape", "i8"),
        ("rank", "i8"),
        ("front", "i8"),
        ("queued", "f8"),
        ("started", "f8"),  # for the first time; negative before
        ("ended", "f8"),
        ("waited", "f8"),
        ("interruptions", "i8"),
        ("lost", "f8"),
        ("attempt_began", "f8"),
        ("begun", "f8"),  # by the clock of those that run
        ("ends", "f8"),  # by the same
        ("expected", "f8"),  # end by the estimate, s
        ("place", "i8"),  # in the heap
        ("first", "i8"),  # of its placements
    ],
    align=True,
)
SHAPE = np.dtype(
    [
        ("tasks", "i8"),
        ("no_room", "i8"),  # in the pass of this stamp it did not fit
        ("no_extra", "i8"),  # nor beside what is reserved
    ],
    align=True,
)
RANK = np.dtype([("job", "i8"), ("shape", "i8"), ("estimate", "f8")], align=True)
WORD, NUMBER = np.dtype([("bits", "u8")]), np.dtype([("value", "i8")])
NODE = np.dtype(
    [
        ("up", "i8"),  # itself and its rack
        ("whole", "i8"),  # itself
        ("rack", "i8"),  # NONE where it stands in none
        ("serving", "i8"),
        ("first", "i8"),  # of its placements
        ("reserved", "i8"),  # tasks of the first in the queue will be there
        ("stamp", "i8"),  # of the pass that its shadow belongs to
        *_vector("left_"),  # beside what is reserved, when that begins
    ],
    align=True,
)
CHOSEN = np.dtype([("node", "i8"), ("tasks", "i8")], align=True)
PLACEMENT = np.dtype(
    [
        ("job", "i8"),
        ("node", "i8"),
        ("tasks", "i8"),
        ("next_of_job", "i8"),
        ("next_of_node", "i8"),
        ("previous_of_node", "i8"),
    ],
    align=True,
)
ENTRY = np.dtype([("time", "f8"), ("job", "i8")], align=True)
GROUP = np.dtype(
    [
        ("required", "i8"),
        ("rate", "f8"),  # of the failures of one unit
        ("first_cause", "i8"),
        ("needed", "i8"),
        ("working", "i8"),
        ("short", "i8"),
        ("hazard_left", "f8"),  # that must add up before the next failure
        ("hazard_since", "f8"),  # when that was known
        ("fails_at", "f8"),
    ],
    align=True,
)
CAUSE = np.dtype([("share", "f8"), ("mttr", "f8"), ("notice", "f8")], align=True)
# What of `sim.kernels.streams.STREAM` uniforms and exponentials need; 0 is not mirrored.
STREAM = np.dtype(
    [("s0", "u8"), ("s1", "u8"), ("s2", "u8"), ("s3", "u8"), ("mirrored", "i8")], align=True
)
# The node is the rack where that comes back.
REPAIR = np.dtype([("time", "f8"), ("group", "i8"), ("node", "i8")], align=True)
RACK = np.dtype([("up", "i8")], align=True)
ATTEMPT = np.dtype(
    [("job", "i8"), ("start", "f8"), ("end", "f8"), ("complete", "i8"), ("first", "i8")],
    align=True,
)
