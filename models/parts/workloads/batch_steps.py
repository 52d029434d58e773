"""The stages of a batch one after the other, those of every iteration among them."""

from collections.abc import Iterator
from dataclasses import dataclass

from models.description.quantities import format_count
from models.parts.workloads.batch import MOST_STAGES, MOST_TASKS, BatchJob, BatchStage
from models.parts.workloads.workload_kind import Impossible

_FITS = 1e-9  # of a split, below which a rest of the input is rounding


@dataclass(frozen=True)
class BatchStep:
    """A stage that is run once.

    Arguments:
        name: of the stage, with its iteration where there are several.
        stage: its name in the description.
        described: the stage.
        tasks: how many.
        after: positions of the steps that must be complete before.
        fetches: those of them whose shuffled data it fetches.
        first: position of the step of its first iteration, whose input it may find in memory; its
            own where this is that one.
    """

    name: str
    stage: str
    described: BatchStage
    tasks: int
    after: tuple[int, ...]
    fetches: tuple[int, ...]
    first: int


def tasks_of(stage: BatchStage) -> int:
    """How many tasks a stage has: one for each split of its input, unless it says so.

    Arguments:
        stage: the description.
    """
    if stage.tasks is not None or stage.input is None:
        return stage.tasks or 1
    splits = stage.input.size / stage.split
    return max(1, -int(-(splits - _FITS) // 1))


def steps_of(workload: BatchJob) -> tuple[BatchStep, ...]:
    """The stages in an order in which each stands after those that it waits for.

    Arguments:
        workload: the description.

    Raises:
        Impossible: more stages or tasks than can be simulated, or a stage between those that are
            run again.
    """
    order, loop, count = workload.order(), _looped(workload), _iterations(workload)
    later = _waiting(order, loop, workload)
    before = [name for name in order if name not in loop and name not in later]
    if any(one in later for name in loop for one in workload.stages[name].after):
        text = "run stages again that wait for one that is not among them, and which waits for them"
        raise Impossible((("iterations", "stages"), text))
    if len(order) + (count - 1) * len(loop) > MOST_STAGES:
        text = f"are {count:,} of {format_count(len(loop), 'stages')}; {MOST_STAGES} stages at most"
        raise Impossible((("iterations", "count"), text))
    made = _Made(workload)
    for name in before:
        made.add(name, "", ())
    within = [name for name in order if name in loop]
    for iteration in range(count if within else 0):
        made.iterate(within, f" {iteration + 1}" if count > 1 else "")
    for name in order:
        if name in later:
            made.add(name, "", ())
    total = sum(one.tasks for one in made.steps)
    if total > MOST_TASKS:
        text = f"have {total:,} tasks in all iterations; {MOST_TASKS:,} at most"
        raise Impossible((("stages",), text))
    return tuple(made.steps)


def _looped(workload: BatchJob) -> frozenset[str]:
    return frozenset(workload.iterations.stages if workload.iterations else ())


def _iterations(workload: BatchJob) -> int:
    return workload.iterations.count if workload.iterations else 1


def _waiting(order: tuple[str, ...], loop: frozenset[str], workload: BatchJob) -> frozenset[str]:
    """Stages outside the loop that wait for it, directly or through others."""
    found: set[str] = set()
    for name in order:
        after = workload.stages[name].after
        if name not in loop and any(one in loop or one in found for one in after):
            found.add(name)
    return frozenset(found)


class _Made:
    def __init__(self, workload: BatchJob) -> None:
        self._workload = workload
        self.steps: list[BatchStep] = []
        self._last: dict[str, int] = {}  # position of each stage's latest step
        self._first: dict[str, int] = {}

    def add(self, name: str, suffix: str, more: tuple[int, ...]) -> None:
        stage, position = self._workload.stages[name], len(self.steps)
        first = self._first.setdefault(name, position)
        after = tuple(dict.fromkeys((*(self._last[one] for one in stage.after), *more)))
        fetches = tuple(self._last[one] for one in self._workload.fetched(name))
        tasks = tasks_of(stage)
        step = BatchStep(f"{name}{suffix}", name, stage, tasks, after, fetches, first)
        self.steps.append(step)
        self._last[name] = position

    def iterate(self, within: list[str], suffix: str) -> None:
        ends = tuple(self._ends(within)) if within[0] in self._last else ()
        for name in within:
            starts = not any(one in within for one in self._workload.stages[name].after)
            self.add(name, suffix, ends if starts else ())

    def _ends(self, within: list[str]) -> Iterator[int]:
        """The last steps of the iteration before: those that no other of it waits for."""
        waited = {one for name in within for one in self._workload.stages[name].after}
        return (self._last[name] for name in within if name not in waited)
