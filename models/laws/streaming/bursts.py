"""Waiting at a stage whose events come in bursts, as those before it pass on whole batches."""

import math

import numpy as np

from models.laws.arguments import non_negative, positive

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(16)  # of the mean over a burst


def burst_wait(length: float, load: float, second: float) -> float:
    """Mean wait of an event of a burst at a server that was idle before it, s.

    Events come at random while the burst lasts. What waits at u of it is the largest excess of
    what came over what was done, taken as Brownian with drift load - 1: with a load below 1 and a
    long burst the wait of an M/G/1, above it a fluid's (load - 1) length / 2, and between them
    what chance alone makes wait.

    Arguments:
        length: of the burst, s.
        load: work that comes in a second of it, s; more than 1 waits for the end of the burst.
        second: work that comes in a second of it as the square of each event's, s: the rate times
            the second moment of the service.

    Raises:
        ValueError: an argument out of range.

    Source: Reich (1958), On the integrodifferential equation of Takács, for work as the largest
        excess; Harrison (1985), Brownian Motion and Stochastic Flow Systems, section 1.8, for the
        largest value of a Brownian motion with a drift.
    """
    duration = positive("length", length)
    work, variance = non_negative("load", load), non_negative("second", second)
    deviation, times = math.sqrt(variance), duration * (_NODES + 1) / 2
    waits = [min(work * one, _largest(one, work - 1, deviation)) for one in times.tolist()]
    return float(np.dot(_WEIGHTS, waits) / 2)


def _largest(time: float, drift: float, deviation: float) -> float:
    """Mean of the largest value until a time of a Brownian motion that starts at 0."""
    if deviation == 0:
        return max(0.0, drift * time)
    spread = deviation * math.sqrt(time)
    place = drift * time / spread
    density = math.exp(-(place**2) / 2) / math.sqrt(2 * math.pi)
    if abs(place) < 1e-4:  # both of its parts without the quotient of small numbers
        return 2 * spread * density + drift * time / 2
    below = math.erfc(-place / math.sqrt(2)) / 2
    own = math.erf(place / math.sqrt(2)) * deviation**2 / (2 * drift)
    return drift * time * below + spread * density + own
