"""How long a server takes for a batch of customers."""

import itertools

import numpy as np

from models.queueing.distributions import AnyDistribution, Deterministic, mean
from models.queueing.stations import Batch
from models.queueing.tails import breaks, survival

_NODES = 64  # of each piece of an integral


def full_batch_time(batch: Batch, service: AnyDistribution) -> float:
    """Mean time of a server for a full batch, s.

    Arguments:
        batch: how customers are served together.
        service: time of the first of them.
    """
    more = batch.per_customer * (batch.size - 1)
    floor = batch.least_per_customer * batch.size - more
    return more + _mean_of_larger(service, floor)


def _mean_of_larger(service: AnyDistribution, floor: float) -> float:
    """Mean of the larger of a duration and a floor: E[S] and what the floor adds below itself, s.

    Source: E[max(S, c)] = E[S] + c - integral of P(S > x) from 0 to c, by parts.
    """
    if floor <= 0:
        return mean(service)
    if isinstance(service, Deterministic):
        return max(service.value, floor)
    nodes, weights = np.polynomial.legendre.leggauss(_NODES)
    ends = [0.0, *(place for place in breaks(service) if place < floor), floor]
    longer = 0.0
    for low, high in itertools.pairwise(ends):
        times = low + (high - low) * (nodes + 1) / 2
        values = [survival(service, float(time)) for time in times]
        longer += float(np.dot(weights, values)) * (high - low) / 2
    return mean(service) + floor - longer
