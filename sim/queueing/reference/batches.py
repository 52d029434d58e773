"""Stations that serve customers together."""

import math
from typing import Any

from sim.queueing.reference.customers import Activity, Customer, Moment
from sim.queueing.reference.replicas import Replicas
from sim.queueing.reference.simpy_stations import Station, World
from sim.queueing.reference.waiting import waiting_room


class Batch:
    """Customers who are served together, as long as they are on their server."""

    def __init__(self, customers: list[Customer]) -> None:
        self.customers = customers
        self.over = False  # all of them are served and those who could go are gone


class BatchStation(Station):
    """A server takes several customers at once, when enough wait or the first has waited enough.

    Arguments:
        world: of the run.
        number: its position in the layout.
        description: its record in the layout.
    """

    def __init__(self, world: World, number: int, description: Any) -> None:
        super().__init__(world, number, description)
        self._room = waiting_room(world, description)
        self.servers = int(description["servers"])
        self._size = int(description["batch_size"])
        self._timeout = float(description["batch_timeout"])
        self._per_customer = float(description["batch_per_customer"])
        self._least = float(description["batch_least"])
        self._batches: list[Batch] = []  # one an occupied server
        self._alarm = math.inf  # when to look again
        self._replicas: Replicas | None = None
        if description["scale_interval"] > 0:
            self._replicas = Replicas(world, number, description, self)
        else:
            world.counts.servers[number].set(self.servers)

    @property
    def occupied(self) -> int:
        """Servers that hold a customer."""
        return len(self._batches)

    def change_servers(self, servers: int) -> None:
        """So many servers from now on; one that is busy goes when it is done.

        Arguments:
            servers: that are there and are to stay.
        """
        self.servers = servers
        self._count_servers()
        self._serve_next()

    def _join(self, customer: Customer) -> None:
        self._room.add(customer)
        self._serve_next()

    def _serve_next(self) -> None:
        now = self._environment.now
        while self._room and len(self._batches) < self.servers:
            if len(self._room) < self._size:
                deadline = self._room.longest().arrived + self._timeout
                if deadline > now:
                    self._look_again(deadline)
                    return
            number = min(self._size, len(self._room))
            self._start(Batch([self._room.take() for _ in range(number)]))

    def _look_again(self, time: float) -> None:
        if time < self._alarm:
            self._alarm = time
            self._environment.process(self._wait_until(time))

    def _wait_until(self, time: float) -> Activity:
        yield self._environment.timeout(time - self._environment.now)
        self._alarm = math.inf
        self._serve_next()

    def _start(self, batch: Batch) -> None:
        self._batches.append(batch)
        self._count_working()
        first, *others = batch.customers
        duration = first.service + self._per_customer * len(others)
        duration = max(duration, self._least * len(batch.customers))
        for customer in batch.customers:
            customer.started = self._environment.now
            customer.service = duration
            customer.served.after(duration)
        over = Moment(self._environment)
        over.after(duration)  # after all customers have been told, and have moved on
        self._environment.process(self._end(batch, over))

    def _end(self, batch: Batch, over: Moment) -> Activity:
        yield over
        batch.over = True
        self._count_working()
        self._release_if_empty(batch)
        self._serve_next()

    def _vacate(self, customer: Customer) -> None:
        batch = next(batch for batch in self._batches if customer in batch.customers)
        batch.customers.remove(customer)
        if batch.over:
            self._release_if_empty(batch)

    def _release_if_empty(self, batch: Batch) -> None:
        if not batch.customers:
            self._batches.remove(batch)
            self._count_servers()

    def hold(self, customer: Customer) -> None:
        pass  # it occupies the server together with its batch

    def _forget(self, customer: Customer) -> None:
        self._room.remove(customer)

    def ahead(self, slots: int) -> int | None:
        """How many wait before a new customer; None if a server is free.

        Arguments:
            slots: everybody takes one here.
        """
        free = not self._room and self.occupied + slots <= self.servers
        return None if free else len(self._room)

    def attained(self, customer: Customer) -> float:
        """Service that a customer who is here has had so far, s."""
        if customer.started is None:
            return 0.0
        return min(customer.service, self._environment.now - customer.started)

    def _count_servers(self) -> None:
        if self._replicas:
            self._replicas.count()

    def _count_working(self) -> None:
        self._count_busy(sum(not batch.over for batch in self._batches))
