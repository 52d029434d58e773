"""The records of a run of histories, and how compiled code finds them."""

import numpy as np

from sim.kernels.rows import row_of
from sim.kernels.streams import STREAM

WORKING, DORMANT, WAITING, IN_REPAIR, LOST = range(5)

COMPONENT = np.dtype(
    [
        ("life", "i8"),  # clocks
        ("repair", "i8"),
        ("dormant_life", "i8"),
        ("maintenance", "i8"),
        ("maintenance_age", "f8"),  # infinite without maintenance
        ("group", "i8"),  # of standby units, which follow one another
        ("state", "i8"),
        ("planned", "i8"),  # what ends its life, or goes on, is maintenance
        ("down_since", "f8"),
        ("until", "f8"),  # it stays as it is
    ],
    align=True,
)
GROUP = np.dtype(
    [
        ("first", "i8"),  # of its units
        ("end", "i8"),
        ("required", "i8"),
        ("working", "i8"),
        ("switch", "i8"),  # clock of uniforms
        ("switching", "f8"),  # probability that a spare takes over
    ],
    align=True,
)
HISTORY = np.dtype(
    [("downtime", "f8"), ("first_failure", "f8"), ("failures", "i8"), ("events", "i8")], align=True
)
# A tree of matches: each node has the component of the two below that changes first. Times are
# compared as whole numbers, by their bits: so the processor need not guess who wins.
NODE = np.dtype([("bits", "i8"), ("component", "i8")], align=True)
TIME, NUMBER = np.dtype([("value", "f8")]), np.dtype([("value", "i8")])
RUN = np.dtype(
    [
        ("structure", "i8"),  # addresses
        ("components", "i8"),
        ("groups", "i8"),
        ("streams", "i8"),
        ("shifts", "i8"),
        ("tree", "i8"),
        ("queue", "i8"),  # who waits for a crew: a ring
        ("starts", "i8"),  # whose clock starts now
        ("changes", "i8"),  # 2i goes up, 2i + 1 goes down, in this order
        ("count", "i8"),  # of components
        ("group_count", "i8"),
        ("leaves", "i8"),  # of the tree
        ("crews", "i8"),
        ("busy", "i8"),
        ("head", "i8"),  # of the queue
        ("waiting", "i8"),
        ("starting", "i8"),
        ("changing", "i8"),
        ("now", "f8"),
    ],
    align=True,
)
run_at, component_at, group_at = row_of(RUN), row_of(COMPONENT), row_of(GROUP)
stream_at, node_at = row_of(STREAM), row_of(NODE)
time_at, number_at = row_of(TIME), row_of(NUMBER)
