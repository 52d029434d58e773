"""The rows of all arrays of a replication, in compiled code, found through its record."""

from sim.jobs.arrays.job_records import (
    ATTEMPT,
    CAUSE,
    CHOSEN,
    ENTRY,
    GROUP,
    JOB,
    NODE,
    NUMBER,
    PLACEMENT,
    RACK,
    RANK,
    REPAIR,
    SHAPE,
    STREAM,
    VECTOR,
    WORD,
    WORLD,
)
from sim.jobs.kernel.jobs_compilation import inlined
from sim.kernels.rows import record_of, row_through

world = record_of(WORLD)  # through which all others are found
job_at = row_through(WORLD, "jobs", JOB)
shape_at = row_through(WORLD, "shapes", SHAPE)
need_at = row_through(WORLD, "needs", VECTOR)
must_fit_at = row_through(WORLD, "must_fit", VECTOR)
rank_at = row_through(WORLD, "ranks", RANK)
word_at = row_through(WORLD, "words", WORD)
level_at = row_through(WORLD, "levels", NUMBER)
node_at = row_through(WORLD, "nodes", NODE)
free_at = row_through(WORLD, "free", VECTOR)
extra_at = row_through(WORLD, "extra", VECTOR)
shadow_at = row_through(WORLD, "shadow", VECTOR)
reserved_at = row_through(WORLD, "reserved", NUMBER)
chosen_at = row_through(WORLD, "chosen", CHOSEN)
placement_at = row_through(WORLD, "placements", PLACEMENT)
running_at = row_through(WORLD, "heap", ENTRY)
planned_at = row_through(WORLD, "planned", ENTRY)
group_at = row_through(WORLD, "groups", GROUP)
cause_at = row_through(WORLD, "causes", CAUSE)
stream_at = row_through(WORLD, "streams", STREAM)
repair_at = row_through(WORLD, "repairs", REPAIR)
attempt_at = row_through(WORLD, "attempts", ATTEMPT)
place_at = row_through(WORLD, "places", CHOSEN)
rack_at = row_through(WORLD, "racks", RACK)
_capacity = row_through(WORLD, "capacity", VECTOR)


@inlined
def capacity_of(run):
    """What a node has."""
    return _capacity(run, 0)
