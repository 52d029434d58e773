"""Compiled loops of laws: kept on disk, and made again where what is kept can't be used."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from models.laws.queueing import compiled
from models.machine_code.kept_code import KeptCode

POPULATION = np.array([2, 3, 4])
STRIDES = [1, 3, 12]  # 1, 2 + 1, (2 + 1) * (3 + 1)


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Any]:
    """A loop as a new process has it, whose code is kept in a folder of its own."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))

    def loaded() -> Any:
        monkeypatch.setattr(compiled, "_KEPT", KeptCode(tmp_path, [Path(compiled.__file__)]))
        return compiled._compiled(compiled.strides_of.py_func)

    return loaded


def kept(tmp_path: Path) -> list[Path]:
    return sorted((tmp_path / "__pycache__" / "machine-code").glob("compiled.strides_of-*"))


def test_it_is_compiled_once(load: Callable[[], Any], tmp_path: Path) -> None:
    assert load()(POPULATION).tolist() == STRIDES
    [file] = kept(tmp_path)
    made = file.stat().st_mtime_ns
    assert load()(POPULATION).tolist() == STRIDES
    assert file.stat().st_mtime_ns == made


@pytest.mark.parametrize("damage", [b"", b"\x80\x05", b"x" * 300])
def test_damaged_code_is_made_again(damage: bytes, load: Callable[[], Any], tmp_path: Path) -> None:
    load()(POPULATION)
    [file] = kept(tmp_path)
    whole = file.read_bytes()
    file.write_bytes(damage)
    assert load()(POPULATION).tolist() == STRIDES
    assert len(file.read_bytes()) == pytest.approx(len(whole), rel=0.1)


def test_code_that_others_may_write_is_not_loaded(
    load: Callable[[], Any], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    load()(POPULATION)
    [file] = kept(tmp_path)
    file.chmod(0o666)
    assert load()(POPULATION).tolist() == STRIDES
    assert "is not used, because others may write it" in capfd.readouterr().err


def test_without_room_on_the_disk_it_works_all_the_same(
    load: Callable[[], Any], tmp_path: Path
) -> None:
    (tmp_path / "__pycache__").touch()  # no folder, nor at home
    (tmp_path / "home").touch()
    assert load()(POPULATION).tolist() == STRIDES
    assert not kept(tmp_path)
