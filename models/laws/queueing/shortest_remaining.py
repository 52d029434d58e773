"""One server that always works on the customer with the shortest remaining service: M/G/1 SRPT."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from models.laws.arguments import positive
from models.laws.queueing.general import spare_share
from models.laws.queueing.quantiles import Array
from models.laws.queueing.station_law import Queue

Survival = Callable[[float], float]
NODES = 20


def m_g_1_srpt(
    arrival_rate: float, service_time: float, survival: Survival, breaks: Sequence[float] = ()
) -> Queue:
    """One server, shortest remaining service first, preemptive.

    Arguments:
        arrival_rate: /s.
        service_time: mean, s.
        survival: probability that a service takes longer than so many s.
        breaks: times at which the survival function or its slope jumps, s.

    Raises:
        ValueError: an argument out of range, a survival function of another mean, or one too
            rough to be integrated to 1e-9.
        Unstable: the server can't keep up.

    Source: Schrage and Miller (1966), averaged over all services and integrated by parts: with
        M(x) the integral of t survival(t) to x and r(x) the utilization by services up to x, the
        mean response time is the integral of M(x)/(x^2 (1 - r(x))).
    """

    def mean(grid: _Grid) -> float:
        beyond = grid.second_at[-1] / grid.edges[-1] / grid.idle_at[-1]
        return float(np.sum(grid.weights * grid.second / grid.points**2 / grid.idle) + beyond)

    response_time = _converged(mean, arrival_rate, service_time, survival, breaks)
    waiting_time = max(0.0, response_time - service_time)
    return Queue(
        arrival_rate=arrival_rate,
        throughput=arrival_rate,
        utilization=arrival_rate * service_time,
        number=arrival_rate * response_time,
        waiting=arrival_rate * waiting_time,
        waiting_time=waiting_time,
        response_time=response_time,
        law="M/G/1-SRPT (Schrage-Miller)",
    )


def srpt_response(
    arrival_rate: float,
    service_time: float,
    survival: Survival,
    own: float,
    breaks: Sequence[float] = (),
) -> float:
    """Mean response time of a customer whose service time is known, s.

    Arguments:
        arrival_rate: /s.
        service_time: mean of all customers, s.
        survival: probability that a service takes longer than so many s.
        own: service time of this customer, s.
        breaks: times at which the survival function or its slope jumps, s.

    Raises:
        ValueError: as in m_g_1_srpt.
        Unstable: the server can't keep up.

    Source: Schrage and Miller (1966), The queue M/G/1 with the shortest remaining processing time
        discipline.
    """
    positive("own", own)

    def mean(grid: _Grid) -> float:
        here = int(np.searchsorted(grid.edges, own))
        until = arrival_rate * grid.second_at[here] / grid.idle_at[here] ** 2
        return float(until + np.sum(grid.weights[:here] / grid.idle[:here]))

    return _converged(mean, arrival_rate, service_time, survival, (*breaks, own))


@dataclass(frozen=True)
class _Grid:
    """Panels with Gauss points: shape (panels, points), and (edges,) for what ends in _at.

    Arguments:
        edges: of the panels, s.
        points: s.
        weights: of the points in an integral, s.
        second: integral of t survival(t) from 0, s^2.
        idle: share of the time without services up to that long.
        mean: integral of survival, s.
    """

    edges: Array
    points: Array
    weights: Array
    second: Array
    second_at: Array
    idle: Array
    idle_at: Array
    mean: float


def _converged(
    answer: Callable[[_Grid], float],
    arrival_rate: float,
    service_time: float,
    survival: Survival,
    breaks: Sequence[float],
) -> float:
    spare = spare_share(arrival_rate, service_time)
    powers = [service_time * 2.0**power for power in range(-40, 61)]
    own = [positive("breaks", place) for place in breaks]
    edges = np.array(sorted({0.0, *powers, *own}))
    old = np.inf
    for _ in range(6):
        grid = _grid(arrival_rate, spare, survival, edges)
        new = answer(grid)
        if abs(new - old) <= 1e-11 * new:
            if abs(grid.mean - service_time) > 1e-9 * service_time:
                raise ValueError(
                    f"survival has the mean {grid.mean} s; service_time is {service_time} s"
                )
            return new
        old = new
        edges = np.sort(np.concatenate((edges, [(a + b) / 2 for a, b in pairwise(edges)])))
    raise ValueError("survival is too rough to be integrated; breaks must name where it jumps")


def _grid(arrival_rate: float, spare: float, survival: Survival, edges: Array) -> _Grid:
    nodes, shares = np.polynomial.legendre.leggauss(NODES)
    half = np.diff(edges)[:, None] / 2
    points = edges[:-1, None] + half * (1 + nodes)
    alive = np.array([[survival(point) for point in row] for row in points.tolist()])
    at_edges = np.array([survival(edge) for edge in edges.tolist()])
    if not (np.all((alive >= 0) & (alive <= 1)) and np.all((at_edges >= 0) & (at_edges <= 1))):
        raise ValueError("survival must return probabilities")
    partly = _cumulative(nodes)
    longer = np.sum(half * shares * alive, axis=1)
    left = np.append(np.cumsum(longer[::-1])[::-1], 0.0)  # integral of survival to the end
    rest = left[1:, None] + longer[:, None] - half * (alive @ partly.T)
    second_at = np.concatenate(([0.0], np.cumsum(np.sum(half * shares * points * alive, axis=1))))
    return _Grid(
        edges=edges,
        points=points,
        weights=half * shares,
        second=second_at[:-1, None] + half * ((points * alive) @ partly.T),
        second_at=second_at,
        idle=spare + arrival_rate * (rest + points * alive),
        idle_at=spare + arrival_rate * (left + edges * at_edges),
        mean=float(left[0]),
    )


def _cumulative(nodes: Array) -> Array:
    """Matrix that takes values at Gauss points to the integral from -1 to each of them."""
    legendre = np.polynomial.legendre
    degrees = np.eye(len(nodes))
    values = legendre.legvander(nodes, len(nodes) - 1)
    integrals = np.stack([legendre.legval(nodes, legendre.legint(d, lbnd=-1)) for d in degrees], 1)
    return np.asarray(integrals @ np.linalg.inv(values))
