"""The rows of all arrays of a stream, in compiled code, found through its record."""

from sim.kernels.rows import record_of, row_through
from sim.streaming.arrays.stream_records import (
    EVENT,
    INSTANCE,
    KEY,
    LEAF,
    NUMBER,
    PANE,
    PROFILE,
    SOURCE,
    STAGE,
    STREAM,
    WORLD,
)

world = record_of(WORLD)  # through which all others are found
source_at = row_through(WORLD, "sources", SOURCE)
stage_at = row_through(WORLD, "stages", STAGE)
instance_at = row_through(WORLD, "instances", INSTANCE)
output_at = row_through(WORLD, "outputs", NUMBER)
profile_at = row_through(WORLD, "profile", PROFILE)
key_at = row_through(WORLD, "keys", KEY)
place_at = row_through(WORLD, "places", NUMBER)
partition_at = row_through(WORLD, "partitions", NUMBER)
read_at = row_through(WORLD, "read", NUMBER)
stream_at = row_through(WORLD, "streams", STREAM)
leaf_at = row_through(WORLD, "leaves", LEAF)
tree_at = row_through(WORLD, "tree", NUMBER)
event_at = row_through(WORLD, "events", EVENT)
pane_at = row_through(WORLD, "panes", PANE)
head_at = row_through(WORLD, "heads", NUMBER)
latency_at = row_through(WORLD, "latencies", NUMBER)
lag_at = row_through(WORLD, "lags", NUMBER)
