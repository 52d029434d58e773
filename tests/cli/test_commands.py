"""The commands as people and machines use them."""

import csv
import io
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Cli = Callable[..., Any]
AWS = "resnet50-imagenet-aws.yaml"
HEADINGS = (
    *("Throughput", "Bottleneck", "Time to train", "P50", "P95", "Availability", "Single points"),
    *("Cost of a run", "deadline", "budget", "availability", "Weighs most", "Durability"),
)


def test_predict_prints_what_a_person_wants_to_know(stacks: Path, cli: Cli) -> None:
    outcome = cli("predict", stacks / AWS, "--replications", 50)
    assert outcome.code == 0
    assert outcome.err == ""
    for heading in HEADINGS:
        assert heading in outcome.out
    assert max(len(line) for line in outcome.out.splitlines()) <= 80
    assert "\x1b" not in outcome.out


def test_json_is_for_machines_and_the_same_for_the_same_seed(stacks: Path, cli: Cli) -> None:
    first = cli("predict", stacks / AWS, "--replications", 50, "--json")
    again = cli("predict", stacks / AWS, "--replications", 50, "--json")
    other = cli("predict", stacks / AWS, "--replications", 50, "--json", "--seed", 2)
    assert first.out == again.out != other.out
    assert isinstance(json.loads(first.out), dict)
    assert not re.search(r"\b(NaN|Infinity)\b", first.out)


def test_a_missed_objective_is_exit_code_1(stacks: Path, cli: Cli) -> None:
    outcome = cli(
        "predict", stacks / AWS, "--replications", 50, "--set", "objectives.deadline.within=1 min"
    )
    assert outcome.code == 1
    assert "missed" in outcome.out


def test_a_changed_stack_is_another_prediction(stacks: Path, cli: Cli) -> None:
    few = cli("predict", stacks / AWS, "--replications", 20, "--json")
    many = cli(
        "predict", stacks / AWS, "--replications", 20, "--json", "--set", "nodes.trainers.count=8"
    )
    assert few.out != many.out


def test_what_was_changed_and_what_the_stack_is_stand_on_top(
    stacks: Path, tmp_path: Path, cli: Cli
) -> None:
    few = ("--replications", 2)
    asked = ("--set", "nodes.trainers.count=8", "--set", "nodes.trainers.spares=1")
    top = cli("predict", stacks / AWS, *few, *asked).out.split("deadline")[0]
    assert "nodes.trainers.count: 8 (4 in the file)" in top
    assert "nodes.trainers.spares: 1 (nothing in the file)" in top
    none = cli("predict", stacks / AWS, *few, "--set", "objectives.budget=null").out
    assert "objectives.budget: nothing (" in none
    assert "8 × p4d.24xlarge and 1 spare, 64 A100-SXM-40GB," in top  # noqa: RUF001
    assert "imagenet: s3-standard" in top
    assert "Changed" not in cli("predict", stacks / AWS, *few).out
    page, figures = cli("report", stacks / AWS, *few, *asked, "--output", tmp_path).out.split()
    html = Path(page).read_text(encoding="utf-8")
    head, provenance = html.split("<nav")[0], html.split('id="provenance"')[1]
    assert "Changed by hand: nodes.trainers.count: 8" in head
    assert "Changed: nodes.trainers.count" in provenance
    assert json.loads(Path(figures).read_text(encoding="utf-8"))["changes"] == [
        {"path": "nodes.trainers.count", "value": "8", "before": "4"},
        {"path": "nodes.trainers.spares", "value": "1", "before": ""},
    ]


def test_report_writes_html_and_json_and_says_where(stacks: Path, tmp_path: Path, cli: Cli) -> None:
    outcome = cli("report", stacks / AWS, "--replications", 20, "--output", tmp_path / "a")
    assert outcome.code == 0
    page, figures = map(Path, outcome.out.split())
    assert page.read_text(encoding="utf-8").lower().startswith("<!doctype html>")
    tree = json.loads(figures.read_text(encoding="utf-8"))
    first = tree["availability"]["importances"][0]
    assert f"★ {first['name']}: " in page.read_text(encoding="utf-8")
    assert {path.name for path in page.parent.iterdir()} == {figures.name, page.name}
    again = cli("report", stacks / AWS, "--replications", 20, "--output", tmp_path / "b")
    for one, other in zip(outcome.out.split(), again.out.split(), strict=True):
        assert Path(one).read_bytes() == Path(other).read_bytes()


def test_the_name_of_a_page_is_no_folder(stacks: Path, tmp_path: Path, cli: Cli) -> None:
    page = tmp_path / "page.html"
    outcome = cli("report", stacks / "lambda-endpoint.yaml", "--output", page)
    assert outcome.code == 2
    assert "--output takes a folder" in outcome.err
    assert not page.exists()


