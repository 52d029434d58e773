"""Streams on the terminal and on the page: a day that is too much in some hours, and windows."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from .page import Page

Cli = Callable[..., Any]
NO_BREAK = "\N{NO-BREAK SPACE}"


@pytest.fixture
def day(tmp_path: Path, stacks: Path) -> Path:
    """The example under a load by the hour, of which two hours are too much for its readers."""
    tree = yaml.safe_load((stacks / "kafka-clickstream.yaml").read_text(encoding="utf-8"))
    source = tree["workloads"]["clicks"]["sources"]["shop"]
    del source["rate"]
    source["by_hour"] = ["1000/s"] * 8 + ["12000/s"] * 2 + ["1000/s"] * 14
    tree["objectives"] = {"lag": {"workload": "clicks", "at_most": 1000}}
    path = tmp_path / "day.yaml"
    path.write_text(yaml.safe_dump(tree), encoding="utf-8")
    return path


def test_the_terminal_shows_what_waits_by_the_hour(day: Path, cli: Cli) -> None:
    outcome = cli("predict", day, "--replications", 10)
    assert outcome.code == 1  # far more than a thousand events wait
    words = " ".join(outcome.out.split())
    assert "all are taken in the end" in words
    assert "events at the most, simulated" in words
    assert "it falls behind in its busiest hours" in words
    assert "Hour Comes Busiest Waiting at its end By law" in words


def test_the_page_shows_it_with_a_picture(day: Path, cli: Cli, tmp_path: Path) -> None:
    assert cli("report", day, "--output", tmp_path, "--replications", 10).code in (0, 1)
    text = (tmp_path / "kafka-clickstream.html").read_text(encoding="utf-8")
    page = Page(text)
    assert page.faults == []
    shown = page.text.replace(NO_BREAK, " ")
    for words in (
        "Backlog of clicks by the hour",
        "Busiest instances of clicks",
        "0 partitions with one broker down",
        "72 without a log",
        "sessions, gap 6 s",
    ):
        assert words in shown or words in text.replace(NO_BREAK, " "), words


def test_an_overloaded_stream_says_by_how_much(stacks: Path, cli: Cli) -> None:
    path = "workloads.sensors.sources.machines.rate"
    outcome = cli("predict", stacks / "kinesis-sensors.yaml", "--set", f"{path}=9000/s",
                  "--replications", 10)  # fmt: skip
    words = " ".join(outcome.out.split())
    assert "UNSTABLE log, detect: the lag grows by" in words
    assert "`log.kinesis.shards`" in words
    assert "P99 unstable, so that none exists" in words or "unstable" in words


def test_laws_of_streams_answer_by_name(cli: Cli) -> None:
    shards = cli("law", "shards_needed", "written=3.5e6", "records=2500", "read=9e6", "reads=12")
    assert "most     5" in shards.out
    assert "[2, 1, 0, 0, 1]" in cli("law", "window_counts", "times=[1, 2, 7, 20]", "size=5").out
    assert "[[1, 2, 7], [20]]" in cli("law", "sessions", "times=[1, 2, 7, 20]", "gap=6").out
    assert "30" in cli("law", "links", "producers=6", "consumers=5").out
    assert "11" in cli("law", "links_through_log", "producers=6", "consumers=5").out
