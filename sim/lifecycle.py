"""Workloads that wait for each other as the stages of one way, whose times sum to its whole."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from models.parts.workloads.workload_kind import SolvedWorkload
from models.prediction import LifecycleStage
from sim.simulated_workload import Floats


def lifecycle(
    workloads: Mapping[str, SolvedWorkload], completion: Mapping[str, Floats]
) -> tuple[LifecycleStage, ...]:
    """The stages that the last to be complete has waited for, in each replication.

    Nothing where no workload waits for another. Of several that a stage waits for, the one that is
    complete last counts, so that the means of all stages sum to the mean of the whole.

    Arguments:
        workloads: of the stack, by name.
        completion: when each is complete that ever is, s, by name and replication.

    Source: Kelley and Walker (1959), Critical-path planning and scheduling.
    """
    before = {name: workloads[name].described.after for name in completion}
    if not any(before.values()):
        return ()
    names = _in_order(before)
    ends = np.array([completion[name] for name in names])
    on_path = _last_of(ends, range(len(names)))
    found: list[LifecycleStage] = []
    whole = float(np.mean(ends.max(axis=0)))
    for position in reversed(range(len(names))):
        name, here = names[position], on_path[position]
        earlier = [names.index(one) for one in before[name]]
        start = ends[earlier].max(axis=0) if earlier else np.zeros(ends.shape[1])
        if earlier:
            on_path |= _last_of(ends, earlier) & here
        time = float(np.mean(np.where(here, ends[position] - start, 0.0)))
        if here.any():
            kind = workloads[name].described.kind
            found.append(LifecycleStage(name, kind, time, time / whole if whole > 0 else 0.0))
    return tuple(reversed(found))


def _in_order(before: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Each behind all that it waits for."""
    found: list[str] = []

    def put(name: str) -> None:
        for earlier in before[name]:
            put(earlier)
        if name not in found:
            found.append(name)

    for name in before:
        put(name)
    return found


def _last_of(ends: Floats, among: Sequence[int]) -> NDArray[np.bool_]:
    """Which of some is complete last, by replication."""
    chosen = np.array(list(among))[np.argmax(ends[list(among)], axis=0)]
    marks = np.zeros(ends.shape, dtype=bool)
    marks[chosen, np.arange(ends.shape[1])] = True
    return marks
