"""Workers and parameter servers over time: updates a second, and how stale gradients are."""

import heapq
from dataclasses import dataclass

import numpy as np

from models.laws.scaling import expected_maximum_of_normals
from models.parts.workloads.data_parallel import Servers
from models.prediction import Estimate
from sim.experiment import mean_estimate

_UPDATES = 40_000  # of all workers together; fewer rounds where there are many workers
_REPLICATIONS = 10
_LEAST_ROUNDS = 20


@dataclass(frozen=True)
class Synchronized:
    """What a simulation of workers and servers saw.

    Arguments:
        rate: samples/s that are used.
        staleness: updates of others between a worker's pull and its push, on average.
        staleness_p95: that many or fewer for 95 of 100 updates.
    """

    rate: Estimate
    staleness: Estimate
    staleness_p95: float


def synchronized(servers: Servers, seed: bytes) -> Synchronized:
    """Workers whose steps vary push their gradients, and wait as the mode says.

    Arguments:
        servers: and their workers.
        seed: of the draws.
    """
    entropy = int.from_bytes(seed, "big")
    streams = np.random.SeedSequence(entropy).spawn(_REPLICATIONS)
    rounds = max(_LEAST_ROUNDS, _UPDATES // _REPLICATIONS // servers.workers)
    run = _asynchronous if servers.asynchronous else _synchronous
    found = [run(servers, rounds, np.random.default_rng(one)) for one in streams]
    stale = np.concatenate([staleness for _, staleness in found])
    return Synchronized(
        mean_estimate([rate * servers.samples for rate, _ in found]),
        mean_estimate([float(staleness.mean()) for _, staleness in found]),
        float(np.quantile(stale, 0.95, method="higher")),
    )


def _steps(servers: Servers, random: np.random.Generator, rounds: int) -> np.ndarray:
    """Steps of every worker without waiting for others, s: the slowest of its accelerators."""
    shape = (rounds, servers.workers, servers.accelerators)
    if servers.jitter == 0:
        slowest = np.zeros(shape[:2])
    else:
        slowest = servers.jitter * random.standard_normal(shape).max(axis=2)
        # The times of the workers have the mean of this in them.
        slowest -= servers.jitter * expected_maximum_of_normals(servers.accelerators)
    times = np.asarray(servers.step_times) + slowest
    positive: np.ndarray = np.maximum(times, 0.0)
    return positive


def _synchronous(
    servers: Servers, rounds: int, random: np.random.Generator
) -> tuple[float, np.ndarray]:
    """Updates/s of workers of which the slowest are dropped; nothing is stale."""
    used = servers.workers - servers.backup_workers
    ends = np.partition(_steps(servers, random, rounds), used - 1, axis=1)[:, used - 1]
    return used * rounds / float(ends.sum()), np.zeros(1)


def _asynchronous(
    servers: Servers, rounds: int, random: np.random.Generator
) -> tuple[float, np.ndarray]:
    """Updates/s of workers that never wait for one another but at the servers."""
    steps = _steps(servers, random, rounds + 1)
    ready = [(float(steps[0, worker]), worker) for worker in range(servers.workers)]
    heapq.heapify(ready)
    turns, pulled = [0] * servers.workers, [0] * servers.workers
    stale: list[int] = []
    free, updates, since, counted = 0.0, 0, 0.0, 0
    warm = servers.workers  # updates until all have joined in
    while True:
        time, worker = heapq.heappop(ready)
        # Servers take one after the other; a worker that finds them free has that in its step.
        done = max(time, free + servers.turn)
        free = done
        if updates == warm:
            since = done
        elif updates > warm:
            counted += 1
            stale.append(updates - pulled[worker])
        updates += 1
        pulled[worker] = updates
        turns[worker] += 1
        if turns[worker] > rounds:
            break
        heapq.heappush(ready, (done + float(steps[turns[worker], worker]), worker))
    return counted / (done - since), np.asarray(stale)
