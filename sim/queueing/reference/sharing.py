"""Processor sharing: all customers at once, each at an equal share of the servers."""

from bisect import insort
from typing import Any

from sim.queueing.arrays.layout_records import UNLIMITED
from sim.queueing.reference.customers import Customer
from sim.queueing.reference.simpy_stations import Station, World


class SharingStation(Station):
    """All customers are served at once, at the rate min(1, servers / customers).

    Customers are kept in the order in which they finish, which no change of the rate can change,
    on a clock that shows how much service everybody has had.

    Arguments:
        world: of the run.
        number: its position in the layout.
        description: its record in the layout.
    """

    def __init__(self, world: World, number: int, description: Any) -> None:
        super().__init__(world, number, description)
        self._servers = int(description["servers"])
        self._in_service: list[Customer] = []  # by `finish`, on the clock of service
        self._clock = 0.0
        self._since = 0.0
        if self._servers < UNLIMITED:
            world.counts.servers[number].set(self._servers)

    def _join(self, customer: Customer) -> None:
        self._stop()
        customer.started = self._environment.now
        customer.finish = self._clock + customer.service
        insort(self._in_service, customer, key=lambda other: (other.finish, other.rank))
        self._go_on()

    def _vacate(self, customer: Customer) -> None:
        if customer in self._in_service:
            self.hold(customer)

    def hold(self, customer: Customer) -> None:
        assert customer is self._in_service[0]  # it is served
        self._advance_clock()
        self._in_service.pop(0)
        self._go_on()

    def _serve_next(self) -> None:
        pass  # nobody waits

    def _forget(self, customer: Customer) -> None:
        raise NotImplementedError("nobody waits")

    def ahead(self, slots: int) -> int | None:
        """Customers beyond the servers; None if there are not even as many.

        Arguments:
            slots: everybody takes one here.
        """
        return self.number - self._servers if self.number >= self._servers else None

    def attained(self, customer: Customer) -> float:
        """Service that a customer who is here has had so far, s."""
        if customer not in self._in_service:
            return customer.service
        clock = self._clock + (self._environment.now - self._since) * self._rate()
        return customer.service - max(0.0, customer.finish - clock)

    def _rate(self) -> float:
        return min(1.0, self._servers / len(self._in_service))

    def _advance_clock(self) -> None:
        now = self._environment.now
        if self._in_service:
            self._clock += (now - self._since) * self._rate()
        else:
            self._clock = 0.0
        self._since = now

    def _stop(self) -> None:
        """The first to finish will not do so when it was to."""
        self._advance_clock()
        if self._in_service:
            self._in_service[0].stop_service()

    def _go_on(self) -> None:
        """The first to finish will do so at the present rate."""
        self._count_busy(min(len(self._in_service), self._servers))
        if self._in_service:
            first = self._in_service[0]
            first.served.after(max(0.0, first.finish - self._clock) / self._rate())
