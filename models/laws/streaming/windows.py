"""Windows over event time: which hold an event, how many give a result, which events are late."""

import functools
import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

_NODES = 32  # of an integral
_STEPS = 512
_ENOUGH = 10.0  # hazard, beyond which next to nothing is left


def window_starts(time: float, size: float, every: float) -> tuple[float, ...]:
    """Starts of the windows that hold an event, the last first.

    A fixed window begins as often as it is long; windows begin at whole multiples of `every`.

    Arguments:
        time: of the event, s.
        size: of a window, s.
        every: from the start of one to the start of the next, s.

    Source: Akidau et al. (2015), The Dataflow Model, section 1.2 (fixed and sliding windows).
    """
    last, found = math.floor(time / every), []
    while last * every > time - size:
        found.append(last * every)
        last -= 1
    return tuple(found)


def window_counts(times: Sequence[float], size: float, every: float = 0.0) -> tuple[int, ...]:
    """Events in each window of one key, from the first that begins at 0 or later, empty ones too.

    Arguments:
        times: of the events, 0 or more, s.
        size: of a window, s.
        every: from the start of one to the start of the next, s; 0 for fixed windows.

    Source: Akidau et al. (2015), The Dataflow Model, section 1.2.
    """
    step = every or size
    first = [
        round(start / step)
        for time in times
        for start in window_starts(time, size, step)
        if start >= 0
    ]
    counts = [0] * (max(first, default=-1) + 1)
    for number in first:
        counts[number] += 1
    return tuple(counts)


def sessions(times: Sequence[float], gap: float) -> tuple[tuple[float, ...], ...]:
    """The sessions of one key: events that are less than a gap apart belong together.

    Arguments:
        times: of the events, in any order, s.
        gap: without events, after which a session has ended, s.

    Source: Akidau et al. (2015), The Dataflow Model, section 1.2 (sessions).
    """
    found: list[list[float]] = []
    for time in sorted(times):
        if found and time - found[-1][-1] < gap:
            found[-1].append(time)
        else:
            found.append([time])
    return tuple(map(tuple, found))


def results_rate(rates: NDArray[np.float64], size: float, every: float) -> float:
    """Results of fixed or sliding windows, one for each key that has an event in one, 1/s.

    Each key's events are Poisson, so that a window of size S has some with probability
    1 - e^(-r S).

    Arguments:
        rates: of each key's events, 1/s.
        size: of a window, s.
        every: from the start of one to the start of the next, s.

    Source: the Poisson distribution at zero; Ross (2014), Introduction to Probability Models,
        section 5.3.
    """
    return float(-np.expm1(-rates * size).sum() / every)


def sessions_rate(rates: NDArray[np.float64], gap: float) -> float:
    """Sessions that begin, 1/s: with each event before which its key had none for a gap.

    Arguments:
        rates: of each key's events, which are Poisson, 1/s.
        gap: without events, after which a session has ended, s.

    Source: the busy periods of M/D/infinity; Takács (1962), Introduction to the Theory of Queues,
        chapter 3.
    """
    return float((rates * np.exp(-rates * gap)).sum())


def late_share(
    later: Callable[[float], float], rate: float, size: float, every: float, slack: float
) -> float:
    """Share of the events that come after all windows that hold them have been closed.

    An event that is d late finds its last window closed where d > L + slack + r. What is left of
    that window when the event happens, r, is uniform over the last `every` of it. The latest event
    of which an instance knows happened L before: none that happened since has come, of which with
    Poisson events there are r F(u) du u ago, F the distribution of the delays.

    Arguments:
        later: probability that the delay of an event is longer than a time, s.
        rate: of the events that an instance takes, 1/s.
        size: of a window, s.
        every: from the start of one to the start of the next, s.
        slack: delay of the watermark, and the lateness that is allowed, s.

    Source: the events that have come as an M/G/infinity queue, Takács (1962), chapter 3, with the
        watermark of Akidau et al. (2015), The Dataflow Model, section 2.3.
    """
    nodes, weights = _legendre(_NODES)
    left = size - every + every * (nodes + 1) / 2
    behind = _latest(later, rate, (nodes + 1) / 2)
    chances = np.array([[later(slack + x + r) for r in left.tolist()] for x in behind.tolist()])
    return float(weights @ chances @ weights / 4)


def watermark_wait(later: Callable[[float], float], rate: float) -> tuple[float, float]:
    """Mean and variance of the time from when a watermark could pass until an event lets it, s.

    The first event that lets it happened after, and has come: none has for longer than t with
    probability e^(-rate int_0^t F(u) du), F the distribution of the delays.

    Arguments:
        later: probability that the delay of an event is longer than a time, s.
        rate: of the events that an instance takes, 1/s.

    Source: as of `late_share`: Poisson events that have come, Takács (1962), chapter 3.
    """
    nodes, weights = _legendre(2 * _NODES)
    times = _latest(later, rate, (nodes + 1) / 2)
    mean = float(weights @ times) / 2
    return mean, max(0.0, float(weights @ times**2) / 2 - mean * mean)


@functools.cache
def _legendre(count: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Nodes and weights of Gauss and Legendre, which all laws here share."""
    return np.polynomial.legendre.leggauss(count)


def _latest(
    later: Callable[[float], float], rate: float, shares: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Quantiles of the time since the latest event that has come happened, s."""
    longest = 1 / rate
    while True:
        times = np.linspace(0.0, longest, _STEPS)
        come = rate * (1 - np.array([later(time) for time in times.tolist()]))
        hazard = np.concatenate([[0.0], np.cumsum((come[1:] + come[:-1]) / 2 * np.diff(times))])
        if hazard[-1] > _ENOUGH:
            return np.interp(-np.log1p(-shares), hazard, times)
        longest *= 2
