"""Workloads that wait for each other: the times of the stages sum to the whole."""

import json
import math
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from models.catalog.records import Catalog
from models.parts.read_stack import read_stack
from models.parts.workloads.workload_kind import SolvedWorkload
from reports.answer_tables import lifecycle as table
from reports.json_report import as_json
from sim.lifecycle import lifecycle
from sim.predict import predict


@dataclass
class Waits:
    """A workload that waits for others."""

    after: tuple[str, ...]
    kind: str = "jobs"


def workloads(**after: tuple[str, ...]) -> dict[str, SolvedWorkload]:
    return {
        name: cast(SolvedWorkload, SimpleNamespace(described=Waits(before)))
        for name, before in after.items()
    }


def times(stages: tuple[Any, ...]) -> dict[str, float]:
    return {one.name: one.time for one in stages}


def test_stages_of_a_chain_sum_to_the_whole() -> None:
    chain = workloads(collect=(), prepare=("collect",), train=("prepare",), deploy=("train",))
    ends = {"collect": [1.0], "prepare": [3.0], "train": [10.0], "deploy": [10.5]}
    found = lifecycle(chain, {name: np.array(end) for name, end in ends.items()})
    assert times(found) == {"collect": 1.0, "prepare": 2.0, "train": 7.0, "deploy": 0.5}
    assert math.fsum(one.share for one in found) == pytest.approx(1)


def test_of_two_that_a_stage_waits_for_the_later_counts_in_each_replication() -> None:
    both = workloads(left=(), right=(), join=("left", "right"))
    ends = {"left": [4.0, 1.0], "right": [2.0, 3.0], "join": [5.0, 5.0]}
    found = lifecycle(both, {name: np.array(end) for name, end in ends.items()})
    # Left is waited for in the first (4, then 1), right in the second (3, then 2).
    assert times(found) == {"left": 2.0, "right": 1.5, "join": 1.5}
    assert math.fsum(times(found).values()) == 5.0


def test_what_nobody_waits_for_is_no_stage() -> None:
    apart = workloads(one=(), other=())
    assert lifecycle(apart, {"one": np.array([1.0]), "other": np.array([2.0])}) == ()
    side = workloads(first=(), second=("first",), beside=())
    ends = {"first": [1.0], "second": [3.0], "beside": [2.0]}
    found = lifecycle(side, {name: np.array(end) for name, end in ends.items()})
    assert times(found) == {"first": 1.0, "second": 2.0}


def test_the_stages_of_a_stack_sum_to_its_last_completion(catalog: Catalog, stacks: Path) -> None:
    one = predict(read_stack(stacks / "hadoop.yaml", catalog), catalog, replications=20, jobs=1)
    assert [stage.name for stage in one.lifecycle] == ["first", "train"]
    last = one.workloads[-1].completion
    assert last is not None
    assert math.fsum(times(one.lifecycle).values()) == pytest.approx(last.mean.mean)
    tree = json.loads(as_json(one))["lifecycle"]
    assert tree[0]["time_s"] == pytest.approx(one.lifecycle[0].time)
    shown = table(one)
    assert shown is not None
    assert [cells[0].text for cells in shown.rows] == ["first", "train"]
