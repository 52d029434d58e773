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
from sim.jobs.jobs_contract import JobSet, Scheduling
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
        f" {'jobs/s':>10} {'SimPy jobs/s':>13} {'ratio':>8}"
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
    simulate_jobs(jobs, pool, Scheduling(DISCIPLINES["fcfs"]), np.random.default_rng(SEED).bytes(32))


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
    rate, peer = count / wall, ""
    if estimate == 1:
        its_rate = _peer_rate(jobs, pool.count * GPUS_OF_A_NODE, name)
        peer = f"{its_rate:13,.0f} {rate / its_rate:8,.0f}"
    label = name if estimate == 1 else f"{name} x{estimate:g}"
    print(
        f"{shape.name:12} {shape.load:5} {label:>11} {wait / 3600:8.2f} h {wall:6.2f} s"
        f" {verdicts.of(wall <= LIMIT):>6} {rate:10,.0f} {peer}",
        flush=True,
    )


PEERS: dict[str, tuple[Callable[[list[Job], int], SimPyFirstCome | SimPyBackfill], int]] = {
    "fcfs": (SimPyFirstCome, 80_000),
    "backfill": (SimPyBackfill, 20_000),  # jobs at most, as it takes minutes for more
}


def _peer_rate(jobs: JobSet, gpus: int, name: str) -> float:
    """Jobs a second of the program in SimPy, on the same trace or its first jobs."""
    program, most = PEERS[name]
    sizes = [round(shape.tasks * shape.needs.accelerators) for shape in jobs.shapes]
    rows = zip(jobs.submitted.tolist(), jobs.run_time.tolist(), jobs.shape.tolist(), strict=True)
    listed = [(submitted, run, sizes[shape]) for submitted, run, shape in rows][:most]
    peer = program(listed, gpus)
    started = time.perf_counter()
    peer.run()
    return len(listed) / (time.perf_counter() - started)


if __name__ == "__main__":
    main()
