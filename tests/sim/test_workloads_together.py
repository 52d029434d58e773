"""Workloads of different kinds on one stack: what waits for what, and what they share."""

from pathlib import Path
from typing import Any

import pytest

from models.catalog.records import Catalog
from models.description.quantities import HOUR, MONTH
from models.parts.read_stack import change_stack, read_stack
from models.prediction import Prediction
from models.prediction.endpoint_answer import EndpointPrediction
from models.prediction.jobs_answer import JobsPrediction
from models.prediction.training_answer import TrainingPrediction
from sim.predict import predict

AWS = "resnet50-imagenet-aws.yaml"
NEVER = "1000000 years"
# Nothing fails but the managed parts, and those too seldom for an hour.
CERTAIN = {"workloads.train.uncertainty": "0 %", "nodes.trainers.mttf": NEVER}
MACHINE = {"instance": "c5.18xlarge", "count": 1, "mttf": NEVER}
SEARCH = {
    "kind": "jobs",
    "nodes": "machine",
    "count": 36,
    "run_time": "25 min",
    "each": {"vcpus": 4},
}
ROUNDS = 2 * 25 * 60.0  # 18 side by side
EXPONENTIAL = {"distribution": "exponential", "mean": "100 ms"}
API = {
    "kind": "endpoint",
    "requests": {"rate": "15/s"},
    "stages": {"web": {"nodes": "machine", "replicas": 3, "service": EXPONENTIAL}},
}


def prediction(stacks: Path, catalog: Catalog, changes: dict[str, Any]) -> Prediction:
    changed = change_stack(read_stack(stacks / AWS, catalog), {**CERTAIN, **changes}, catalog)
    return predict(changed, catalog, replications=40, jobs=1)


def of(result: Prediction, name: str) -> Any:
    return next(one for one in result.workloads if one.name == name)


def ends(one: Any) -> float:
    assert isinstance(one, (JobsPrediction, TrainingPrediction))
    assert one.completion is not None
    return one.completion.p50.mean


def test_jobs_wait_for_a_training(stacks: Path, catalog: Catalog) -> None:
    # As a search over what was trained: the two rounds begin where the training ends.
    jobs = {**SEARCH, "after": ["train"]}
    result = prediction(stacks, catalog, {"nodes.machine": MACHINE, "workloads.search": jobs})
    train, search = of(result, "train"), of(result, "search")
    assert ends(train) == pytest.approx(train.failure_free_time, rel=1e-9)
    assert ends(search) == pytest.approx(train.failure_free_time + ROUNDS, rel=1e-9)
    assert search.makespan.p50.mean == pytest.approx(ROUNDS, rel=1e-9)
    assert search.jobs.waiting.mean == pytest.approx(ROUNDS / 4, rel=1e-9)  # not for the training


def test_a_training_waits_for_jobs(stacks: Path, catalog: Catalog) -> None:
    # As for data that are prepared first.
    changes = {
        "nodes.machine": MACHINE,
        "workloads.search": SEARCH,
        "workloads.train.after": ["search"],
        "objectives.deadline": {"workload": "train", "within": "1 h"},
    }
    result = prediction(stacks, catalog, changes)
    train, search = of(result, "train"), of(result, "search")
    assert ends(search) == pytest.approx(ROUNDS, rel=1e-9)
    assert ends(train) == pytest.approx(ROUNDS + train.failure_free_time, rel=1e-9)
    assert train.time_to_train.p50.mean == pytest.approx(train.failure_free_time, rel=1e-9)
    # Everything is held until then, and the deadline counts what is waited for.
    held = (ROUNDS + train.failure_free_time) / HOUR
    machine = next(k for k, line in enumerate(result.cost.lines) if line.node_group == "machine")
    billed = result.cost.lines[machine].hourly * held
    assert result.cost.run_lines[machine] == pytest.approx(billed, rel=1e-9)
    [deadline] = [one for one in result.objectives if one.name == "deadline"]
    assert deadline.probability == 0.0


def test_an_endpoint_beside_a_training_answers_as_if_it_were_alone(
    stacks: Path, catalog: Catalog
) -> None:
    web = {**MACHINE, "count": 3}
    alone = prediction(stacks, catalog, {})
    both = prediction(stacks, catalog, {"nodes.machine": web, "workloads.api": API})
    train, api = of(both, "train"), of(both, "api")
    assert isinstance(api, EndpointPrediction)
    assert ends(train) == ends(of(alone, "train"))
    # The endpoint never ends, so the bill is that of the run of what does.
    assert both.cost.of == "the run"
    assert api.completion is None
    assert api.cost.mean.mean == pytest.approx(
        3 * next(o for o in both.cost.lines if o.node_group == "machine").unit_price
        * train.failure_free_time / HOUR, rel=1e-6,
    )  # fmt: skip
    assert api.monthly == pytest.approx(api.hourly * MONTH / HOUR)
    # M/M/3 at half its load: C(3, 1.5) = 9/38, so 0.1 + 9/38/15 s.
    assert api.law_response is not None
    assert api.law_response.mean == pytest.approx(0.1 + 9 / 38 / 15, rel=1e-9)
    assert api.response is not None
    assert api.response.mean == pytest.approx(0.1 + 9 / 38 / 15, rel=0.02)


def test_two_endpoints_share_the_bill_of_their_nodes(stacks: Path, catalog: Catalog) -> None:
    web = {**MACHINE, "count": 3}
    both = prediction(
        stacks, catalog, {"nodes.machine": web, "workloads.api": API, "workloads.other": API}
    )
    alone = prediction(stacks, catalog, {"nodes.machine": web, "workloads.api": API})
    first, second, only = of(both, "api"), of(both, "other"), of(alone, "api")
    for one in (first, second, only):
        assert isinstance(one, EndpointPrediction)
    assert first.hourly == second.hourly == pytest.approx(only.hourly / 2, rel=1e-9)
    assert first.per_thousand == pytest.approx(only.per_thousand / 2, rel=1e-9)


def test_an_endpoint_does_not_need_what_a_training_needs(stacks: Path, catalog: Catalog) -> None:
    web = {**MACHINE, "count": 3}
    changes = {"nodes.machine": web, "workloads.api": API, "nodes.trainers.mttf": "100 h"}
    both = prediction(stacks, catalog, changes)
    train, api = of(both, "train"), of(both, "api")
    assert api.unavailability < train.unavailability
    by_name = {one.block.name: one.unavailability for one in both.availability.blocks}
    # A training stands in one zone, so that all does; the endpoint needs that and its own nodes.
    assert api.unavailability == pytest.approx(by_name["zone"] + by_name["machine"], rel=1e-3)
    up = 1 - (1 - by_name["zone"]) * (1 - by_name["trainers"]) * (1 - by_name["imagenet"]) * (
        1 - by_name["checkpoints"]
    )
    assert train.unavailability == pytest.approx(up, rel=1e-6)
