"""A year of a training cluster in SimPy: the readable reference for the compiled one."""

import math
from collections.abc import Generator, Mapping
from types import MappingProxyType
from typing import Any

import simpy

from models.description.quantities import YEAR
from models.laws.checkpointing import last_interval, number_of_checkpoints
from models.parts.failure import Cause, Component
from models.parts.node_racks import NodeRacks
from sim.cluster.arrays.component_streams import component_streams
from sim.cluster.arrays.rack_layout import racked_groups
from sim.cluster.cluster_contract import (
    MOST_FAILURES,
    MOST_INTERRUPTIONS,
    NoProgress,
    Run,
    YearResult,
    check,
    fails_too_often,
    given_up,
    interrupted_too_often,
)
from sim.cluster.reference.simpy_components import Group
from sim.cluster.reference.simpy_racks import RackRoom


def simulate_year(
    run: Run,
    components: tuple[Component, ...],
    seed: bytes,
    horizon: float = YEAR,
    start: float = 0.0,
) -> YearResult:
    """Simulate a run in one year, then training without end until the horizon.

    Arguments:
        run: the training run.
        components: of the whole stack, whether the run needs them or not.
        seed: of the year, 32 bytes.
        horizon: from the start of the run on, s; one that takes longer is simulated to its end.
        start: of the run, s from the beginning of the year.

    Raises:
        NoProgress: the run is interrupted more often than it advances.
        ValueError: what can't be simulated.
    """
    check(run, components, horizon, start)
    cluster = _Cluster(run, components, seed)
    try:
        cluster.simulate(start, horizon)
    except NoProgress as error:
        error.so_far = cluster.so_far(horizon)
        raise
    return cluster.result(horizon)


class YearsOf:
    """The years of a stack.

    Arguments:
        components: of the whole stack.
    """

    def __init__(self, components: tuple[Component, ...]) -> None:
        self._components = components

    def __call__(
        self,
        run: Run,
        seed: bytes,
        horizon: float = YEAR,
        start: float = 0.0,
        rates: Mapping[str, float] = MappingProxyType({}),
    ) -> YearResult:
        """Simulate a run in one of the years, as `simulate_year`.

        Arguments:
            run: the training run.
            seed: of the year, 32 bytes.
            horizon: from the start of the run on, s.
            start: of the run, s from the beginning of the year.
            rates: factors of the typical rates in that year, by name.
        """
        components = tuple(one.at(rates) for one in self._components)
        return simulate_year(run, components, seed, horizon, start)


class _DownTime:
    """How long something was down, s, and since when it is."""

    def __init__(self) -> None:
        self._total = 0.0
        self._since = math.inf  # while it is up

    def begin(self, now: float) -> None:
        self._since = min(self._since, now)

    def end(self, now: float) -> None:
        self._total = self.until(now)
        self._since = math.inf

    def until(self, now: float) -> float:
        return self._total + max(0.0, now - self._since)

    def restart(self, now: float) -> None:
        """Count from now on."""
        self._total = 0.0
        if math.isfinite(self._since):
            self._since = now


