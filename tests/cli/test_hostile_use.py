"""Terminals without Unicode, readers that leave, names that command: the program bears them all."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Cli = Callable[..., Any]
ROOT = Path(__file__).parents[2]
AWS = ROOT / "stacks" / "resnet50-imagenet-aws.yaml"
FEW = ("--replications", 2)


def run(
    *arguments: object, variables: dict[str, str] | None = None, **options: Any
) -> subprocess.CompletedProcess[bytes]:
    """The program in a process of its own."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **(variables or {})}
    command = [sys.executable, "-m", "windtunnel", *map(str, arguments)]
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | options
    return subprocess.run(command, env=environment, check=False, **streams)


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_a_terminal_without_unicode_has_its_answer(encoding: str) -> None:
    done = run("predict", AWS, *FEW, variables={"PYTHONIOENCODING": encoding})
    assert done.returncode == 0
    assert done.stderr == b""
    assert "+ met" in done.stdout.decode(encoding)


def test_json_is_the_same_value_in_ascii() -> None:
    given = {"PYTHONIOENCODING": "ascii"}
    plain = run("schema", variables=given)
    assert plain.stdout.isascii()
    assert json.loads(plain.stdout) == json.loads(run("schema").stdout)


def test_a_reader_that_leaves_early_changes_no_verdict() -> None:
    read, write = os.pipe()
    os.close(read)
    missed = ("--set", "objectives.deadline.within=1 min")
    done = run("predict", AWS, *FEW, *missed, stdout=write)
    os.close(write)
    assert (done.returncode, done.stderr) == (1, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a full device")
def test_a_full_disk_is_exit_code_3() -> None:
    with Path("/dev/full").open("wb") as full:
        done = run("catalog", stdout=full)
    assert (done.returncode, done.stderr) == (3, b"output: No space left on device\n")


HOSTILE = 'name: "x\\e[2J"\n"\\e]0;title\\a": 1\n"\\u202ecloud": aws\n"a\\nb: fine": 2\n'


def test_names_in_a_file_can_t_command_a_terminal(tmp_path: Path, cli: Cli) -> None:
    path = tmp_path / "a\x1b[31m\nb.yaml"
    path.write_text(HOSTILE, encoding="utf-8")
    outcome = cli("check", path, tmp_path / "\x1b]0;x\x07.yaml")
    assert outcome.code == 2
    assert all(line.isprintable() for line in outcome.err.splitlines())
    assert all(str(tmp_path) in line for line in outcome.err.splitlines())
    assert "\\x1b]0;title\\x07: is not a known key" in outcome.err


def test_a_file_name_that_is_fine_can_t_command_a_terminal(tmp_path: Path, cli: Cli) -> None:
    path = tmp_path / "\u202e\x9b2J\udcff.yaml"
    path.write_bytes(AWS.read_bytes())
    outcome = cli("check", path)
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out == f"{tmp_path}/\\u202e\\x9b2J\\xff.yaml: fine\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ("\x1b[31mfly",), ("predict", AWS, "--\x1b[31m"), ("catalog", "\x1b[31m"),
        ("catalog", "prices", "--where", "\x1b[31m=x"), ("predict", AWS, "--set", "\x1b[31m"),
        ("predict", AWS, "--set", "\x1b[31m=1"), ("predict", AWS, "--set", "name=\x1b[31m"),
        ("queue", ROOT / "networks" / "mm1.yaml", "--half-width", "\x1b[31m"),
        ("queue", ROOT / "networks" / "mm1.yaml", "--record", "\x1b[31m.txt"),
    ],
)  # fmt: skip
def test_arguments_can_t_command_a_terminal(arguments: tuple[object, ...], cli: Cli) -> None:
    outcome = cli(*arguments)
    assert outcome.code == 2
    assert outcome.err
    assert "\x1b" not in outcome.err


def test_a_report_shows_what_its_file_holds(tmp_path: Path, cli: Cli) -> None:
    text = AWS.read_text(encoding="utf-8")
    start, end = text.index("description:"), text.index("cloud:")
    hostile = 'description: "\\e[31m\\x9b<b>\\u202e"\n'
    path = tmp_path / "stack.yaml"
    path.write_text(text[:start] + hostile + text[end:], encoding="utf-8")
    outcome = cli("report", path, *FEW, "--output", tmp_path)
    page = Path(outcome.out.split()[0]).read_text(encoding="utf-8")
    assert "\\x1b[31m\\x9b&lt;b&gt;\\u202e" in page
    assert not {"\x1b", "\x9b", "\u202e"} & set(page)


CRASH = """
import windtunnel

def app(**_):
    raise ZeroDivisionError("in \\x1b[31m")

windtunnel.app = app
windtunnel.main()
"""


def test_a_defect_is_no_missed_objective() -> None:
    done = subprocess.run(
        [sys.executable, "-c", CRASH], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (70, "")
    first, *_, last = done.stderr.splitlines()
    assert first.startswith("Traceback")
    assert "ZeroDivisionError: in \\x1b[31m" in done.stderr
    assert last.startswith("windtunnel: this is a defect of windtunnel, not of your input")


def test_a_catalog_that_can_t_be_read_is_no_defect(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    import models.catalog.load
    from models.catalog.errors import CatalogError

    def broken() -> None:
        raise CatalogError("prices.csv", 7, "usd", "is not a number: '\x1b[31m'")

    monkeypatch.setattr(models.catalog.load, "load_catalog", broken)
    outcome = cli("predict", AWS, *FEW)
    says = "prices.csv:7: column 'usd': is not a number: '\\x1b[31m'\n"
    assert (outcome.code, outcome.err) == (2, says)


@pytest.mark.parametrize(("error", "code"), [("MemoryError", 3), ("RecursionError", 70)])
def test_memory_is_of_the_world(error: str, code: int) -> None:
    program = CRASH.replace("ZeroDivisionError", error)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)
    assert done.returncode == code


def test_exit_codes_are_in_the_help(cli: Cli) -> None:
    assert "70 defect of windtunnel" in " ".join(cli("--help").out.split())


def test_stacks_of_one_name_have_reports_of_their_own(tmp_path: Path, cli: Cli) -> None:
    text = AWS.read_text(encoding="utf-8")
    for name, count in (("a", 4), ("b", 2)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "stack.yaml").write_text(
            text.replace("count: 4", f"count: {count}"), encoding="utf-8"
        )
    out = ("--output", tmp_path / "out")

    def pages(name: str) -> list[Path]:
        return [*map(Path, cli("report", tmp_path / name / "stack.yaml", *FEW, *out).out.split())]

    first = pages("a")
    before = [path.read_bytes() for path in first]
    second = pages("b")
    assert not set(first) & set(second)
    assert [path.read_bytes() for path in first] == before
    # What is edited is written over, each in its own place.
    for name, where in (("a", first), ("b", second)):
        file = tmp_path / name / "stack.yaml"
        file.write_text(file.read_text().replace("epochs: 90", "epochs: 9"), encoding="utf-8")
        assert pages(name) == where
    assert len([*(tmp_path / "out").iterdir()]) == 4


def test_a_folder_that_can_t_be_written_is_told_before_the_prediction(
    tmp_path: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sim.predict

    def never(*arguments: Any, **options: Any) -> Any:
        raise AssertionError("predicted all the same")

    monkeypatch.setattr(sim.predict, "predict", never)
    (tmp_path / "file").touch()
    assert cli("report", AWS, *FEW, "--output", tmp_path / "file").code == 3
    network = ROOT / "networks" / "mm1.yaml"
    assert cli("queue", network, "--record", tmp_path / "file" / "x.csv").code == 3
    assert cli("queue", network, "--record", tmp_path / "x.txt").code == 2


def test_standard_input_is_checked_predicted_and_solved() -> None:
    content = AWS.read_bytes()
    assert run("check", "-", input=content).stdout == b"<stdin>: fine\n"
    assert run("predict", "-", *FEW, input=content).returncode == 0
    done = run("queue", "-", "--no-simulation", input=(ROOT / "networks/mm1.yaml").read_bytes())
    assert b"exact" in done.stdout
    done = run("predict", "-", input=b"name: 1\n")
    assert done.returncode == 2
    assert done.stderr.startswith(b"<stdin>:1: ")


def test_check_sets_values_too(tmp_path: Path, cli: Cli) -> None:
    path = tmp_path / "template.yaml"
    path.write_text(AWS.read_text().replace("    count: 4\n", ""), encoding="utf-8")
    assert cli("check", path).code == 2
    assert cli("check", path, "--set", "nodes.trainers.count=4").code == 0
    outcome = cli("check", path, "--set", "nodes.trainers.count=four")
    assert outcome.err == (
        f"{path}: --set nodes.trainers.count: must be a whole number, not 'four'\n"
    )
    assert cli("predict", path, *FEW, "--set", "nodes.trainers.count=4").code == 0


@pytest.mark.parametrize("change", ["count=1\nx: 2", "zones=[", "zones=*a", "zones=!x 1"])
def test_a_value_that_is_not_one_is_refused(change: str, cli: Cli) -> None:
    outcome = cli("check", AWS, "--set", change)
    assert outcome.code == 2
    assert outcome.err.startswith("--set ")
    assert len(outcome.err.splitlines()) == 1


def test_an_interrupt_is_exit_code_130(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "stack.yaml")  # the program waits for a writer
    command = [sys.executable, "-m", "windtunnel", "predict", str(tmp_path / "stack.yaml")]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    streams: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with (
        subprocess.Popen(command, env=environment, **streams) as process,
        (tmp_path / "stack.yaml").open("wb"),  # from here on it reads
    ):
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err) == (130, b"", b"interrupted\n")
