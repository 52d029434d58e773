"""How fast traces of jobs are simulated, beside SimPy, on one core.

python -m benchmarks.jobs [--jobs 80000] [--runs 3]
"""

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from benchmarks.job_traces import GPUS_OF_A_NODE, KALOS, PHILLY, TraceShape, trace
from benchmarks.simpy_jobs import Job, SimPyBackfill, SimPyFirstCome
from benchmarks.verdicts import Verdicts
from models.parts.workloads.job_discipline import DISCIPLINES, DisciplineName
from sim.jobs.jobs_contract import JobSet, NodePool, Scheduling
from sim.jobs.kernel.compiled_jobs import SIMULATE, simulate_jobs

LIMIT = 5.0  # s for a trace
SEED = 1
RULES: tuple[tuple[DisciplineName, float], ...] = (("fcfs", 1), ("backfill", 1), ("backfill", 3))
LOADS = (0.8, 0.95, 1.2)  # of the GPUs, while jobs come


def main() -> None:
    """Print a line for each trace, load and discipline; leave with 1 where one takes too long."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=80_000)
    parser.add_argument("--runs", type=int, default=3, help="counted runs, of which the median")
    arguments = parser.parse_args()
    verdicts = Verdicts()
    _make_code()
    print(
        f"{'trace':12} {'load':>5} {'discipline':>11} {'mean wait':>10} {'time':>8} {'<= 5 s':>6}"
        f" {'jobs/s':>10} {'jobs':>7} {'SimPy':>9} {'ratio':>7}"
    )
    for shape in (PHILLY, KALOS):
        for load in LOADS:
            for name, estimate in RULES:
                _print(replace(shape, load=load), arguments.jobs, name, estimate, arguments.runs,
                       verdicts)  # fmt: skip
    sys.exit(verdicts.missed > 0)


def _make_code() -> None:
    if not SIMULATE.is_compiled():
        print("(making the machine code; once on a machine)", file=sys.stderr)
    jobs, pool = trace(PHILLY, 10, SEED)
    simulate_jobs(
        jobs, pool, Scheduling(DISCIPLINES["fcfs"]), np.random.default_rng(SEED).bytes(32)
    )


def _print(
    shape: TraceShape, count: int, name: DisciplineName, estimate: float, runs: int,
    verdicts: Verdicts,
) -> None:  # fmt: skip
    jobs, pool = trace(shape, count, SEED)
    jobs = replace(jobs, estimate=jobs.run_time * estimate)
    scheduling = Scheduling(DISCIPLINES[name])
    walls, wait = [], 0.0
    for _ in range(runs):
        started = time.perf_counter()
        outcome = simulate_jobs(jobs, pool, scheduling, np.random.default_rng(SEED).bytes(32))
        walls.append(time.perf_counter() - started)
        wait = float(outcome.waited.mean())
    wall = statistics.median(walls)
    peer = ""
    if estimate == 1:
        peer_wall, own_wall, number = _beside(jobs, pool, scheduling, name)
        peer = f"{number:7,} {peer_wall:7.2f} s {peer_wall / own_wall:7.0f}"
    label = name if estimate == 1 else f"{name} x{estimate:g}"
    print(
        f"{shape.name:12} {shape.load:5} {label:>11} {wait / 3600:8.2f} h {wall:6.2f} s"
        f" {verdicts.of(wall <= LIMIT):>6} {count / wall:10,.0f} {peer}".rstrip(),
        flush=True,
    )


PEERS: dict[str, tuple[Callable[[list[Job], int], SimPyFirstCome | SimPyBackfill], int]] = {
    "fcfs": (SimPyFirstCome, 80_000),
    "backfill": (SimPyBackfill, 20_000),  # jobs at most: in a long queue it takes minutes
}


def _beside(
    jobs: JobSet, pool: NodePool, scheduling: Scheduling, name: str
) -> tuple[float, float, int]:
    """Time of the program in SimPy and our own on the same first jobs, s, and how many."""
    program, most = PEERS[name]
    few = replace(
        jobs,
        **{
            column: getattr(jobs, column)[:most]
            for column in ("submitted", "run_time", "estimate", "shape", "job_class", "priority")
        },
    )
    sizes = [round(shape.tasks * shape.needs.accelerators) for shape in jobs.shapes]
    rows = zip(few.submitted.tolist(), few.run_time.tolist(), few.shape.tolist(), strict=True)
    listed = [(submitted, run, sizes[shape]) for submitted, run, shape in rows]
    peer = program(listed, pool.count * GPUS_OF_A_NODE)
    started = time.perf_counter()
    peer.run()
    between = time.perf_counter()
    simulate_jobs(few, pool, scheduling, np.random.default_rng(SEED).bytes(32))
    return between - started, time.perf_counter() - between, len(listed)


if __name__ == "__main__":
    main()
