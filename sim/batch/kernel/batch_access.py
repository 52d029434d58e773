"""The rows of all arrays of a replication, in compiled code, found through its record."""

from sim.batch.arrays.batch_records import (
    ATTEMPT,
    CAUSE,
    ENTRY,
    GROUP,
    KEPT,
    NODE,
    NUMBER,
    RACK,
    REPAIR,
    STAGE,
    STREAM,
    TASK,
    TIME,
    VALUE,
    WORKERS,
    WORLD,
)
from sim.kernels.rows import record_of, row_through

world = record_of(WORLD)  # through which all others are found
task_at = row_through(WORLD, "tasks", TASK)
stage_at = row_through(WORLD, "stages", STAGE)
time_at = row_through(WORLD, "times", TIME)
after_at = row_through(WORLD, "after", NUMBER)
open_at = row_through(WORLD, "open", NUMBER)
cached_at = row_through(WORLD, "cached", NUMBER)
place_at = row_through(WORLD, "places", NUMBER)
next_place_at = row_through(WORLD, "next_place", NUMBER)
head_at = row_through(WORLD, "heads", NUMBER)
node_at = row_through(WORLD, "nodes", NODE)
workers_at = row_through(WORLD, "workers", WORKERS)
free_at = row_through(WORLD, "free", NUMBER)
attempt_at = row_through(WORLD, "attempts", ATTEMPT)
running_at = row_through(WORLD, "heap", ENTRY)
sorted_at = row_through(WORLD, "sorted", VALUE)
group_at = row_through(WORLD, "groups", GROUP)
cause_at = row_through(WORLD, "causes", CAUSE)
stream_at = row_through(WORLD, "streams", STREAM)
repair_at = row_through(WORLD, "repairs", REPAIR)
rack_at = row_through(WORLD, "racks", RACK)
kept_at = row_through(WORLD, "kept", KEPT)