def test_a_changed_stack_has_a_report_of_its_own(stacks: Path, tmp_path: Path, cli: Cli) -> None:
    change = ("--set", "nodes.trainers.count=2")
    first = cli("report", stacks / AWS, "--replications", 2, "--output", tmp_path)
    second = cli("report", stacks / AWS, "--replications", 2, "--output", tmp_path, *change)
    assert not set(first.out.split()) & set(second.out.split())


def test_a_folder_that_can_t_be_written_is_exit_code_3(
    stacks: Path, tmp_path: Path, cli: Cli
) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    outcome = cli("report", stacks / AWS, "--replications", 2, "--output", tmp_path / "file")
    assert outcome.code == 3
    assert "Traceback" not in outcome.err
    assert outcome.err.strip()


def test_check_says_fine_or_what_is_wrong(stacks: Path, tmp_path: Path, cli: Cli) -> None:
    files = sorted(stacks.rglob("*.yaml"))
    outcome = cli("check", *files)
    assert outcome.code == 0
    assert outcome.out.count(": fine") == len(files) >= 7


def test_catalog_lists_tables_and_filters_rows(cli: Cli) -> None:
    tables = cli("catalog")
    assert "instances" in tables.out
    rows = cli("catalog", "instances", "--where", "accelerator=A100", "--where", "provider=aws")
    assert "p4d.24xlarge" in rows.out
    assert "a2-highgpu-8g" not in rows.out
    assert "source" not in rows.out
    assert "source" in cli("catalog", "links", "--sources").out


def test_instances_show_what_their_price_buys_sorted_on_demand(cli: Cli) -> None:
    rows = cli("catalog", "instances", "--where", "accelerator=A100", "--sort", "accelerator")
    lines = rows.out.splitlines()
    assert max(map(len, lines)) <= 80
    each = [float(line.split()[-3]) for line in lines if " x A100" in line and "~" not in line]
    assert each == sorted(each)
    # 21.957642 USD of eight, which do 312 TFLOP/s each.
    [p4d] = [line.split() for line in lines if line.startswith("p4d.24xlarge")]
    assert p4d[4:7] == ["21.958", "2.745", "8.797"]
    assert int(p4d[7]) > 0
    near = cli("catalog", "instances", "--region", "me-west1", "--where", "name=a2-highgpu-8g").out
    assert " ~29" in near or " ~3" in near
    assert cli("catalog", "instances", "--sort", "beauty").code == 2
    assert cli("catalog", "instances", "--region", "mars").code == 2


def test_catalog_as_csv_is_csv(cli: Cli) -> None:
    out = cli("catalog", "prices", "--where", "item=p4d.24xlarge", "--csv", "--sources").out
    header, *rows = csv.reader(io.StringIO(out))
    assert "date" in header
    assert all(len(row) == len(header) for row in rows)


def test_catalog_names_the_nearest_table(cli: Cli) -> None:
    outcome = cli("catalog", "instance")
    assert outcome.code == 2
    assert "instances" in outcome.err


def test_schema_knows_the_keys_of_a_stack(cli: Cli) -> None:
    schema = json.loads(cli("schema").out)
    assert {"name", "cloud", "workloads"} <= set(schema["required"])
    assert schema["additionalProperties"] is False


@pytest.mark.parametrize("arguments", [(), ("--help",), ("predict", "--help"), ("catalog", "-h")])
def test_help_helps(arguments: tuple[str, ...], cli: Cli) -> None:
    outcome = cli(*arguments)
    assert "Usage" in outcome.out + outcome.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("predict",),
        ("fly",),
        ("predict", "x.yaml", "--seed", "-1"),
        ("predict", "x.yaml", "--fast"),
    ],
)
def test_wrong_usage_is_exit_code_2(arguments: tuple[str, ...], cli: Cli) -> None:
    outcome = cli(*arguments)
    assert outcome.code == 2
    assert "Traceback" not in outcome.err


def test_a_reader_that_leaves_early_is_no_error(stacks: Path) -> None:
    read, write = os.pipe()
    os.close(read)
    command = [sys.executable, "-m", "windtunnel", "catalog", "prices"]
    done = subprocess.run(command, stdout=write, stderr=subprocess.PIPE, text=True, check=False)
    os.close(write)
    assert "Traceback" not in done.stderr
    assert done.returncode == 0


@pytest.mark.parametrize("terminal", [True, False])
@pytest.mark.parametrize("compiled", [True, False])
def test_a_terminal_is_told_that_the_year_is_compiled_first(
    terminal: bool,
    compiled: bool,
    stacks: Path,
    tmp_path: Path,
    cli: Cli,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from sim import predict
    from sim.kernels.sources import kept_code

    prediction = predict.predict

    def first_prediction(*arguments: Any, **options: Any) -> Any:
        if not compiled:
            assert kept_code(tmp_path).read("simulate") is None
        return prediction(*arguments, **options)

    monkeypatch.setattr(predict, "predict", first_prediction)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: terminal)
    outcome = cli("predict", stacks / AWS, "--replications", 2)
    assert ("compiling the simulator, once" in outcome.err) == (terminal and not compiled)
    assert ("simulating years" in outcome.err) == terminal


