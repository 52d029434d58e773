"""The rows of all arrays of a run, in compiled code, found through the record of the run."""

import numpy as np

from sim.kernels.rows import row_of
from sim.kernels.streams import STREAM
from sim.queueing.arrays.arrivals import SOURCE
from sim.queueing.arrays.queue_compilation import inlined
from sim.queueing.arrays.queue_layout import CLOSED, DESTINATION, SHIFT, TARGET, VISIT
from sim.queueing.arrays.tally import FLOW
from sim.queueing.kernel.queue_records import (
    CALENDAR,
    CLASS,
    CUSTOMER,
    RECORD,
    SERVER,
    STATION,
    WORLD,
)

COUNT = np.dtype([("value", "i8")])
SMALL_COUNT = np.dtype([("value", "i4")])
SECONDS = np.dtype([("value", "f8")])
_station, _visit, _destination = row_of(STATION), row_of(VISIT), row_of(DESTINATION)
_target, _source, _closed, _shift = row_of(TARGET), row_of(SOURCE), row_of(CLOSED), row_of(SHIFT)
_stream, _customer, _entry, _server = (
    row_of(STREAM),
    row_of(CUSTOMER),
    row_of(CALENDAR),
    row_of(SERVER),
)
_flow, _class, _count, _seconds = row_of(FLOW), row_of(CLASS), row_of(COUNT), row_of(SECONDS)
_record, _world, _small_count = row_of(RECORD), row_of(WORLD), row_of(SMALL_COUNT)


@inlined
def world(run):
    """The record through which all others are found, by its address."""
    return _world(run, 0)


@inlined
def station_at(run, row):
    return _station(world(run).stations, row)


@inlined
def visit_at(run, row):
    return _visit(world(run).visits, row)


@inlined
def destination_at(run, row):
    return _destination(world(run).destinations, row)


@inlined
def target_at(run, row):
    return _target(world(run).targets, row)


@inlined
def source_at(run, row):
    return _source(world(run).sources, row)


@inlined
def closed_at(run, row):
    return _closed(world(run).closed, row)


@inlined
def shift_at(run, row):
    return _shift(world(run).shifts, row)


@inlined
def stream_at(run, row):
    return _stream(world(run).streams, row)


@inlined
def customer_at(run, row):
    return _customer(world(run).customers, row)


@inlined
def entry_at(run, row):
    return _entry(world(run).calendar, row)


@inlined
def server_at(run, row):
    return _server(world(run).servers, row)


@inlined
def idle_since_at(run, row):
    return _seconds(world(run).idle_since, row)


@inlined
def slot_at(run, row):
    return _count(world(run).bags, row)


@inlined
def flow_at(run, row):
    return _flow(world(run).flows, row)


@inlined
def class_at(run, row):
    return _class(world(run).classes, row)


@inlined
def waiting_bin_at(run, row):
    return _small_count(world(run).waiting_times, row)


@inlined
def response_bin_at(run, row):
    return _small_count(world(run).response_times, row)


@inlined
def trip_bin_at(run, row):
    return _count(world(run).trip_times, row)


@inlined
def seconds_at(run, row):
    return _seconds(world(run).lengths, row)


@inlined
def record_at(run, row):
    return _record(world(run).record, row)
