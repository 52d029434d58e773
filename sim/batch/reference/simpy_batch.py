"""MapReduce and Spark in SimPy: the readable reference for the compiled engine."""

import functools
import math
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

import simpy
from simpy.events import EventPriority

from models.parts.failure import Cause
from models.parts.node_racks import NodeRacks
from sim.batch.arrays.batch_layout import NO_GROUP, BatchLayout, lay_out
from sim.batch.batch_contract import (
    MOST_FAILURES,
    NOWHERE,
    BatchOutcome,
    Cluster,
    Copying,
    Stage,
    TaskDraws,
    most_stopped,
    stopped_too_often,
)
from sim.batch.reference.batch_nodes import Nodes
from sim.batch.reference.batch_seen import Seen
from sim.batch.reference.batch_states import Attempt, StageState, TaskState
from sim.cluster.cluster_contract import fails_too_often
from sim.jobs.reference.job_failures import FailingGroup

_AFTER_ALL_ELSE = EventPriority(2)  # of one instant: SimPy's own events have 0 and 1


class BatchOn:
    """Replications of the same stages on the same nodes.

    Arguments:
        stages: of the run.
        cluster: the nodes.
        copying: of tasks that take long.
    """

    def __init__(self, stages: tuple[Stage, ...], cluster: Cluster, copying: Copying) -> None:
        self._stages, self._cluster, self._copying = stages, cluster, copying

    def __call__(
        self,
        draws: TaskDraws,
        seed: bytes,
        start: float = 0.0,
        startup: float = 0.0,
        record: int = 0,
        rates: Mapping[str, float] = MappingProxyType({}),
    ) -> BatchOutcome:
        """Simulate one replication, until the last stage is complete.

        Arguments:
            draws: of its tasks.
            seed: of the year in which nodes fail, 32 bytes.
            start: of the run, s from the beginning of the year.
            startup: from then to the first task, s.
            record: attempts to keep at most.
            rates: factors of the typical failure rates in that year, by name.

        Raises:
            NoProgress: failures never let the run come to its end.
        """
        components = tuple(one.at(rates) for one in self._cluster.components)
        cluster = replace(self._cluster, components=components)
        layout = lay_out(self._stages, cluster, self._copying)
        return _Run(layout, draws, seed, start, startup, record).simulate()


