"""How long people wait, and how much memory that takes: whole processes, medians.

python -m benchmarks.speed [--runs 7]
"""

import argparse
import os
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
WINDTUNNEL = (sys.executable, "-m", "windtunnel")
# `infra/__main__.py` imports the gate, then the cloud in use with the garbage collector held back.
AS_THE_PROGRAM = "import gc, infra.gate, sim.predict; gc.set_threshold(100_000); import"
# The imports are what is measured, not the interpreter's taking down of what they made.
LEAVE = "import os; os._exit(0)"
STACK = "stacks/resnet50-imagenet-aws.yaml"
MISSED_OBJECTIVE = 1


@dataclass(frozen=True)
class Measure:
    """A command and what it may take.

    Arguments:
        name: what is measured.
        command: the process.
        limit: longest median, s.
        memory_limit: largest peak, bytes; None where it does not matter.
        exit_codes: what the process may leave with.
    """

    name: str
    command: tuple[str, ...]
    limit: float
    memory_limit: float | None = None
    exit_codes: tuple[int, ...] = (0,)


MEASURES = (
    Measure("windtunnel --help", (*WINDTUNNEL, "--help"), 0.3),
    Measure(
        "windtunnel predict, AWS, 1,000 replications",
        (*WINDTUNNEL, "predict", STACK),
        2.0,
        300 * 2**20,
    ),
    Measure(
        "imports of the Pulumi program, AWS",
        (sys.executable, "-c", f"{AS_THE_PROGRAM} infra.aws.build; {LEAVE}"),
        1.5,
    ),
    Measure(
        "imports of the Pulumi program, Google Cloud",
        (sys.executable, "-c", f"{AS_THE_PROGRAM} infra.gcp.build; {LEAVE}"),
        1.5,
    ),
    # An example may miss an objective, and show what a report says then.
    *(
        Measure(
            f"windtunnel predict {stack.name}",
            (*WINDTUNNEL, "predict", str(stack.relative_to(ROOT))),
            2.0,
            exit_codes=(0, MISSED_OBJECTIVE),
        )
        for stack in sorted((ROOT / "stacks").glob("*.yaml"))
        if stack.name != Path(STACK).name
    ),
)


def run(measure: Measure) -> tuple[float, float]:
    """Run a command to its end: wall time, s, and peak memory of its largest process, bytes.

    Arguments:
        measure: its command, and what that may leave with.
    """
    started = time.perf_counter()
    process = subprocess.Popen(measure.command, cwd=ROOT, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in measure.exit_codes:
        raise SystemExit(f"{' '.join(measure.command)} left with {process.returncode}")
    return wall, usage.ru_maxrss * 1024.0


def main() -> None:
    """Print a line a command: median, range, peak memory, and what it may take."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=7, help="counted runs, after one warm-up")
    runs = parser.parse_args().runs
    print(f"{'command':46} {'median':>8} {'range':>15} {'limit':>7} {'memory':>9} {'limit':>8}")
    for measure in MEASURES:
        run(measure)
        walls, peaks = zip(*(run(measure) for _ in range(runs)), strict=True)
        memory = f"{measure.memory_limit / 2**20:.0f} MiB" if measure.memory_limit else ""
        print(
            f"{measure.name:46} {statistics.median(walls):6.2f} s"
            f" {min(walls):5.2f} to {max(walls):.2f} s {measure.limit:5.1f} s"
            f" {max(peaks) / 2**20:5.0f} MiB {memory:>8}"
        )


if __name__ == "__main__":
    main()
