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
    RANK,
    REPAIR,
    SHAPE,
    STREAM,
    VECTOR,
    WORD,
    WORLD,
)
from sim.jobs.kernel.jobs_compilation import inlined
from sim.kernels.rows import row_of

_attempt = row_of(ATTEMPT)
_cause = row_of(CAUSE)
_chosen = row_of(CHOSEN)
_entry = row_of(ENTRY)
_group = row_of(GROUP)
_job = row_of(JOB)
_node = row_of(NODE)
_number = row_of(NUMBER)
_placement = row_of(PLACEMENT)
_rank = row_of(RANK)
_repair = row_of(REPAIR)
_shape = row_of(SHAPE)
_stream = row_of(STREAM)
_vector = row_of(VECTOR)
_word = row_of(WORD)
_world = row_of(WORLD)


@inlined
def world(run):
    """The record through which all others are found, by its address."""
    return _world(run, 0)


@inlined
def capacity_of(run):
    """What a node has."""
    return _vector(world(run).capacity, 0)


@inlined
def job_at(run, row):
    return _job(world(run).jobs, row)


@inlined
def shape_at(run, row):
    return _shape(world(run).shapes, row)


@inlined
def need_at(run, row):
    return _vector(world(run).needs, row)


@inlined
def must_fit_at(run, row):
    return _vector(world(run).must_fit, row)


@inlined
def rank_at(run, row):
    return _rank(world(run).ranks, row)


@inlined
def word_at(run, row):
    return _word(world(run).words, row)


@inlined
def level_at(run, row):
    return _number(world(run).levels, row)


@inlined
def node_at(run, row):
    return _node(world(run).nodes, row)


@inlined
def free_at(run, row):
    return _vector(world(run).free, row)


@inlined
def extra_at(run, row):
    return _vector(world(run).extra, row)


@inlined
def shadow_at(run, row):
    return _vector(world(run).shadow, row)


@inlined
def reserved_at(run, row):
    return _number(world(run).reserved, row)


@inlined
def chosen_at(run, row):
    return _chosen(world(run).chosen, row)


@inlined
def placement_at(run, row):
    return _placement(world(run).placements, row)


@inlined
def running_at(run, row):
    return _entry(world(run).heap, row)


@inlined
def planned_at(run, row):
    return _entry(world(run).planned, row)


@inlined
def group_at(run, row):
    return _group(world(run).groups, row)


@inlined
def cause_at(run, row):
    return _cause(world(run).causes, row)


@inlined
def stream_at(run, row):
    return _stream(world(run).streams, row)


@inlined
def repair_at(run, row):
    return _repair(world(run).repairs, row)


@inlined
def attempt_at(run, row):
    return _attempt(world(run).attempts, row)


@inlined
def place_at(run, row):
    return _chosen(world(run).places, row)