class _Run:
    def __init__(
        self,
        layout: BatchLayout,
        draws: TaskDraws,
        seed: bytes,
        start: float,
        startup: float,
        record: int,
    ) -> None:
        self._layout, self._draws = layout, draws
        self._seen = Seen(layout, start, record)
        self._start_at = start + startup
        self._environment = simpy.Environment()
        self._nodes = Nodes(layout)
        self._tasks = [
            TaskState(position, place)
            for position, one in enumerate(layout.stages)
            for place in range(one.tasks)
        ]
        self._stages = [
            StageState(one, range(first, first + one.tasks))
            for one, first in zip(layout.stages, layout.first_task, strict=False)
        ]
        self._cached = [NOWHERE] * len(self._tasks)  # by the task of the first iteration
        self._running: list[Attempt] = []  # in the order of their starts
        self._groups = [
            FailingGroup(self._environment, one, stream, self._failed, self._returned)
            for one, stream in zip(layout.components, layout.streams(seed), strict=True)
        ]
        self._needed_short = self._failures = self._attempts = self._alarms = 0
        self._now, self._begun, self._settling = 0.0, False, False
        self._finished = self._environment.event()

    def simulate(self) -> BatchOutcome:
        begin = self._environment.timeout(self._start_at)
        begin.callbacks.append(self._begin)
        self._environment.run(until=self._finished)
        return self._seen.outcome(self._environment.now, self._stages)

    # What happens.

    def _begin(self, event: simpy.Event) -> None:
        self._at_this_instant()
        self._begun = True
        self._open()

    def _ends(self, attempt: Attempt, event: simpy.Event) -> None:
        if attempt in self._running:
            self._at_this_instant()
            self._complete(attempt)

    def _failed(self, group: FailingGroup, place: int, cause: Cause) -> int:
        self._at_this_instant()
        self._failures += 1
        if self._failures > MOST_FAILURES:
            raise fails_too_often(group.component.name)
        node, (position, disk) = 0, self._nodes_of(group)
        if position != NO_GROUP:
            working = list(self._nodes.working(position))
            if disk:
                working = self._nodes.with_disk(position, disk, group.component.units)
            node = working[place]
            if self._nodes.nodes[node].up:
                self._lose(node)
            if disk:
                self._nodes.nodes[node].without.add(disk)
            else:
                self._nodes.nodes[node].whole = False
        elif isinstance(group.component, NodeRacks):
            rack = [k for k, up in enumerate(self._nodes.racks_up) if up][place]
            self._nodes.racks_up[rack] = False
            for lost in self._nodes.in_rack(rack):
                self._lose(lost)
            return rack
        if group.working < group.component.required and not group.short:
            group.short = True
            if group.component.name in self._layout.cluster.needs:
                self._needed_short += 1
                self._interrupt(group.component.name == self._layout.cluster.critical)
        return node

    def _returned(self, group: FailingGroup, unit: int) -> None:
        self._at_this_instant()
        position, disk = self._nodes_of(group)
        if position != NO_GROUP:
            self._nodes.repaired(unit, disk)
        elif isinstance(group.component, NodeRacks):
            self._nodes.rack_repaired(unit)
        if group.short and group.working >= group.component.required:
            group.short = False
            self._needed_short -= group.component.name in self._layout.cluster.needs

    def _nodes_of(self, group: FailingGroup) -> tuple[int, str]:
        """The nodes that a component is, or whose disks, with the name of these."""
        name = group.component.name
        for position, one in enumerate(self._layout.cluster.groups):
            if name == one.name:
                return position, ""
            if name in one.disks:
                return position, name
        return NO_GROUP, ""

    # What becomes of tasks.

    def _start(self, task: int, node: int, copy: bool) -> None:
        state, now = self._tasks[task], self._environment.now
        described = self._stages[state.stage].described
        local = self._is_local(task, node)
        times = described.local if local else described.remote
        factor = self._draws.again[task] if state.tried else self._draws.first[task]
        state.tried = True
        attempt = Attempt(self._attempts, task, node, now, local, copy)
        self._attempts += 1
        state.running.append(attempt)
        self._running.append(attempt)
        self._seen.copies += copy
        end = self._environment.timeout(times[self._nodes.nodes[node].group] * float(factor))
        end.callbacks.append(functools.partial(self._ends, attempt))

    def _is_local(self, task: int, node: int) -> bool:
        state = self._tasks[task]
        described = self._stages[state.stage].described
        if self._finds_memory(state.stage):
            return self._cached[self._part(task)] == node
        return described.placed and node in self._draws.places[task].tolist()

    def _finds_memory(self, stage: int) -> bool:
        return self._stages[stage].described.first not in (NOWHERE, stage)

    def _part(self, task: int) -> int:
        """The task of the first iteration that read the same."""
        state = self._tasks[task]
        first = self._stages[state.stage].described.first
        return self._layout.first_task[first] + state.place

    def _complete(self, attempt: Attempt) -> None:
        now, state = self._environment.now, self._tasks[attempt.task]
        stage = self._stages[state.stage]
        self._stop(attempt, complete=True)
        for other in list(state.running):
            self._stop(other, complete=False)
        state.done, state.node, state.took = True, attempt.node, now - attempt.start
        if stage.described.first != NOWHERE:
            self._cached[self._part(attempt.task)] = attempt.node
        stage.ran += 1
        stage.local += attempt.local
        done = [one for one in map(self._tasks.__getitem__, stage.tasks) if one.done]
        if math.isinf(stage.threshold) and len(done) >= self._enough(stage):
            times = sorted(one.took for one in done)
            stage.threshold = self._layout.copying.multiplier * times[len(times) // 2]
        if len(done) == len(stage.tasks):
            stage.complete, stage.ended = True, now
            self._open()

    def _enough(self, stage: StageState) -> int:
        return math.ceil(self._layout.copying.quantile * len(stage.tasks))

    def _stop(self, attempt: Attempt, complete: bool) -> None:
        """An attempt ends, and its slot is free."""
        state = self._tasks[attempt.task]
        state.running.remove(attempt)
        self._running.remove(attempt)
        self._nodes.free.append(attempt.node)
        self._seen.record(state.stage, attempt, self._environment.now, complete)

    def _kill(self, attempt: Attempt) -> None:
        """A failure stops an attempt."""
        self._stop(attempt, complete=False)
        self._seen.lost += 1
        if self._seen.lost > most_stopped(len(self._tasks)):
            raise stopped_too_often(len(self._tasks))

    def _lose(self, node: int) -> None:
        """A node goes away with what runs on it, and with what it kept."""
        for attempt in [one for one in self._running if one.node == node]:
            self._kill(attempt)
        self._nodes.lose(node)
        self._cached = [NOWHERE if one == node else one for one in self._cached]
        for state in self._tasks:
            if state.done and state.node == node:
                state.node = NOWHERE
        needed = [False] * len(self._stages)
        for position in reversed(range(len(self._stages))):
            stage = self._stages[position]
            if stage.described.keeps and needed[position]:
                self._redo(stage)
            if not stage.complete:
                for before in stage.described.after:
                    needed[before] = True

    def _redo(self, stage: StageState) -> None:
        """Tasks of a stage run again whose results are lost and still needed."""
        for state in (self._tasks[task] for task in stage.tasks):
            if state.done and state.node == NOWHERE:
                state.done = stage.complete = False
                self._seen.recomputed += 1

    def _interrupt(self, anew: bool) -> None:
        """Something that all tasks need is away; without the master all begins anew."""
        while self._running:
            self._kill(self._running[0])
        if not anew:
            return
        self._seen.restarts += 1
        self._cached = [NOWHERE] * len(self._tasks)
        for state in self._tasks:
            self._seen.recomputed += state.done
            state.done, state.node = False, NOWHERE
        for stage in self._stages:
            stage.complete, stage.threshold = False, math.inf

    # Who starts.

    def _at_this_instant(self) -> None:
        """Count until now, and look who may start once all of this instant has happened."""
        now = self._environment.now
        if now > self._now:
            self._seen.count(self._now, now, len(self._running), self._nodes)
            self._now = now
        if not self._settling:
            self._settling = True
            settle = self._environment.event()
            settle._ok, settle._value = True, None
            settle.callbacks.append(self._settle)
            self._environment.schedule(settle, _AFTER_ALL_ELSE)

    def _settle(self, event: simpy.Event) -> None:
        self._settling = False
        self._alarms += 1  # those before are void
        if self._begun and all(stage.complete for stage in self._stages):
            self._finished.succeed()
            return
        if self._begun and not self._needed_short:
            self._open()
            self._start_tasks()
            self._copy_tasks()
            self._set_alarm()

    def _is_open(self, stage: StageState) -> bool:
        """All that it waits for is complete, and it is not."""
        before = (self._stages[one] for one in stage.described.after)
        return not stage.complete and all(one.complete for one in before)

    def _open(self) -> None:
        for stage in self._stages:
            if stage.ready < 0 and self._is_open(stage):
                stage.ready = self._environment.now

    def _start_tasks(self) -> None:
        """Free slots take tasks in their order, of the first stage that has any."""
        for position, stage in enumerate(self._stages):
            while self._nodes.free and self._is_open(stage):
                pending = [task for task in stage.tasks if self._tasks[task].pending]
                if not pending:
                    break
                node = self._nodes.free.pop(0)
                chosen = pending[0]
                if stage.described.placed or self._finds_memory(position):
                    mine = (task for task in pending if self._is_local(task, node))
                    chosen = next(mine, chosen)
                self._start(chosen, node, copy=False)

    def _overdue(self, stage: StageState) -> Attempt | None:
        """The attempt of a stage that has run longest of those that may be copied."""
        of_stage = (one for one in self._running if one.task in stage.tasks and not one.copied)
        return next(of_stage, None)

    def _copy_tasks(self) -> None:
        """Slots that are left take copies of what takes long, each on another node."""
        for stage in self._stages:
            while self._is_open(stage) and not math.isinf(stage.threshold):
                late = self._overdue(stage)
                if late is None or late.start + stage.threshold > self._environment.now:
                    break
                others = [k for k, node in enumerate(self._nodes.free) if node != late.node]
                if not others:
                    break
                late.copied = True
                self._start(late.task, self._nodes.free.pop(others[0]), copy=True)

    def _set_alarm(self) -> None:
        """Look again when the next attempt has taken long."""
        now, times = self._environment.now, []
        for stage in self._stages:
            late = self._overdue(stage) if self._is_open(stage) else None
            if late is not None and late.start + stage.threshold > now:
                times.append(late.start + stage.threshold)
        if times and not math.isinf(min(times)):
            alarm = self._environment.timeout(min(times) - now)
            alarm.callbacks.append(functools.partial(self._look, self._alarms))

    def _look(self, alarm: int, event: simpy.Event) -> None:
        if alarm == self._alarms:
            self._at_this_instant()
