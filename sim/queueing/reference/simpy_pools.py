"""Limits over several stations: who holds of them, and who waits for a part."""

from collections import deque
from typing import Any

import numpy as np
import simpy
from numpy.typing import NDArray

from sim.queueing.arrays.queue_layout import Layout
from sim.queueing.arrays.tally import POOL
from sim.queueing.reference.counts import Level
from sim.queueing.reference.customers import Customer, Moment, Visit

Granted = list[tuple[Customer, Visit]]  # who need not wait any longer, and where they go


class Pool:
    """One of them.

    Arguments:
        environment: of SimPy.
        record: its record in the layout.
        holds: what a customer takes, by the class in which it came.
    """

    def __init__(self, environment: simpy.Environment, record: Any, holds: list[int]) -> None:
        self._environment = environment
        self.limit, self.loses = int(record["limit"]), bool(record["loses"])
        self.outer, self.holds = int(record["outer"]), holds
        self.line: deque[tuple[Customer, Visit, float]] = deque()  # and since when
        self.used, self.waiting = Level(environment), Level(environment)
        self.clear()

    def clear(self) -> None:
        """Begin to count anew."""
        self.counts = dict.fromkeys(POOL.names or (), 0.0)
        self.used.clear()
        self.waiting.clear()

    def row(self) -> tuple[float, ...]:
        """What has been counted, in the order of the tally."""
        areas = {"waiting": self.waiting.area(), "held": self.used.area()}
        return tuple((self.counts | areas).values())

    def has_room_for(self, customer: Customer) -> bool:
        """There is enough for one who comes next."""
        return self.used.value + self.holds[customer.origin] <= self.limit

    def take(self, customer: Customer) -> None:
        """A customer holds its part from now on."""
        self.used.change(self.holds[customer.origin])
        self.counts["granted"] += 1

    def wait(self, customer: Customer, visit: Visit) -> None:
        """A customer waits for its part."""
        self.line.append((customer, visit, self._environment.now))
        self.waiting.change(1)
        customer.gate = Moment(self._environment)

    def let_next_take(self) -> tuple[Customer, Visit]:
        """The first in line need not wait any longer."""
        customer, visit, since = self.line.popleft()
        self.waiting.change(-1)
        self.take(customer)
        self.counts["waited"] += 1
        self.counts["waiting_time"] += self._environment.now - since
        assert customer.gate is not None
        customer.gate.after(0.0)
        customer.gate = None
        return customer, visit


class Pools:
    """All of a network; of two, one is around the other or they have no station in common.

    Arguments:
        environment: of SimPy.
        layout: of the run.
    """

    def __init__(self, environment: simpy.Environment, layout: Layout) -> None:
        classes = len(layout.network.classes)
        self.all = [
            Pool(environment, one, layout.holds[one["holds"] : one["holds"] + classes].tolist())
            for one in layout.pools
        ]

    def around(self, pool: int) -> list[int]:
        """A pool and those around it, from the inside."""
        found = []
        while pool >= 0:
            found.append(pool)
            pool = self.all[pool].outer
        return found

    def give_back(self, customer: Customer, wanted: int) -> Granted:
        """Give back all that is not held at a place in a pool.

        Arguments:
            customer: who holds something.
            wanted: the innermost pool of the place, or -1.
        """
        granted: Granted = []
        kept = self.around(wanted)
        while customer.pool >= 0 and customer.pool not in kept:
            number = customer.pool
            pool = self.all[number]
            pool.used.change(-pool.holds[customer.origin])
            customer.pool = pool.outer
            while pool.line and pool.has_room_for(pool.line[0][0]):
                granted.append(pool.let_next_take())
                granted[-1][0].pool = number
        return granted

    def take(self, customer: Customer, visit: Visit) -> bool:
        """Take what a visit asks for, from the outside; False if it is lost or must wait."""
        for number in reversed(self.around(visit.pool)):
            if number in self.around(customer.pool):
                continue
            pool = self.all[number]
            pool.counts["came"] += 1
            if not pool.line and pool.has_room_for(customer):
                pool.take(customer)
                customer.pool = number
                continue
            if pool.loses:
                pool.counts["lost"] += 1
            else:
                pool.wait(customer, visit)
            return False
        return True

    def tally(self) -> NDArray[np.void]:
        """A copy of what has been counted."""
        return np.array([pool.row() for pool in self.all], POOL)

    def clear(self) -> None:
        """Begin to count anew."""
        for pool in self.all:
            pool.clear()
