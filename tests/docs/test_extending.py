"""The page on extending is true: a copy of the project, changed as it says, has what it adds."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "extending.md"
BLOCK = re.compile(r"^```(python|yaml|csv|diff)\n(?:# |--- )(\S+)\n(.*?)^```$", re.M | re.S)


def _changed(text: str, diff: str) -> str:
    """A text with its lines changed as a diff says, each place found once."""
    for hunk in diff.split("@@\n"):
        lines = hunk.splitlines(keepends=True)
        before = "".join(line[1:] for line in lines if line[0] != "+")
        after = "".join(line[1:] for line in lines if line[0] != "-")
        assert text.count(before) == 1, f"not once in the file:\n{before}"
        text = text.replace(before, after)
    return text


@pytest.fixture(scope="module")
def extended(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project with all that the page adds."""
    copy = tmp_path_factory.mktemp("extended")
    for name in ("models", "sim", "reports", "infra", "commands", "stacks", "networks"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("out"))
    shutil.copy(ROOT / "windtunnel.py", copy)
    for language, name, text in BLOCK.findall(PAGE.read_text(encoding="utf-8")):
        path = copy / name
        if language == "diff":
            path.write_text(_changed(path.read_text("utf-8"), text), encoding="utf-8")
        elif language == "csv":
            path.write_text(path.read_text("utf-8") + text, encoding="utf-8")
        else:
            assert not path.exists(), f"{name} is there already"
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
    return copy


def _run(copy: Path, *arguments: str, code: int = 0) -> str:
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=copy,
        env={**os.environ, "PYTHONPATH": str(copy), "NO_COLOR": "1", "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


PREDICT = ("windtunnel.py", "predict", "stacks/archive.yaml", "--replications", "20")


def test_the_terminal_shows_a_new_workload_and_a_new_store(extended: Path) -> None:
    shown = _run(extended, *PREDICT)
    assert "1.2 GB/s, set by bandwidth of the store" in shown
    assert "shelf" in shown


def test_json_has_units_and_what_the_law_says(extended: Path) -> None:
    [index] = json.loads(_run(extended, *PREDICT, "--json"))["workloads"]
    assert index["kind"] == "indexing"
    # 4 drives of 300 MB/s are slower than 2 nodes of 2 GB/s.
    assert index["throughput_bytes_per_s"]["mean"] == pytest.approx(1.2e9)
    assert index["failure_free_time_s"] == pytest.approx(10e12 / 1.2e9)
    assert index["duration_s"]["p50"]["mean"] == pytest.approx(10e12 / 1.2e9, rel=0.01)
    assert index["cost_usd"]["mean"]["mean"] > 0


def test_the_report_shows_both(extended: Path) -> None:
    _run(extended, "windtunnel.py", "report", "stacks/archive.yaml", "--replications", "20")
    [page] = (extended / "reports" / "out").rglob("*.html")
    text = page.read_text("utf-8").replace("\N{NO-BREAK SPACE}", " ")
    assert "tape library" in text
    assert "indexes 10 TB" in text


def test_what_is_wrong_with_them_is_said_with_its_line(extended: Path) -> None:
    change = ("--set", "workloads.index.corpus.store=shelff")
    said = _run(extended, "windtunnel.py", "check", "stacks/archive.yaml", *change, code=2)
    assert "shelf" in said
    assert "Traceback" not in said
    small = ("--set", "storage.shelf.size=1 TB")
    said = _run(extended, "windtunnel.py", "check", "stacks/archive.yaml", *small, code=2)
    assert "holds 1 TB, but 10 TB are put there" in said


def test_the_schema_describes_them(extended: Path) -> None:
    definitions = json.loads(_run(extended, "windtunnel.py", "schema"))["$defs"]
    assert {"Indexing", "TapeStore"} <= set(definitions)


def test_a_new_discipline_is_run_by_both_engines(extended: Path) -> None:
    queue = ("windtunnel.py", "queue", "networks/shortest.yaml", "--visits", "1000", "--json")
    responses = []
    for engine in ("simpy", "compiled"):
        seen = json.loads(_run(extended, *queue, "--replications", "2", "--engine", engine))
        assert seen["law"]["method"] == "none"
        responses.append(seen["simulation"]["classes"][0]["response_time_s"]["mean"])
    assert responses[0] == pytest.approx(responses[1], rel=1e-9)


def test_a_new_service_is_predicted_and_billed(extended: Path) -> None:
    shown = _run(
        extended,
        "windtunnel.py",
        "predict",
        "stacks/resnet50-imagenet-aws.yaml",
        "--replications",
        "2",
        "--json",
        "--set",
        "storage.extra={kind: object, service: s3-frost, size: 1 TB}",
    )
    lines = {line["resource"]: line for line in json.loads(shown)["cost"]["lines"]}
    # 1 TB at 0.004 USD/GB-month.
    assert lines["extra"]["hourly_usd_per_h"] == pytest.approx(1000 * 0.004 / 730)


def test_a_new_cloud_is_predicted_and_billed(extended: Path) -> None:
    predict = ("windtunnel.py", "predict", "stacks/pasture.yaml", "--replications", "2")
    bill = json.loads(_run(extended, *predict, "--json"))["cost"]["lines"]
    hourly = {line["item"]: line["hourly_usd_per_h"] for line in bill}
    assert hourly["tent-8, on-demand"] == pytest.approx(2 * 0.25)
    assert hourly["barn-cold"] == pytest.approx(1000 * 0.01 / 730)
    assert [line["item"] for line in bill if not line["priced"]] == [
        "NAT gateway",
        "public IPv4 address",
    ]
    change = ("--set", "cloud=medow")
    said = _run(extended, "windtunnel.py", "check", "stacks/pasture.yaml", *change, code=2)
    assert "did you mean 'meadow'?" in said


def test_a_new_cloud_refuses_what_it_can_not_build_and_builds_the_rest(extended: Path) -> None:
    program = """
import pulumi
from infra.builders import refuse_unbuildable
from infra.providers import build, provider
from models.catalog.load import load_catalog
from models.parts.read_stack import read_stack
from models.catalog.lint import lint
catalog = load_catalog()
print("faults of the catalog:", lint())
pulumi.log.warn = print
print(build(read_stack("stacks/pasture.yaml", catalog).solved, catalog)["buckets"])
try:
    refuse_unbuildable(
        read_stack("stacks/archive.yaml", catalog).solved, provider("meadow").BUILDERS
    )
except pulumi.RunError as error:
    print("refused:", error)
"""
    said = _run(extended, "-c", program)
    assert "faults of the catalog: []" in said
    assert re.search(r"\['pasture-hay-\w+-[0-9a-f]{10}'\]", said)
    assert "workloads.sums: nothing starts a workload of kind 'jobs' on meadow yet;" in said
    assert "refused: storage.shelf.kind: 'tape' can't be built" in said
    assert "what can is object" in said
