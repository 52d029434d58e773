"""What the laws say of many jobs on a node group: what fits, how long at least, how much waits."""

import math
from dataclasses import dataclass

from models.laws.makespan import equal_jobs, least_makespan, offered_load, shared_jobs
from models.laws.queueing.multiserver_jobs import MOST_PHASES, ServerJobs, multiserver_jobs
from models.laws.queueing.station_law import Unstable
from models.parts.site import Site
from models.parts.workloads.job_resources import (
    RESOURCES,
    JobShape,
    Resources,
    tasks_on_a_node,
    why_it_never_fits,
)
from models.parts.workloads.job_trace import JobTrace
from models.parts.workloads.jobs import Jobs, KindOfJob
from models.parts.workloads.trace_shapes import trace_shapes
from models.parts.workloads.workload_kind import Impossible
from models.queueing.distributions import Deterministic, Exponential

_MANY = 20_000  # jobs beyond which a bound over all of them is left to the simulation
FCFS = "fcfs"


@dataclass(frozen=True)
class JobsSolution:
    """Jobs with what the laws say of them.

    Arguments:
        name: of the workload.
        described: by the user.
        trace: recorded jobs; None where they are described.
        node: what one node has.
        count: of the jobs that are known; None where they come without end.
        at_once: jobs that run side by side on all nodes, where all are alike; None elsewhere.
        makespan: by the law, s; None where no law gives it.
        least_makespan: that no schedule can beat, s; None for jobs without end.
        load: share of the busiest resource that is asked for by jobs without end; None elsewhere.
        waiting: mean by class, s, of jobs without end; empty where no law gives it.
        unstable: the queue of jobs without end grows.
        law: how it was had, for people.
    """

    name: str
    described: Jobs
    trace: JobTrace | None
    node: Resources
    count: int | None
    at_once: int | None
    makespan: float | None
    least_makespan: float | None
    load: float | None
    waiting: tuple[tuple[str, float], ...]
    unstable: bool
    law: str


def jobs_solution(name: str, jobs: Jobs, site: Site) -> JobsSolution:
    """Apply the laws to the jobs of a workload.

    Arguments:
        name: of the workload.
        jobs: the description.
        site: that they run on.

    Raises:
        Impossible: a job that no node can hold.
    """
    group = site.groups[jobs.nodes]
    hardware, nodes = group.hardware, group.described.count
    node = Resources(
        float(jobs.slots or 0), float(hardware.vcpus), hardware.memory, float(hardware.accelerators)
    )
    trace: JobTrace | None = site.files.get(name)
    for shape in _shapes(jobs, trace):
        why = why_it_never_fits(shape, node, nodes, jobs.share)
        if why:
            where = "each" if trace is None else f"trace, {jobs.trace.file if jobs.trace else ''}"
            raise Impossible(f"{where}: {why}")
    kinds = jobs.kinds
    at_once = _at_once(kinds[0].shape, node, nodes) if len(kinds) == 1 else None
    makespan, law = _makespan(jobs, at_once)
    waiting, unstable = _waiting(jobs, node, nodes)
    return JobsSolution(
        name=name,
        described=jobs,
        trace=trace,
        node=node,
        count=_count(jobs, trace),
        at_once=at_once,
        makespan=makespan,
        least_makespan=_least(jobs, node, nodes),
        load=_load(jobs, node, nodes),
        waiting=waiting,
        unstable=unstable,
        law="jobs that hold several servers, first come first served" if waiting else law,
    )


def _shapes(jobs: Jobs, trace: JobTrace | None) -> tuple[JobShape, ...]:
    described = tuple(one.shape for one in jobs.needs)
    if trace is None:
        return described
    return trace_shapes(trace, described[0] if described else None)[0]


def _count(jobs: Jobs, trace: JobTrace | None) -> int | None:
    if trace is not None:
        return len(trace.submitted)
    if jobs.endless:
        return None
    return sum(kind.count or 0 for kind in jobs.kinds)


