"""Jobs on a cluster in SimPy: the readable reference for the compiled engine."""

import bisect
import math
from collections.abc import Generator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import simpy
from simpy.events import EventPriority

from models.parts.failure import Cause
from models.parts.node_racks import NodeRacks
from models.parts.workloads.job_discipline import Overtaking
from sim.cluster.cluster_contract import fails_too_often
from sim.jobs.arrays.job_layout import JobLayout, lay_out, lay_out_pool
from sim.jobs.jobs_contract import (
    MOST_FAILURES,
    JobSet,
    JobsOutcome,
    NodePool,
    Scheduling,
    check_jobs,
    check_pool,
    interrupted_too_often,
    most_interruptions,
)
from sim.jobs.reference.job_failures import FailingGroup
from sim.jobs.reference.job_nodes import Nodes, Placement
from sim.jobs.reference.job_states import Attempt, JobState, duration, progress
from sim.jobs.reference.jobs_seen import Seen

_AFTER_ALL_ELSE = EventPriority(2)  # of one instant: SimPy's own events have 0 and 1


def simulate_jobs(
    jobs: JobSet,
    pool: NodePool,
    scheduling: Scheduling,
    seed: bytes,
    counted: tuple[float, float] = (0.0, math.inf),
    record: int = 0,
) -> JobsOutcome:
    """Simulate one replication, until the last job is done.

    Arguments:
        jobs: of the replication.
        pool: the nodes.
        scheduling: how jobs are started.
        seed: of the year in which nodes fail, 32 bytes.
        counted: from when to when what is in use is counted, s.
        record: attempts to keep at most.

    Raises:
        NoProgress: the jobs are interrupted more often than they advance.
        ValueError: what can't be simulated.
    """
    check_pool(pool, scheduling)
    check_jobs(jobs, pool, scheduling)
    layout = lay_out(jobs, lay_out_pool(pool, scheduling), seed)
    return _Jobs(layout, Seen(counted, record)).simulate()


class JobsOn:
    """Replications of jobs on the same nodes.

    Arguments:
        pool: the nodes.
        scheduling: how jobs are started.
    """

    def __init__(self, pool: NodePool, scheduling: Scheduling) -> None:
        self._pool, self._scheduling = pool, scheduling

    def __call__(
        self,
        jobs: JobSet,
        seed: bytes,
        counted: tuple[float, float] = (0.0, math.inf),
        record: int = 0,
        rates: Mapping[str, float] = MappingProxyType({}),
    ) -> JobsOutcome:
        """Simulate one replication, as `simulate_jobs`.

        Arguments:
            jobs: of the replication.
            seed: of the year in which nodes fail, 32 bytes.
            counted: from when to when what is in use is counted, s.
            record: attempts to keep at most.
            rates: factors of the typical failure rates in that year, by name.
        """
        components = tuple(one.at(rates) for one in self._pool.components)
        pool = replace(self._pool, components=components)
        return simulate_jobs(jobs, pool, self._scheduling, seed, counted, record)


