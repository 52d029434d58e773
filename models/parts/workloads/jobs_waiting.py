"""How long jobs that come without end wait, and how much of the nodes they ask for."""

import math
from dataclasses import dataclass

from models.laws.makespan import offered_load
from models.laws.queueing.multiserver_jobs import MOST_PHASES, ServerJobs, multiserver_jobs
from models.laws.queueing.station_law import Unstable
from models.parts.workloads.job_discipline import DISCIPLINES
from models.parts.workloads.job_durations import alone, mean_alone
from models.parts.workloads.job_resources import RESOURCES, Resources, tasks_on_a_node
from models.parts.workloads.jobs import Jobs, KindOfJob
from models.queueing.distributions import (
    AnyDistribution,
    Deterministic,
    Exponential,
    TwoMoments,
    mean,
)
from models.queueing.tails import moment_of_larger

_UNSEEN = 1e-3  # share of a mean that no figure shows
_LEAST_SCV = 0.001  # that two moments are fitted to


def load_of(jobs: Jobs, kinds: tuple[KindOfJob, ...], node: Resources, nodes: int) -> float | None:
    """Share of what can be held at once that jobs without end ask for; of the busiest resource.

    Arguments:
        jobs: the description.
        kinds: of them.
        node: what each node has.
        nodes: how many there are.
    """
    if not jobs.endless:
        return None
    rates = [kind.rate or 0.0 for kind in kinds]
    times = [mean_alone(jobs, kind) for kind in kinds]
    tasks = [kind.shape.tasks for kind in kinds]
    held = _alike(kinds, node, nodes)
    loads = [offered_load(rates, times, tasks, held)] if held and not jobs.share else []
    loads += [
        offered_load(
            rates, times, [kind.shape.tasks * kind.shape.needs.parts[k] for kind in kinds], has
        )
        for k, has in enumerate(nodes * part for part in node.parts)
        if has and any(kind.shape.needs.parts[k] for kind in kinds)
    ]
    return max(loads, default=0.0)


@dataclass(frozen=True)
class Waiting:
    """Of jobs without end.

    Arguments:
        means: by class, s; empty where no law gives them.
        unstable: the queue grows.
        law: how they were had; empty without.
    """

    means: tuple[tuple[str, float], ...]
    unstable: bool
    law: str = ""


def waiting(
    jobs: Jobs, kinds: tuple[KindOfJob, ...], load: float | None, node: Resources, nodes: int
) -> Waiting:
    """First come, first served: of exponential jobs, and of one kind of a single task.

    Arguments:
        jobs: the description.
        kinds: of them.
        load: share that they ask for; None where they end.
        node: what each node has.
        nodes: how many there are.
    """
    if load is None or not DISCIPLINES[jobs.discipline].in_turn or jobs.share:
        return Waiting((), load is not None and load >= 1)
    alike = _alike(kinds, node, nodes)
    if len(kinds) == 1 and kinds[0].shape.tasks == 1 and alike:
        return _alone_in_line(jobs, kinds[0], alike)
    servers = _servers(kinds, node, nodes)
    memoryless = all(isinstance(kind.run_time, Exponential) and _as_drawn(kind) for kind in kinds)
    if servers is None or jobs.startup or jobs.checkpoint_write or not memoryless:
        return Waiting((), load >= 1)
    total, needs = servers
    classes = [
        ServerJobs(kind.rate or 0.0, kind.mean_run_time, need)
        for kind, need in zip(kinds, needs, strict=True)
    ]
    try:
        answer = multiserver_jobs(total, classes)
    except Unstable:
        return Waiting((), True)
    except ValueError:  # more phases than are worth it
        return Waiting((), load >= 1)
    pairs = zip(kinds, answer.waiting, strict=True)
    means = tuple((kind.name, time) for kind, time in pairs)
    return Waiting(means, False, "jobs that hold several servers, first come first served")


def _alone_in_line(jobs: Jobs, kind: KindOfJob, servers: int) -> Waiting:
    """Equal jobs of one task: a station with a server for each that is held at once."""
    from models.queueing.network import CustomerClass, Network, Poisson
    from models.queueing.solve import solve
    from models.queueing.stations import Station

    service = _service(kind)
    if jobs.startup or jobs.checkpoint_write:
        if not isinstance(service, Deterministic):
            return Waiting((), (kind.rate or 0.0) * mean_alone(jobs, kind) >= servers)
        service = Deterministic.model_construct(value=alone(jobs, service.value))
    came = Poisson.model_construct(rate=kind.rate or 0.0)
    line = CustomerClass.model_construct(
        arrivals=came, service={"nodes": service}, patience={}, route=("nodes",), routing={}
    )
    stations = {"nodes": Station.model_construct(None, servers=servers)}
    answer = solve(Network.model_construct(name="jobs", stations=stations, classes={"jobs": line}))
    waits = [one.waiting_time for one in answer.stations if one.waiting_time is not None]
    if answer.unstable or not waits:
        return Waiting((), bool(answer.unstable))
    return Waiting(((kind.name, waits[0].mean),), False, answer.law)


def _service(kind: KindOfJob) -> AnyDistribution:
    """How long a job takes: as drawn, or of the moments that it has where data hold it back."""
    if _as_drawn(kind):
        return kind.run_time
    first = kind.mean_run_time
    second = moment_of_larger(kind.run_time, kind.least_time, 2)
    scv = second / first**2 - 1
    if not math.isfinite(scv):
        return kind.run_time
    if scv < _LEAST_SCV:
        return Deterministic.model_construct(value=first)
    return TwoMoments.model_construct(mean=first, scv=scv)


def _as_drawn(kind: KindOfJob) -> bool:
    """Its data make no difference to how long a job takes that could be seen."""
    return kind.mean_run_time <= mean(kind.run_time) * (1 + _UNSEEN)


def _servers(
    kinds: tuple[KindOfJob, ...], node: Resources, nodes: int
) -> tuple[int, list[int]] | None:
    """Servers, and how many each kind of job holds; None where what fits hangs on the place."""
    alike = _alike(kinds, node, nodes)
    if alike:
        return (alike, [kind.shape.tasks for kind in kinds]) if alike <= MOST_PHASES else None
    asked = {k for kind in kinds for k in range(len(RESOURCES)) if kind.shape.needs.parts[k] > 0}
    if len(asked) != 1 or nodes != 1:
        return None
    [k] = asked
    needs = [kind.shape.tasks * kind.shape.needs.parts[k] for kind in kinds]
    unit = math.gcd(*needs, node.parts[k])
    total = node.parts[k] // unit
    return (total, [need // unit for need in needs]) if total <= MOST_PHASES else None


def _alike(kinds: tuple[KindOfJob, ...], node: Resources, nodes: int) -> int | None:
    """Tasks that all nodes hold at once, where those of all jobs are alike; None elsewhere."""
    needs = {kind.shape.needs for kind in kinds}
    each = tasks_on_a_node(kinds[0].shape, node) if len(needs) == 1 else None
    return None if each is None else nodes * each