def test_a_run_that_never_ends_is_refused_with_its_file_and_path(stacks: Path, cli: Cli) -> None:
    changes = ("nodes.trainers.mttf=5 min", "workloads.train.checkpoint.interval=none")
    options = [option for change in changes for option in ("--set", change)]
    outcome = cli("predict", stacks / AWS, *options)
    assert outcome.code == 2
    assert outcome.err.startswith(f"{stacks / AWS}: workloads.train: units fail 300,000 times")


LOST_INTERRUPT = """
import contextlib, os, signal, windtunnel

def app(**_):
    with contextlib.suppress(KeyboardInterrupt):
        os.kill(os.getpid(), signal.SIGINT)
    raise RuntimeError("no compiled object yet")

windtunnel.app = app
windtunnel.main()
"""


def test_an_interrupt_that_a_compiler_dropped_is_still_one() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOST_INTERRUPT], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "interrupted\n")


EARLY_INTERRUPT = """
import os, signal, sys

class Interrupting:
    def find_spec(self, name, path=None, target=None):
        if name == "typer":  # the first that takes long to import
            os.kill(os.getpid(), signal.SIGINT)

sys.meta_path.insert(0, Interrupting())
sys.argv = [sys.argv[1]]
import windtunnel
"""


UNBEGUN = """
import os, signal, windtunnel

def app(**_):
    os.kill(os.getpid(), signal.SIGINT)

windtunnel.app = app
windtunnel.main()
"""


def test_an_interrupt_before_a_command_begins_says_so() -> None:
    done = subprocess.run(
        [sys.executable, "-c", UNBEGUN], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "interrupted\n")


def test_an_interrupt_of_the_imports_ends_the_program_without_a_word() -> None:
    def done(program: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", EARLY_INTERRUPT, program]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    ended = done("/somewhere/bin/windtunnel")
    assert (ended.returncode, ended.stdout, ended.stderr) == (-signal.SIGINT, "", "")
    assert "KeyboardInterrupt" in done("notebook").stderr  # which keeps its own ways


def test_a_report_is_written_for_paper_too(cli: Cli, stacks: Path, tmp_path: Path) -> None:
    paper = tmp_path / "paper.pdf"
    stack = stacks / "akiba-2017.yaml"
    asked = ("report", stack, "-o", tmp_path, "--replications", 5, "--pdf", paper)
    outcome = cli(*asked)
    assert outcome.out.splitlines()[-1] == str(paper)
    assert paper.read_bytes().startswith(b"%PDF-")
    before = paper.read_bytes()
    cli(*asked)
    assert paper.read_bytes() == before


def test_a_pdf_where_there_is_no_folder_is_refused_before_the_long_work(
    cli: Cli, stacks: Path, tmp_path: Path
) -> None:
    paper = tmp_path / "file" / "paper.pdf"
    paper.parent.write_text("no folder")
    outcome = cli("report", stacks / "akiba-2017.yaml", "-o", tmp_path, "--pdf", paper)
    assert outcome.code == 3
    assert not list(tmp_path.glob("*.html"))


def test_commit_and_date_of_issue_stand_on_top_and_in_json(
    cli: Cli, stacks: Path, tmp_path: Path
) -> None:
    given = ("--commit", "0123456789abcdef0123", "--issued", "2026-07-01", "--replications", 2)
    page, figures = cli("report", stacks / AWS, *given, "-o", tmp_path).out.split()
    text = Path(page).read_text(encoding="utf-8")
    assert "Issued 2026-07-01, commit 0123456789ab" in text[: text.index("<nav")]
    assert "0123456789abcdef0123" in text[text.index('<section id="provenance"') :]
    issue = json.loads(Path(figures).read_text(encoding="utf-8"))["issue"]
    assert issue == {"commit": "0123456789abcdef0123", "date": "2026-07-01"}
    assert "issued 2026-07-01" in " ".join(cli("predict", stacks / AWS, *given).out.split())


@pytest.mark.parametrize(
    "given", [("--commit", "main"), ("--issued", "1 July"), ("--issued", "20260701")]
)
def test_what_is_no_commit_or_no_date_is_refused(
    given: tuple[str, str], cli: Cli, stacks: Path
) -> None:
    outcome = cli("predict", stacks / AWS, *given)
    assert outcome.code == 2
    assert outcome.err.startswith(f"{given[0]}: '{given[1]}' is no ")
