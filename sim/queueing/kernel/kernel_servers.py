"""Servers: how long there were how many of them, and which of unequal ones serves next."""

import numpy as np

from sim.kernels.streams import uniform
from sim.queueing.arrays.queue_compilation import compiled, inlined, inner
from sim.queueing.kernel.queue_access import (
    customer_at,
    profile_at,
    server_at,
    station_at,
    stream_at,
    world,
)
from sim.queueing.kernel.queue_records import NONE


@compiled
def count_scaled(run, s):
    """Count the time with the present servers, before any of them changes."""
    station, now = station_at(run, s), world(run).now
    elapsed = now - station.scaled_since
    there = max(station.open, station.occupied)
    station.measured_busy += station.serving * elapsed
    station.measured_servers += there * elapsed
    station.servers_time += there * elapsed
    station.paid_time += (there + station.starting * station.concurrency) * elapsed
    station.scaled_since = now


@inner
def begin_to_serve(run, s):
    """One server more is busy."""
    count_scaled(run, s)
    station_at(run, s).serving += 1


@inner
def end_to_serve(run, s):
    """One server less is busy."""
    count_scaled(run, s)
    station_at(run, s).serving -= 1


@inner
def count_scheduled(run, s):
    """The same for those on shift, and those who end what they began in theirs."""
    station, now = station_at(run, s), world(run).now
    station.servers_time += max(station.open, station.occupied) * (now - station.open_since)
    station.open_since = now


@inner
def take_by_speed(run, s, c):
    """One of the idle servers takes a customer, whose service takes as long as it needs.

    The customer is counted as occupying it already.
    """
    station, customer = station_at(run, s), customer_at(run, c)
    others = np.int64(0)  # idle ones before it
    if station.idle_choice >= 0:
        idle = station.servers - station.occupied + 1
        if idle > 1:
            others = np.int64(uniform(stream_at(run, station.idle_choice)) * idle)
    place = np.int64(0)
    while server_at(run, station.first_server + place).customer != NONE or others > 0:
        others -= server_at(run, station.first_server + place).customer == NONE
        place += 1
    server_at(run, station.first_server + place).customer = c
    customer.server = station.first_server + place
    customer.service /= profile_at(run, station.speeds + place).value
    customer.remaining = customer.service


@inlined
def vacate_server(run, s, servers):
    """So many servers hold nobody any more; one that was to go is gone."""
    station = station_at(run, s)
    if station.occupied > station.open:
        if station.scale_interval > 0:
            count_scaled(run, s)
        elif station.shifts >= 0:
            count_scheduled(run, s)
    station.occupied -= servers
