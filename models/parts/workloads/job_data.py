"""How long jobs take to read their input and to write their output: what a store gives each."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from models.laws.arrays import Floats
from models.laws.makespan import least_makespan
from models.parts.site import Site
from models.parts.workloads.job_durations import all_alone, mean_alone
from models.parts.workloads.job_resources import (
    RESOURCES,
    SHAREABLE,
    JobShape,
    Resources,
    capacity,
    tasks_on_a_node,
)
from models.parts.workloads.job_trace import JobTrace
from models.parts.workloads.jobs import JobData, Jobs, KindOfJob
from models.parts.workloads.trace_shapes import trace_shapes
from models.parts.workloads.workload_kind import Impossible
from models.prediction.jobs_answer import JobTransfer
from models.queueing.distributions import Deterministic
from models.queueing.tails import survival

_ROUNDS = 50  # until the share of the nodes in use settles


@dataclass(frozen=True)
class _Alike:
    """Jobs that occupy the same.

    Arguments:
        shape: what each occupies.
        number: of them; of jobs without end, those that come in a second.
        run_time: mean, without what the store adds, s.
    """

    shape: JobShape
    number: float
    run_time: float


@dataclass(frozen=True)
class _Transfer:
    """What jobs read or write, and how long each of them takes for it at least.

    Arguments:
        key: of the description: input or output.
        data: as described.
        bandwidth: of all jobs that run side by side, bytes/s.
        limit: what sets it, for people.
        times: of one job, by position of its kind, s.
    """

    key: str
    data: JobData
    bandwidth: float
    limit: str
    times: tuple[float, ...]


def described_jobs(
    jobs: Jobs, site: Site, node: Resources
) -> tuple[tuple[KindOfJob, ...], tuple[JobTransfer, ...]]:
    """Described jobs, none of which is faster than its data, and what they read and write.

    Arguments:
        jobs: the description.
        site: that they run on.
        node: what each node has.

    Raises:
        Impossible: the store gives nothing.
    """
    kinds, nodes = jobs.kinds, site.groups[jobs.nodes].described.count
    if jobs.input is None and jobs.output is None:
        return kinds, ()
    times = [mean_alone(jobs, kind) for kind in kinds]
    alike = [
        _Alike(kind.shape, kind.rate or kind.count or 0, time)
        for kind, time in zip(kinds, times, strict=True)
    ]
    span = 1.0
    if not jobs.endless:
        counts = [kind.count or 0 for kind in kinds]
        needs = np.repeat([kind.shape.parts for kind in kinds], counts, axis=0)
        span = least_makespan(np.repeat(times, counts), needs, capacity(node, nodes))
    moved = _transfers(jobs, alike, span, site, node)
    seen = []
    for one in moved:
        shorter = [
            # Strictly: what is ready in time holds nothing back.
            1 - survival(kind.run_time, math.nextafter(time, 0.0))
            for kind, time in zip(kinds, one.times, strict=True)
        ]
        seen.append(_seen(one, alike, shorter, [kind.mean_run_time for kind in kinds]))
    least = _least_times(moved, len(kinds))
    return tuple(map(_at_least, kinds, least)), tuple(seen)


def recorded_jobs(
    jobs: Jobs, trace: JobTrace, site: Site, node: Resources
) -> tuple[JobTrace, tuple[JobTransfer, ...]]:
    """Recorded jobs, none of which is faster than its data, and what they read and write.

    Arguments:
        jobs: the description.
        trace: from its file.
        site: that they run on.
        node: what each node has.

    Raises:
        Impossible: the store gives nothing.
    """
    if jobs.input is None and jobs.output is None:
        return trace, ()
    nodes = site.groups[jobs.nodes].described.count
    shapes, shape = trace_shapes(trace, jobs.needs[0].shape if jobs.needs else None)
    counts = np.bincount(shape, minlength=len(shapes))
    taken = all_alone(jobs, trace.run_time)
    means = np.bincount(shape, taken, len(shapes)) / counts
    alike = [
        _Alike(one, count, mean)
        for one, count, mean in zip(shapes, counts.tolist(), means.tolist(), strict=True)
    ]
    needs = np.array([one.parts for one in shapes])[shape]
    span = least_makespan(taken, needs, capacity(node, nodes), trace.submitted)
    moved = _transfers(jobs, alike, span, site, node)
    run_times = np.bincount(shape, trace.run_time, len(shapes)) / counts
    seen = []
    for one in moved:
        shorter = np.bincount(shape, trace.run_time < np.array(one.times)[shape], len(shapes))
        seen.append(_seen(one, alike, (shorter / counts).tolist(), run_times.tolist()))
    run_time = np.maximum(trace.run_time, _least_times(moved, len(shapes))[shape])
    amounts = dict(trace.amounts)
    if "estimate" in amounts:
        amounts["estimate"] = np.maximum(amounts["estimate"], run_time)
    return replace(trace, run_time=run_time, amounts=amounts), tuple(seen)


def _seen(
    moved: _Transfer, alike: Sequence[_Alike], shorter: Sequence[float], means: Sequence[float]
) -> JobTransfer:
    """What people are told of it: with the share of the jobs whose run time is shorter."""
    numbers = [one.number for one in alike]
    weighted = zip(numbers, shorter, strict=True)
    longer = math.fsum(number * share for number, share in weighted) / math.fsum(numbers)
    slowest = max(
        (time / mean for time, mean in zip(moved.times, means, strict=True) if mean > 0),
        default=math.inf,
    )
    return JobTransfer(
        key=moved.key,
        store=moved.data.store,
        size=moved.data.size,
        bandwidth=moved.bandwidth,
        limit=moved.limit,
        time=max(moved.times),
        longer=min(1.0, max(0.0, longer)),
        enough=moved.bandwidth * slowest,
    )


def _least_times(moved: Sequence[_Transfer], kinds: int) -> Floats:
    """Of the jobs of each kind, s."""
    times: Floats = np.array([one.times for one in moved]).reshape(-1, kinds)
    least: Floats = times.max(axis=0, initial=0.0)
    return least


def _at_least(kind: KindOfJob, time: float) -> KindOfJob:
    if isinstance(kind.run_time, Deterministic):
        always = Deterministic.model_construct(value=max(kind.run_time.value, float(time)))
        return replace(kind, run_time=always)
    return replace(kind, least_time=float(time))


def _transfers(
    jobs: Jobs, alike: Sequence[_Alike], span: float, site: Site, node: Resources
) -> tuple[_Transfer, ...]:
    """What jobs read and write, while all that run side by side use the store.

    They share what it gives to the nodes in use as they share those nodes.

    Arguments:
        jobs: the description.
        alike: jobs by kind.
        span: time in which their numbers come to their end, s; 1 for jobs without end.
        site: that they run on.
        node: what each node has.

    Raises:
        Impossible: the store gives nothing.
    """
    nodes = site.groups[jobs.nodes].described.count
    shares = [_share(one.shape, node, nodes, jobs.share) for one in alike]
    described = (("input", jobs.input), ("output", jobs.output))
    return tuple(
        _Sharing(key, data, jobs, site, alike, shares, span).transfer()
        for key, data in described
        if data is not None
    )


@dataclass(frozen=True)
class _Sharing:
    key: str
    data: JobData
    jobs: Jobs
    site: Site
    alike: Sequence[_Alike]
    shares: Sequence[float]
    span: float
    known: dict[int, tuple[float, str]] = field(default_factory=dict)  # by nodes that read at once

    def transfer(self) -> _Transfer:
        in_use = self._nodes_in_use()
        bandwidth, limit = self._given(max(in_use, *self.shares))
        times = tuple(self._time(share, in_use) for share in self.shares)
        return _Transfer(self.key, self.data, bandwidth, limit, times)

    def _nodes_in_use(self) -> float:
        """Share of the nodes that jobs hold, which is larger where they wait for the store.

        By Little's law, in the mean; jobs that come without end faster than the store serves them
        fill all nodes.
        """
        pairs = list(zip(self.alike, self.shares, strict=True))
        there = math.fsum(one.number * share for one, share in pairs)
        most = 1.0 if self.jobs.endless else min(1.0, there)
        in_use = 0.0
        for _ in range(_ROUNDS):
            times = [max(one.run_time, self._time(share, in_use)) for one, share in pairs]
            work = math.fsum(
                one.number * share * time for (one, share), time in zip(pairs, times, strict=True)
            )
            before, in_use = in_use, min(most, work / self.span) if self.span > 0 else most
            if in_use <= before * (1 + 1e-6):
                break
        return in_use

    def _time(self, share: float, in_use: float) -> float:
        """Of a job that holds a share of the nodes, beside others."""
        beside = min(1.0, max(share, in_use))
        return self.data.size * beside / share / self._given(beside)[0]

    def _given(self, in_use: float) -> tuple[float, str]:
        """What the store gives to a share of the nodes, bytes/s, and what limits it."""
        nodes = self.site.groups[self.jobs.nodes].described.count
        clients = min(nodes, max(1, math.ceil(in_use * nodes - 1e-9)))
        if clients in self.known:
            return self.known[clients]
        speed = self.site.speed(self.data.store, self.jobs.nodes, clients)
        number = math.inf if self.jobs.endless else sum(one.number for one in self.alike)
        asked = speed.reading if self.key == "input" else speed.writing
        rate = asked(number * self.data.size)
        if rate <= 0:
            raise Impossible(((self.key, "store"), f"{self.data.store} gives nothing"))
        self.known[clients] = rate, speed.limit
        return self.known[clients]


def _share(shape: JobShape, node: Resources, nodes: int, shared: bool) -> float:
    """Share of the nodes that a job holds; above 1 where it shares processors with itself.

    Source: the dominant share of Ghodsi et al. (2011), Dominant resource fairness, NSDI.
    """
    each = tasks_on_a_node(shape, node)
    if each is not None and not shared:
        return shape.tasks / (each * nodes)
    asked = [
        shape.tasks * need / (nodes * has)
        for name, need, has in zip(RESOURCES, shape.needs.parts, node.parts, strict=True)
        if need and (name in SHAREABLE or not shared)
    ]
    return max(asked, default=shape.tasks / nodes)  # what is not counted fills its node
