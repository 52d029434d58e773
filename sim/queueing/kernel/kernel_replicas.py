"""Replicas that start when they are wanted, and go when they are not, in compiled code."""

import math

import numpy as np

from sim.kernels.streams import draw
from sim.queueing.arrays.queue_compilation import inner
from sim.queueing.kernel.calendar import cancel, schedule
from sim.queueing.kernel.kernel_servers import count_scaled
from sim.queueing.kernel.kernel_stations import clock_of, start_batches, start_waiting
from sim.queueing.kernel.queue_access import server_at, station_at, stream_at, world
from sim.queueing.kernel.queue_records import NONE, OFF, STARTING


@inner
def decide(run, server):
    """Compare the utilization since the last decision with its target."""
    s, now = server_at(run, server).station, world(run).now
    station = station_at(run, s)
    count_scaled(run, s)
    ratio = station.measured_busy / station.measured_servers / station.scale_target
    served = station.measured_servers / station.scale_interval / station.concurrency
    station.measured_busy = station.measured_servers = 0.0
    replicas = station.open // station.concurrency
    change = _wanted(run, s, replicas, served * ratio, ratio) - replicas - station.starting
    change = max(-station.step, min(change, station.step))
    if change < 0 and now - station.changed < station.scale_cooldown * (1 - 1e-9):
        change = 0
    if change != 0:
        station.changed = now
    while change < 0:
        change += 1
        _take_away(run, s)
    while change > 0:
        change -= 1
        _add(run, s)
    schedule(run, clock_of(run, server), now + station.scale_interval)
    _start_those_who_wait(run, s)


@inner
def _wanted(run, s, replicas, needed, ratio):
    """Replicas that are wanted, with those that start.

    Those that have only just started served in none of the interval that was measured: what they
    will take is not wanted once more.
    """
    station = station_at(run, s)
    present = replicas + station.starting
    if abs(ratio - 1.0) <= station.scale_tolerance + 1e-9:
        return present
    # What is meant to be a whole number is one, whatever its rounding.
    wanted = np.int64(math.ceil(needed * (1 - 1e-9)))
    wanted = min(max(wanted, station.minimum), station.maximum)
    return max(wanted, present) if ratio > 1.0 else min(wanted, present)


@inner
def _add(run, s):
    station = station_at(run, s)
    if station.startup < 0:
        station.open += station.concurrency
        return
    server = station.first_server + 1
    while server_at(run, server).doing == STARTING:
        server += 1
    server_at(run, server).doing = STARTING
    server_at(run, server).next = station.last_started
    station.last_started = server
    station.starting += 1
    ready = world(run).now + draw(stream_at(run, station.startup))
    schedule(run, clock_of(run, server), ready)


@inner
def _take_away(run, s):
    """First those that still start, the last first; a server that is busy goes when it is done."""
    station = station_at(run, s)
    server = station.last_started
    if server == NONE:
        station.open -= station.concurrency
        return
    cancel(run, clock_of(run, server))
    _forget_start(run, server)


@inner
def serve_from_now_on(run, server):
    """A replica has started."""
    s = server_at(run, server).station
    count_scaled(run, s)
    _forget_start(run, server)
    station_at(run, s).open += station_at(run, s).concurrency
    _start_those_who_wait(run, s)


@inner
def _forget_start(run, server):
    unit = server_at(run, server)
    station = station_at(run, unit.station)
    unit.doing = OFF
    station.starting -= 1
    if station.last_started == server:
        station.last_started = unit.next
        return
    later = station.last_started
    while server_at(run, later).next != server:
        later = server_at(run, later).next
    server_at(run, later).next = unit.next


@inner
def _start_those_who_wait(run, s):
    if station_at(run, s).batch_size > 0:
        start_batches(run, s)
    else:
        start_waiting(run, s)
