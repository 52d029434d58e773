"""Exact means of a Markov queue whose arrivals follow a period, by its Kolmogorov equations."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import expm

Array = NDArray[np.float64]


def mean_wait(
    lengths: Sequence[float], rates: Sequence[float], servers: int, service: float, most: int
) -> float:
    """Mean wait over a period of M(t)/M/c that repeats, s.

    Arguments:
        lengths: of the intervals, s.
        rates: of arrivals in each, /s.
        servers: how many.
        service: mean, s.
        most: customers at most; more are so rare that they don't matter.

    Source: Kolmogorov's forward equations with constant rates in each interval; the periodic
        solution is the left eigenvector of a period. Mean number that waits over arrivals: Little.
    """
    waiting = np.maximum(np.arange(most + 1) - servers, 0.0)
    steps, areas = [], []
    for length, rate in zip(lengths, rates, strict=True):
        step, area = _passed(_generator(rate, servers, service, most), waiting, length)
        steps.append(step)
        areas.append(area)
    period = steps[0]
    for step in steps[1:]:
        period = period @ step
    state = np.zeros(most + 1)
    state[0] = 1.0
    for _ in range(200):
        after = state @ period
        if float(np.abs(after - state).max()) < 1e-15:
            break
        state = after / after.sum()
    total = 0.0
    for step, area in zip(steps, areas, strict=True):
        total += float(state @ area)
        state = state @ step
    assert state[-1] < 1e-9, "more customers are not rare"
    return total / math.fsum(a * b for a, b in zip(lengths, rates, strict=True))


def _generator(rate: float, servers: int, service: float, most: int) -> Array:
    up = np.full(most, rate)
    down = np.minimum(np.arange(1, most + 1), servers) / service
    matrix = np.diag(up, 1) + np.diag(down, -1)
    return np.asarray(matrix - np.diag(matrix.sum(axis=1)))


def _passed(generator: Array, worth: Array, length: float) -> tuple[Array, Array]:
    """Transitions in a time, and the integral of what each state is worth until then."""
    size = len(worth)
    augmented = np.zeros((size + 1, size + 1))
    augmented[:size, :size] = generator
    augmented[:size, size] = worth
    exponential = expm(augmented * length)
    return exponential[:size, :size], exponential[:size, size]
