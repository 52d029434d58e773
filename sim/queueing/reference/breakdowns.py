"""Stations whose servers fail and are repaired."""

from typing import Any

import simpy

from sim.queueing.reference.customers import Activity, Customer
from sim.queueing.reference.simpy_stations import World
from sim.queueing.reference.waiting import WaitingStation


class Server:
    """A server that works or not, and whom it serves or holds."""

    def __init__(self) -> None:
        self.works = True
        self.customer: Customer | None = None

    @property
    def free(self) -> bool:
        """A customer can be served."""
        return self.works and self.customer is None


class UnreliableStation(WaitingStation):
    """Servers fail, busy or not; what they interrupt goes on later where it was.

    A server that holds a blocked customer fails too, and goes on holding it.

    Arguments:
        world: of the run.
        number: its position in the layout.
        description: its record in the layout.
    """

    def __init__(self, world: World, number: int, description: Any) -> None:
        super().__init__(world, number, description)
        self._crews = simpy.Resource(self._environment, int(description["crews"]))
        self._all = [Server() for _ in range(self.servers)]
        for server in self._all:
            self._environment.process(
                self._fail(server, int(description["failure"]), int(description["repair"]))
            )

    def _fail(self, server: Server, failure: int, repair: int) -> Activity:
        timeout, draw = self._environment.timeout, self._world.draws.value
        while True:
            yield timeout(draw(failure))
            server.works = False
            if server.customer in self._in_service:
                self._interrupt(server.customer)
                self._serve_next()
            with self._crews.request() as crew:
                yield crew
                yield timeout(draw(repair))
            server.works = True
            self._serve_next()

    def _has_free_servers(self, number: int) -> bool:
        return any(server.free for server in self._all)  # everybody takes one here

    def _occupy(self, customer: Customer) -> None:
        next(server for server in self._all if server.free).customer = customer
        super()._occupy(customer)

    def _vacate(self, customer: Customer) -> None:
        next(server for server in self._all if server.customer is customer).customer = None
        super()._vacate(customer)
