"""The servers of a station whose number follows its load: how long there were how many."""

from sim.queueing.arrays.queue_compilation import compiled, inlined, inner
from sim.queueing.kernel.queue_access import station_at, world


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
