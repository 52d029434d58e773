"""Messages about stack files: all that can be known at once, with what would be right."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from models.catalog.records import Catalog
from models.parts.read_stack import read_stack
from models.reading.faults import InvalidDescription

EACH = {"vcpus": 1}
JOBS = {"kind": "jobs", "nodes": "web", "count": 1, "run_time": "1 h", "each": EACH}
GRID = {"kind": "jobs", "nodes": "web", "run_time": "1 h", "each": EACH}
STAGE = {"nodes": "web", "rate": "9/s"}


def served(stage: dict[str, Any], **requests: Any) -> dict[str, Any]:
    return {
        "kind": "endpoint",
        "requests": requests or {"rate": "1/s"},
        "stages": {"m": stage},
    }


def told(folder: Path, catalog: Catalog, workload: dict[str, Any], **keys: Any) -> list[str]:
    tree = {
        "name": "messages",
        "cloud": "aws",
        "region": "us-east-1",
        "nodes": {"web": {"instance": "c5.9xlarge", "count": 1}},
        **keys,
        "workloads": {"app": workload},
    }
    file = folder / "messages.yaml"
    file.write_text(yaml.safe_dump(tree, sort_keys=False))
    try:
        read_stack(file, catalog)
    except InvalidDescription as error:
        return [line.split(": ", 1)[1] for line in error.lines()]
    return []


@pytest.mark.parametrize(
    ("workload", "message"),
    [
        (
            served(STAGE, by_hour=["1/s", "2/s"]),
            "app.requests.by_hour: must have 24 entries, one an hour of the day, or 168 of the"
            " week, not 2",
        ),
        (
            served(STAGE, rate="1/s", trace="a.csv"),
            "app.requests: has rate and trace; give one of rate, by_hour and trace",
        ),
        (
            served(STAGE | {"service": "1 s"}),
            "app.stages.m: has service and rate; give one of service, model and rate",
        ),
        (
            served({"service": "1 s"}),
            "app.stages.m: needs one of nodes, function, gateway, sagemaker, fargate and"
            " ai_service",
        ),
        (
            GRID | {"count": 3, "arrivals": "1/h"},
            "app: has count and arrivals; give one of count, grid, arrivals, trace and classes",
        ),
        (GRID | {"grid": {"seed": -3}}, "app.grid.seed: must be at least 1, not '-3'"),
        (
            GRID | {"grid": {"seed": 2.5}},
            "app.grid.seed: must be a whole number or a list, not '2.5'",
        ),
        (
            GRID | {"grid": {"seed": "five"}},
            "app.grid.seed: must be a whole number or a list, not 'five'",
        ),
        (GRID | {"grid": {"seed": []}}, "app.grid.seed: must have at least one entry"),
        (
            GRID | {"grid": {"seed": [{"a": 1}]}},
            "app.grid.seed.0: must be a number or text or true or false, not keys and values",
        ),
        (
            served({"nodes": "web", "service": "fast"}),
            "app.stages.m.service: 'fast' is not a duration; write for example '12 h'",
        ),
        (JOBS | {"run_time": "0 s"}, "app.run_time: must be more than 0"),
        (
            served({"nodes": "web", "rate": "9/s", "accelerators": 1}),
            "app: needs 1 accelerator on a node of web (1 of m), which has 0 accelerators; 1 node"
            " can't hold these replicas",
        ),
    ],
)
def test_a_message_says_what_would_be_right(
    workload: dict[str, Any], message: str, tmp_path: Path, catalog: Catalog
) -> None:
    assert told(tmp_path, catalog, workload) == [f"workloads.{message}"]


@pytest.mark.parametrize(
    "workload",
    [
        served({"nodes": "web", "service": "100 ms", "cold_start": "3 s"}),
        served({"nodes": "web", "service": "100 ms", "startup": "30 s"}),
        JOBS,
    ],
)
def test_a_plain_duration_is_one_that_never_changes(
    workload: dict[str, Any], tmp_path: Path, catalog: Catalog
) -> None:
    assert told(tmp_path, catalog, workload) == []


def test_unknown_names_are_told_beside_mistakes_of_shape(tmp_path: Path, catalog: Catalog) -> None:
    messages = told(
        tmp_path,
        catalog,
        served({"nodes": "wbe", "replica": 2, "rate": 3}) | {"after": ["nothing"]},
        region="us-east-9",
        nodes={"web": {"instance": "c5.9xlarg", "count": -2}},
        objectives={"latency": {"workload": "ap", "at_most": 1}},
    )
    assert {message.split(": ")[0] for message in messages} == {
        "region",
        "nodes.web.count",
        "nodes.web.instance",
        "workloads.app.stages.m.nodes",
        "workloads.app.stages.m.replica",
        "workloads.app.stages.m.rate",
        "workloads.app.after.0",
        "objectives.latency.workload",
        "objectives.latency.at_most",
    }


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("submit;run;vcpus\n0;60;1\n", "has its columns parted by semicolons; part them by"),
        ("submit\trun\n0\t60\n", "has its columns parted by tabs; part them by commas"),
        ("submit,run,submit\n0,60,0\n", "names the column 'submit' twice; give one of them"),
        ("submit,run,vcpus,vcpus\n0,60,1,2\n", "names the column 'vcpus' twice"),
    ],
)
def test_a_table_of_jobs_that_is_none(
    content: str, message: str, tmp_path: Path, catalog: Catalog
) -> None:
    (tmp_path / "jobs.csv").write_text(content)
    trace = {"kind": "jobs", "nodes": "web", "trace": {"file": "jobs.csv"}, "each": EACH}
    (found,) = told(tmp_path, catalog, trace)
    assert message in found


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("time;size\n0;60\n", "has its columns parted by semicolons; part them by commas"),
        ("time,time\n0,60\n", "names the column 'time' twice; give one of them another name"),
    ],
)
def test_a_table_of_arrivals_that_is_none(
    content: str, message: str, tmp_path: Path, catalog: Catalog
) -> None:
    (tmp_path / "arrivals.csv").write_text(content)
    (found,) = told(tmp_path, catalog, served(STAGE, trace="arrivals.csv"))
    assert message in found


def test_columns_that_nobody_asks_for_may_have_one_name(tmp_path: Path, catalog: Catalog) -> None:
    (tmp_path / "jobs.csv").write_text("submit,run,note,note\n0,60,a,b\n")
    trace = {"kind": "jobs", "nodes": "web", "trace": {"file": "jobs.csv"}, "each": EACH}
    assert told(tmp_path, catalog, trace) == []
