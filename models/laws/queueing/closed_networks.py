"""Closed networks: exact where the lattice of populations is small enough, else approximate."""

from models.laws.queueing.closed_approximate import bard_schweitzer, linearizer
from models.laws.queueing.closed_description import ClosedAnswer, ClosedNetwork, closed_network
from models.laws.queueing.closed_exact import exact, size

__all__ = [
    "SIZE_LIMIT",
    "ClosedAnswer",
    "ClosedNetwork",
    "bard_schweitzer",
    "closed_network",
    "exact",
    "linearizer",
    "size",
    "solve_closed",
]

# A few seconds at most, and some hundred MB.
SIZE_LIMIT = 10_000_000


def solve_closed(network: ClosedNetwork, size_limit: int = SIZE_LIMIT) -> ClosedAnswer:
    """Steady state of a closed network; the answer says whether it is exact, and the law.

    Arguments:
        network: the network.
        size_limit: above this `size` Linearizer takes over.

    Raises:
        ValueError: the network is above the limit and has a station with speeds.
        ArithmeticError: the fixed point of Linearizer was not found.
    """
    return exact(network) if size(network) <= size_limit else linearizer(network)
