"""Machine code that is made once and loaded without Numba."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from sim.cluster.kernel.compiled_year import SIMULATE
from sim.kernels.compilation import Compilers
from sim.kernels.native import NativeFunction

ALONE = """
import sys
import numpy as np
from models.parts.failure import Cause, Component
from sim.predict import Run, simulator

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


@pytest.fixture
def function() -> NativeFunction:
    """One that is soon made."""
    return NativeFunction("sim.queueing.kernel.kernel_stations", "attain", 2)


def keep_in(monkeypatch: pytest.MonkeyPatch, *folders: Path) -> list[Path]:
    """Keep machine code in other folders; gives its files."""
    name = f"machine-code-attain-{'m' * 16}-{'s' * 16}"
    files = [folder / name for folder in folders]
    monkeypatch.setattr(NativeFunction, "_files", lambda self: files)
    return files


def test_code_is_made_where_it_is_missing_and_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, function: NativeFunction
) -> None:
    (kept,) = keep_in(monkeypatch, tmp_path)
    old = tmp_path / f"machine-code-attain-{'m' * 16}-{'o' * 16}"
    other_function = tmp_path / f"machine-code-loop-{'m' * 16}-{'o' * 16}"
    other_machine = tmp_path / f"machine-code-attain-{'n' * 16}-{'o' * 16}"
    for file in (old, other_function, other_machine):
        file.write_bytes(b"of older sources")
    assert not function.is_compiled()
    first = function._object_code()
    assert function.is_compiled()
    assert set(tmp_path.iterdir()) == {kept, other_function, other_machine}
    assert function._object_code() == first
    assert kept.read_bytes().endswith(first)


@pytest.mark.parametrize("damage", ["empty", "cut off", "a bit"])
def test_damaged_code_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, function: NativeFunction, damage: str
) -> None:
    (kept,) = keep_in(monkeypatch, tmp_path)
    function._object_code()
    whole = kept.read_bytes()
    changed = bytes([*whole[:100], whole[100] ^ 1, *whole[101:]])
    damaged = {"empty": b"", "cut off": whole[:-100], "a bit": changed}[damage]
    kept.write_bytes(damaged)
    code = function._object_code()
    assert kept.read_bytes() != damaged
    monkeypatch.setattr(NativeFunction, "_made", lambda self: pytest.fail("is whole again"))
    assert function._object_code() == code


def test_code_is_kept_elsewhere_where_a_folder_is_read_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, function: NativeFunction
) -> None:
    file = tmp_path / "file"
    file.touch()
    _, kept = keep_in(monkeypatch, file / "never a folder", tmp_path / "home")
    code = function._object_code()
    assert kept.read_bytes().endswith(code)
    monkeypatch.setattr(NativeFunction, "_made", lambda self: pytest.fail("is kept"))
    assert function._object_code() == code


def test_an_interrupt_does_not_wait_until_the_code_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, function: NativeFunction
) -> None:
    keep_in(monkeypatch, tmp_path)
    go_on, made = threading.Event(), threading.Event()

    def slow(self: NativeFunction) -> bytes:
        os.kill(os.getpid(), signal.SIGINT)
        go_on.wait(60)
        made.set()
        return b"code"

    monkeypatch.setattr(NativeFunction, "_made", slow)
    with pytest.raises(KeyboardInterrupt):
        function._object_code()
    assert not made.is_set()
    go_on.set()
    assert made.wait(60)


def test_what_fails_while_code_is_made_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, function: NativeFunction
) -> None:
    keep_in(monkeypatch, tmp_path)
    monkeypatch.setattr(NativeFunction, "_made", lambda self: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        function._object_code()


def test_code_is_made_even_where_nothing_can_be_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, function: NativeFunction
) -> None:
    file = tmp_path / "file"
    file.touch()
    keep_in(monkeypatch, file / "never a folder")
    assert function._object_code()
    assert not function.is_compiled()
    monkeypatch.setenv("HOME", str(file))
    compilers = Compilers(file / "never a folder")
    assert compilers.compiled(lambda x: x + 1)(1) == 2


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
