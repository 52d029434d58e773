"""What a command loads: packages and laws that take long only where a stack needs them."""

import subprocess
import sys
from pathlib import Path

import pytest

STACKS = sorted((Path(__file__).parents[2] / "stacks").glob("*.yaml"))
HEAVY = {"numba", "scipy", "simpy", "matplotlib", "pandas", "joblib"}
PREDICT = """
import sys
import windtunnel
windtunnel.predict(windtunnel.load(sys.argv[1]), replications=2)
print(*sorted(sys.modules))
"""


def loaded(program: str, *arguments: str) -> set[str]:
    """The modules of a process when its program, which prints them, is at its end."""
    command = [sys.executable, "-c", program, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize("stack", STACKS, ids=lambda stack: stack.stem)
def test_a_prediction_loads_no_heavy_package(stack: Path) -> None:
    assert loaded(PREDICT, str(stack)) & HEAVY == set()


def test_the_laws_of_a_kind_are_loaded_for_a_stack_that_has_it() -> None:
    modules = loaded("import sys, models.parts.read_stack, sim.predict; print(*sys.modules)")
    assert "models.parts.kinds" in modules
    for laws in ("endpoint_job", "endpoint_network", "jobs_solution"):
        assert f"models.parts.workloads.{laws}" not in modules
    assert "models.queueing.solve" not in modules
