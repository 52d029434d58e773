"""The state of a run in compiled code: records side by side, as a program in C would have them."""

from typing import Any, NamedTuple

import numpy as np

from sim.kernels.calendar import empty_calendar
from sim.kernels.layout import FORK, Layout
from sim.kernels.layout import STATION as STATION_LAYOUT
from sim.kernels.queues import NONE
from sim.kernels.tally import BINS, CLASS, FLOW, LENGTHS

FREE, WAITING, SERVING, BLOCKED, THINKING, FORKED, TRAVELLING = range(7)
UP, DOWN, IN_REPAIR = range(3)
FINISHED, COMPLETE, GROW, RECORD_FULL = range(4)  # why the loop came back


def _also(first: np.dtype[Any], *second: tuple[str, str]) -> np.dtype[Any]:
    fields = [(name, first[name]) for name in first.names or ()]
    return np.dtype([*fields, *second], align=True)


WORLD = np.dtype(
    [
        ("now", "f8"),
        ("began", "f8"),  # when the count began, s
        ("pending", "i8"),  # events in the calendar
        ("vacant", "i8"),  # the first place of the calendar belongs to the event that happened
        ("departures", "i8"),  # services complete
        ("free", "i8"),  # first of the free customers, linked by `next`
        ("free_count", "i8"),
        ("serial", "i8"),  # of the next open customer
        ("order", "i8"),  # counts whatever needs an order
        ("travelling", "i8"),  # first of those about to enter a station, linked by `next`
        ("populating", "i8"),  # the next customer of a closed class to begin
        ("population", "i8"),
        ("reserve", "i8"),  # customers that an event may need at most
        ("arriving", "i8"),  # the source whose batch is arriving, or NONE
        ("arriving_left", "i8"),
        ("departing", "i8"),  # the next of the batch that leaves its server, or NONE
        ("departing_station", "i8"),
        ("recorded", "i8"),
    ],
    align=True,
)
CUSTOMER = np.dtype(
    [
        ("arrived", "f8"),  # at the station, s
        ("service", "f8"),  # what the server needs in all, s
        ("visit", "i8"),
        ("state", "i8"),
        ("next", "i8"),
        ("previous", "i8"),
        ("started", "f8"),  # the service that goes on, s
        ("entered", "f8"),  # the network, s
        ("remaining", "f8"),  # service still needed when it goes on, s
        ("key", "f8"),
        ("order", "i8"),
        ("child", "i8"),
        ("place", "i8"),  # in a bag
        ("served_at_once", "i8"),
        ("interrupted", "i8"),  # had started before
        ("toward", "i8"),  # the visit that it is about to enter
        ("serial", "i8"),
        ("customer_class", "i8"),
        ("class_since", "f8"),  # s
        ("closed", "i8"),  # row of its closed class, or NONE
        ("parent", "i8"),  # of a task
        ("fork", "i8"),  # destination where a parent forked
        ("tasks", "i8"),  # not yet complete
        ("server", "i8"),
        ("companion", "i8"),  # the next in the same batch
    ],
    align=True,
)
STATION = _also(
    STATION_LAYOUT,
    ("at", "i8"),  # customers at the station
    ("waiting", "i8"),
    ("occupied", "i8"),  # servers that hold a customer
    ("open", "i8"),  # servers that are on shift and not down
    ("head", "i8"),
    ("tail", "i8"),
    ("root", "i8"),  # of the heap of the waiting, or of those who share the server
    ("interruptible", "i8"),  # root of the heap of those in service, worst first
    ("blocked_head", "i8"),  # customers who can't enter here
    ("blocked_tail", "i8"),
    ("shared_since", "f8"),
    ("attained", "f8"),  # service that each has had since the beginning, when shared
    ("since", "f8"),  # of the last change of `at`
    ("busy_since", "f8"),
    ("open_since", "f8"),
    ("shift", "i8"),
    ("first_server", "i8"),
    ("crew_head", "i8"),  # servers that wait for a crew
    ("crew_tail", "i8"),
    ("repairing", "i8"),
    ("bag", "i8"),  # row of the bags, or NONE
    ("number", "f8"),  # beyond the numbers that are told apart; see STATION of the tally
    ("busy", "f8"),
    ("servers_time", "f8"),
    ("busy_periods", "i8"),
    ("busy_period_time", "f8"),
)
SERVER = np.dtype([("station", "i8"), ("state", "i8"), ("customer", "i8"), ("next", "i8")])
RECORD = np.dtype(
    [
        ("serial", "i8"),
        ("customer_class", "i8"),
        ("station", "i8"),
        ("visit", "i8"),
        ("arrived", "f8"),
        ("departed", "f8"),
        ("service", "f8"),
    ],
    align=True,
)


