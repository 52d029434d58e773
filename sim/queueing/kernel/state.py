"""The arrays of a run, side by side, and the record through which they are found."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.queueing.disciplines import Discipline
from sim.queueing.arrays.layout_records import FORK
from sim.queueing.arrays.layout_records import POOL as POOL_LAYOUT
from sim.queueing.arrays.layout_records import STATION as STATION_LAYOUT
from sim.queueing.arrays.queue_layout import Layout
from sim.queueing.arrays.tally import BINS, FLOW, LENGTHS
from sim.queueing.kernel.kernel_disciplines import WAYS, Way
from sim.queueing.kernel.queue_records import (
    ABSENT,
    ADDRESSES,
    CALENDAR,
    CLASS,
    CUSTOMER,
    DECIDING,
    NEVER,
    NODE,
    NONE,
    OFF,
    POOL,
    RECORD,
    SERVER,
    STATION,
    WORLD,
)
from sim.queueing.queue_contract import UnknownDiscipline

_NEAR = 16  # flows whose histograms stay in a cache


def lined_up(rows: int, dtype: np.dtype[np.void]) -> NDArray[np.void]:
    """Empty records that begin where a line of the cache does.

    Arguments:
        rows: of the array.
        dtype: of a record, of whole lines of 64 bytes.
    """
    memory = np.zeros(rows * dtype.itemsize + 64, np.uint8)
    first = -memory.ctypes.data % 64
    return memory[first : first + rows * dtype.itemsize].view(dtype)


@dataclass
class Arrays:
    """All arrays of a run; the record `world` holds their addresses."""

    world: NDArray[np.void]
    stations: NDArray[np.void]
    pools: NDArray[np.void]
    holds: NDArray[np.int64]
    visits: NDArray[np.void]
    reluctance: NDArray[np.void]
    destinations: NDArray[np.void]
    targets: NDArray[np.void]
    sources: NDArray[np.void]
    profile: NDArray[np.float64]
    closed: NDArray[np.void]
    shifts: NDArray[np.void]
    streams: NDArray[np.void]
    customers: NDArray[np.void]
    calendar: NDArray[np.void]
    nodes: NDArray[np.void]
    arrivals: NDArray[np.void]
    servers: NDArray[np.void]
    idle_since: NDArray[np.float64]
    bags: NDArray[np.int64]
    flows: NDArray[np.void]
    classes: NDArray[np.void]
    waiting_times: NDArray[np.int32]  # half the memory of the tally's: they decide what is fast
    response_times: NDArray[np.int32]
    trip_times: NDArray[np.int64]
    lengths: NDArray[np.float64]
    asked: NDArray[np.float64]
    waits_within: NDArray[np.int64]
    responses_within: NDArray[np.int64]
    trips_within: NDArray[np.int64]
    record: NDArray[np.void]

    @property
    def address(self) -> int:
        """Of the record `world`, for compiled code."""
        return int(self.world.ctypes.data)

    def grow(self, room: int) -> None:
        """Make room for more customers.

        Arguments:
            room: for so many in all.
        """
        world, old = self.world, len(self.customers)
        customers = lined_up(room, CUSTOMER)
        customers["pool"] = NONE
        customers[:old] = self.customers
        customers["next"][old:] = np.arange(old + 1, room + 1)
        customers["next"][room - 1] = world["free"][0]
        world["free"] = old
        world["free_count"] += room - old
        world["room"] = room
        events = int(world["first_customer"][0]) + room
        calendar, nodes = _empty_calendar(events), _nodes(events)
        calendar[: len(self.calendar)] = self.calendar
        nodes[: len(self.nodes)] = self.nodes
        bags = np.zeros((len(self.bags), room), np.int64)
        bags[:, :old] = self.bags
        self.customers, self.bags = customers, bags
        self.calendar, self.nodes = calendar, nodes
        for name in ADDRESSES:
            array = getattr(self, name)
            assert array.flags.c_contiguous
            world[name] = array.ctypes.data


def initial_state(layout: Layout, customers: int, records: int) -> Arrays:
    """The arrays of an empty network.

    Arguments:
        layout: of the network.
        customers: room for so many at first.
        records: room for so many departures; 0 to keep none.

    Raises:
        UnknownDiscipline: a station serves by one that compiled code does not know.
    """
    stations = lined_up(len(layout.stations), STATION)
    for name in STATION_LAYOUT.names or ():
        stations[name] = layout.stations[name]
    for station, described in zip(stations, layout.network.stations.values(), strict=True):
        way = _way(described.discipline)
        station["kept_in"], station["ranked"] = way.kept_in, way.ranked
        station["interrupts"] = described.discipline.interrupts
    stations["named"] = (stations["failure"] >= 0) | (stations["speeds"] >= 0)
    for visit in layout.visits[layout.visits["slots"] > 1]:
        stations["several"][visit["station"]] = 1
    for name in ("head", "tail", "root", "interruptible", "blocked_head", "blocked_tail"):
        stations[name] = NONE
    for name in ("crew_head", "crew_tail", "bag", "last_started"):
        stations[name] = NONE
    stations["changed"] = -math.inf
    stations["open"] = stations["servers"]
    scheduled = stations["shifts"] >= 0
    stations["open"][scheduled] = layout.shifts["servers"][stations["shifts"][scheduled]]
    unordered = np.flatnonzero(stations["order"] >= 0)
    stations["bag"][unordered] = np.arange(len(unordered))

    with_setup = np.flatnonzero(stations["setup"] >= 0)
    rooms = stations["servers"][with_setup]
    stations["idle_first"][with_setup] = np.cumsum(rooms) - rooms
    stations["idle_count"] = stations["warm"]  # since 0 s
    servers = _servers(stations)
    pools = np.zeros(len(layout.pools), POOL)
    for name in POOL_LAYOUT.names or ():
        pools[name] = layout.pools[name]
    pools["head"] = pools["tail"] = NONE

    world = np.zeros(1, WORLD)
    world["free"] = world["travelling"] = world["arriving"] = world["departing"] = NONE
    world["vacant"], world["leaves"] = NONE, 1
    world["arrival_leaves"] = _leaves(len(layout.sources))
    world["departing_station"] = world["departing_held"] = NONE
    forks = [d["count"] for d in layout.destinations if d["kind"] == FORK]
    world["reserve"] = 2 + max(forks, default=0)
    flows, classes = len(layout.flows), len(layout.targets_of_classes)
    world["origins"] = layout.origins
    world["record_room"] = records
    world["agenda"] = int(records > 0)
    world["asked_count"] = asked = len(layout.asked)
    world["wide"] = int(flows > _NEAR)
    world["sources_count"], world["closed_count"] = len(layout.sources), len(layout.closed)
    world["destinations_count"] = len(layout.destinations)
    world["stations_count"], world["servers_count"] = len(stations), len(servers)
    ticking = stations["speeds"][servers["station"]] < 0
    world["clocks"] = np.count_nonzero(ticking) + np.count_nonzero(scheduled)
    world["until"] = np.float64(math.inf).view(np.int64)
    world["first_server"] = len(layout.sources) + len(stations)
    world["first_customer"] = fixed = len(layout.sources) + len(stations) + len(servers)
    arrays = Arrays(
        world=world,
        stations=stations,
        pools=pools,
        holds=layout.holds,
        visits=layout.visits,
        reluctance=layout.reluctance,
        destinations=layout.destinations,
        targets=layout.targets,
        sources=layout.sources,
        profile=layout.profile,
        closed=layout.closed,
        shifts=layout.shifts,
        streams=layout.streams,
        customers=np.zeros(0, CUSTOMER),
        calendar=_empty_calendar(fixed),
        nodes=_nodes(fixed),
        arrivals=_nodes(len(layout.sources)),
        servers=servers,
        idle_since=np.zeros(int(rooms.sum())),
        bags=np.zeros((len(unordered), 0), np.int64),
        flows=np.zeros(flows, FLOW),
        classes=np.zeros(classes, CLASS),
        waiting_times=np.zeros((flows, BINS), np.int32),
        response_times=np.zeros((flows, BINS), np.int32),
        trip_times=np.zeros((classes, BINS), np.int64),
        lengths=np.zeros((len(stations), LENGTHS)),
        asked=layout.asked,
        waits_within=np.zeros((flows, asked), np.int64),
        responses_within=np.zeros((flows, asked), np.int64),
        trips_within=np.zeros((classes, asked), np.int64),
        record=np.zeros(records, RECORD),
    )
    arrays.classes["target"] = layout.targets_of_classes
    arrays.grow(customers)
    return arrays


def _way(discipline: Discipline) -> Way:
    if discipline.order not in WAYS:
        raise UnknownDiscipline(discipline.name, "compiled")
    return WAYS[discipline.order]


def _servers(stations: NDArray[np.void]) -> NDArray[np.void]:
    """What has a clock of its own: each server that fails; where they scale, who decides, and each
    replica that may start. And each server that has a speed."""
    scaling = stations["scale_interval"] > 0
    counts = np.where(stations["named"] > 0, stations["servers"], 0)
    counts[scaling] = 1 + (stations["maximum"] - stations["minimum"])[scaling]
    stations["first_server"] = np.cumsum(counts) - counts
    servers = np.zeros(int(counts.sum()), SERVER)
    servers["station"] = np.repeat(np.arange(len(stations)), counts)
    servers["customer"] = servers["next"] = NONE
    unequal = stations["speeds"] >= 0
    servers["doing"][(scaling | unequal)[servers["station"]]] = OFF
    servers["doing"][stations["first_server"][scaling]] = DECIDING
    return servers


def _leaves(events: int) -> int:
    """Of a tournament with room for so many."""
    return 1 << max(0, events - 1).bit_length()


def _empty_calendar(events: int) -> NDArray[np.void]:
    calendar = np.zeros(_leaves(events), CALENDAR)
    calendar["place"] = ABSENT
    calendar["event"] = NONE  # after the only slot that there is at first
    return calendar


def _nodes(events: int) -> NDArray[np.void]:
    """A tournament of so many at most, in which nothing is pending yet."""
    leaves = _leaves(events)
    nodes = np.zeros(2 * leaves, NODE)
    nodes["time"] = NEVER
    nodes["slot"][leaves:] = np.arange(leaves)
    return nodes
