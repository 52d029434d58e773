"""Exact laws of closed networks: mean-value analysis and convolution."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from models.laws.arrays import Floats, frozen
from models.laws.queueing.closed_description import (
    ClosedAnswer,
    ClosedNetwork,
    answer,
)

Whole = NDArray[np.int64]
Lattice = tuple[Floats, Whole]  # fractions and exponents of two
Station = tuple[Floats, Floats]  # demands of each class and speeds


def size(network: ClosedNetwork) -> int:
    """What an exact solution costs: populations on the way x servers that tell them apart.

    Arguments:
        network: the network.
    """
    points = 1
    for customers in network.population.tolist():
        points *= customers + 1
    stations = np.flatnonzero(network.waits).tolist()
    return points * max(1, sum(network.speeds_of(station).size for station in stations))


def exact(network: ClosedNetwork) -> ClosedAnswer:
    """Exact steady state: by mean-value analysis with single servers alone, else by convolution.

    Time and memory grow with the product of all populations plus one; see `size`.

    Arguments:
        network: the network.

    Source: Reiser and Lavenberg (1980), Mean-value analysis of closed multichain queuing networks;
        Reiser and Kobayashi (1975), Queueing networks with multiple closed chains.
    """
    return _mean_value_analysis(network) if network.single_servers else _convolution(network)


def _mean_value_analysis(network: ClosedNetwork) -> ClosedAnswer:
    from models.laws.queueing import compiled

    everywhere = bool(network.waits.all())
    demands = network.demands if everywhere else network.demands[network.waits]
    throughput, at_stations = compiled.mean_value_analysis(
        np.array(demands.T, order="C"), network.delay, network.population
    )
    residence_time = at_stations.T
    if not everywhere:
        residence_time = network.demands.copy()
        residence_time[network.waits] = at_stations.T
    return answer(network, throughput, residence_time, "exact", "mean-value analysis")


def _convolution(network: ClosedNetwork) -> ClosedAnswer:
    """Each station in turn is the one added last, so that its states can be told apart."""
    from models.laws.queueing import compiled

    population = network.population
    stations = {
        station: (network.demands[station], network.speeds_of(station))
        for station in np.flatnonzero(network.waits).tolist()
    }
    delays = compiled.thinkers(network.delay, population)
    (fractions, exponents) = _with(delays, list(stations.values()), population)
    one_less = fractions.size - 1 - compiled.strides_of(population)
    ratios = np.float_power(compiled.STEP, exponents[one_less] - exponents[-1])
    throughput = fractions[one_less] / fractions[-1] * ratios
    residence_time = network.demands.copy()
    distributions = {}
    for station, without in _leaving_one_out(delays, list(stations), stations, population):
        number, probabilities = compiled.at_station(without, *stations[station], population)
        residence_time[station] = number / throughput
        if network.servers[station] > 1 or station in network.speeds:
            distributions[station] = frozen(probabilities)
    return answer(network, throughput, residence_time, "exact", "convolution", distributions)


def _leaving_one_out(
    lattice: Lattice, some: list[int], stations: dict[int, Station], population: Whole
) -> Iterator[tuple[int, Lattice]]:
    """Normalizing constants without each of some stations, with all that the lattice holds.

    Halving shares the work: each station is added once a level instead of once for each other.
    """
    if len(some) == 1:
        yield some[0], lattice
        return
    middle = len(some) // 2
    for left_out, added in ((some[:middle], some[middle:]), (some[middle:], some[:middle])):
        half = _with(lattice, [stations[station] for station in added], population)
        yield from _leaving_one_out(half, left_out, stations, population)


def _with(lattice: Lattice, stations: list[Station], population: Whole) -> Lattice:
    from models.laws.queueing import compiled

    for demands, speeds in stations:
        lattice = compiled.with_station(lattice, demands, speeds, population)
    return lattice
