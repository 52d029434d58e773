"""Customers, and the visits between which they move."""

from collections.abc import Generator
from dataclasses import dataclass, field
from typing import Any, Protocol

import simpy
from simpy.events import URGENT

Activity = Generator[simpy.Event, Any, None]  # what a process does
Wait = Generator[simpy.Event, Any, bool]


class Moment(simpy.Event):
    """An event that comes ahead of the others of its time: services end before anyone arrives."""

    def after(self, delay: float, value: bool = True) -> None:
        """Let it happen, once.

        Arguments:
            delay: from now, s.
            value: what those who wait for it are told.
        """
        self._ok = True  # as simpy.Timeout does it
        self._value = value
        self.env.schedule(self, URGENT, delay)


@dataclass(eq=False, slots=True)
class Destination:
    """Where a customer goes next.

    Arguments:
        kind: of routing, as in the layout.
        stream: of the choice.
        cumulative: probabilities of a split.
        visits: to choose from; None is the outside.
        then: after a fork, the visit that follows the join; None is the outside.
        turn: position of the next visit of a round robin.
    """

    kind: int
    stream: int
    cumulative: tuple[float, ...]
    visits: "list[Visit | None]" = field(default_factory=list)
    then: "Visit | None" = None
    turn: int = 0


class Place(Protocol):
    """What customers know of a station."""

    blocks: bool  # who finds it full stays where it is

    @property
    def number(self) -> int:
        """Customers in service, waiting, and served but blocked."""
        ...

    @property
    def full(self) -> bool:
        """Nobody else is let in."""
        ...

    def admit(self, customer: "Customer", visit: "Visit") -> None:
        """A customer comes in."""
        ...

    def leave(self, customer: "Customer", returns: bool = False) -> None:
        """A served customer goes."""
        ...

    def wait_for_place(self, customer: "Customer", visit: "Visit") -> simpy.Event:
        """A customer is blocked until it is moved into this station."""
        ...

    def attained(self, customer: "Customer") -> float:
        """Service that a customer who is here has had so far, s."""
        ...

    def ahead(self, slots: int) -> int | None:
        """How many wait before a new customer; None if it is served at once."""
        ...

    def hold(self, customer: "Customer") -> None:
        """Let a served customer occupy its server, which is not busy."""
        ...


@dataclass(eq=False, slots=True)
class Visit:
    """A class at a station.

    Arguments:
        number: its position in the layout.
        station: where.
        station_number: the position of the station in the layout.
        customer_class: who.
        flow: the pair of both, for the counts.
        service: stream.
        patience: stream, or -1.
        priority: lower goes first.
        destination: what follows; None for a task of a fork.
        recorded: offset of its recorded services, or -1.
        slots: servers that it takes at once.
        recorded_slots: offset of the recorded numbers of them, or -1.
        reluctance: of those who come to it, if some do not join or come again.
        pool: the innermost that its station is in, or -1.
    """

    number: int
    station: Place
    station_number: int
    customer_class: int
    flow: int
    service: int
    patience: int
    priority: int
    destination: Destination | None
    recorded: int
    slots: int
    recorded_slots: int
    reluctance: "Reluctance | None" = None
    pool: int = -1


@dataclass(eq=False, slots=True)
class Reluctance:
    """Who does not join, and who comes again.

    Arguments:
        joins: chances of joining by the number who wait; empty where all join.
        most_waiting: where as many wait, nobody joins.
        balking: stream.
        delay: stream of the time until a customer comes again, or -1.
        chance: of coming again.
        again: stream.
        most: times.
    """

    joins: tuple[float, ...]
    most_waiting: int
    balking: int
    delay: int
    chance: float
    again: int
    most: int


@dataclass(eq=False, slots=True)
class Trips:
    """What brings a customer into the network.

    Arguments:
        customer_class: on entering.
        destination: of those who enter.
        think: stream of the time between two trips, or -1.
        closed: begins a new trip after the last.
    """

    customer_class: int
    destination: Destination
    think: int = -1
    closed: bool = False


@dataclass(eq=False, slots=True)
class Customer:
    """A customer, or a task into which one has forked.

    Arguments:
        serial: number in the order of entering; a task has its parent's.
        customer_class: where it is counted.
        trips: what brings it; None for a task.
        parent: of a task.
    """

    serial: int
    customer_class: int
    trips: Trips | None = None
    parent: "Customer | None" = None
    row: int = 0  # of the trace that it came by
    tasks: int = 0  # of its fork that are not done
    tries: int = 0  # how often it has come again to the station that it is not served at
    again: Visit | None = None  # to which it will come again
    pool: int = -1  # the innermost that it holds a part of
    origin: int = 0  # the class in which it came
    gate: Moment | None = None  # until when it waits for a part of a pool
    entered: float = 0.0  # the network, s
    visit: Visit | None = None  # None outside, and while its tasks are served
    # At the present station:
    rank: int = 0  # in the order of arrival there
    arrived: float = 0.0
    service: float = 0.0  # requirement, s
    remaining: float = 0.0  # of it, when service last began or stopped, s
    started: float | None = None  # when it was first taken by a server
    finish: float = 0.0  # when its service ends, unless it is interrupted
    slots: int = 1  # servers that it takes at once
    cold: bool = False  # its server needed its setup
    served: Moment = field(init=False)  # with False if patience ran out
    process: simpy.Process = field(init=False)

    def wait_until_served(self) -> Wait:
        """Through any number of interruptions; False if patience ran out before the service."""
        while True:
            moment = self.served
            try:
                served: bool = yield moment
            except simpy.Interrupt:
                continue
            if moment is self.served:  # or it was interrupted at this very instant
                return served

    def stop_service(self) -> None:
        """What was to be the end of its service is not; its process waits for another."""
        self.served = Moment(self.served.env)
        self.process.interrupt()
