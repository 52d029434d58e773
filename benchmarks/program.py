"""Time and memory of the program that `pulumi up` runs, for each example on AWS.

Each is run in a process of its own, with a cloud of the tests, which answers at once: what is
measured is the program with its gate, of 1,000 simulated years, and not the engine and not AWS.
"""

import json
import resource
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]
MOST_SECONDS, MOST_MEBIBYTES = 3.0, 250.0


@dataclass(frozen=True)
class Measured:
    """A run of the program.

    Arguments:
        name: of the example.
        resources: that it registers in the cloud.
        seconds: from the start of the program to its end, without that of Python.
        mebibytes: most memory of the process.
    """

    name: str
    resources: int
    seconds: float
    mebibytes: float


def measure(path: Path) -> Measured:
    """Run the program for a stack file, in this process.

    Arguments:
        path: of the stack file.
    """
    from tests.infra.mock_cloud import run_program

    tree = yaml.safe_load(path.read_text(encoding="utf-8"))
    region = tree["region"]
    begun = time.perf_counter()
    run = run_program(
        {"windtunnel:stack": str(path), "windtunnel:enforce": "false"},
        region=region,
        zones=tree.get("zones") or (f"{region}a",),
    )
    seconds = time.perf_counter() - begun
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024  # kibibytes on Linux
    return Measured(path.stem, len(run.clouds), seconds, held)


def main() -> int:
    """Print all of them; 1 if one is above the bounds."""
    if len(sys.argv) > 1:
        one = measure(Path(sys.argv[1]))
        print(json.dumps([one.name, one.resources, one.seconds, one.mebibytes]))
        return 0
    found = []
    for path in sorted((ROOT / "stacks").glob("*.yaml")):
        if yaml.safe_load(path.read_text(encoding="utf-8"))["cloud"] != "aws":
            continue
        command = [sys.executable, "-m", "benchmarks.program", str(path)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        if done.returncode == 0:  # of what nothing is built the program says why
            found.append(Measured(*json.loads(done.stdout.splitlines()[-1])))
    print("The program of `pulumi up`: resources, time and most memory\n")
    for one in sorted(found, key=lambda one: -one.resources):
        print(f"{one.name:28} {one.resources:4} {one.seconds:6.2f} s {one.mebibytes:6.0f} MiB")
    seconds = max(one.seconds for one in found)
    mebibytes = max(one.mebibytes for one in found)
    bounds = f"of {MOST_SECONDS:g} s and {MOST_MEBIBYTES:g} MiB"
    print(f"\nthe most: {seconds:.2f} s and {mebibytes:.0f} MiB {bounds}")
    return 0 if seconds <= MOST_SECONDS and mebibytes <= MOST_MEBIBYTES else 1


if __name__ == "__main__":
    sys.exit(main())
