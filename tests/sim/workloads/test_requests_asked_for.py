"""Requests, frames and events are simulated where somebody asks for them, for as long as asked."""

import math
from pathlib import Path
from typing import Any

import pytest

from models.catalog.records import Catalog
from models.parts.read_stack import read_stack
from models.prediction import Prediction
from sim.predict import predict
from sim.streaming import stream_runs
from sim.workloads import edge, endpoint, stream

SHORT = 0.01


def predicted(path: Path, catalog: Catalog, **more: Any) -> Prediction:
    read = read_stack(path, catalog)
    return predict(read, catalog, replications=2, bare=True, length=SHORT, jobs=1, **more)


@pytest.mark.parametrize(
    ("name", "workload"),
    [
        ("lambda-endpoint.yaml", "api"),
        ("kinesis-sensors.yaml", "sensors"),
        ("edge-cameras.yaml", "cameras"),
    ],
)
def test_nothing_of_what_it_costs_hangs_on_requests_of_which_nobody_asks(
    stacks: Path, catalog: Catalog, name: str, workload: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = predicted(stacks / name, catalog)

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("nobody asks for it")

    for module, function in ((endpoint, "_outcome"), (stream, "_outcome"), (edge, "_seen")):
        monkeypatch.setattr(module, function, refuse)
    unasked = predicted(stacks / name, catalog, unasked=frozenset({workload}))
    assert unasked.cost.run == asked.cost.run
    assert unasked.energy == asked.energy
    assert unasked.availability.samples == asked.availability.samples


def test_nodes_that_come_and_go_with_requests_cost_what_these_ask_for(
    stacks: Path, catalog: Catalog
) -> None:
    path = stacks / "gpu-endpoint.yaml"
    unasked = predicted(path, catalog, unasked=frozenset({"classify"}))
    assert unasked.cost.run == predicted(path, catalog).cost.run


@pytest.mark.parametrize(("length", "runs"), [(1.0, 4), (0.5, 2), (0.25, 1), (0.1, 1)])
def test_runs_of_a_stream_are_fewer_and_then_shorter(length: float, runs: int) -> None:
    assert stream_runs._runs(length) == runs


def test_a_shorter_stream_has_the_same_latency_but_for_chance(
    stacks: Path, catalog: Catalog
) -> None:
    read = read_stack(stacks / "kinesis-sensors.yaml", catalog)
    found = [
        predict(read, catalog, replications=2, bare=True, length=length).workloads[0].late_time
        for length in (1.0, 0.1)
    ]
    assert found[1].mean == pytest.approx(found[0].mean, rel=0.1)
    assert found[1].mean != found[0].mean


@pytest.mark.parametrize(
    ("path", "value", "same"),
    [
        ("checkpoint.interval", "5 min", True),
        ("sinks.archive.size", "400 B", True),
        ("log.kafka.retention", "48 h", True),
        ("operators.parse.service.mean", "1.2 ms", False),
        ("operators.counts.window.watermark", "2 s", False),
        ("sources.shop.keys.skew", 0.5, False),
    ],
)
def test_events_know_what_they_pass(
    stacks: Path, catalog: Catalog, path: str, value: object, same: bool
) -> None:
    likes = []
    for changes in ({}, {f"workloads.clicks.{path}": value}):
        solved = read_stack(stacks / "kafka-clickstream.yaml", catalog, changes).solved
        one = solved.workloads["clicks"]
        likes.append(one.kind.alike(one.kind.bare(one.answer)))
    assert (likes[0] == likes[1]) is same


@pytest.mark.parametrize("name", ["lambda-endpoint.yaml", "kinesis-sensors.yaml"])
def test_all_that_comes_is_answered_in_the_long_run(
    stacks: Path, catalog: Catalog, name: str
) -> None:
    (one,) = read_stack(stacks / name, catalog).solved.workloads.values()
    answer = predicted(stacks / name, catalog).workloads[0]
    assert one.kind.by_law(one.answer)["throughput"] == answer.throughput.mean


@pytest.mark.parametrize("name", ["lambda-endpoint.yaml", "grid-search.yaml", "emr-spark.yaml"])
def test_how_often_a_stack_is_up_changes_no_other_figure(
    stacks: Path, catalog: Catalog, name: str
) -> None:
    asked, unasked = (predicted(stacks / name, catalog, lived=lived) for lived in (True, False))
    assert unasked.cost.run == asked.cost.run
    assert unasked.energy == asked.energy
    for one, other in zip(unasked.workloads, asked.workloads, strict=True):
        assert one.late_time == other.late_time
    assert not math.isnan(asked.availability.simulated.mean)
    assert math.isnan(unasked.availability.simulated.mean)


def test_an_objective_asks_how_often_a_stack_is_up(stacks: Path, catalog: Catalog) -> None:
    wanted = {"objectives.availability": {"at_least": "99 %"}}
    read = read_stack(stacks / "lambda-endpoint.yaml", catalog, wanted)
    found = predict(read, catalog, replications=2, bare=True, length=SHORT, lived=False)
    assert found.availability.simulated.mean > 0.9
