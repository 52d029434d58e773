"""The first simulation of a process, and the memory of a long one."""

import statistics
import subprocess
import sys
from pathlib import Path

from benchmarks.verdicts import Verdicts

ROOT = Path(__file__).parent.parent
# The answer of a short run of the M/M/1, from a process that has loaded its modules.
FIRST_CALL = """
import time, sys
import sim.queueing.simulate_network, sim.queueing.kernel.compiled_run
from models.queueing.read_network import read_network
network = read_network(sys.argv[1]).network
wall, cpu = time.perf_counter(), time.process_time()
sim.queueing.simulate_network.simulate(network, engine=sys.argv[2], replications=1, visits=1000)
print(time.perf_counter() - wall, time.process_time() - cpu, time.process_time())
"""
# Peaks of a process before and after ten million visits more, KiB.
LONG_RUN = """
import sys
from pathlib import Path
import numpy as np
from models.queueing.read_network import read_network
from sim.queueing.arrays.queue_layout import lay_out
from sim.queueing.replication import start
network = read_network(sys.argv[1]).network
run = start(sys.argv[2], lay_out(network, np.random.SeedSequence(1)))
peaks = []
for visits in (1_000_000, 10_000_000):
    run.advance(visits)
    run.tally()
    peaks.append(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0])
print(*peaks)
"""


def _child(program: str, *arguments: str) -> list[float]:
    command = (sys.executable, "-c", program, *arguments)
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return [float(word) for word in done.stdout.split()]


def print_processes(runs: int, verdicts: Verdicts) -> None:
    """Print the first call in a fresh process, and the memory of a long run.

    Arguments:
        runs: repetitions.
        verdicts: whether targets are reached.
    """
    mm1, five = str(ROOT / "networks" / "mm1.yaml"), str(ROOT / "networks" / "jackson.yaml")
    cases = (
        ("M/M/1 by recursion", mm1, "compiled"),
        ("M/M/1 by events", mm1, "events"),
        ("5 stations by events", five, "compiled"),
    )
    print(
        "\nfirst call in a fresh process, compiled before: medians of its processor time, limit"
        " 0.5 s,\nof its wall time, and of the processor time of the whole process"
    )
    for name, path, engine in cases:
        _child(FIRST_CALL, path, engine)
        tries = [_child(FIRST_CALL, path, engine) for _ in range(runs)]
        wall, cpu, whole = (statistics.median(column) for column in zip(*tries, strict=True))
        print(f"{name:33} {cpu:6.2f} s {wall:6.2f} s {whole:6.2f} s  {verdicts.of(cpu <= 0.5)}")
    if sys.platform != "linux":
        return
    print("\nmemory of a long run: peak after 1 million visits, and 10 million later")
    for name, path, engine in cases:
        before, after = (kib / 1024 for kib in _child(LONG_RUN, path, engine))
        print(
            f"{name:33} {before:6.1f} MiB {after:6.1f} MiB, limit 1 MiB more"
            f"  {verdicts.of(after - before <= 1)}"
        )
