"""What a closed network is, and what a law of it answers."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from models.laws.arguments import whole
from models.laws.arrays import Floats, array, dimensions, frozen, server_counts

# Products of what lies between can't leave the range of floating point.
_SMALLEST, _LARGEST = 1e-100, 1e100


@dataclass(frozen=True, kw_only=True)
class ClosedNetwork:
    """A closed separable network; `closed_network` makes one and checks it.

    Arguments:
        demands: stations x classes, s.
        population: customers of each class.
        think_time: of each class, s.
        servers: of each station; infinity where nobody waits.
        speeds: of stations that go slower or faster with 1, 2, ... customers; else empty.
    """

    demands: Floats
    population: NDArray[np.int64]
    think_time: Floats
    servers: Floats
    speeds: Mapping[int, Floats]

    @cached_property
    def waits(self) -> NDArray[np.bool_]:
        """At which stations customers can wait, or slow each other down."""
        return np.isfinite(self.servers)

    @cached_property
    def delay(self) -> Floats:
        """Time of each class in a cycle where nobody waits: thinking and infinite servers, s."""
        if self.waits.all():
            return self.think_time.copy()
        at_once: Floats = self.demands[~self.waits].sum(axis=0)
        return self.think_time + at_once

    @cached_property
    def single_servers(self) -> bool:
        """Whether each station where customers wait has one server of constant speed."""
        return not self.speeds and {1.0, math.inf}.issuperset(self.servers.tolist())

    def speeds_of(self, station: int) -> Floats:
        """Speeds of a station with 1, 2, ... customers; the last one holds beyond.

        Arguments:
            station: from 0; one where customers wait.
        """
        if station in self.speeds:
            return self.speeds[station]
        most = min(float(self.servers[station]), float(self.population.sum()))
        return np.arange(1.0, most + 1)


def closed_network(
    demands: ArrayLike,
    population: int | Sequence[int],
    think_time: float | Sequence[float] = 0.0,
    servers: float | Sequence[float] = 1,
    speeds: Mapping[int, Sequence[float]] | None = None,
) -> ClosedNetwork:
    """A closed separable network (BCMP) of one class of customers or of several.

    Stations serve in turn with the same exponential service times for all classes, share their
    servers equally, serve the last to come at once (one server), or have infinitely many servers.

    Arguments:
        demands: service that a customer needs of each station in all, s: one for each station, or
            stations x classes.
        population: customers, of each class if there are several, 1 or more.
        think_time: mean time outside all stations, of each class if there are several, s.
        servers: of each station, or of all; infinity where nobody waits.
        speeds: for stations whose speed depends on how many customers they hold: the factors on
            their service with 1, 2, ... customers, of which the last holds for all above. Such a
            station has 1 in `servers`.

    Raises:
        ValueError: an argument out of range, shapes that don't match, a class without any demand,
            or no demand at all.
    """
    table = array("demands", demands, (None,) * dimensions(demands))
    if table.ndim == 1:
        table = frozen(table.reshape(-1, 1))
    if table.ndim != 2:
        raise ValueError("demands must be one a station, or stations x classes")
    stations, classes = table.shape
    each = np.ravel(population).tolist()
    if len(each) != classes:
        raise ValueError(f"population has {len(each)} classes, demands have {classes}")
    customers = np.array([whole("population", number, 1) for number in each], dtype=np.int64)
    customers.flags.writeable = False
    delays = np.ravel(think_time)
    thinking = array("think_time", delays, (classes,))
    if not table.any():
        raise ValueError("demands are all zero: nothing bounds the throughput")
    longest = np.maximum(table.max(axis=0), thinking)
    if longest.min() < _SMALLEST:
        idle = int(np.argmin(longest))
        raise ValueError(f"demands and think_time of class {idle} are all below {_SMALLEST} s")
    if longest.max() > _LARGEST:
        raise ValueError(f"demands and think_time must be {_LARGEST} s or less")
    counts = server_counts(servers, stations)
    return ClosedNetwork(
        demands=table,
        population=customers,
        think_time=thinking,
        servers=counts,
        speeds=_speeds(speeds or {}, counts),
    )


def _speeds(speeds: Mapping[int, Sequence[float]], servers: Floats) -> Mapping[int, Floats]:
    result = {}
    for station, factors in speeds.items():
        if not 0 <= station < servers.size:
            raise ValueError(f"speeds name station {station}; there are {servers.size}, from 0")
        if servers[station] != 1:
            raise ValueError(f"station {station} has speeds; it must have 1 in servers")
        result[station] = array(f"speeds of station {station}", factors, (None,))
        if not _SMALLEST <= result[station].min() <= result[station].max() <= _LARGEST:
            raise ValueError(
                f"speeds of station {station} must lie between {_SMALLEST} and {_LARGEST}"
            )
    return MappingProxyType(result)


@dataclass(frozen=True, kw_only=True)
class ClosedAnswer:
    """Steady state of a closed network.

    Arguments:
        throughput: of each class, cycles/s.
        response_time: of each class in all stations, without think time, s.
        residence_time: at each station in a cycle, stations x classes, s.
        number: mean, stations x classes.
        utilization: mean share of each station's servers that are busy; of one with speeds, of
            the time that it is busy; 0 with infinitely many servers. Linearizer may overshoot 1 by
            a per mille: it is cut there.
        distributions: probabilities of 0, 1, ... customers at each station with several servers
            or with speeds, where the law gives them.
        method: whether the law is exact for its assumptions.
        law: its name.
    """

    throughput: Floats
    response_time: Floats
    residence_time: Floats
    number: Floats
    utilization: Floats
    distributions: Mapping[int, Floats]
    method: Literal["exact", "approximation"]
    law: str


def answer(
    network: ClosedNetwork,
    throughput: Floats,
    residence_time: Floats,
    method: Literal["exact", "approximation"],
    law: str,
    distributions: Mapping[int, Floats] | None = None,
) -> ClosedAnswer:
    """The answer that follows from throughput and residence times by the operational laws.

    Arguments:
        network: the network.
        throughput: of each class, /s.
        residence_time: stations x classes, s.
        method: whether the law is exact for its assumptions.
        law: its name.
        distributions: probabilities of 0, 1, ... customers, where the law gives them.
    """
    utilization = (network.demands @ throughput) / network.servers
    for station in network.speeds:
        utilization[station] = (distributions or {})[station][1:].sum()
    return ClosedAnswer(
        throughput=frozen(throughput),
        response_time=frozen(residence_time.sum(axis=0)),
        residence_time=frozen(residence_time),
        number=frozen(residence_time * throughput),
        utilization=frozen(np.minimum(utilization, 1.0)),
        distributions=MappingProxyType(dict(distributions or {})),
        method=method,
        law=law,
    )
