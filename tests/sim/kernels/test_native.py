"""Machine code that is made once and loaded without Numba."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from sim.kernels.cluster.year import SIMULATE
from sim.kernels.native import NativeFunction

ALONE = """
import sys
import numpy as np
from models.parts.failure import Cause, Component
from sim.predict import Run, simulator

component = Component("nodes", 4, 5, (Cause("failure", 1e6, 1e4),), True, "test")
run = Run(1e5, 600.0, 5.0, 30.0, 60.0, 10.0, frozenset({"nodes"}))
result = simulator("compiled")(run, (component,), np.random.default_rng(1))
assert result.time_to_train > 1e5
print(sorted({"numba", "scipy", "simpy", "matplotlib", "pandas"} & set(sys.modules)))
"""


def test_a_machine_that_has_the_code_loads_no_heavy_package() -> None:
    done = subprocess.run([sys.executable, "-c", ALONE], capture_output=True, text=True, check=True)
    assert SIMULATE.is_compiled()
    again = subprocess.run(
        [sys.executable, "-c", ALONE], capture_output=True, text=True, check=True
    )
    assert again.stdout.strip() == "[]", done.stdout


def test_code_is_made_again_where_it_is_missing_and_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    function = NativeFunction("sim.kernels.queueing.stations", "attain", 2)
    kept, old = tmp_path / "machine-code-attain-new", tmp_path / "machine-code-attain-old"
    other = tmp_path / "machine-code-loop-old"
    for file in (old, other):
        file.write_bytes(b"of older sources")
    monkeypatch.setattr(NativeFunction, "_file", lambda self: kept)
    assert not function.is_compiled()
    first = function._object_code()
    assert function.is_compiled()
    assert sorted(file.name for file in tmp_path.iterdir()) == [kept.name, other.name]
    assert function._object_code() == first == kept.read_bytes()


def test_a_function_without_a_result_gives_0() -> None:
    from models.queueing.network import Network
    from sim.kernels.queueing.layout import lay_out
    from sim.kernels.queueing.run import ATTAIN
    from sim.kernels.queueing.state import initial_state

    service = {"distribution": "exponential", "mean": "1 s"}
    customers = {"population": 1, "service": {"it": service}, "route": ["it"]}
    described = {"name": "test", "stations": {"it": {}}, "classes": {"c": customers}}
    layout = lay_out(Network.model_validate(described), np.random.SeedSequence(1))
    state = initial_state(layout, 1, 0)
    state.world["now"] = 7.5
    assert ATTAIN(state.address, 0) == 0
    assert state.stations["shared_since"][0] == 7.5