class _Cluster:
    def __init__(self, run: Run, components: tuple[Component, ...], seed: bytes) -> None:
        self._run = run
        self._environment = simpy.Environment()
        self._groups = [
            Group(self._environment, component, stream, self._failed, self._returned)
            for component, stream in zip(
                components, component_streams(components, seed), strict=True
            )
        ]
        self._room = RackRoom(racked_groups(components), components)
        self._up_again = self._environment.event()
        self._finished = self._environment.event()
        self._job: simpy.Process | None = None
        self._interruptible = False
        self._short: set[str] = set()  # names of components with too few units
        self._down = _DownTime()
        self._needs_down = _DownTime()
        self._began = 0.0
        self._unit_time_before: tuple[float, ...] = ()
        self._failures = 0
        self._restarts = 0
        self._kept = 0.0  # productive time that no failure can take back, s
        self._interval = run.interval
        self._productive_since = math.inf
        self._discovered_at = 0.0  # when the last failure was found
        self._remaining = 0.0
        self._at_completion: tuple[float, int, tuple[float, ...]] = (math.inf, 0, ())
        self._at_horizon: tuple[float, int, float, float] | None = None

    def simulate(self, start: float, horizon: float) -> None:
        if start > 0:
            self._environment.run(until=start)
        self._begin()
        self._environment.run(until=self._environment.timeout(horizon))
        now = self._environment.now
        down, needs_down = self._down.until(now), self._needs_down.until(now)
        self._at_horizon = (self._kept_until_now(), self._restarts, down, needs_down)
        if math.isfinite(self._run.work) and not self._finished.triggered:
            self._environment.run(until=self._finished)

    def _begin(self) -> None:
        """What is counted of the run, and of the stack, counts from now on."""
        self._began = self._environment.now
        self._unit_time_before = self._unit_time()
        for down in (self._down, self._needs_down):
            down.restart(self._began)
        self._job = self._environment.process(self._train())

    def _unit_time(self) -> tuple[float, ...]:
        return tuple(group.worked() for group in self._groups if group.component.carries_work)

    def result(self, horizon: float) -> YearResult:
        time, restarts, unit_time = self._at_completion
        assert self._at_horizon is not None  # the year is over
        kept, yearly_restarts, down, needs_down = self._at_horizon
        up, needs_up = 1 - down / horizon, 1 - needs_down / horizon
        return YearResult(time, restarts, unit_time, kept, yearly_restarts, up, needs_up)

    def so_far(self, horizon: float) -> YearResult | None:
        """What a run saw that is given up; None of one that had not begun, or was complete."""
        now = self._environment.now
        elapsed = now - self._began
        if self._job is None or self._finished.triggered or elapsed <= 0:
            return None
        if math.isinf(self._run.work):
            return None
        worked = zip(self._unit_time(), self._unit_time_before, strict=True)
        unit_time = tuple(now - before for now, before in worked)
        seen, counted = self._at_horizon, horizon
        if seen is None:
            down, needed_down = self._down.until(now), self._needs_down.until(now)
            seen, counted = (self._kept, self._restarts, down, needed_down), elapsed
        return given_up(elapsed, self._restarts, unit_time, seen, counted, horizon)

    # What happens to the units.

    def _failed(self, group: Group, cause: Cause, place: float, chance: float) -> int:
        name = group.component.name
        self._failures += 1
        if self._failures > MOST_FAILURES:
            raise fails_too_often(name)
        if isinstance(group.component, NodeRacks):
            unit, strikes = self._room.lose_rack(place, chance, self._run.needs)
            short = [one for one in self._room.names if self._now_short(one)]
            strikes = strikes or not self._run.needs.isdisjoint(short)
        else:
            unit, in_use = self._room.lose_unit(name, place)
            self._now_short(name)
            lost = name in self._short or (group.component.carries_work and in_use)
            strikes = name in self._run.needs and lost
        if self._interruptible and strikes and self._job is not None:
            self._interruptible = False
            self._job.interrupt(cause)
        return unit

    def _now_short(self, name: str) -> bool:
        """A component has too few units from now on, and had enough before."""
        if self._room.enough(name) or name in self._short:
            return False
        self._short.add(name)
        self._down.begin(self._environment.now)
        if name in self._run.needs:
            self._needs_down.begin(self._environment.now)
        return True

    def _returned(self, group: Group, unit: int) -> None:
        name = group.component.name
        racks = isinstance(group.component, NodeRacks)
        if racks:
            self._room.rack_back(unit)
        else:
            self._room.unit_back(name, unit)
        back = {one for one in (self._room.names if racks else (name,)) if self._room.enough(one)}
        if not back & self._short:
            return
        needed = not self._can_run()
        self._short -= back
        if not self._short:
            self._down.end(self._environment.now)
        if needed and self._can_run():
            self._needs_down.end(self._environment.now)
            waiting, self._up_again = self._up_again, self._environment.event()
            waiting.succeed()

    def _can_run(self) -> bool:
        return self._short.isdisjoint(self._run.needs)

    # What the job does.

    def _train(self) -> Generator[simpy.Event, Any, None]:
        if math.isinf(self._run.work):  # what never ends has nothing to complete
            self._at_completion = (0.0, 0, tuple(0.0 for _ in self._unit_time_before))
            yield from self._complete(math.inf)
        yield from self._complete(self._run.work)
        worked = zip(self._unit_time(), self._unit_time_before, strict=True)
        unit_time = tuple(now - before for now, before in worked)
        time = self._environment.now - self._began
        self._at_completion = (time, self._restarts, unit_time)
        self._finished.succeed()
        # From here on training goes on without a pause, saved as often as a run would be.
        self._interval = max(min(self._run.interval, self._run.work), self._run.flush_time)
        yield from self._complete(math.inf)

    def _complete(self, work: float) -> Generator[simpy.Event, Any, None]:
        """Train until some work is saved, through any number of failures."""
        saved = 0.0
        prepare = self._run.startup if math.isfinite(work) else 0.0
        while saved < work:
            while not self._can_run():
                yield self._up_again
            now = self._environment.now
            # Between a failure and its discovery nothing moves, whatever else happens.
            self._productive_since = max(now, self._discovered_at) + prepare
            self._remaining = work - saved
            end = self._productive_since + self._duration(self._remaining)
            self._interruptible = True
            try:
                yield self._environment.timeout(end - now)
                self._interruptible = False
                self._kept += self._remaining
                saved = work
            except simpy.Interrupt as interrupt:
                saved += self._save_what_is_left(_cause_of(interrupt))
                self._count_restart()
                prepare = self._run.restart
            self._productive_since = math.inf

    def _duration(self, work: float) -> float:
        """Wall time of uninterrupted work with its checkpoints, s."""
        if math.isinf(work):
            return math.inf
        count, flush = number_of_checkpoints(work, self._interval), self._run.flush_time
        duration = work + count * self._run.write_time + flush
        if count > 1 and flush > 0:  # the last checkpoint waits for the one before it
            duration += max(0.0, flush - last_interval(work, self._interval))
        return duration

    def _progress(self) -> tuple[float, float]:
        """Work saved since it last went on, and work done but not saved, s."""
        elapsed = self._environment.now - self._productive_since
        if elapsed <= 0:
            return 0.0, 0.0
        if math.isinf(self._interval):
            return 0.0, min(elapsed, self._remaining)
        cycle = self._interval + self._run.write_time
        cycles = math.floor(elapsed / cycle)
        done = min(cycles * self._interval, self._remaining)
        begun = min(elapsed - cycles * cycle, self._interval, self._remaining - done)
        safe = max(0, math.floor((elapsed - self._run.flush_time) / cycle))
        saved = min(safe * self._interval, self._remaining)
        return saved, done - saved + begun

    def _save_what_is_left(self, cause: Cause) -> float:
        saved, unsaved = self._progress()
        # A reclaim that is announced in time lets the job save everything.
        if cause.notice >= self._run.write_time + self._run.flush_time:
            saved += unsaved
        self._kept += saved
        return saved

    def _kept_until_now(self) -> float:
        return self._kept + self._progress()[0]

    def _count_restart(self) -> None:
        now = self._environment.now
        # A failure that strikes before the last one is found needs no restart of its own.
        if now >= self._discovered_at:
            self._restarts += 1
            self._discovered_at = now + self._run.detection
        if self._restarts > MOST_INTERRUPTIONS:
            raise interrupted_too_often()


def _cause_of(interrupt: simpy.Interrupt) -> Cause:
    cause = interrupt.cause
    assert isinstance(cause, Cause)  # nothing else interrupts the job
    return cause