class _Jobs:
    def __init__(self, layout: JobLayout, seen: Seen) -> None:
        self._layout, self._seen = layout, seen
        self._scheduling = layout.scheduling
        self._backfill = layout.scheduling.discipline.overtaking is Overtaking.BACKFILL
        self._environment = simpy.Environment()
        self._nodes = Nodes(layout)
        self._jobs = [JobState(*row) for row in _rows(layout)]
        self._queue: list[int] = []  # ranks
        self._running: dict[int, Attempt] = {}
        self._groups = [
            FailingGroup(self._environment, one, stream, self._failed, self._returned)
            for one, stream in zip(layout.components, layout.streams, strict=True)
        ]
        self._needed_short = 0
        self._failures = self._interruptions = self._completed = 0
        self._now, self._attained, self._speed = 0.0, 0.0, 1.0
        self._settling = False
        self._timer = 0  # number of the last; those before are void
        self._finished = self._environment.event()

    def simulate(self) -> JobsOutcome:
        for job, time in enumerate(self._layout.jobs.submitted.tolist()):
            self._environment.process(self._submit(job, time))
        self._environment.run(until=self._finished)
        return self._seen.outcome(self._jobs)

    # What happens.

    def _submit(self, job: int, time: float) -> Generator[simpy.Event, Any, None]:
        yield self._environment.timeout(time)
        self._at_this_instant()
        self._enqueue(job, int(self._layout.rank[job]))

    def _run(self, job: int, attempt: Attempt, time: float) -> Generator[simpy.Event, Any, None]:
        yield self._environment.timeout(time)
        if self._running.get(job) is attempt:
            self._at_this_instant()
            self._complete(job)

    def _run_shared(self, timer: int, time: float) -> Generator[simpy.Event, Any, None]:
        yield self._environment.timeout(time)
        if timer == self._timer:
            self._at_this_instant()
            self._attained = min(attempt.ends for attempt in self._running.values())
            for job in [j for j, a in self._running.items() if a.ends <= self._attained]:
                self._complete(job)

    def _failed(self, group: FailingGroup, place: int, cause: Cause) -> int:
        self._at_this_instant()
        self._failures += 1
        if self._failures > MOST_FAILURES:
            raise fails_too_often(group.component.name)
        node = 0
        if group.component.name == self._layout.pool.name:
            node = list(self._nodes.working())[place]
            if self._nodes.nodes[node].up:
                self._lose(node, cause)
            self._nodes.nodes[node].whole = False
        elif isinstance(group.component, NodeRacks):
            rack = [k for k, up in enumerate(self._nodes.racks_up) if up][place]
            self._nodes.racks_up[rack] = False
            for lost in self._nodes.in_rack(rack):
                self._lose(lost, cause)
            return rack
        if group.working < group.component.required and not group.short:
            group.short = True
            if group.component.name in self._layout.pool.needs:
                self._needed_short += 1
                for job in list(self._running):
                    self._interrupt(job, cause)
        return node

    def _lose(self, node: int, cause: Cause) -> None:
        for job in list(self._nodes.nodes[node].jobs):
            self._interrupt(job, cause)
        self._nodes.fail(node)

    def _returned(self, group: FailingGroup, node: int) -> None:
        self._at_this_instant()
        if group.component.name == self._layout.pool.name:
            self._nodes.repaired(node, self._layout.pool.count)
        elif isinstance(group.component, NodeRacks):
            self._nodes.rack_repaired(node, self._layout.pool.count)
        if group.short and group.working >= group.component.required:
            group.short = False
            self._needed_short -= group.component.name in self._layout.pool.needs

    # What becomes of a job.

    def _enqueue(self, job: int, rank: int) -> None:
        state = self._jobs[job]
        state.queued = self._environment.now
        state.estimate = duration(state.remaining, self._scheduling) + state.surplus
        bisect.insort(self._queue, rank)

    def _start(self, rank: int, placement: Placement) -> None:
        job, now = int(self._layout.order[rank]), self._environment.now
        state = self._jobs[job]
        self._queue.remove(rank)
        self._nodes.occupy(job, state.shape, placement)
        state.waited += now - state.queued
        if state.started < 0:
            state.started = now
        time = duration(state.remaining, self._scheduling)
        begun = self._attained if self._scheduling.share else now
        attempt = Attempt(now, begun, begun + time, now + state.estimate, placement)
        self._running[job] = attempt
        if not self._scheduling.share:
            self._environment.process(self._run(job, attempt, time))

    def _complete(self, job: int) -> None:
        self._jobs[job].ended = self._environment.now
        self._stop(job, complete=True)
        self._completed += 1

    def _interrupt(self, job: int, cause: Cause) -> None:
        state, attempt, scheduling = self._jobs[job], self._running[job], self._scheduling
        clock = self._attained if scheduling.share else self._environment.now
        saved, unsaved = progress(clock - attempt.begun, state.remaining, scheduling)
        # A reclaim that is announced in time lets a job that can save at all save everything.
        in_time = cause.notice >= scheduling.checkpoint_write
        if in_time and math.isfinite(scheduling.checkpoint_interval):
            saved, unsaved = saved + unsaved, 0.0
        state.lost += unsaved
        state.remaining = max(0.0, state.remaining - saved)
        state.interruptions += 1
        self._interruptions += 1
        if self._interruptions > most_interruptions(len(self._jobs)):
            raise interrupted_too_often(len(self._jobs))
        self._stop(job, complete=False)
        self._enqueue(job, int(self._layout.front[job]))

    def _stop(self, job: int, complete: bool) -> None:
        attempt = self._running.pop(job)
        self._nodes.leave(job, self._jobs[job].shape, attempt.placement)
        self._seen.record(job, attempt, self._environment.now, complete)

    # Who starts.

    def _at_this_instant(self) -> None:
        """Count until now, and look who may start once all of this instant has happened."""
        now = self._environment.now
        if now > self._now:
            used = self._nodes.used(self._jobs[job].shape for job in self._running)
            self._seen.count((self._now, now), used, self._speed, len(self._queue))
            if self._scheduling.share:
                self._attained += self._speed * (now - self._now)
            self._now = now
        if not self._settling:
            self._settling = True
            settle = self._environment.event()
            settle._ok, settle._value = True, None
            settle.callbacks.append(self._settle)
            self._environment.schedule(settle, _AFTER_ALL_ELSE)

    def _settle(self, event: simpy.Event) -> None:
        self._settling = False
        if not self._needed_short:
            self._start_jobs()
        if self._completed == len(self._jobs):
            self._finished.succeed()
        elif self._scheduling.share:
            self._share()

    def _start_jobs(self) -> None:
        """Start the first in the queue as long as it fits, then what does not delay it."""
        while self._queue:
            placement = self._nodes.placed(self._shape(self._queue[0]))
            if placement is None:
                break
            self._start(self._queue[0], placement)
        if self._queue and self._backfill:
            self._start_others()

    def _start_others(self) -> None:
        """Start what ends before the first in the queue can start, or leaves it its room."""
        reserved_at, left = self._reservation(self._shape(self._queue[0]))
        for rank in self._queue[1:]:
            shape = self._shape(rank)
            ends = self._environment.now + self._jobs[self._layout.order[rank]].estimate
            if ends <= reserved_at:
                placement = self._nodes.first_fit(shape)
            else:
                beside = [
                    [min(a, b) for a, b in zip(node.free, room, strict=True)]
                    for node, room in zip(self._nodes.nodes, left, strict=True)
                ]
                placement = self._nodes.first_fit(shape, beside)
                if placement is not None:
                    self._nodes.add(left, shape, [(k, -tasks) for k, tasks in placement])
            if placement is not None:
                self._start(rank, placement)

    def _reservation(self, shape: int) -> tuple[float, list[list[int]]]:
        """When the first in the queue starts at the latest, and what is free beside it then."""
        free = [list(node.free) for node in self._nodes.nodes]
        ends = sorted((a.expected, job) for job, a in self._running.items())
        for k, (time, job) in enumerate(ends):
            self._nodes.add(free, self._jobs[job].shape, self._running[job].placement)
            if k + 1 < len(ends) and ends[k + 1][0] == time:
                continue
            placement = self._nodes.first_fit(shape, free)
            if placement is not None:
                self._nodes.add(free, shape, [(node, -tasks) for node, tasks in placement])
                return time, free
        return math.inf, free  # while nodes are away

    def _shape(self, rank: int) -> int:
        return self._jobs[int(self._layout.order[rank])].shape

    def _share(self) -> None:
        """Find how fast all go on, and wait for the next of them to end."""
        self._timer += 1
        if not self._running:
            self._speed = 1.0
            return
        used = self._nodes.used(self._jobs[job].shape for job in self._running)
        has = [self._nodes.in_service * one for one in self._nodes.capacity]
        slots, vcpus, _, accelerators = zip(used, has, strict=True)
        self._speed = min([1.0, *(h / u for u, h in (slots, vcpus, accelerators) if u > h)])
        left = min(attempt.ends for attempt in self._running.values()) - self._attained
        time = max(0.0, left) / self._speed
        self._environment.process(self._run_shared(self._timer, time))


def _rows(layout: JobLayout) -> list[tuple[float, float, int]]:
    jobs = layout.jobs
    surplus = (jobs.estimate - jobs.run_time).tolist()
    return list(zip(jobs.run_time.tolist(), surplus, jobs.shape.tolist(), strict=True))
