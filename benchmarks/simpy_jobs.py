"""Small SimPy programs of jobs as people write them: the peers of the benchmark of jobs.

They count GPUs alone, as if all were on one node.
"""

from collections.abc import Generator
from typing import Any

import simpy

Events = Generator[simpy.Event, Any, None]  # of a process
Job = tuple[float, float, int]  # submission and run time, s; GPUs


class SimPyFirstCome:
    """First come, first served: a container of GPUs.

    Arguments:
        jobs: in the order of their submission.
        gpus: of the cluster.
    """

    def __init__(self, jobs: list[Job], gpus: int) -> None:
        self.waits: list[float] = []
        self._env = simpy.Environment()
        self._gpus = simpy.Container(self._env, init=gpus, capacity=gpus)
        self._env.process(self._submit(jobs))

    def run(self) -> None:
        """Simulate until all jobs are done."""
        self._env.run()

    def _submit(self, jobs: list[Job]) -> Events:
        for submitted, run_time, gpus in jobs:
            if submitted > self._env.now:
                yield self._env.timeout(submitted - self._env.now)
            self._env.process(self._job(submitted, run_time, gpus))

    def _job(self, submitted: float, run_time: float, gpus: int) -> Events:
        yield self._gpus.get(gpus)
        self.waits.append(self._env.now - submitted)
        yield self._env.timeout(run_time)
        yield self._gpus.put(gpus)


class SimPyBackfill:
    """EASY backfill: a list of those that wait and one of those that run.

    Arguments:
        jobs: in the order of their submission.
        gpus: of the cluster.
    """

    def __init__(self, jobs: list[Job], gpus: int) -> None:
        self.waits: list[float] = []
        self._env = simpy.Environment()
        self._free = gpus
        self._queue: list[Job] = []
        self._running: list[tuple[float, int]] = []
        self._env.process(self._submit(jobs))

    def run(self) -> None:
        """Simulate until all jobs are done."""
        self._env.run()

    def _submit(self, jobs: list[Job]) -> Events:
        for job in jobs:
            if job[0] > self._env.now:
                yield self._env.timeout(job[0] - self._env.now)
            self._queue.append(job)
            self._schedule()

    def _job(self, job: Job) -> Events:
        end = (self._env.now + job[1], job[2])
        self._running.append(end)
        self._free -= job[2]
        self.waits.append(self._env.now - job[0])
        yield self._env.timeout(job[1])
        self._running.remove(end)
        self._free += job[2]
        self._schedule()

    def _start(self, place: int) -> None:
        job = self._queue.pop(place)
        self._env.process(self._job(job))
        self._env.step()  # the process begins, so that what it takes is taken

    def _schedule(self) -> None:
        while self._queue and self._queue[0][2] <= self._free:
            self._start(0)
        if not self._queue:
            return
        free, reserved_at = self._free, float("inf")
        for end, gpus in sorted(self._running):
            free += gpus
            if free >= self._queue[0][2]:
                reserved_at = end
                break
        extra, place = free - self._queue[0][2], 1
        while place < len(self._queue) and self._free > 0:
            _, run_time, gpus = self._queue[place]
            ends_before = self._env.now + run_time <= reserved_at
            if gpus <= self._free and (ends_before or gpus <= extra):
                extra -= 0 if ends_before else gpus
                self._start(place)
            else:
                place += 1