class State(NamedTuple):
    """All arrays of a run."""

    world: Any
    stations: Any
    visits: Any
    destinations: Any
    targets: Any
    sources: Any
    closed: Any
    shifts: Any
    profile: Any
    streams: Any
    table: Any
    customers: Any
    calendar: Any
    servers: Any
    bags: Any
    flows: Any
    classes: Any
    waiting_times: Any
    response_times: Any
    trip_times: Any
    lengths: Any
    record: Any


def initial_state(layout: Layout, customers: int, records: int) -> State:
    """The arrays of an empty network.

    Arguments:
        layout: of the network.
        customers: room for so many at first.
        records: room for so many departures; 0 to keep none.
    """
    stations = np.zeros(len(layout.stations), STATION)
    for name in STATION_LAYOUT.names or ():
        stations[name] = layout.stations[name]
    for name in ("head", "tail", "root", "interruptible", "blocked_head", "blocked_tail"):
        stations[name] = NONE
    for name in ("crew_head", "crew_tail", "bag"):
        stations[name] = NONE
    stations["open"] = stations["servers"]
    scheduled = stations["shifts"] >= 0
    stations["open"][scheduled] = layout.shifts["servers"][stations["shifts"][scheduled]]
    unordered = np.flatnonzero(stations["order"] >= 0)
    stations["bag"][unordered] = np.arange(len(unordered))

    failing = np.flatnonzero(stations["failure"] >= 0)
    counts = stations["servers"][failing]
    stations["first_server"][failing] = np.cumsum(counts) - counts
    servers = np.zeros(int(counts.sum()), SERVER)
    servers["station"] = np.repeat(failing, counts)
    servers["customer"] = servers["next"] = NONE

    world = np.zeros(1, WORLD)
    world["free"] = world["travelling"] = world["arriving"] = world["departing"] = NONE
    world["departing_station"] = NONE
    forks = [d["count"] for d in layout.destinations if d["kind"] == FORK]
    world["reserve"] = 2 + max(forks, default=0)
    flows, classes = len(layout.flows), len(layout.network.classes)
    fixed = len(layout.sources) + len(stations) + len(servers)
    state = State(
        world=world,
        stations=stations,
        visits=layout.visits,
        destinations=layout.destinations,
        targets=layout.targets,
        sources=layout.sources,
        closed=layout.closed,
        shifts=layout.shifts,
        profile=layout.profile,
        streams=layout.streams,
        table=layout.table,
        customers=np.zeros(0, CUSTOMER),
        calendar=empty_calendar(fixed),
        servers=servers,
        bags=np.zeros((len(unordered), 0), np.int64),
        flows=np.zeros(flows, FLOW),
        classes=np.zeros(classes, CLASS),
        waiting_times=np.zeros((flows, BINS), np.int64),
        response_times=np.zeros((flows, BINS), np.int64),
        trip_times=np.zeros((classes, BINS), np.int64),
        lengths=np.zeros((len(stations), LENGTHS)),
        record=np.zeros(records, RECORD),
    )
    return grown(state, customers)


def grown(state: State, customers: int) -> State:
    """The same state with room for more customers.

    Arguments:
        state: as it is.
        customers: room for so many in all.
    """
    old = len(state.customers)
    more = np.zeros(customers, CUSTOMER)
    more[:old] = state.customers
    more["next"][old:] = np.arange(old + 1, customers + 1)
    more["next"][customers - 1] = state.world["free"][0]
    state.world["free"] = old
    state.world["free_count"] += customers - old
    calendar = empty_calendar(len(state.calendar) + customers - old)
    calendar[: len(state.calendar)] = state.calendar
    bags = np.zeros((len(state.bags), customers), np.int64)
    bags[:, :old] = state.bags
    return state._replace(customers=more, calendar=calendar, bags=bags)
