"""Stations whose servers have unequal speeds."""

from typing import Any

from sim.queueing.reference.counts import Level
from sim.queueing.reference.customers import Customer
from sim.queueing.reference.simpy_stations import World
from sim.queueing.reference.waiting import WaitingStation


class UnequalStation(WaitingStation):
    """Each server has a speed of its own, and keeps whom it has begun to serve.

    Arguments:
        world: of the run.
        number: its position in the layout.
        description: its record in the layout.
        speeds: of the servers, in the order in which idle ones serve.
    """

    def __init__(self, world: World, number: int, description: Any, speeds: list[float]) -> None:
        super().__init__(world, number, description)
        self._speeds = speeds
        self._choice = int(description["idle_choice"])
        self._customers: list[Customer | None] = [None] * len(speeds)
        self._each = [Level(self._environment) for _ in speeds]
        for server, level in enumerate(self._each):
            world.counts.each_busy[number, server] = level

    def _occupy(self, customer: Customer) -> None:
        idle = [server for server, one in enumerate(self._customers) if one is None]
        server = idle[0]
        if self._choice >= 0 and len(idle) > 1:
            server = idle[int(self._world.draws.uniform(self._choice) * len(idle))]
        self._customers[server] = customer
        self._each[server].change(1)
        customer.service /= self._speeds[server]
        customer.remaining = customer.service
        super()._occupy(customer)

    def _vacate(self, customer: Customer) -> None:
        server = self._customers.index(customer)
        self._customers[server] = None
        self._each[server].set(0)
        super()._vacate(customer)

    def hold(self, customer: Customer) -> None:
        self._each[self._customers.index(customer)].set(0)
        super().hold(customer)
