"""The rows of all arrays of a replication, in compiled code, found through its record."""

from sim.cluster.arrays.year_records import CAUSE, CLUSTER, GROUP, REPAIR, STREAM
from sim.cluster.kernel.year_compilation import inlined
from sim.kernels.rows import row_of

_world, _group, _cause = row_of(CLUSTER), row_of(GROUP), row_of(CAUSE)
_stream, _repair = row_of(STREAM), row_of(REPAIR)


@inlined
def world(cluster):
    """The record through which all others are found, by its address."""
    return _world(cluster, 0)


@inlined
def group_at(cluster, row):
    return _group(world(cluster).groups, row)


@inlined
def cause_at(cluster, row):
    return _cause(world(cluster).causes, row)


@inlined
def stream_at(cluster, row):
    return _stream(world(cluster).streams, row)


@inlined
def repair_at(cluster, row):
    return _repair(world(cluster).repairs, row)
