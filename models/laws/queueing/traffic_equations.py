"""Traffic equations: how often customers come to each station, from where they go next.

Routing is an array with the probability of each next place: stations x stations for one class,
stations x classes x stations x classes where customers may change their class on the way. What is
missing in a row leaves an open network.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from models.laws.arrays import Floats, array, dimensions, frozen

Places = NDArray[np.bool_]

# Rows of decimal fractions add up to 1 but for rounding.
_ROUNDING = 1e-12


def station_throughputs(arrival_rates: ArrayLike, routing: ArrayLike) -> Floats:
    """Rate of visits to each place of an open network, /s, in the shape of the arrivals.

    Arguments:
        arrival_rates: from outside, /s; one for each station, or stations x classes.
        routing: probabilities, stations x stations or stations x classes x stations x classes.

    Raises:
        ValueError: an argument out of range, no arrivals, or customers that never leave.

    Source: Jackson (1957), Networks of waiting lines; with classes Baskett, Chandy, Muntz and
        Palacios (1975).
    """
    arrivals = array("arrival_rates", arrival_rates, (None,) * dimensions(arrival_rates))
    if arrivals.ndim not in (1, 2):
        raise ValueError("arrival_rates must be one a station, or stations x classes")
    if not arrivals.any():
        raise ValueError("arrival_rates are all zero: nobody comes")
    matrix = _matrix(routing, arrivals.shape)
    leaving = 1 - matrix.sum(axis=1) > _ROUNDING
    stay = [
        _place(index, arrivals.shape)
        for index in np.flatnonzero(~_reaches(matrix, leaving)).tolist()
    ]
    if stay:
        raise ValueError(f"routing never lets customers leave from {', '.join(stay)}")
    rates = np.linalg.solve(np.eye(len(matrix)) - matrix.T, arrivals.ravel())
    # Rounding may leave a trace below zero where nobody comes.
    return frozen(np.maximum(rates, 0.0).reshape(arrivals.shape))


def visit_ratios(routing: ArrayLike, reference: int = 0) -> Floats:
    """Visits to each station of a closed network between two visits to one of them.

    Arguments:
        routing: probabilities, stations x stations; every row adds up to 1.
        reference: the station, from 0, that is visited once.

    Raises:
        ValueError: an argument out of range, customers who leave, or a station from which the
            reference can't be reached.

    Source: Gordon and Newell (1967), Closed queuing systems with exponential servers.
    """
    stations = len(array("routing", routing, (None, None)))
    matrix = _matrix(routing, (stations,))
    if not 0 <= reference < stations:
        raise ValueError(f"reference is {reference}; it must be 0 to {stations - 1}")
    open_rows = np.flatnonzero(1 - matrix.sum(axis=1) > _ROUNDING)
    if open_rows.size:
        raise ValueError(
            f"routing lets customers leave from {_place(int(open_rows[0]), (stations,))}"
        )
    returns = _reaches(matrix, np.arange(stations) == reference)
    if not returns.all():
        lost = _place(int(np.argmin(returns)), (stations,))
        raise ValueError(f"routing never leads from {lost} back to station {reference}")
    # A customer starts at the reference and is taken out on coming back to it.
    once = matrix.copy()
    once[:, reference] = 0.0
    visits = np.linalg.solve(np.eye(stations) - once.T, np.eye(stations)[reference])
    return frozen(np.maximum(visits, 0.0))


def chains(routing: ArrayLike, shape: tuple[int, int]) -> list[list[int]]:
    """Classes that share customers: each list holds the classes among which they change.

    Arguments:
        routing: probabilities, stations x classes x stations x classes.
        shape: stations and classes.

    Raises:
        ValueError: routing is out of range.
    """
    matrix = _matrix(routing, shape).reshape(shape + shape)
    changes = matrix.sum(axis=(0, 2)) > 0
    linked = changes | changes.T | np.eye(shape[1], dtype=bool)
    for _ in range(shape[1].bit_length()):
        linked = linked @ linked
    return [
        np.flatnonzero(row).tolist() for c, row in enumerate(linked) if int(np.argmax(row)) == c
    ]


def _matrix(routing: ArrayLike, shape: tuple[int, ...]) -> Floats:
    size = int(np.prod(shape))
    matrix = array("routing", routing, shape + shape).reshape(size, size)
    rows = matrix.sum(axis=1)
    if (rows > 1 + _ROUNDING).any():
        worst = int(np.argmax(rows))
        raise ValueError(f"routing from {_place(worst, shape)} adds up to {rows[worst]}, over 1")
    return matrix


def _reaches(matrix: Floats, reached: Places) -> Places:
    """From which places some path leads to the given ones."""
    while True:
        more = reached | (matrix[:, reached] > 0).any(axis=1)
        if (more == reached).all():
            return reached
        reached = more


def _place(index: int, shape: tuple[int, ...]) -> str:
    if len(shape) == 1:
        return f"station {index}"
    station, customer_class = divmod(index, shape[1])
    return f"station {station}, class {customer_class}"
