"""Functions that Python calls through Numba: their code is kept, and made again where it is not."""

import importlib.util
import os
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

SOURCE = """
from pathlib import Path
from sim.kernels.compilation import Compilers

COMPILERS = Compilers(Path(__file__).parents[1])

@COMPILERS.inner
def add(a, b):
    return a + b

@COMPILERS.inlined
def half(a):
    return add(a, a) / 4

@COMPILERS.compiled
def total(a):
    return add(half(a), 1)
"""


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Any]:
    """Loads the kernel of a room anew, as another process would."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    file = tmp_path / "room" / "kernel" / "sums.py"
    file.parent.mkdir(parents=True)
    file.write_text(SOURCE, encoding="utf-8")

    def loaded() -> ModuleType:
        spec = importlib.util.spec_from_file_location("room_of_sums.sums", file)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        monkeypatch.setitem(sys.modules, "room_of_sums.sums", module)
        spec.loader.exec_module(module)
        return module

    return loaded


def hits(module: Any) -> int:
    return sum(module.total.made.stats.cache_hits.values())


def code_of_total(tmp_path: Path) -> list[Path]:
    return sorted((tmp_path / "room" / "__pycache__" / "machine-code").glob("sums.total-*"))


def test_code_is_made_once(load: Callable[[], Any], tmp_path: Path) -> None:
    first, second = load(), load()
    assert (first.total(3.0), hits(first)) == (2.5, 0)
    assert len(code_of_total(tmp_path)) == 1
    assert (second.total(3.0), hits(second)) == (2.5, 1)
    assert second.total(4) == 3.0  # other types are other code
    assert len(code_of_total(tmp_path)) == 2


@pytest.mark.parametrize("damage", ["empty", "cut off", "a bit", "no pickle"])
def test_damaged_code_is_made_again(load: Callable[[], Any], tmp_path: Path, damage: str) -> None:
    load().total(3.0)
    (file,) = code_of_total(tmp_path)
    whole = file.read_bytes()
    changed = bytes([*whole[:-100], whole[-100] ^ 1, *whole[-99:]])
    damaged = {"empty": b"", "cut off": whole[:-50], "a bit": changed, "no pickle": b"x" * 99}
    file.write_bytes(damaged[damage])
    mended, after = load(), load()
    assert (mended.total(3.0), hits(mended)) == (2.5, 0)
    assert (after.total(3.0), hits(after)) == (2.5, 1)


def test_a_full_disk_stops_nothing(
    load: Callable[[], Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = os.open
    monkeypatch.setattr(os, "open", lambda *_: opened("/dev/full", os.O_WRONLY))
    assert load().total(3.0) == 2.5
    assert code_of_total(tmp_path) == []


def test_functions_of_other_files_are_not_kept(load: Callable[[], Any], tmp_path: Path) -> None:
    compilers = load().COMPILERS
    doubled = compilers.compiled(lambda x: 2 * x)
    assert doubled(3) == 6
    assert not (tmp_path / "room" / "__pycache__" / "machine-code").exists()


def test_what_an_inlined_function_calls_is_not_inlined_for_that(load: Callable[[], Any]) -> None:
    module = load()
    assert module.total(3.0) == 2.5
    result, _ = module.add.made.overloads.values()  # of two numbers, and with a literal
    (inlined,) = module.half.made.overloads.values()
    assert "alwaysinline" not in result.library.get_llvm_str()
    assert "alwaysinline" in inlined.library.get_llvm_str()
