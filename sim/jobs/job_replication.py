"""One replication of described jobs: their draws, their run, and what it says."""

import functools
from dataclasses import dataclass

import numpy as np

from models.parts.workloads.job_trace import JobTrace
from models.parts.workloads.jobs import Jobs, KindOfJob
from sim.drawn_rates import spreads_of
from sim.jobs.job_draws import batch_of_jobs, recorded_jobs, stream_of_jobs
from sim.jobs.job_measures import JobMeasures, measure, settled, whole
from sim.jobs.jobs_contract import JobSet, JobsOutcome, NodePool, Scheduling, Simulate, jobs_on

_ENDLESS_JOBS = 20_000  # of one replication
_SEED = 32  # bytes


@dataclass(frozen=True)
class JobReplication:
    """Described jobs on their nodes, to be called with the stream of a replication.

    Arguments:
        jobs: the description.
        pool: the nodes.
        trace: the recorded jobs, where the description names a file.
        engine: compiled or simpy.
        endless: jobs to simulate of those that come without end.
        kinds: the jobs by kind, as the laws know them; as described if not given.
    """

    jobs: Jobs
    pool: NodePool
    trace: JobTrace | None = None
    engine: str = "compiled"
    endless: int = _ENDLESS_JOBS
    kinds: tuple[KindOfJob, ...] = ()

    def __call__(self, random: np.random.Generator) -> JobMeasures:
        jobs, outcome, counted = self.simulate(random)
        return measure(jobs, self.pool, outcome, counted)

    def simulate(
        self, random: np.random.Generator, record: int = 0
    ) -> tuple[JobSet, JobsOutcome, tuple[float, float]]:
        """The jobs, what became of them, and the time that was counted.

        Arguments:
            random: the replication's stream; the nodes fail as in a year of the same stream.
            record: attempts to keep at most, for a picture.

        Raises:
            NoProgress: the jobs are interrupted more often than they advance.
            NeverFits: a job that can't run even where it is alone.
        """
        year = random.bytes(_SEED)
        jobs = self.draw(np.random.SeedSequence(int.from_bytes(random.bytes(_SEED), "little")))
        counted = settled(jobs) if self.jobs.endless else whole(jobs)
        return jobs, self.run(jobs, year, counted, record), counted

    @functools.cached_property
    def run(self) -> Simulate:
        """What simulates jobs on the nodes."""
        return jobs_on(self.engine, self.pool, self.scheduling)

    @functools.cached_property
    def spreads(self) -> dict[str, float]:
        """Failure rates of the stack that are uncertain, by name, with their spread."""
        return spreads_of(self.pool.components)

    def draw(self, seed: np.random.SeedSequence) -> JobSet:
        """The jobs of a replication.

        Arguments:
            seed: of the jobs.
        """
        over = self.jobs.overestimate
        if self.trace is not None:
            needs = self.jobs.each.shape if self.jobs.each is not None else None
            return recorded_jobs(self.trace, needs, over, self.jobs.priority)
        kinds = self.kinds or self.jobs.kinds
        if self.jobs.endless:
            return stream_of_jobs(kinds, self.endless, seed, over)
        return batch_of_jobs(kinds, seed, over)

    @property
    def scheduling(self) -> Scheduling:
        """As the description has it."""
        interval = self.jobs.checkpoint_interval
        return Scheduling(
            self.jobs.policy,
            self.jobs.share,
            self.jobs.startup,
            float("inf") if interval is None else interval,
            self.jobs.checkpoint_write,
        )
