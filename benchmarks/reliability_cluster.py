"""How fast a year of a large training cluster is simulated, beside SimPy, on one core.

The cluster is that of AIReSim's defaults, as far as both can say it: a run of 256 days' work on
4,096 servers of 4,360 (a working pool of 4,160 and a spare pool of 200); each fails once in 100
days; one failure in five is mended in 2 hours, the others take 50; a job goes on 23 min after a
failure. It saves every 10 min, which takes 10 s.
"""

import statistics
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from benchmarks.verdicts import Verdicts
from models.description.quantities import DAY, HOUR
from models.parts.failure import Cause, Component
from sim.cluster.cluster_contract import Run, YearResult, simulator

ROOT = Path(__file__).parents[1]
LIMIT = 0.020  # s a replication
FIRST_LIMIT = 0.3  # s of the first call in a process
HORIZON = 256 * DAY

SERVERS = Component(
    "servers",
    required=4096,
    units=4360,
    causes=(
        Cause("automated repair", 500 * DAY, 2 * HOUR),
        Cause("manual repair", 125 * DAY, 50 * HOUR),
    ),
    carries_work=True,
    source="AIReSim",
)
RUN = Run(
    work=256 * DAY,
    interval=600.0,
    write_time=10.0,
    startup=1380.0,
    restart=1380.0,
    detection=0.0,
    needs=frozenset({"servers"}),
)
# From a process that has loaded nothing but what a prediction does.
FIRST_CALL = """
import time
import numpy as np
import sim.predict
began = time.perf_counter()
from benchmarks.reliability_cluster import replication
replication("compiled", 1)
print(time.perf_counter() - began)
"""


def replication(engine: str, seed: int) -> YearResult:
    """One replication of the cluster.

    Arguments:
        engine: compiled or simpy.
        seed: of its random numbers.
    """
    return simulator(engine)(RUN, (SERVERS,), np.random.default_rng(seed).bytes(32), HORIZON)


def print_cluster(runs: int, verdicts: Verdicts) -> None:
    """Print the time of a replication with both engines, and of the first call in a process.

    Arguments:
        runs: repetitions.
        verdicts: whether targets are reached.
    """
    result = replication("compiled", 1)  # and what is loaded only once
    replication("simpy", 1)
    print(
        f"4,096 of 4,360 servers, a run of 256 days' work: {result.restarts:,} restarts,"
        f" {result.time_to_train / DAY:.0f} days, {RUN.work / result.time_to_train:.1%} effective"
    )
    ours, theirs = [], []
    for seed in range(1, runs + 1):
        ours.append(_time_of("compiled", seed))
        theirs.append(_time_of("simpy", seed))
    took = statistics.median(ours)
    ratio = statistics.median(b / a for a, b in zip(ours, theirs, strict=True))
    print(
        f"{'one replication, compiled':46} {took * 1e3:8.2f} ms, limit {LIMIT * 1e3:g} ms"
        f"  {verdicts.of(took <= LIMIT)}"
    )
    reference = statistics.median(theirs)
    print(f"{'the same in SimPy':46} {reference * 1e3:8.0f} ms, {ratio:,.0f} x as long")
    first = statistics.median(_first_call() for _ in range(runs))
    print(
        f"{'first replication of a process':46} {first * 1e3:8.0f} ms,"
        f" limit {FIRST_LIMIT * 1e3:g} ms  {verdicts.of(first <= FIRST_LIMIT)}"
    )


def _time_of(engine: str, seed: int) -> float:
    """Processor time of a replication, s."""
    began = time.process_time()
    replication(engine, seed)
    return time.process_time() - began


def _first_call() -> float:
    command = (sys.executable, "-c", FIRST_CALL)
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return float(done.stdout)
