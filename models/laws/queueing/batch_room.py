"""Batches that come to a station with room for so many: who finds none left is lost."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models.laws.arguments import positive, whole
from models.laws.queueing.batch_arrivals import Batches, mixed_batches


@dataclass(frozen=True)
class BatchRoom:
    """Of each class.

    Arguments:
        lost: share of its customers who find no room.
        waiting_times: mean of those who are served, s.
        wait_probabilities: share of all who come who are not served at once.
    """

    lost: tuple[float, ...]
    waiting_times: tuple[float, ...]
    wait_probabilities: tuple[float, ...]


def batch_m_m_c_k(
    arriving: Sequence[Batches], service_rate: float, servers: int, capacity: int
) -> BatchRoom:
    """Several servers with equal exponential services and some room, to which Poisson batches come.

    Of a batch as many are let in as there is room for; they are served in turn.

    Arguments:
        arriving: batches of each class.
        service_rate: of one server, /s.
        servers: 1 or more.
        capacity: most customers in service and waiting, no less than the servers.

    Raises:
        ValueError: an argument out of range.

    Source: what crosses a number upwards crosses it downwards; partial acceptance: Manfield and
        Tran-Gia (1982), Analysis of a finite storage system with batch input.
    """
    positive("service_rate", service_rate)
    servers = whole("servers", servers, 1)
    capacity = whole("capacity", capacity, servers)
    chances = _numbers(mixed_batches(arriving), service_rate, servers, capacity)
    lost, waits, waited = [], [], []
    for one in arriving:
        places = one.positions
        # Of who comes as j-th while n are there: whether there is room, and how many are before.
        there = np.arange(capacity)[:, None] + np.arange(1, len(places) + 1)[None, :]
        weights = chances[:-1, None] * places[None, :] * (there <= capacity)
        served = float(weights.sum())
        behind = np.maximum(there - servers, 0)
        lost.append(max(0.0, 1 - served))
        waits.append(float((weights * behind).sum()) / served / servers / service_rate)
        waited.append(1 - float(weights[there <= servers].sum()))
    return BatchRoom(tuple(lost), tuple(waits), tuple(waited))


def _numbers(
    everybody: Batches, service_rate: float, servers: int, capacity: int
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Probabilities of 0, 1, ... customers."""
    longer = np.zeros(everybody.sizes[-1])
    for size, chance in zip(everybody.sizes, everybody.probabilities, strict=True):
        longer[:size] += chance
    weights = np.zeros(capacity + 1)
    weights[0] = 1.0
    for n in range(1, capacity + 1):
        reach = min(n, len(longer))
        up = everybody.rate * float(weights[n - reach : n][::-1] @ longer[:reach])
        weights[n] = up / min(n, servers) / service_rate
        if weights[n] > 1e200:
            weights[: n + 1] /= 1e200
    return np.asarray(weights / weights.sum())
