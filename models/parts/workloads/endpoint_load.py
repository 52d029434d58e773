"""An endpoint against steady loads by the law: its response, and the most that meets all wishes."""

import math

from models.laws.roots import last_allowed
from models.parts.workloads.endpoint_job import EndpointJob
from models.parts.workloads.endpoint_laws import at_load, response
from models.prediction.endpoint_answer import LoadPoint, ReplicasLeft

P95 = 95.0
_POINTS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.93, 0.96)  # of the capacity
_LEAST = 1e-6  # of the capacity, where a queue is as good as empty
_KNOWN_TO = 1e-12  # of the capacity: the highest load
_FASTEST = 1e100  # answers a second, 1/s
_DOUBLINGS = 7  # of the capacity, beyond which more load makes no difference to what is answered


def load_curve(job: EndpointJob) -> tuple[LoadPoint, ...]:
    """Response against steady load, up to near the capacity.

    Arguments:
        job: the endpoint.
    """
    most = job.capacity if math.isfinite(job.capacity) else 2 * job.highest_rate
    points = []
    for share in _POINTS:
        answer = at_load(job, share * most)
        if answer.unstable or not answer.classes or answer.classes[0].response_time is None:
            continue
        p95 = response(job, answer, P95)
        if p95 is not None:
            mean, rate = answer.classes[0].response_time.mean, share * most
            wish = job.latency
            wanted = None if wish is None else response(job, answer, wish.percentage)
            points.append(LoadPoint(rate, mean, p95, wanted, job.utilization(rate)))
    return tuple(points)


def highest_load(job: EndpointJob) -> float | None:
    """The steady load that just meets a latency, a loss, or both.

    None where no law gives the percentile, 0 where none is met, infinite where every load is: those
    who find a queue of limited room are answered soon, however many are refused, and nobody waits
    where nothing is bounded.

    Arguments:
        job: the endpoint.
    """
    high = job.capacity if math.isfinite(job.capacity) else job.highest_rate
    least = _LEAST * high

    def spare(rate: float) -> float:
        return min((-1.0 if one is None else one for one in spares(job, rate)), default=-1.0)

    lowest = spares(job, least)
    if any(one is None for one in lowest):
        return None
    if spare(least) < 0:
        return 0.0
    for _ in range(_DOUBLINGS + 1):
        if spare(high) < 0:
            return last_allowed(spare, least, high, _KNOWN_TO * high)
        high *= 2
    return math.inf


def spares(
    job: EndpointJob, rate: float, other: tuple[ReplicasLeft, ...] = ()
) -> tuple[float | None, ...]:
    """By how much each wish is met, below 0 where it is not; None where no law says.

    Arguments:
        job: the endpoint.
        rate: of requests, 1/s.
        other: stages that have another number of replicas.
    """
    answer = at_load(job, rate, other)
    if answer.unstable:
        return (-1.0,)
    found: list[float | None] = []
    if job.latency is not None:
        time = response(job, answer, job.latency.percentage)
        # Answers a second by one who asks again at once: of a single server a straight line.
        answered = None if time is None else 1 / time if time > 0 else _FASTEST
        found.append(
            None if answered is None else min(answered, _FASTEST) - 1 / job.latency.at_most
        )
    if job.loss is not None and answer.classes:
        lost = answer.classes[0].loss_probability
        found.append(job.loss - (0.0 if lost is None else lost.mean))
    return tuple(found)
