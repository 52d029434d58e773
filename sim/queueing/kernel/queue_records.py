"""The state of a run in compiled code: records side by side, as a program in C would have them."""

from typing import Any

import numpy as np

from sim.queueing.arrays.layout_records import POOL as POOL_LAYOUT
from sim.queueing.arrays.layout_records import STATION as STATION_LAYOUT
from sim.queueing.arrays.tally import CLASS as CLASS_TALLY
from sim.queueing.arrays.tally import POOL as POOL_TALLY

NONE = -1  # no customer, no server, nothing
ABSENT = -1  # not in the calendar
NEVER = 0x7FF0 << 48  # a time that does not come: the bits of infinity
FREE, WAITING, SERVING, BLOCKED, THINKING, FORKED, TRAVELLING, AWAY, BEFORE_POOL = range(9)
UP, DOWN, IN_REPAIR, DECIDING, STARTING, OFF = range(6)
# Why the loop came back, or a step.
FINISHED, COMPLETE, GROW, RECORD_FULL, DONE, REACHED = range(6)
COMPLETION = 1 << 40  # marks the events that come before others of the same time


def _also(first: np.dtype[Any], *second: tuple[str, Any]) -> np.dtype[Any]:
    fields = [(name, first[name]) for name in first.names or ()]
    return np.dtype([*fields, *second], align=True)


