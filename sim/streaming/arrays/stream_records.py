"""The state of a stream in compiled code: records side by side."""

import numpy as np

from sim.kernels.streams import STREAM as STREAM

NONE = -1  # no event, no pane, nothing
FINISHED, GROW = range(2)  # why it came back

ADDRESSES = (  # of the arrays
    "sources",
    "stages",
    "instances",
    "outputs",
    "profile",
    "keys",
    "places",
    "partitions",
    "read",
    "streams",
    "leaves",
    "tree",
    "events",
    "panes",
    "heads",
    "latencies",
    "lags",
)
WORLD = np.dtype(
    [
        ("begun", "i8"),
        ("horizon", "f8"),
        ("warmup", "f8"),
        ("lag_every", "f8"),
        ("blocked_from", "f8"),
        ("blocked_to", "f8"),
        ("sources_count", "i8"),
        ("leaves_count", "i8"),  # of the tree of what happens next: a power of two
        ("all_partitions", "i8"),
        ("most_panes", "i8"),  # that one event can open
        ("most_events", "i8"),  # that one event can become at a stage, its windows' results aside
        ("unused_event", "i8"),  # first of those that are not in use, linked
        ("unused_events", "i8"),
        ("unused_pane", "i8"),
        ("unused_panes", "i8"),
        ("used_panes", "i8"),
        ("opened", "i8"),  # panes so far, so that each has a number
        *((name, "i8") for name in ADDRESSES),
    ],
    align=True,
)
SOURCE = np.dtype(
    [
        ("stage", "i8"),
        ("gap_stream", "i8"),
        ("key_stream", "i8"),
        ("delay_stream", "i8"),
        ("profile", "i8"),  # first row of it
        ("recorded", "i8"),  # number of recorded times; NONE where there is a profile
        ("interval", "i8"),  # of the profile, or the next recorded time
        ("keys", "i8"),  # how many; 0 for events without
        ("first_key", "i8"),  # row of the table by which they are drawn
        ("partitions", "i8"),
        ("first_partition", "i8"),
        ("first_place", "i8"),  # row of the table of partitions by key
        ("partition", "i8"),  # that all events name; NONE if none
        ("turn", "i8"),
        ("sent", "i8"),
    ],
    align=True,
)
STAGE = np.dtype(
    [
        ("instances", "i8"),
        ("first", "i8"),  # of its instances
        ("route", "i8"),
        ("first_place", "i8"),  # row of the table of instances by key
        ("turn", "i8"),
        ("service_stream", "i8"),
        ("emit_stream", "i8"),  # NONE where every event goes on
        ("emits_whole", "i8"),
        ("emits_part", "f8"),
        ("hold", "f8"),
        ("interval", "f8"),
        ("staggered", "i8"),
        ("reader", "i8"),  # its number among those that read the log; NONE elsewhere
        ("window", "i8"),
        ("size", "f8"),
        ("every", "f8"),
        ("watermark", "f8"),
        ("lateness", "f8"),
        ("by_key", "i8"),
        ("first_head", "i8"),  # of the panes of each key, or instance
        ("outputs", "i8"),
        ("first_output", "i8"),
        ("first_lag", "i8"),
        ("latency", "i8"),  # first bin, NONE where events go on
        ("came", "i8"),
        ("done", "i8"),
        ("counted", "i8"),
        ("waiting", "f8"),
        ("response", "f8"),
        ("late", "i8"),
        ("results", "i8"),
        ("updates", "i8"),
        ("given", "i8"),
        ("latency_sum", "f8"),
    ],
    align=True,
)
INSTANCE = np.dtype(
    [
        ("free", "f8"),  # when it is done with all that came, s
        ("head", "i8"),  # of what it is done with or will be, in order
        ("tail", "i8"),
        ("leaf", "i8"),  # where the first of these is waited for; NONE at a sink
        ("latest", "f8"),  # time of the latest event, s
        ("timers", "i8"),  # the pane that is due first
        ("busy", "f8"),
        ("arrivals", "i8"),
        ("drained", "f8"),
    ],
    align=True,
)
EVENT = np.dtype(
    [
        ("key", "i8"),
        ("partition", "i8"),
        ("time", "f8"),  # at which it happened, s
        ("born", "f8"),  # from when its latency counts, s
        ("at", "f8"),  # when it leaves where it is, s
        ("next", "i8"),
    ],
    align=True,
)
PANE = np.dtype(
    [
        ("number", "i8"),
        ("key", "i8"),  # of its events
        ("head", "i8"),  # row of those of the same key
        ("window", "i8"),  # which of the key's windows; 0 of a session
        ("begin", "f8"),
        ("end", "f8"),
        ("due", "f8"),  # when it is looked at by the watermark, s
        ("events", "i8"),
        ("given", "i8"),  # its result was
        ("dead", "i8"),  # another has taken its events
        ("next", "i8"),  # of the same key
        ("child", "i8"),  # of the heap of those that are due
        ("sibling", "i8"),
    ],
    align=True,
)
PROFILE = np.dtype([("end", "f8"), ("rate", "f8")], align=True)
KEY = np.dtype([("cumulative", "f8"), ("guide", "i8")], align=True)
LEAF = np.dtype([("time", "f8"), ("instance", "i8"), ("stage", "i8")], align=True)
NUMBER = np.dtype([("value", "i8")])
