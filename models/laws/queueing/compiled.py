"""Loops over the lattice of populations of a closed network, compiled.

A lattice holds a value for every population from none to all customers: with n_c customers of
class c present its index is the sum of n_c stride_c. Normalizing constants span thousands of
decades, so that a lattice of them is two arrays: the value is fraction * 2^(512 exponent).

Only functions that run these loops import this module: loading the compiler takes a second.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.machine_code.kept_code import KeptCode
from models.machine_code.kept_overloads import KeptOverloads, njit

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
Scaled = tuple[Floats, Whole]

STEP = 2.0**512
_LARGE = 2.0**256
_ZERO = -(2**40)  # exponent of zero: below all others
_KEPT = KeptCode(Path(__file__).parent, [Path(__file__)])


def _compiled(function: Callable[..., Any]) -> Any:
    loop = njit(function)
    loop._cache = KeptOverloads(_KEPT, function)
    return loop


@_compiled
def strides_of(population: Whole) -> Whole:
    """How far apart two populations lie that differ by one customer of a class.

    Arguments:
        population: customers of each class.
    """
    strides = np.ones_like(population)
    for c in range(1, population.size):
        strides[c] = strides[c - 1] * (population[c - 1] + 1)
    return strides


@_compiled
def _advance(here: Whole, population: Whole) -> None:
    """Make the next population of the lattice out of the one before."""
    c = 0
    while here[c] == population[c]:
        here[c] = 0
        c += 1
    here[c] += 1


@_compiled
def mean_value_analysis(
    demands: Floats, think_times: Floats, population: Whole
) -> tuple[Floats, Floats]:
    """Throughput of each class and residence times (classes x stations), single servers.

    Arguments:
        demands: classes x stations, s.
        think_times: of each class, s.
        population: customers of each class, 1 or more.

    Source: Reiser and Lavenberg (1980), Mean-value analysis of closed multichain queuing networks.
    """
    classes, stations = demands.shape
    strides = strides_of(population)
    points = strides[-1] * (population[-1] + 1)
    # No population looks further back than the longest stride.
    window = strides[-1] + 1
    number = np.zeros((window, stations))
    residence = np.zeros((classes, stations))
    throughput = np.zeros(classes)
    here = np.zeros_like(population)
    for point in range(1, points):
        _advance(here, population)
        now = number[point % window]
        now[:] = 0.0
        for c in range(classes):
            if here[c] == 0:
                continue
            found = number[(point - strides[c]) % window]
            cycle = think_times[c]
            for k in range(stations):
                residence[c, k] = demands[c, k] * (1.0 + found[k])
                cycle += residence[c, k]
            throughput[c] = here[c] / cycle
            for k in range(stations):
                now[k] += throughput[c] * residence[c, k]
    return throughput, residence


@_compiled
def _normal(fraction: float, exponent: int) -> tuple[float, int]:
    """The same value with a fraction that can be multiplied on without leaving the range."""
    if fraction == 0.0:
        return 0.0, _ZERO
    while fraction >= _LARGE:
        fraction, exponent = fraction / STEP, exponent + 1
    while fraction < 1 / _LARGE:
        fraction, exponent = fraction * STEP, exponent - 1
    return fraction, exponent


@_compiled
def _sum(fraction: float, exponent: int, other: float, others: int) -> tuple[float, int]:
    if others > exponent:
        fraction, exponent, other, others = other, others, fraction, exponent
    if others == exponent:
        return fraction + other, exponent
    if others == exponent - 1:
        return fraction + other / STEP, exponent
    return fraction, exponent


@_compiled
def _one_more(
    lattice: Scaled, point: int, here: Whole, demands: Floats, strides: Whole
) -> tuple[float, int]:
    """Sum over the classes of the demand times the value with one customer of the class less."""
    total, exponent = 0.0, _ZERO
    for c in range(here.size):
        if here[c] > 0:
            one_less = point - strides[c]
            total, exponent = _sum(
                total, exponent, demands[c] * lattice[0][one_less], lattice[1][one_less]
            )
    return total, exponent


@_compiled
def thinkers(think_times: Floats, population: Whole) -> Scaled:
    """Normalizing constants of infinite servers alone, a lattice.

    Arguments:
        think_times: of each class, s.
        population: customers of each class.
    """
    strides = strides_of(population)
    points = strides[-1] * (population[-1] + 1)
    fractions, exponents = np.zeros(points), np.full(points, _ZERO)
    fractions[0], exponents[0] = 1.0, 0
    here = np.zeros_like(population)
    for point in range(1, points):
        _advance(here, population)
        c = population.size - 1
        while here[c] == 0:
            c -= 1
        one_less = point - strides[c]
        fractions[point], exponents[point] = _normal(
            fractions[one_less] * think_times[c] / here[c], exponents[one_less]
        )
    return fractions, exponents


@_compiled
def with_station(lattice: Scaled, demands: Floats, speeds: Floats, population: Whole) -> Scaled:
    """Normalizing constants of a network that gains a station, a lattice.

    Every term is positive, so that nothing cancels, near saturation neither.

    Arguments:
        lattice: of the network without the station.
        demands: of each class at the station, s.
        speeds: of the station with 1, 2, ... customers; the last one holds beyond.
        population: customers of each class.

    Source: Reiser and Kobayashi (1975), Queueing networks with multiple closed chains: theory and
        computational algorithms; for one class Buzen (1973), Computational algorithms for closed
        queueing networks with exponential servers.
    """
    strides = strides_of(population)
    points = lattice[0].size
    total, total_exponents = np.zeros(points), np.full(points, _ZERO)
    # The share of the states with exactly `there` customers at the station.
    share = (lattice[0].copy(), lattice[1].copy())
    for there in range(1, speeds.size):
        gained = (np.empty(points), np.empty(points, np.int64))
        here = np.zeros_like(population)
        for point in range(points):
            if point > 0:
                _advance(here, population)
            total[point], total_exponents[point] = _sum(
                total[point], total_exponents[point], share[0][point], share[1][point]
            )
            fraction, exponent = _one_more(share, point, here, demands, strides)
            gained[0][point], gained[1][point] = _normal(fraction / speeds[there - 1], exponent)
        share = gained
    # From here on `share` gathers the states with as many customers or more: the speed is constant.
    here = np.zeros_like(population)
    for point in range(points):
        if point > 0:
            _advance(here, population)
        fraction, exponent = _one_more(share, point, here, demands, strides)
        fraction, exponent = _sum(share[0][point], share[1][point], fraction / speeds[-1], exponent)
        share[0][point], share[1][point] = _normal(fraction, exponent)
        fraction, exponent = _sum(
            total[point], total_exponents[point], share[0][point], share[1][point]
        )
        total[point], total_exponents[point] = _normal(fraction, exponent)
    return total, total_exponents


@_compiled
def at_station(
    lattice: Scaled, demands: Floats, speeds: Floats, population: Whole
) -> tuple[Floats, Floats]:
    """Mean number of each class at a station, and probabilities of 0, 1, ... customers there.

    Arguments:
        lattice: normalizing constants of the network without the station.
        demands: of each class at the station, s.
        speeds: of the station with 1, 2, ... customers; the last one holds beyond.
        population: customers of each class.

    Source: Baskett, Chandy, Muntz and Palacios (1975), Open, closed, and mixed networks of queues
        with different classes of customers: the product form.
    """
    strides = strides_of(population)
    without, without_exponents = lattice
    last = without.size - 1
    # Weights of the populations at the station, then times those of what is left elsewhere.
    weights = (np.zeros(last + 1), np.full(last + 1, _ZERO))
    weights[0][0], weights[1][0] = 1.0, 0
    here = np.zeros_like(population)
    for point in range(1, last + 1):
        _advance(here, population)
        fraction, exponent = _one_more(weights, point, here, demands, strides)
        speed = speeds[min(here.sum(), speeds.size) - 1]
        weights[0][point], weights[1][point] = _normal(fraction / speed, exponent)
    for point in range(last + 1):
        weights[0][point], weights[1][point] = _normal(
            weights[0][point] * without[last - point],
            weights[1][point] + without_exponents[last - point],
        )
    largest = weights[1].max()
    number = np.zeros(population.size)
    probabilities = np.zeros(population.sum() + 1)
    here = np.zeros_like(population)
    for point in range(last + 1):
        if point > 0:
            _advance(here, population)
        if weights[1][point] >= largest - 1:
            weight = weights[0][point] / _LARGE
            if weights[1][point] < largest:
                weight /= STEP
            number += here * weight
            probabilities[here.sum()] += weight
    total = probabilities.sum()
    return number / total, probabilities / total
