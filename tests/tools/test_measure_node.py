"""The script that people run on a node of their own: its rows are read, and it leaves nothing."""

import importlib.util
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from models.measurements.measured import Key
from models.measurements.read_measurements import read_measurements
from models.prediction.expected import Measure

SCRIPT = Path(__file__).parents[2] / "tools" / "measure_node.py"
SMALL = ("--size", "0.02", "--streams", "2", "--values", "2")
TORCH = importlib.util.find_spec("torch") is not None


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    # -I: nothing of this project can be imported, as on somebody's node.
    command = [sys.executable, "-I", str(SCRIPT), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_what_it_prints_of_a_store_is_read(tmp_path: Path) -> None:
    folder, table = tmp_path / "mount", tmp_path / "node.csv"
    folder.mkdir()
    done = run("--store", f"checkpoints={folder}", *SMALL)
    assert done.returncode == 0, done.stderr
    table.write_text(done.stdout)
    values = read_measurements(table).values
    for measure in (Measure.WRITE_RATE, Measure.READ_RATE):
        found = values[Key("checkpoints", measure)]
        assert len(found) == 2
        assert (found > 1e6).all()  # slower than any disk in use
        assert (found < 1e13).all()
    assert not list(folder.iterdir())


@pytest.mark.skipif(TORCH, reason="PyTorch is here")
def test_without_pytorch_it_says_so_and_goes_on(tmp_path: Path) -> None:
    done = run("--group", "trainers", "--store", f"a={tmp_path}", *SMALL)
    assert done.returncode == 0
    assert "PyTorch is not installed" in done.stderr
    assert "write_rate" in done.stdout


@pytest.mark.skipif(not TORCH, reason="needs PyTorch, which is no dependency")
def test_accelerators_by_pytorch(tmp_path: Path) -> None:
    done = run("--group", "g", "--device", "cpu", "--matrix", 256, "--values", 2)
    assert done.returncode == 0, done.stderr
    table = tmp_path / "node.csv"
    table.write_text(done.stdout)
    for measure in (Measure.MATRIX_RATE, Measure.MEMORY_BANDWIDTH, Measure.ALL_REDUCE_TIME):
        assert (read_measurements(table).values[Key("g", measure)] > 0).all()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "name what is to be measured"),
        (("--store", "checkpoints"), "is not NAME=FOLDER"),
        (("--store", "a=/no/such/folder"), "/no/such/folder: is no folder"),
        (("--group", "g", "--values", 0), "--values must be 1 or more"),
        (("--group", "g", "--size", -1), "--size must be more than 0"),
    ],
)
def test_what_it_cannot_do_is_said_at_once(arguments: tuple[object, ...], told: str) -> None:
    done = run(*arguments)
    assert done.returncode == 2
    assert told in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_it_leaves_no_file(tmp_path: Path, number: int) -> None:
    command = [sys.executable, "-I", str(SCRIPT), "--store", f"a={tmp_path}", "--size", "0.5"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as one:
        assert one.stderr is not None
        one.stderr.readline()  # it has begun
        time.sleep(0.2)
        os.kill(one.pid, number)
        _, told = one.communicate(timeout=30)
    assert one.returncode == 128 + number
    assert "Traceback" not in told
    assert not list(tmp_path.iterdir())
