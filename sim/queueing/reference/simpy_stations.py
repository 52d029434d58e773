"""Stations: what all of them do with a customer who comes and goes."""

from abc import ABC, abstractmethod
from collections import deque
from dataclasses import dataclass
from typing import Any

import simpy

from sim.queueing.reference.counts import Counts
from sim.queueing.reference.customers import Activity, Customer, Moment, Visit
from sim.queueing.reference.draws import Draws


@dataclass(frozen=True)
class World:
    """What all parts of a run share.

    Arguments:
        environment: of SimPy.
        draws: from the streams of the layout.
        counts: of what happens.
    """

    environment: simpy.Environment
    draws: Draws
    counts: Counts


class Station(ABC):
    """A station; kinds of stations differ in how they serve who is there.

    Whatever happens at one instant is done at once, in plain calls, so that its order is plain
    too. Only what takes time is left to processes and events.

    Arguments:
        world: of the run.
        number: its position in the layout.
        description: its record in the layout.
    """

    def __init__(self, world: World, number: int, description: Any) -> None:
        self._world = world
        self._environment = world.environment
        self._number = number
        self._capacity = int(description["capacity"])
        self._arrived = 0
        self._blocked: deque[tuple[Customer, Visit, Moment]] = deque()
        self.blocks = bool(description["blocks"])

    @property
    def number(self) -> int:
        """Customers in service, waiting, and served but blocked."""
        return self._world.counts.at_station(self._number)

    @property
    def full(self) -> bool:
        """Nobody else is let in."""
        return self.number >= self._capacity

    # Customers come and go.

    def admit(self, customer: Customer, visit: Visit) -> None:
        """A customer comes in.

        Arguments:
            customer: who is at no station.
            visit: to this station.
        """
        draws, counts = self._world.draws, self._world.counts
        if customer.parent is None and customer.customer_class != visit.customer_class:
            counts.class_changed(customer, visit.customer_class)
            customer.customer_class = visit.customer_class
        counts.let_in(customer, visit)
        self._arrived += 1
        customer.visit = visit
        customer.rank = self._arrived
        customer.arrived = self._environment.now
        customer.service = draws.service(customer, visit)
        customer.remaining = customer.service
        customer.started = None
        customer.slots = draws.slots(customer, visit)
        customer.cold = False
        customer.served = Moment(self._environment)
        patience = draws.value(visit.patience) if visit.patience >= 0 else None
        self._join(customer)
        if patience is not None and customer.started is None:
            self._environment.process(self._wait_patiently(customer, patience))

    def leave(self, customer: Customer, returns: bool = False) -> None:
        """A served customer goes: its server takes the next, its place who is blocked.

        Arguments:
            customer: who is served.
            returns: it comes back at once and keeps its place.
        """
        assert customer.visit is not None
        self._world.counts.served(customer, customer.visit)
        customer.visit = None
        self._vacate(customer)
        self._serve_next()
        if not returns:
            self._let_blocked_in()

    def wait_for_place(self, customer: Customer, visit: Visit) -> simpy.Event:
        """A customer is blocked until it is moved into this station.

        Arguments:
            customer: who is served, and stays where it is.
            visit: to this station.
        """
        if customer.visit is not None:
            customer.visit.station.hold(customer)
        moved = Moment(self._environment)
        self._blocked.append((customer, visit, moved))
        return moved

    def _let_blocked_in(self) -> None:
        if self._blocked and not self.full:
            customer, visit, moved = self._blocked.popleft()
            moved.after(0.0)
            if customer.visit is not None:
                customer.visit.station.leave(customer)
            self.admit(customer, visit)

    def _wait_patiently(self, customer: Customer, patience: float) -> Activity:
        served = customer.served
        yield self._environment.timeout(patience)
        if not served.triggered:  # nor has its service begun
            assert customer.visit is not None
            self._forget(customer)
            self._world.counts.out_of_patience(customer, customer.visit)
            customer.visit = None
            self._let_blocked_in()
            served.after(0.0, value=False)

    # How they are served.

    @abstractmethod
    def _join(self, customer: Customer) -> None:
        """Begin its service, or let it wait."""

    @abstractmethod
    def _vacate(self, customer: Customer) -> None:
        """Free what a served customer occupies."""

    @abstractmethod
    def hold(self, customer: Customer) -> None:
        """Let a served customer occupy its server, which is not busy."""

    @abstractmethod
    def _serve_next(self) -> None:
        """Begin the services that can begin now."""

    @abstractmethod
    def _forget(self, customer: Customer) -> None:
        """Take a customer out of the waiting room."""

    @abstractmethod
    def ahead(self, slots: int) -> int | None:
        """How many wait before a new customer; None if it is served at once.

        Arguments:
            slots: servers that it takes at once.
        """

    @abstractmethod
    def attained(self, customer: Customer) -> float:
        """Service that a customer who is here has had so far, s."""

    def _count_busy(self, servers: int) -> None:
        self._world.counts.busy[self._number].set(servers)
