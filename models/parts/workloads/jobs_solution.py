"""What the laws say of many jobs on a node group: what fits, how long at least, how much waits."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from models.laws.makespan import equal_jobs, least_makespan, shared_jobs
from models.parts.node_room import room
from models.parts.site import Site
from models.parts.workloads.job_data import described_jobs, recorded_jobs
from models.parts.workloads.job_durations import all_alone, alone
from models.parts.workloads.job_resources import (
    RESOURCES,
    SHAREABLE,
    JobShape,
    Resources,
    capacity,
    tasks_on_a_node,
    why_it_never_fits,
)
from models.parts.workloads.job_trace import JobTrace
from models.parts.workloads.jobs import Jobs, KindOfJob
from models.parts.workloads.jobs_waiting import load_of, waiting
from models.parts.workloads.trace_shapes import trace_shapes
from models.parts.workloads.workload_kind import Impossible
from models.prediction.jobs_answer import JobTransfer
from models.queueing.distributions import Deterministic
from models.reading.faults import PathInFile


@dataclass(frozen=True)
class JobsSolution:
    """Jobs with what the laws say of them.

    Arguments:
        name: of the workload.
        described: by the user.
        trace: recorded jobs, likewise; None where they are described.
        node: what one node has.
        nodes: how many there are.
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
        kinds: jobs by kind, none of which takes less than its data take; none of a trace.
        transfers: what each reads and writes.
    """

    name: str
    described: Jobs
    trace: JobTrace | None
    node: Resources
    nodes: int
    count: int | None
    at_once: int | None
    makespan: float | None
    least_makespan: float | None
    load: float | None
    nodes_needed: int
    waiting: tuple[tuple[str, float], ...]
    unstable: bool
    law: str
    kinds: tuple[KindOfJob, ...]
    transfers: tuple[JobTransfer, ...]

    @property
    def on_a_node(self) -> int:
        """Equal jobs that run on a node at once; of those that share, all that memory holds."""
        [kind] = self.kinds
        needs = (
            Resources(memory=kind.shape.needs.memory) if self.described.share else kind.shape.needs
        )
        held = tasks_on_a_node(JobShape(needs), self.node)
        count = kind.count or 1
        return count if held is None else min(held, count)


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
    vcpus, memory = room(group, site.stack)
    node = Resources(float(jobs.slots or 0), vcpus, memory, float(hardware.accelerators))
    trace: JobTrace | None = site.files.get(name)
    shapes = _fitting(jobs, trace, node, nodes)
    if trace is not None:
        kinds: tuple[KindOfJob, ...] = ()
        trace, moved = recorded_jobs(jobs, trace, site, node)
    else:
        kinds, moved = described_jobs(jobs, site, node)
    at_once = _at_once(kinds[0].shape, node, nodes) if len(kinds) == 1 else None
    makespan, law = _makespan(jobs, kinds, at_once, node, nodes)
    load = load_of(jobs, kinds, node, nodes)
    waits = waiting(jobs, kinds, load, node, nodes)
    if waits.law or makespan is not None:  # failures of nodes are simulated alone
        law = f"{waits.law or law}, uninterrupted"
    return JobsSolution(
        name=name,
        described=jobs,
        trace=trace,
        node=node,
        nodes=nodes,
        count=_count(jobs, trace),
        at_once=at_once,
        makespan=makespan,
        least_makespan=_least(jobs, kinds, trace, node, nodes),
        load=load,
        nodes_needed=_nodes_needed(shapes, node, nodes, jobs.share, load or 0.0),
        waiting=waits.means,
        unstable=waits.unstable,
        law=law,
        kinds=kinds,
        transfers=moved,
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


def _makespan(
    jobs: Jobs, kinds: Sequence[KindOfJob], at_once: int | None, node: Resources, nodes: int
) -> tuple[float | None, str]:
    """Exact for equal jobs of a fixed length, which nothing interrupts."""
    if len(kinds) != 1 or kinds[0].count is None or not at_once:
        return None, "no law"
    time = kinds[0].run_time
    if not isinstance(time, Deterministic):
        return None, "no law for run times that differ"
    taken = alone(jobs, time.value)
    if jobs.share:
        return _shared(kinds[0].count, kinds[0].shape, taken, node, nodes)
    return equal_jobs(kinds[0].count, at_once, taken), "ceil(jobs / at once) rounds of equal jobs"


def _shared(
    count: int, shape: JobShape, taken: float, node: Resources, nodes: int
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
        return taken, "equal shares"
    return shared_jobs(count, min(processors), taken), "equal shares"


def _least(
    jobs: Jobs,
    kinds: Sequence[KindOfJob],
    trace: JobTrace | None,
    node: Resources,
    nodes: int,
) -> float | None:
    if trace is not None:
        shapes, shape = trace_shapes(trace, jobs.needs[0].shape if jobs.needs else None)
        times, submitted = trace.run_time, trace.submitted
        needs = np.array([one.parts for one in shapes])[shape]
    elif jobs.endless or any(not isinstance(kind.run_time, Deterministic) for kind in kinds):
        return None
    else:
        counts = [kind.count or 0 for kind in kinds]
        times = np.repeat([kind.mean_run_time for kind in kinds], counts)
        needs = np.repeat([kind.shape.parts for kind in kinds], counts, axis=0)
        submitted = np.zeros(len(times))
    return least_makespan(all_alone(jobs, times), needs, capacity(node, nodes), submitted)
