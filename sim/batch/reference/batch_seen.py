"""What is seen of a replication: integrals over time, and the attempts."""

import numpy as np

from sim.batch.arrays.batch_layout import BatchLayout
from sim.batch.batch_contract import BatchOutcome, attempts_of
from sim.batch.reference.batch_nodes import Nodes
from sim.batch.reference.batch_states import Attempt, StageState


class Seen:
    """What one replication saw so far.

    Arguments:
        layout: of the replication.
        start: of the run, from which on is counted, s.
        room: attempts to keep at most.
    """

    def __init__(self, layout: BatchLayout, start: float, room: int) -> None:
        self._start, self._room = start, room
        self._busy, self._up = 0.0, [0.0] * len(layout.cluster.groups)
        self._rows: list[tuple[int, int, int, float, float, bool]] = []
        self._left_out = 0
        self.copies = self.lost = self.recomputed = self.restarts = 0

    def count(self, since: float, until: float, running: int, nodes: Nodes) -> None:
        """Count a time in which nothing happened, as far as it lies in the run.

        Arguments:
            since: its beginning, s.
            until: its end, s.
            running: attempts.
            nodes: as they are.
        """
        time = until - max(since, self._start)
        if time <= 0:
            return
        self._busy += time * running
        for group in range(len(self._up)):
            up = sum(nodes.nodes[k].up for k in nodes.of_group(group))
            self._up[group] += time * up

    def record(self, stage: int, attempt: Attempt, end: float, complete: bool) -> None:
        """Keep an attempt, while there is room.

        Arguments:
            stage: of its task.
            attempt: that ends.
            end: s.
            complete: its result counts.
        """
        if not self._room:
            return
        if len(self._rows) == self._room:
            self._left_out += 1
            return
        self._rows.append((stage, attempt.task, attempt.node, attempt.start, end, complete))

    def outcome(self, end: float, stages: list[StageState]) -> BatchOutcome:
        """All of it.

        Arguments:
            end: of the last stage, s.
            stages: as they ended.
        """
        columns = [np.array(one) for one in zip(*self._rows, strict=True)] or [np.empty(0)] * 6
        stage, task, node = (one.astype(np.int64) for one in columns[:3])
        return BatchOutcome(
            end=end,
            ready=np.array([one.ready for one in stages]),
            ended=np.array([one.ended for one in stages]),
            ran=np.array([one.ran for one in stages], np.int64),
            local=np.array([one.local for one in stages], np.int64),
            copies=self.copies,
            lost=self.lost,
            recomputed=self.recomputed,
            restarts=self.restarts,
            busy=self._busy,
            up=np.array(self._up),
            attempts=attempts_of(
                stage,
                task,
                node,
                columns[3].astype(float),
                columns[4].astype(float),
                columns[5].astype(np.int64),
                self._left_out,
            ),
        )
