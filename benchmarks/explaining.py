"""How long `windtunnel explain` takes for each example: python -m benchmarks.explaining [STACK...]

Whole processes, from start to end, of all figures that people ask first. The exit status is 1 where
one takes longer than 10 s, or more than 15 s of processors, on two cores that nothing else is on.
"""

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

STACKS = Path(__file__).parents[1] / "stacks"
LONGEST = 10.0  # s
MOST = 15.0  # s of processors


def run(stack: Path) -> tuple[float, float]:
    """Explain a stack: wall time and time of all processors, s.

    Arguments:
        stack: the file.
    """
    command = [sys.executable, "-m", "windtunnel", "explain", str(stack)]
    started = time.perf_counter()
    process = subprocess.Popen(command, cwd=STACKS.parent, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} left with {process.returncode}")
    return wall, usage.ru_utime + usage.ru_stime


def main() -> int:
    """Print a line an example; 1 where one takes too long."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("stacks", nargs="*", help="names of examples; all of them if not given")
    names = parser.parse_args().stacks
    stacks = [STACKS / f"{name}.yaml" for name in names] or sorted(STACKS.glob("*.yaml"))
    slow = False
    print(f"{'example':32} {'wall':>8} {'processors':>11}")
    for stack in stacks:
        wall, busy = run(stack)
        print(f"{stack.stem:32} {wall:6.1f} s {busy:9.1f} s", flush=True)
        slow |= wall > LONGEST or busy > MOST
    return int(slow)


if __name__ == "__main__":
    sys.exit(main())