def _hot(dtype: np.dtype[Any], *names: str) -> np.dtype[Any]:
    """The same with the fields that most events read side by side, in whole lines of a cache."""
    rest = [name for name in dtype.names or () if name not in names]
    fields = [(name, dtype[name]) for name in (*names, *rest)]
    size = np.dtype(fields, align=True).itemsize
    fields += [(f"unused{k}", dtype[names[0]]) for k in range(-size % 64 // 8)]
    return np.dtype(fields, align=True)


ADDRESSES = (  # of the arrays, in the order of `Arrays`
    "stations",
    "pools",
    "holds",
    "visits",
    "reluctance",
    "destinations",
    "targets",
    "sources",
    "profile",
    "closed",
    "shifts",
    "streams",
    "customers",
    "calendar",
    "nodes",
    "arrivals",
    "servers",
    "idle_since",
    "bags",
    "flows",
    "classes",
    "waiting_times",
    "response_times",
    "trip_times",
    "lengths",
    "asked",
    "waits_within",
    "responses_within",
    "trips_within",
    "record",
)
WORLD = np.dtype(
    [
        ("now", "f8"),
        ("began", "f8"),  # when the count began, s
        ("until", "i8"),  # no event from this time on happens: the bits of its seconds
        ("pending", "i8"),  # events in the calendar; arrivals are apart
        ("vacant", "i8"),  # slot of the event that happened, or NONE
        ("free_slot", "i8"),  # first of those that no event has, or NONE
        ("leaves", "i8"),  # slots of the calendar
        ("arrival_leaves", "i8"),  # the same of the next arrivals
        ("departures", "i8"),  # services complete
        ("free", "i8"),  # first of the free customers, linked by `next`
        ("free_count", "i8"),
        ("serial", "i8"),  # of the next open customer
        ("order", "i8"),  # counts whatever needs an order
        ("travelling", "i8"),  # first of those about to enter a station, linked by `next`
        ("populating", "i8"),  # the next customer of a closed class to begin
        ("population", "i8"),
        ("reserve", "i8"),  # customers that an event may need at most
        (
            "agenda",
            "i8",
        ),  # what goes on at this instant beside travels: of the next five, and records
        ("arriving", "i8"),  # the source whose batch is arriving, or NONE
        ("arriving_left", "i8"),
        ("arriving_row", "i8"),  # of its trace
        ("departing", "i8"),  # the next of the batch that leaves its server, or NONE
        ("departing_station", "i8"),
        ("departing_held", "i8"),  # one of that batch who is blocked, or NONE
        ("clocks", "i8"),  # events that go on without anyone: failures, repairs, shifts, scaling
        ("recorded", "i8"),
        ("record_room", "i8"),
        ("room", "i8"),  # customers that fit
        ("origins", "i8"),  # first row of what is counted by the class of entering; 0 without
        ("asked_count", "i8"),  # times of which the shares within them are counted
        ("wide", "i8"),  # the histograms are too many to stay near
        ("sources_count", "i8"),
        ("stations_count", "i8"),
        ("servers_count", "i8"),
        ("closed_count", "i8"),
        ("destinations_count", "i8"),
        ("first_server", "i8"),  # number of the event of the first server
        ("first_customer", "i8"),
        *((name, "i8") for name in ADDRESSES),
    ],
    align=True,
)
_CUSTOMER = np.dtype(
    [
        ("arrived", "f8"),  # at the station, s
        ("service", "f8"),  # what the server needs in all, s
        ("visit", "i8"),
        ("station", "i8"),  # of the visit
        ("flow", "i8"),  # of the visit
        ("doing", "i8"),
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
        ("cold", "i8"),  # its server needed its setup
        ("interrupted", "i8"),  # had started before
        ("toward", "i8"),  # the visit that it is about to enter; NONE to begin a trip
        ("serial", "i8"),
        ("customer_class", "i8"),
        ("origin", "i8"),  # the class in which it came
        ("slots", "i8"),  # servers that it takes at once at its station
        ("row", "i8"),  # of the trace that it came by
        ("class_since", "f8"),  # s
        ("closed", "i8"),  # row of its closed class, or NONE
        ("parent", "i8"),  # of a task
        ("fork", "i8"),  # destination where a parent forked
        ("tasks", "i8"),  # not yet complete
        ("server", "i8"),
        ("companion", "i8"),  # the next in the same batch; of those blocked, in a ring
        ("pool", "i8"),  # the innermost that it holds a part of, or NONE
        ("tries", "i8"),  # how often it has come again to the station that it is not served at
    ],
    align=True,
)
CUSTOMER = _hot(
    _CUSTOMER,
    "station", "doing", "next", "previous", "arrived", "service", "visit", "flow",
    "started", "remaining", "slots", "served_at_once", "cold", "pool", "parent", "toward",
    "customer_class", "origin", "class_since", "entered", "closed", "tries", "row", "server",
)  # fmt: skip
_STATION = _also(
    STATION_LAYOUT,
    ("kept_in", "i8"),  # where who waits is kept
    ("ranked", "i8"),  # what the heaps compare
    ("several", "i8"),  # some customers take several servers at once
    ("named", "i8"),  # its servers are told apart: each fails by itself, or has a speed
    ("interrupts", "i8"),  # who comes before someone in service takes that one's server
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
    ("paid_time", "f8"),
    ("idle_first", "i8"),  # of its idle servers: a stack of the times since when they are idle
    ("idle_count", "i8"),
    ("serving", "i8"),  # servers that serve, where their number scales
    ("starting", "i8"),  # replicas
    ("last_started", "i8"),  # of those that still start, linked by `next`, or NONE
    ("scaled_since", "f8"),  # up to when the next two, and the times of servers, are counted
    ("measured_busy", "f8"),  # since the last decision, s
    ("measured_servers", "f8"),
    ("changed", "f8"),  # when replicas were last added or taken away
    ("busy_periods", "i8"),
    ("busy_period_time", "f8"),
)
STATION = _hot(
    _STATION,
    "pool", "at", "capacity", "kept_in", "since", "batch_size", "occupied", "open",
    "waiting", "interrupts", "head", "tail", "scale_interval", "named", "setup", "busy",
    "blocks", "busy_since", "busy_periods", "busy_period_time", "several", "blocked_head",
    "shifts", "number",
)  # fmt: skip
POOL = _also(
    POOL_LAYOUT,
    ("used", "i8"),
    ("since", "f8"),  # of the last change of what is used, s
    ("head", "i8"),  # of those who wait, linked by `next`
    ("tail", "i8"),
    *((name, POOL_TALLY[name]) for name in POOL_TALLY.names or ()),
)
SERVER = np.dtype(
    [
        ("station", "i8"),
        ("doing", "i8"),
        ("customer", "i8"),
        ("next", "i8"),
        ("busy", "f8"),  # with those whom it has let go, s; where it has a speed
    ]
)
CLASS = _also(CLASS_TALLY, ("target", "f8"))
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
CALENDAR = np.dtype(
    [
        ("event", "i8"),  # that has the slot of this row, with its mark; if none, the next free one
        ("place", "i8"),  # slot of the event with the number of this row; ABSENT if not pending
    ],
    align=True,
)
NODE = np.dtype(
    [
        ("time", "i8"),  # of the winner below: the bits of its seconds
        ("slot", "i8"),  # of the winner
    ],
    align=True,
)
