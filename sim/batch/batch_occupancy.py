"""One replication as a picture: how many containers each stage holds over time."""

from collections.abc import Sequence

import numpy as np

from models.prediction.batch_answer import BatchSteps
from sim.batch.batch_contract import TaskAttempts


def occupancy(
    attempts: TaskAttempts,
    names: Sequence[str],
    row: Sequence[int],
    containers: int,
    most: int = 500,
) -> BatchSteps:
    """Containers in use over time.

    Arguments:
        attempts: all that there were.
        names: of the rows.
        row: of each stage.
        containers: of all nodes.
        most: steps.
    """
    begin = float(attempts.start.min())
    times = np.concatenate([attempts.start, attempts.end]) - begin
    steps, which = np.unique(times, return_inverse=True)
    rows = np.array(row, np.int64)[attempts.stage]
    change = np.zeros((len(names), len(steps)), np.int64)
    count = len(attempts.start)
    np.add.at(change, (rows, which[:count]), 1)
    np.add.at(change, (rows, which[count:]), -1)
    in_use = change.cumsum(axis=1)
    chosen = np.arange(len(steps))
    if len(steps) > most:
        samples = np.linspace(steps[0], steps[-1], most)
        chosen = np.searchsorted(steps, samples, side="right") - 1
        steps = samples
    return BatchSteps(
        times=tuple(steps.tolist()),
        in_use=tuple(tuple(line) for line in in_use[:, chosen].tolist()),
        stages=tuple(names),
        containers=containers,
    )