def _at_once(shape: JobShape, node: Resources, nodes: int) -> int | None:
    each = tasks_on_a_node(shape, node)
    return None if each is None else each * nodes // shape.tasks


def _makespan(jobs: Jobs, at_once: int | None) -> tuple[float | None, str]:
    """Exact for equal jobs of a fixed length, which nothing interrupts."""
    kinds = jobs.kinds
    if len(kinds) != 1 or kinds[0].count is None or not at_once:
        return None, "no law"
    time = kinds[0].run_time
    if not isinstance(time, Deterministic):
        return None, "no law for run times that differ"
    if jobs.share and kinds[0].count > at_once:
        return shared_jobs(kinds[0].count, at_once, time.value) + jobs.startup, "equal shares"
    law = "ceil(jobs / at once) rounds of equal jobs"
    return equal_jobs(kinds[0].count, at_once, time.value + jobs.startup), law


def _least(jobs: Jobs, node: Resources, nodes: int) -> float | None:
    kinds = jobs.kinds
    known = [kind for kind in kinds if kind.count is not None]
    if not known or len(known) < len(kinds) or sum(k.count or 0 for k in known) > _MANY:
        return None
    if any(not isinstance(kind.run_time, Deterministic) for kind in known):
        return None
    # A set of equal jobs is as one whose work is theirs together.
    times = [kind.mean_run_time for kind in known for _ in range(kind.count or 0)]
    needs = [
        tuple(kind.shape.tasks * part for part in kind.shape.needs.parts)
        for kind in known
        for _ in range(kind.count or 0)
    ]
    capacity = [nodes * part for part in node.parts]
    return least_makespan(times, needs, capacity)


def _load(jobs: Jobs, node: Resources, nodes: int) -> float | None:
    if not jobs.endless:
        return None
    kinds = jobs.kinds
    rates = [kind.rate or 0.0 for kind in kinds]
    times = [kind.mean_run_time + jobs.startup for kind in kinds]
    loads = [
        offered_load(
            rates, times, [kind.shape.tasks * kind.shape.needs.parts[k] for kind in kinds], has
        )
        for k, has in enumerate(nodes * part for part in node.parts)
        if has and any(kind.shape.needs.parts[k] for kind in kinds)
    ]
    return max(loads, default=0.0)


def _waiting(jobs: Jobs, node: Resources, nodes: int) -> tuple[tuple[tuple[str, float], ...], bool]:
    """Exact for exponential jobs that need slots of one node, first come first served."""
    load = _load(jobs, node, nodes)
    if load is None:
        return (), False
    kinds = jobs.kinds
    servers = _servers(kinds, node) if nodes == 1 else None
    lawful = jobs.discipline == FCFS and not jobs.share and jobs.startup == 0
    if servers is None or not lawful or any(not isinstance(k.run_time, Exponential) for k in kinds):
        return (), load >= 1
    total, needs = servers
    classes = [
        ServerJobs(kind.rate or 0.0, kind.mean_run_time, need)
        for kind, need in zip(kinds, needs, strict=True)
    ]
    try:
        answer = multiserver_jobs(total, classes)
    except Unstable:
        return (), True
    except ValueError:  # more phases than are worth it
        return (), load >= 1
    pairs = zip(kinds, answer.waiting, strict=True)
    return tuple((kind.name, time) for kind, time in pairs), False


def _servers(kinds: tuple[KindOfJob, ...], node: Resources) -> tuple[int, list[int]] | None:
    """Servers of the node and of each kind of job, where one resource alone is asked for."""
    asked = {k for kind in kinds for k in range(len(RESOURCES)) if kind.shape.needs.parts[k] > 0}
    if len(asked) != 1:
        return None
    [k] = asked
    needs = [kind.shape.tasks * kind.shape.needs.parts[k] for kind in kinds]
    unit = math.gcd(*needs, node.parts[k])
    total = node.parts[k] // unit
    return (total, [need // unit for need in needs]) if total <= MOST_PHASES else None
