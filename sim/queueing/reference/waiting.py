"""Stations whose servers serve one customer each, and a room where the others wait."""

from collections.abc import Callable
from functools import partial
from itertools import cycle
from typing import Any

from models.queueing.disciplines import Order, discipline_of
from sim.queueing.arrays.layout_records import UNLIMITED
from sim.queueing.queue_contract import UnknownDiscipline
from sim.queueing.reference.customers import Activity, Customer
from sim.queueing.reference.replicas import Replicas
from sim.queueing.reference.rooms import Bag, Line, Ranking, Room, Stack
from sim.queueing.reference.simpy_stations import Station, World


def waiting_room(world: World, description: Any) -> Room:
    """The room of a station's discipline.

    Arguments:
        world: of the run.
        description: the station's record in the layout.

    Raises:
        UnknownDiscipline: no room has the order of its discipline.
    """
    discipline = discipline_of(description["discipline"])
    if discipline.order not in ROOMS:
        raise UnknownDiscipline(discipline.name, "simpy")
    return ROOMS[discipline.order](world, description)


class WaitingStation(Station):
    """Every server serves one customer at a time, as the discipline says.

    Arguments:
        world: of the run.
        number: its position in the layout.
        description: its record in the layout.
    """

    def __init__(self, world: World, number: int, description: Any) -> None:
        super().__init__(world, number, description)
        self._room = waiting_room(world, description)
        self._discipline = discipline_of(description["discipline"])
        self._setup = int(description["setup"])
        self._keep_warm = float(description["keep_warm"])
        # Since when, of the idle servers that have been busy or are warm from the beginning.
        self._idle = [0.0] * int(description["warm"])
        self.servers = int(description["servers"])
        # The order of the keys is that in which the services began.
        self._in_service: dict[Customer, None] = {}
        self._held: set[Customer] = set()
        self._taken = 0  # servers that hold them
        self._working = 0  # those that are busy
        if self.servers < UNLIMITED:
            world.counts.servers[number].set(self.servers)

    @property
    def occupied(self) -> int:
        """Servers that hold a customer."""
        return self._taken

    def _join(self, customer: Customer) -> None:
        if not self._room and self._has_free_servers(customer.slots):
            customer.cold = self._setup >= 0 and self._is_cold()
            self._start(customer, self._world.draws.value(self._setup) if customer.cold else 0.0)
        elif (other := self._less_urgent(customer)) is not None:
            self._interrupt(other)
            self._start(customer)
        else:
            self._room.add(customer)

    def _serve_next(self) -> None:
        while self._room and self._has_free_servers(self._room.next_slots()):
            if self._setup >= 0:
                self._idle.pop()  # it was busy a moment ago
            self._start(self._room.take())

    def _has_free_servers(self, number: int) -> bool:
        return self.occupied + number <= self.servers

    def _is_cold(self) -> bool:
        """Take the idle server that was busy last; whether it needs its setup."""
        return not self._idle or self._environment.now - self._idle.pop() >= self._keep_warm

    def _start(self, customer: Customer, setup: float = 0.0) -> None:
        now = self._environment.now
        if customer.started is None:
            customer.started = now
        self._occupy(customer)
        customer.finish = now + (setup + customer.remaining)
        customer.served.after(setup + customer.remaining)

    def _interrupt(self, customer: Customer) -> None:
        customer.remaining = max(0.0, customer.finish - self._environment.now)
        self._vacate(customer)
        self._room.put_back(customer)
        customer.stop_service()

    def _less_urgent(self, customer: Customer) -> Customer | None:
        """Whom a new customer interrupts: the least urgent, of those the last who began."""
        if not self._discipline.interrupts or not self._in_service:
            return None
        worst = max(reversed(self._in_service), key=self._urgency)
        return worst if self._urgency(customer) < self._urgency(worst) else None

    def _urgency(self, customer: Customer) -> float:
        """What the disciplines that interrupt compare; the least is the most urgent."""
        if self._discipline.order is Order.BY_PRIORITY:
            return _priority(customer)
        if self._discipline.order is not Order.BY_REMAINING:
            raise UnknownDiscipline(self._discipline.name, "simpy")
        if customer in self._in_service:
            return customer.finish - self._environment.now
        return customer.service

    def _occupy(self, customer: Customer) -> None:
        self._in_service[customer] = None
        self._taken += customer.slots
        self._working += customer.slots
        self._count_busy(self._working)

    def _vacate(self, customer: Customer) -> None:
        if customer in self._in_service:
            del self._in_service[customer]
            self._working -= customer.slots
        self._held.discard(customer)
        self._taken -= customer.slots
        if self._setup >= 0:
            self._idle.append(self._environment.now)
        self._count_busy(self._working)

    def hold(self, customer: Customer) -> None:
        del self._in_service[customer]
        self._held.add(customer)
        self._working -= customer.slots
        self._count_busy(self._working)

    def _forget(self, customer: Customer) -> None:
        self._room.remove(customer)

    def ahead(self, slots: int) -> int | None:
        """How many wait before a new customer; None if it is served at once.

        Arguments:
            slots: servers that it takes at once.
        """
        return None if not self._room and self._has_free_servers(slots) else len(self._room)

    def attained(self, customer: Customer) -> float:
        """Service that a customer who is here has had so far, s."""
        left = customer.remaining
        if customer in self._in_service:
            left = min(left, customer.finish - self._environment.now)
        elif customer in self._held:
            left = 0.0
        return customer.service - max(0.0, left)

    def change_servers(self, servers: int) -> None:
        """So many servers from now on; one that is busy goes when it is done.

        Arguments:
            servers: that are there and are to stay.
        """
        self.servers = servers
        self._count_servers()
        self._serve_next()

    def _count_servers(self) -> None:
        self._world.counts.servers[self._number].set(self.servers)


