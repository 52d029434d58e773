"""What is seen of a replication: integrals over time, and the attempts."""

from collections.abc import Sequence

import numpy as np

from sim.jobs.jobs_contract import (
    Attempts,
    Integrals,
    JobsOutcome,
    attempts_of,
    places_of,
)
from sim.jobs.reference.job_states import Attempt, JobState

_MEMORY = 2  # which nobody shares


class Seen:
    """What one replication saw so far.

    Arguments:
        counted: from when to when what is in use is counted, s.
        record: attempts to keep at most.
    """

    def __init__(self, counted: tuple[float, float], record: int) -> None:
        self._from, self._to = counted
        self._room, self._places_room = record, places_of(record)
        self._used = [0.0, 0.0, 0.0, 0.0]
        self._waiting = 0.0
        self._rows: list[tuple[int, float, float, bool, int]] = []
        self._places: list[tuple[int, int]] = []
        self._left_out = 0

    def count(
        self,
        between: tuple[float, float],
        used: Sequence[int],
        speed: float,
        waiting: int,
    ) -> None:
        """Count a time in which nothing happened, as far as it lies in the counted time.

        Arguments:
            between: its beginning and end, s.
            used: whole parts of each resource, by the jobs that run.
            speed: part of their full speed.
            waiting: jobs in the queue.
        """
        time = min(between[1], self._to) - max(between[0], self._from)
        if time <= 0:
            return
        for k, parts in enumerate(used):
            self._used[k] += time * (parts if k == _MEMORY else speed * parts)
        self._waiting += time * waiting

    def record(self, job: int, attempt: Attempt, end: float, complete: bool) -> None:
        """Keep an attempt that ends, if there is room.

        Arguments:
            job: position.
            attempt: of it.
            end: s.
            complete: the job is done.
        """
        if self._room == 0:
            return
        nodes = len(attempt.placement)
        if len(self._rows) == self._room or len(self._places) + nodes > self._places_room:
            self._left_out += 1
            return
        self._rows.append((job, attempt.start, end, complete, len(self._places)))
        self._places += attempt.placement

    def outcome(self, jobs: Sequence[JobState]) -> JobsOutcome:
        """All of it.

        Arguments:
            jobs: all done.
        """
        slots, vcpus, memory, accelerators = self._used
        return JobsOutcome(
            np.array([job.started for job in jobs]),
            np.array([job.ended for job in jobs]),
            np.array([job.waited for job in jobs]),
            np.array([job.interruptions for job in jobs], np.int64),
            np.array([job.lost for job in jobs]),
            Integrals((slots, vcpus, memory, accelerators), self._waiting),
            self._attempts(),
        )

    def _attempts(self) -> Attempts:
        columns = list(zip(*self._rows, strict=True)) or [()] * 5
        job, start, end, complete, first = columns
        nodes = np.array(self._places, np.int64).reshape(-1, 2)
        return attempts_of(
            np.array(job, np.int64),
            np.array(start, np.float64),
            np.array(end, np.float64),
            np.array(complete, np.int64),
            np.array(first, np.int64),
            nodes[:, 0],
            nodes[:, 1],
            self._left_out,
        )
