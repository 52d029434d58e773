"""What the laws say of many jobs on a node group: what fits, how long at least, how much waits."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from models.laws.checkpointing import number_of_checkpoints
from models.laws.makespan import equal_jobs, least_makespan, offered_load, shared_jobs
from models.laws.queueing.multiserver_jobs import MOST_PHASES, ServerJobs, multiserver_jobs
from models.laws.queueing.station_law import Unstable
from models.parts.site import Site
from models.parts.workloads.job_discipline import DISCIPLINES
from models.parts.workloads.job_resources import (
    RESOURCES,
    SHAREABLE,
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
from models.reading.faults import PathInFile


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
        nodes_needed: that must be up for the largest job to run, and for the jobs that come without
            end not to pile up.
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
    nodes_needed: int
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
    shapes = _fitting(jobs, trace, node, nodes)
    kinds = jobs.kinds
    at_once = _at_once(kinds[0].shape, node, nodes) if len(kinds) == 1 else None
    makespan, law = _makespan(jobs, at_once, node, nodes)
    waiting = _waiting(jobs, node, nodes)
    load = _load(jobs, node, nodes)
    if waiting.law or makespan is not None:  # failures of nodes are simulated alone
        law = f"{waiting.law or law}, uninterrupted"
    return JobsSolution(
        name=name,
        described=jobs,
        trace=trace,
        node=node,
        count=_count(jobs, trace),
        at_once=at_once,
        makespan=makespan,
        least_makespan=_least(jobs, trace, node, nodes),
        load=load,
        nodes_needed=_nodes_needed(shapes, node, nodes, jobs.share, load or 0.0),
        waiting=waiting.means,
        unstable=waiting.unstable,
        law=law,
    )


def _fitting(
    jobs: Jobs, trace: JobTrace | None, node: Resources, nodes: int
) -> tuple[JobShape, ...]:
    """What jobs occupy; each runs where it is alone.

    Raises:
        Impossible: those that never do, each with its place.
    """
    shapes: list[tuple[PathInFile, JobShape]]
    if trace is not None:
        given = jobs.needs[0].shape if jobs.needs else None
        shapes = [(("trace", "file"), shape) for shape in trace_shapes(trace, given)[0]]
    elif jobs.classes:
        shapes = [(("classes", name, "each"), one.each.shape) for name, one in jobs.classes.items()]
    else:
        shapes = [(("each",), one.shape) for one in jobs.needs]
    reasons = [
        (place, why)
        for place, shape in shapes
        if (why := why_it_never_fits(shape, node, nodes, jobs.share))
    ]
    if reasons:
        raise Impossible(*reasons)
    return tuple(shape for _, shape in shapes)


def _nodes_needed(
    shapes: Iterable[JobShape], node: Resources, nodes: int, share: bool, load: float
) -> int:
    largest = 1
    for shape in shapes:
        held = JobShape(Resources(memory=shape.needs.memory)) if share else shape
        each = tasks_on_a_node(held, node)
        largest = max(largest, math.ceil(shape.tasks / each) if each else 1)
    return min(nodes, max(largest, math.floor(load * nodes) + 1 if load else 1))


def _count(jobs: Jobs, trace: JobTrace | None) -> int | None:
    if trace is not None:
        return len(trace.submitted)
    if jobs.endless:
        return None
    return sum(kind.count or 0 for kind in jobs.kinds)


def _at_once(shape: JobShape, node: Resources, nodes: int) -> int | None:
    each = tasks_on_a_node(shape, node)
    return None if each is None else each * nodes // shape.tasks


def _alone(jobs: Jobs, run_time: float) -> float:
    """How long a job takes from its start to its end, which nothing interrupts, s."""
    if jobs.checkpoint_interval is None or run_time <= 0:
        return jobs.startup + run_time
    # None is written at the end, where the result is.
    written = number_of_checkpoints(run_time, jobs.checkpoint_interval) - 1
    return jobs.startup + run_time + written * jobs.checkpoint_write


def _makespan(
    jobs: Jobs, at_once: int | None, node: Resources, nodes: int
) -> tuple[float | None, str]:
    """Exact for equal jobs of a fixed length, which nothing interrupts."""
    kinds = jobs.kinds
    if len(kinds) != 1 or kinds[0].count is None or not at_once:
        return None, "no law"
    time = kinds[0].run_time
    if not isinstance(time, Deterministic):
        return None, "no law for run times that differ"
    alone = _alone(jobs, time.value)
    if jobs.share:
        return _shared(kinds[0].count, kinds[0].shape, alone, node, nodes)
    return equal_jobs(kinds[0].count, at_once, alone), "ceil(jobs / at once) rounds of equal jobs"


def _shared(
    count: int, shape: JobShape, alone: float, node: Resources, nodes: int
) -> tuple[float | None, str]:
    """Exact where all jobs start at once, as memory does not hold any of them back."""
    needs = shape.needs
    held = tasks_on_a_node(JobShape(Resources(memory=needs.memory)), node)
    if held is not None and held * nodes // shape.tasks < count:
        return None, "no law for jobs that share processors and wait for memory"
    pairs = zip(RESOURCES, needs.parts, node.parts, strict=True)
    processors = [
        nodes * has / (shape.tasks * need)
        for name, need, has in pairs
        if need and name in SHAREABLE
    ]
    if not processors:
        return alone, "equal shares"
    return shared_jobs(count, min(processors), alone), "equal shares"


def _least(jobs: Jobs, trace: JobTrace | None, node: Resources, nodes: int) -> float | None:
    capacity = [nodes * part for part in node.parts]
    if trace is not None:
        shapes, shape = trace_shapes(trace, jobs.needs[0].shape if jobs.needs else None)
        times, submitted = trace.run_time, trace.submitted
        needs = np.array([_parts(one) for one in shapes])[shape]
    elif jobs.endless or any(not isinstance(k.run_time, Deterministic) for k in jobs.kinds):
        return None
    else:
        counts = [kind.count or 0 for kind in jobs.kinds]
        times = np.repeat([kind.mean_run_time for kind in jobs.kinds], counts)
        needs = np.repeat([_parts(kind.shape) for kind in jobs.kinds], counts, axis=0)
        submitted = np.zeros(len(times))
    alone = np.array([_alone(jobs, time) for time in times.tolist()])
    return least_makespan(alone, needs, capacity, submitted)


def _parts(shape: JobShape) -> tuple[float, ...]:
    """What all tasks of a job occupy."""
    return tuple(float(shape.tasks * part) for part in shape.needs.parts)


def _load(jobs: Jobs, node: Resources, nodes: int) -> float | None:
    """Share of what can be held at once that jobs without end ask for; of the busiest resource."""
    if not jobs.endless:
        return None
    kinds = jobs.kinds
    rates = [kind.rate or 0.0 for kind in kinds]
    times = [_mean_alone(jobs, kind) for kind in kinds]
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


def _mean_alone(jobs: Jobs, kind: KindOfJob) -> float:
    """How long a job holds its nodes on average, if nothing interrupts it, s."""
    if isinstance(kind.run_time, Deterministic) or not jobs.checkpoint_write:
        return _alone(jobs, kind.mean_run_time)
    # Run times that differ end anywhere between two checkpoints: half an interval is not written.
    assert jobs.checkpoint_interval is not None  # the description demands it
    written = max(0.0, kind.mean_run_time / jobs.checkpoint_interval - 0.5)
    return jobs.startup + kind.mean_run_time + written * jobs.checkpoint_write


def _alike(kinds: tuple[KindOfJob, ...], node: Resources, nodes: int) -> int | None:
    """Tasks that all nodes hold at once, where those of all jobs are alike; None elsewhere."""
    needs = {kind.shape.needs for kind in kinds}
    each = tasks_on_a_node(kinds[0].shape, node) if len(needs) == 1 else None
    return None if each is None else nodes * each


@dataclass(frozen=True)
class _Waiting:
    """Of jobs without end.

    Arguments:
        means: by class, s; empty where no law gives them.
        unstable: the queue grows.
        law: how they were had; empty without.
    """

    means: tuple[tuple[str, float], ...]
    unstable: bool
    law: str = ""


def _waiting(jobs: Jobs, node: Resources, nodes: int) -> _Waiting:
    """First come, first served: of exponential jobs, and of one kind of a single task."""
    load = _load(jobs, node, nodes)
    if load is None or not DISCIPLINES[jobs.discipline].in_turn or jobs.share:
        return _Waiting((), load is not None and load >= 1)
    kinds = jobs.kinds
    alike = _alike(kinds, node, nodes)
    if len(kinds) == 1 and kinds[0].shape.tasks == 1 and alike:
        return _alone_in_line(jobs, kinds[0], alike)
    servers = _servers(kinds, node, nodes)
    memoryless = all(isinstance(kind.run_time, Exponential) for kind in kinds)
    if servers is None or jobs.startup or jobs.checkpoint_write or not memoryless:
        return _Waiting((), load >= 1)
    total, needs = servers
    classes = [
        ServerJobs(kind.rate or 0.0, kind.mean_run_time, need)
        for kind, need in zip(kinds, needs, strict=True)
    ]
    try:
        answer = multiserver_jobs(total, classes)
    except Unstable:
        return _Waiting((), True)
    except ValueError:  # more phases than are worth it
        return _Waiting((), load >= 1)
    pairs = zip(kinds, answer.waiting, strict=True)
    means = tuple((kind.name, time) for kind, time in pairs)
    return _Waiting(means, False, "jobs that hold several servers, first come first served")


def _alone_in_line(jobs: Jobs, kind: KindOfJob, servers: int) -> _Waiting:
    """Equal jobs of one task: a station with a server for each that is held at once."""
    from models.queueing.network import CustomerClass, Network, Poisson
    from models.queueing.solve import solve
    from models.queueing.stations import Station

    service = kind.run_time
    if jobs.startup or jobs.checkpoint_write:
        if not isinstance(service, Deterministic):
            return _Waiting((), (kind.rate or 0.0) * _mean_alone(jobs, kind) >= servers)
        service = Deterministic.model_construct(value=_alone(jobs, service.value))
    came = Poisson.model_construct(rate=kind.rate or 0.0)
    line = CustomerClass.model_construct(
        arrivals=came, service={"nodes": service}, patience={}, route=("nodes",), routing={}
    )
    stations = {"nodes": Station.model_construct(None, servers=servers)}
    answer = solve(Network.model_construct(name="jobs", stations=stations, classes={"jobs": line}))
    waits = [one.waiting_time for one in answer.stations if one.waiting_time is not None]
    if answer.unstable or not waits:
        return _Waiting((), bool(answer.unstable))
    return _Waiting(((kind.name, waits[0].mean),), False, answer.law)


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
