"""What a command loads: packages and laws that take long only where a stack needs them."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
HEAVY = {"numba", "scipy", "simpy", "matplotlib", "pandas", "joblib"}
# One process for all stacks, which take longer to start than to predict so few years.
PREDICT = """
import contextlib, io, json, os, sys
import windtunnel

# Long work, such as to compile, loads joblib where there are two processors.
if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
told = {}
for stack in sys.argv[1:]:
    arguments = ["windtunnel", "predict", stack, "--replications", "3"]
    with contextlib.redirect_stdout(io.StringIO()):
        sys.argv = arguments
        try:
            windtunnel.main()
        except SystemExit as left:
            told[stack] = left.code, sorted(sys.modules)
print(json.dumps(told))
"""


def printed(program: str, *arguments: str) -> str:
    """What a program prints in a process of its own."""
    command = [sys.executable, "-c", program, *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout


def test_every_shipped_stack_is_predicted_and_loads_no_heavy_package() -> None:
    stacks = [str(path) for path in sorted((ROOT / "stacks").rglob("*.yaml"))]
    told = json.loads(printed(PREDICT, *stacks))
    assert list(told) == stacks
    # An example may miss an objective.
    assert {stack: code for stack, (code, _) in told.items() if code not in (0, 1)} == {}
    loaded = {stack: HEAVY & set(modules) for stack, (_, modules) in told.items()}
    assert {stack: heavy for stack, heavy in loaded.items() if heavy} == {}


def test_the_laws_of_a_kind_are_loaded_for_a_stack_that_has_it() -> None:
    modules = printed(
        "import sys, models.parts.read_stack, sim.predict; print(*sys.modules)"
    ).split()
    assert "models.parts.kinds" in modules
    for laws in ("endpoint_job", "endpoint_laws", "endpoint_network", "jobs_solution"):
        assert f"models.parts.workloads.{laws}" not in modules
    assert "models.queueing.solve" not in modules
