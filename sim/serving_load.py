"""An endpoint under steady loads of which no law knows the response, over time."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from models.parts.workloads.endpoint_job import EndpointJob
from models.parts.workloads.endpoint_laws import under_load
from models.prediction.endpoint_answer import LoadPoint
from models.queueing.network_answer import ClassMeasures
from sim.backends import Backend, run_all
from sim.queueing import simulate_network
from sim.queueing.replication import Engine

SERVICES = 40_000  # of each stage under one load, in all runs, at the least
_MOST_BEYOND = 5  # times as many, so that some are beyond a high percentile
_FEWEST_BEYOND = 10  # requests of a run beyond it
_RUNS = 2  # a single one would be cut into batches, which takes longer than to simulate it
_MOST_SERVICES = 1_000_000  # the same, where what is slow takes many
_SHARES = (0.1, 0.3, 0.5, 0.7, 0.8, 0.9, 0.96)  # of the capacity
_LESS = (1 / 40, 1 / 160, 1 / 640)  # of the capacity, where a queue can hardly lose or wait less
_MORE = (1.0, 2.0, 4.0, 8.0)  # likewise, of what refuses requests or where they give up
_STEPS = 6  # of a bisection between two of the shares, to 0.3 % of the capacity
_WIDE = 10  # steps between two that are far apart, to as much of what is found
_P95 = 95.0


def requests(job: EndpointJob) -> int:
    """Requests under one load, in all runs: some are beyond the percentile that is wanted.

    Arguments:
        job: the endpoint.
    """
    if job.latency is None:
        return SERVICES
    enough = _RUNS * _FEWEST_BEYOND / (1 - job.latency.percentage / 100)
    return round(min(max(SERVICES, enough), _MOST_BEYOND * SERVICES))


@dataclass(frozen=True)
class _Under:
    """A load.

    Arguments:
        rate: of requests, 1/s.
        seen: what came of it; None in overload.
    """

    rate: float
    seen: ClassMeasures | None


@dataclass(frozen=True)
class _Load:
    """Simulates an endpoint under a load, each with the same random numbers.

    Arguments:
        job: the endpoint.
        seed: of the experiment.
        engine: compiled or simpy.
    """

    job: EndpointJob
    seed: int
    engine: Engine

    def __call__(self, rate: float) -> _Under:
        answer = simulate_network.simulate(
            under_load(self.job, rate),
            seed=self.seed,
            engine=self.engine,
            replications=_RUNS,
            visits=requests(self.job) // _RUNS * len(self.job.stages),
            slow_visits=_MOST_SERVICES,
            asked=self.job.asked,
            backend=Backend(workers=1),
        )
        return _Under(rate, None if answer.unstable or not answer.classes else answer.classes[0])


def simulated(
    job: EndpointJob, seed: int, backend: Backend, engine: Engine = "compiled"
) -> tuple[tuple[LoadPoint, ...], float | None]:
    """Response against load, and the highest load that meets what is wanted, 1/s.

    None where nothing is wanted, 0 where no load meets it, infinite where every load does.

    Arguments:
        job: the endpoint.
        seed: of the experiment.
        backend: where the runs are.
        engine: compiled or simpy.
    """
    most = job.capacity if math.isfinite(job.capacity) else 2 * job.highest_rate
    if job.loss is not None and job.loss < 1:
        most /= 1 - job.loss  # what is lost needs no service
    ask = _Load(job, seed, engine)
    asked = run_all(ask, [share * most for share in _SHARES], backend)
    points = tuple(point for under in asked if (point := _point(job, under)) is not None)
    if job.latency is None and job.loss is None:
        return points, None
    return points, _highest(job, ask, asked, most)


def _highest(job: EndpointJob, ask: _Load, asked: Sequence[_Under], most: float) -> float:
    """The highest load that meets what is wanted, 1/s, by bisection between what was asked."""

    def met(rate: float) -> bool:
        return _met(job, ask(rate))

    low = max((under.rate for under in asked if _met(job, under)), default=0.0)
    high = min((under.rate for under in asked if under.rate > low), default=math.inf)
    steps = _STEPS
    if low == 0.0:
        steps = _WIDE
        for share in _LESS:
            if met(share * most):
                low = share * most
                break
            high = share * most
        else:
            return 0.0
    elif math.isinf(high):
        if not math.isfinite(job.capacity):
            return math.inf  # nobody waits
        high = most
        if any(stage.limited for stage in job.stages):
            steps = _WIDE
            for share in _MORE:
                high = share * most
                if not met(high):
                    break
                low = high
            else:
                return math.inf
    for _ in range(steps):
        middle = (low + high) / 2
        low, high = (middle, high) if met(middle) else (low, middle)
    return low


def _met(job: EndpointJob, under: _Under) -> bool:
    if under.seen is None:
        return False
    if job.latency is not None:
        time = under.seen.response_time_percentiles.get(job.latency.percentage)
        if time is None or time.mean > job.latency.at_most:
            return False
    lost = under.seen.loss_probability
    return job.loss is None or lost is None or lost.mean <= job.loss


def _point(job: EndpointJob, under: _Under) -> LoadPoint | None:
    if under.seen is None or under.seen.response_time is None:
        return None
    known = under.seen.response_time_percentiles
    if _P95 not in known:
        return None
    wanted = None if job.latency is None else known.get(job.latency.percentage)
    return LoadPoint(
        rate=under.rate,
        response=under.seen.response_time.mean,
        p95=known[_P95].mean,
        wanted_time=wanted.mean if wanted else None,
        utilization=job.utilization(under.rate),
    )
