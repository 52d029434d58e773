"""Stations and visits as objects, from the arrays of a layout."""

from typing import Any

from models.queueing.disciplines import Order, discipline_of
from sim.queueing.arrays.queue_layout import Layout
from sim.queueing.reference.batches import BatchStation
from sim.queueing.reference.breakdowns import UnreliableStation
from sim.queueing.reference.customers import Destination, Reluctance, Trips, Visit
from sim.queueing.reference.sharing import SharingStation
from sim.queueing.reference.simpy_stations import Station, World
from sim.queueing.reference.unequal import UnequalStation
from sim.queueing.reference.waiting import ScalingStation, ScheduledStation, WaitingStation


def build_trips(layout: Layout, world: World) -> tuple[list[Trips], list[Trips]]:
    """How customers enter: of the sources, and of the closed classes.

    Arguments:
        layout: of the run.
        world: of the run.
    """
    destinations = _connect(layout, world)
    open_trips = [
        Trips(int(source["customer_class"]), destinations[source["destination"]])
        for source in layout.sources
    ]
    closed_trips = [
        Trips(
            int(closed["customer_class"]),
            destinations[closed["destination"]],
            int(closed["think"]),
            closed=True,
        )
        for closed in layout.closed
    ]
    return open_trips, closed_trips


def _connect(layout: Layout, world: World) -> list[Destination]:
    destinations = []
    for record in layout.destinations:
        cumulative = tuple(target["cumulative"] for target in _targets(layout, record))
        destinations.append(Destination(int(record["kind"]), int(record["stream"]), cumulative))
    stations = [_station(layout, world, number) for number in range(len(layout.stations))]
    visits = [
        Visit(
            number,
            stations[record["station"]],
            int(record["station"]),
            int(record["customer_class"]),
            int(record["flow"]),
            int(record["service"]),
            int(record["patience"]),
            int(record["priority"]),
            destinations[record["destination"]] if record["destination"] >= 0 else None,
            int(record["recorded"]),
            int(record["slots"]),
            int(record["recorded_slots"]),
            _reluctance(layout, int(record["reluctance"])),
            int(layout.stations[record["station"]]["pool"]),
        )
        for number, record in enumerate(layout.visits)
    ]
    for destination, record in zip(destinations, layout.destinations, strict=True):
        destination.visits += [
            visits[target["visit"]] if target["visit"] >= 0 else None
            for target in _targets(layout, record)
        ]
        destination.then = visits[record["then"]] if record["then"] >= 0 else None
    return destinations


def _reluctance(layout: Layout, row: int) -> Reluctance | None:
    if row < 0:
        return None
    record = layout.reluctance[row]
    first, count = int(record["joins"]), int(record["join_count"])
    return Reluctance(
        tuple(layout.profile[first : first + count].tolist()),
        int(record["most_waiting"]),
        int(record["balking"]),
        int(record["delay"]),
        float(record["chance"]),
        int(record["again"]),
        int(record["most"]),
    )


def _targets(layout: Layout, destination: Any) -> Any:
    offset = destination["offset"]
    return layout.targets[offset : offset + destination["count"]]


def _station(layout: Layout, world: World, number: int) -> Station:
    record = layout.stations[number]
    if discipline_of(record["discipline"]).order is Order.TOGETHER:
        return SharingStation(world, number, record)
    if record["batch_size"] > 0:
        return BatchStation(world, number, record)
    if record["failure"] >= 0:
        return UnreliableStation(world, number, record)
    if record["shifts"] >= 0:
        end = record["shifts"] + record["shift_count"]
        shifts = [(float(d), int(s)) for d, s in layout.shifts[record["shifts"] : end]]
        return ScheduledStation(world, number, record, shifts)
    if record["speeds"] >= 0:
        first = record["speeds"]
        speeds = layout.profile[first : first + record["servers"]].tolist()
        return UnequalStation(world, number, record, speeds)
    if record["scale_interval"] > 0:
        return ScalingStation(world, number, record)
    return WaitingStation(world, number, record)
