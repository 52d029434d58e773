"""Machine code that is made once and loaded without Numba."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from sim.cluster.kernel.compiled_year import SIMULATE
from sim.kernels.native import CompilationFailed, Entry, NativeCode
from sim.kernels.sources import kept_code

ATTAIN_ALONE = Entry("sim.queueing.kernel.kernel_stations", "attain", 2)
ALONE = """
import sys
import numpy as np
from models.parts.failure import Cause, Component
from sim.cluster.cluster_contract import Run, simulator

component = Component("nodes", 4, 5, (Cause("failure", 1e6, 1e4),), True, "test")
run = Run(1e5, 600.0, 5.0, 30.0, 60.0, 10.0, frozenset({"nodes"}))
result = simulator("compiled")(run, (component,), np.random.default_rng(1).bytes(32))
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


@pytest.fixture(scope="module")
def made() -> bytes:
    """The code of a function that is soon made."""
    return NativeCode((ATTAIN_ALONE,))._made()


@pytest.fixture
def code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> NativeCode:
    """The same function, of which nothing is kept yet."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    one = NativeCode((ATTAIN_ALONE,))
    monkeypatch.setattr(one, "kept", kept_code(tmp_path / "room"))
    return one


def test_code_is_made_where_it_is_missing_and_kept(
    code: NativeCode, made: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(code, "_made", lambda: made)
    assert not code.is_kept()
    assert code.object_code() == made
    assert code.is_kept()
    monkeypatch.setattr(code, "_made", lambda: pytest.fail("is kept"))
    assert code.object_code() == made


def test_code_that_another_process_made_meanwhile_is_not_made_again(
    code: NativeCode, monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextlib.contextmanager
    def waited(name: str) -> Iterator[None]:
        code.kept.keep(name, b"of the other")
        yield

    monkeypatch.setattr(code.kept, "alone", waited)
    monkeypatch.setattr(code, "_made", lambda: pytest.fail("is kept"))
    assert code.object_code() == b"of the other"


def test_code_is_made_even_where_nothing_can_be_kept(
    code: NativeCode, made: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("room", "home"):
        (tmp_path / name).touch()
    monkeypatch.setattr(code, "_made", lambda: made)
    assert code.object_code() == made
    assert not code.is_kept()


def test_an_interrupt_ends_the_process_that_makes_code(
    code: NativeCode, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = tmp_path / "started"
    slow = f"import os, time; open({str(started)!r}, 'w').write(str(os.getpid())); time.sleep(60)"
    monkeypatch.setattr("sim.kernels.native._MAKE", slow)

    def interrupt() -> None:
        while not (started.exists() and started.read_text(encoding="utf-8")):
            time.sleep(0.01)
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=interrupt).start()
    with pytest.raises(KeyboardInterrupt):
        code.object_code()
    with pytest.raises(ProcessLookupError):
        os.kill(int(started.read_text(encoding="utf-8")), 0)
    assert not code.is_kept()


def test_what_the_compiler_says_is_told(code: NativeCode, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.kernels.native._MAKE", "raise SystemExit('too little memory')")
    with pytest.raises(CompilationFailed, match="too little memory"):
        code.object_code()
    assert not code.is_kept()


def test_a_function_without_a_result_gives_0() -> None:
    from models.queueing.network import Network
    from sim.queueing.arrays.queue_layout import lay_out
    from sim.queueing.kernel.compiled_run import ATTAIN
    from sim.queueing.kernel.state import initial_state

    service = {"distribution": "exponential", "mean": "1 s"}
    customers = {"population": 1, "service": {"it": service}, "route": ["it"]}
    described = {"name": "test", "stations": {"it": {}}, "classes": {"c": customers}}
    layout = lay_out(Network.model_validate(described), np.random.SeedSequence(1))
    state = initial_state(layout, 1, 0)
    state.world["now"] = 7.5
    assert ATTAIN(state.address, 0) == 0
    assert state.stations["shared_since"][0] == 7.5
