"""Waiting rooms: who is next, by discipline."""

from abc import ABC, abstractmethod
from bisect import insort
from collections import deque
from collections.abc import Callable, MutableSequence

from sim.queueing.reference.customers import Customer


class Room(ABC):
    """Customers who wait, and their order."""

    def __init__(self) -> None:
        self._waiting: MutableSequence[Customer] = deque()

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, customer: Customer) -> None:
        """A customer begins to wait."""
        self._waiting.append(customer)

    def put_back(self, customer: Customer) -> None:
        """A customer whose service was interrupted waits again."""
        self.add(customer)

    @abstractmethod
    def take(self) -> Customer:
        """The next customer, who waits no longer."""

    def next_slots(self) -> int:
        """Servers that the next customer takes at once."""
        return self._waiting[0].slots

    def remove(self, customer: Customer) -> None:
        """A customer waits no longer, without being next."""
        self._waiting.remove(customer)

    def longest(self) -> Customer:
        """Of those who wait, the first to arrive."""
        return min(self._waiting, key=lambda customer: customer.rank)


class Line(Room):
    """First come, first served."""

    def put_back(self, customer: Customer) -> None:
        self._waiting.insert(0, customer)

    def take(self) -> Customer:
        customer = self._waiting[0]
        del self._waiting[0]
        return customer


class Stack(Room):
    """Last come, first served."""

    def next_slots(self) -> int:
        return self._waiting[-1].slots

    def take(self) -> Customer:
        return self._waiting.pop()


class Bag(Room):
    """Any of those who wait alike.

    Arguments:
        uniform: the next number of a stream, above 0 and below 1.
    """

    def __init__(self, uniform: Callable[[], float]) -> None:
        self._uniform = uniform
        self._waiting = []

    def take(self) -> Customer:
        number = len(self._waiting)
        return self._pull(int(self._uniform() * number) if number > 1 else 0)

    def remove(self, customer: Customer) -> None:
        self._pull(self._waiting.index(customer))

    def _pull(self, position: int) -> Customer:
        # The last one takes the free place, as it does in an array.
        chosen, last = self._waiting[position], self._waiting.pop()
        if chosen is not last:
            self._waiting[position] = last
        return chosen


class Ranking(Room):
    """The least first, and among equals the first to arrive.

    Arguments:
        key: what is compared; it does not change while a customer waits.
    """

    def __init__(self, key: Callable[[Customer], float]) -> None:
        self._key = key
        self._waiting = []

    def add(self, customer: Customer) -> None:
        insort(self._waiting, customer, key=lambda other: (self._key(other), other.rank))

    def take(self) -> Customer:
        return self._waiting.pop(0)
