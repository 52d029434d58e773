"""Machine code that is made once and loaded without Numba."""

import subprocess
import sys
from pathlib import Path

import pytest

from sim.kernels.cluster import native

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
    native.simulate()
    assert native.is_compiled()
    done = subprocess.run([sys.executable, "-c", ALONE], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_code_is_made_again_where_it_is_missing_and_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, old = tmp_path / "machine-code-new", tmp_path / "machine-code-old"
    old.write_bytes(b"of older sources")
    monkeypatch.setattr(native, "_file", lambda: kept)
    assert not native.is_compiled()
    fresh = native.simulate.__wrapped__
    fresh()
    assert native.is_compiled()
    assert [file.name for file in tmp_path.iterdir()] == ["machine-code-new"]
    code = kept.read_bytes()
    fresh()
    assert kept.read_bytes() == code
