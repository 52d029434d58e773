"""Stations at which open classes and closed ones meet."""

import math

import numpy as np

from models.laws.arguments import non_negative, whole
from models.laws.arrays import Floats
from models.laws.queueing.station_law import Unstable


def speeds_beside_open(load: float, servers: int, most: int) -> Floats:
    """How fast a station works for 1, 2, ... closed customers, whom open ones hold up.

    A closed network in which stations have these speeds has the steady state that its closed
    classes have beside the open ones.

    Arguments:
        load: servers that the open classes keep busy, erlang; less than the servers.
        servers: 1 or more.
        most: closed customers, 1 or more; shape of the answer (most,).

    Raises:
        ValueError: an argument out of range.
        Unstable: the open classes alone are too much.

    Source: Bruell, Balbo and Afshari (1984), Mean value analysis of mixed, multiple class BCMP
        networks with load dependent service stations.
    """
    non_negative("load", load)
    servers, most = whole("servers", servers, 1), whole("most", most, 1)
    if load >= servers:
        raise Unstable(load / servers)
    if load == 0:
        return np.asarray(np.minimum(np.arange(1.0, most + 1), servers))
    speeds: Floats = np.full(most, float(servers - load))
    below = min(servers, most)
    moments = _factorial_moments(load, servers, below)
    speeds[:below] = load * np.exp(moments[:-1] - moments[1:])
    return speeds


def _factorial_moments(load: float, servers: int, most: int) -> Floats:
    """Logarithm of the mean of (K over n) in M/M/c, but for a constant, for n from 0."""
    ratio = load / servers
    numbers = np.arange(servers)
    factorials = np.concatenate(([0.0], np.cumsum(np.log(np.arange(1.0, servers + 1)))))
    below = numbers * math.log(load) - factorials[:-1]
    at_servers = servers * math.log(load) - factorials[-1]
    moments = np.empty(most + 1)
    for n in range(most + 1):
        some = numbers[n:]
        terms = below[n:] + factorials[some] - factorials[n] - factorials[some - n]
        # (c + j over n) is the sum of (c over n - i)(j over i), whose sums over j are known.
        i = np.arange(n + 1)
        ways = factorials[servers] - factorials[n - i] - factorials[servers - n + i]
        beyond = ways + i * math.log(ratio) - (i + 1) * math.log1p(-ratio)
        moments[n] = np.logaddexp.reduce(np.concatenate((terms, at_servers + beyond)))
    return moments


def open_number(load: float, speeds: Floats, found: Floats) -> float:
    """Mean number of open customers at a station.

    Arguments:
        load: servers that the open classes keep busy, erlang.
        speeds: for 1, 2, ... closed customers, beside the open ones; shape (most + 1,).
        found: probability of 0, 1, ... closed customers there; shape (most + 1,).

    Source: as `speeds_beside_open`.
    """
    numbers = np.arange(1.0, len(found) + 1)
    return load * float(found @ (numbers / speeds[: len(found)]))