class ScheduledStation(WaitingStation):
    """The number of servers follows a schedule.

    Arguments:
        world: of the run.
        number: its position in the layout.
        description: its record in the layout.
        shifts: duration, s, and number of servers of each.
    """

    def __init__(
        self, world: World, number: int, description: Any, shifts: list[tuple[float, int]]
    ) -> None:
        super().__init__(world, number, description)
        self.change_servers(shifts[0][1])
        self._environment.process(self._work_shifts(shifts))

    def _count_servers(self) -> None:
        """Those on shift, and those who end what they began in theirs."""
        there = max(self.servers, self.occupied)
        self._world.counts.servers[self._number].set(there)

    def _vacate(self, customer: Customer) -> None:
        super()._vacate(customer)
        self._count_servers()

    def _work_shifts(self, shifts: list[tuple[float, int]]) -> Activity:
        for duration, servers in cycle(shifts):
            self.change_servers(servers)
            yield self._environment.timeout(duration)


class ScalingStation(WaitingStation):
    """The number of servers follows the load.

    Arguments:
        world: of the run.
        number: its position in the layout.
        description: its record in the layout.
    """

    def __init__(self, world: World, number: int, description: Any) -> None:
        super().__init__(world, number, description)
        self._replicas = Replicas(world, number, description, self)

    def _count_servers(self) -> None:
        self._replicas.count()

    def _vacate(self, customer: Customer) -> None:
        super()._vacate(customer)
        self._count_servers()


def _priority(customer: Customer) -> float:
    assert customer.visit is not None  # it is at a station
    return customer.visit.priority


ROOMS: dict[Order, Callable[[World, Any], Room]] = {
    Order.FIRST_COME: lambda world, description: Line(),
    Order.LAST_COME: lambda world, description: Stack(),
    Order.AT_RANDOM: lambda world, description: Bag(
        partial(world.draws.uniform, int(description["order"]))
    ),
    Order.BY_PRIORITY: lambda world, description: Ranking(_priority),
    Order.BY_REMAINING: lambda world, description: Ranking(lambda customer: customer.remaining),
}
