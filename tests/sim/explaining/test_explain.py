"""Where figures come from: effects against the laws, worked out by hand."""

import dataclasses
import functools
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from models.catalog.records import Catalog
from models.parts.read_stack import StackFile, read_stack
from models.parts.workloads.endpoint_job import EndpointJob
from models.prediction.expected import Measure
from models.prediction.explanation_answer import Basis, Effect, Explanation, Origin
from models.prediction.figures import all_figures
from reports.explanation_tables import lines
from sim.backends import Backend
from sim.explaining.explain import UnknownFigure, explain
from sim.explaining.inputs import inputs
from sim.explaining.laws import laws_of
from sim.explaining.moved_stacks import Asked, figures_of
from sim.explaining.words import other_words
from sim.predict import predict
from sim.workloads import endpoint

AWS = "resnet50-imagenet-aws.yaml"
FEW = 4
HERE = Backend(workers=1)
ONE_SERVER = """
name: one
cloud: aws
region: us-east-1
workloads:
  api:
    kind: endpoint
    requests: {rate: 5/s}
    stages:
      work:
        function: {memory: 1024 MB, concurrency: 1}
        service: {distribution: exponential, mean: 100 ms}
"""


TWO_NODES = """
name: two
cloud: aws
region: us-east-1
nodes:
  web: {instance: m5.large, count: 2}
workloads:
  api:
    kind: endpoint
    requests: {rate: 5/s}
    stages:
      app:
        nodes: web
        replicas: 2
        vcpus: 2
        service: {distribution: exponential, mean: 100 ms}
"""


@pytest.fixture(scope="module")
def explained(stacks: Path, catalog: Catalog):
    """The explanation of one figure of a shipped stack, each worked out once."""

    @functools.cache
    def one(name: str, figure: str, changes: tuple[tuple[str, object], ...] = ()) -> Explanation:
        read = read_stack(stacks / name, catalog, {key: dict_of(v) for key, v in changes})
        prediction = predict(read, catalog, replications=FEW)
        found = explain(read, catalog, prediction, figure, years=FEW, backend=HERE)
        (only,) = found.explanations
        return only

    return one


def dict_of(value: object) -> object:
    return {key: dict_of(one) for key, one in value} if isinstance(value, tuple) else value


def price_of_a_node(catalog: Catalog) -> float:
    return catalog.price("aws", "ec2", "p4d.24xlarge", "us-east-1", "on_demand", "USD/h").usd


def effect(found: Explanation, name: str) -> Effect:
    return next(one for one in found.effects if one.name.startswith(name))


def test_a_tenth_of_a_price_moves_the_month_by_a_tenth_of_its_line(
    explained, catalog: Catalog
) -> None:
    found = explained(AWS, "monthly cost")
    price = effect(found, "price of p4d.24xlarge")
    assert found.by_law
    usd = price_of_a_node(catalog)
    assert price.at_high - price.base == pytest.approx(0.1 * 4 * usd * 730)
    assert price.base - price.at_low == pytest.approx(0.1 * 4 * usd * 730)
    assert (price.origin, price.place, price.date) == (Origin.ROW, "prices", "2026-07-20")
    assert not price.uncertain  # a price of the list is known


def test_the_response_of_one_server_follows_m_m_1(explained) -> None:
    # Two M/M/1 in tandem (Jackson 1957): 1 / (mu - lambda) of each, with 5/s and 20 and 100 ms.
    found = explained("lambda-endpoint.yaml", "law_response")
    service = effect(found, "workloads.api.stages.function.service.mean")
    for at, mean in ((service.at_low, 0.09), (service.at_high, 0.11)):
        assert at == pytest.approx(1 / (1 / 0.02 - 5) + 1 / (1 / mean - 5))
    assert (service.low, service.high, service.basis) == ("90 ms", "110 ms", Basis.TENTH)
    assert service.place.endswith("lambda-endpoint.yaml:19")


def test_the_law_of_a_step_moves_the_throughput_to_the_ends_of_its_interval(explained) -> None:
    found = explained(AWS, "throughput")
    law = effect(found, "error of the law of train")
    assert law.at_low == pytest.approx(found.figure.high, rel=1e-6)
    assert law.at_high == pytest.approx(found.figure.low, rel=1e-6)
    assert found.tornado[0] is law


def test_an_interval_of_a_failure_rate_gives_the_availability_at_its_ends(
    explained, catalog: Catalog
) -> None:
    found = explained(AWS, "availability")
    rate = effect(found, "MTTF of cloud-gpu-instance-ampere")
    row = catalog.failure_rates["cloud-gpu-instance-ampere"]
    others = found.moved
    assert rate.basis is Basis.INTERVAL
    assert rate.at_low is not None
    # Four nodes in series, beside what is the same in both: the difference is that of four.
    away = [1 - (row.mttr / (end + row.mttr)) for end in (row.mttf_low, row.mttf_high)]
    assert (1 - rate.at_low) / (1 - rate.at_high) == pytest.approx((away[0] / away[1]) ** 4)
    assert rate.at_high < others < rate.at_low


def test_what_can_not_matter_is_not_there(explained) -> None:
    found = explained(AWS, "time")
    assert not any(one.name.startswith("price") for one in found.effects)
    assert found.moving < found.tried
    assert all(one.swing > 0 for one in found.effects)
    swings = [one.swing for one in found.effects]
    assert swings == sorted(swings, reverse=True)
    assert len(found.tornado) <= 10
    assert all(one.uncertain for one in found.tornado)


def test_spot_prices_move_between_the_lowest_and_the_highest_of_the_zones(explained) -> None:
    found = explained(AWS, "hourly cost", (("nodes.trainers.purchase", "spot"),))
    price = effect(found, "price of p4d.24xlarge in us-east-1, spot")
    assert price.basis is Basis.RANGE
    assert price.uncertain
    assert price.at_low < price.base < price.at_high


def test_a_rate_of_the_stack_is_a_line_and_no_row(explained) -> None:
    name = "cloud-gpu-instance-ampere"
    own = ((name, (("mttf", "100 d"),)),)
    found = explained(AWS, "availability", (("failure_rates", own),))
    line = effect(found, f"failure_rates.{name}.mttf")
    assert line.place == "--set failure_rates"
    assert (line.low, line.high) == ("90 d", "110 d")
    assert not any(one.name.startswith(f"MTTF of {name}") for one in found.effects)


def test_lines_that_choose_rows_are_named(explained, stacks: Path) -> None:
    found = explained(AWS, "cost")
    places = {one.path: one.place for one in found.choices}
    assert places["nodes.trainers.instance"] == f"{stacks / AWS}:15"
    assert places["nodes.trainers.purchase"] == f"{stacks / AWS}:17"
    assert "workloads.train.gradient_precision" not in places


def test_a_word_is_moved_to_other_words(explained) -> None:
    found = explained("on-premises.yaml", "imagenet.loss_probability")
    level = effect(found, "storage.imagenet.level")
    assert level.basis is Basis.WORD
    assert level.at_high > level.base


@pytest.mark.parametrize(
    ("stack", "figure"),
    [
        (AWS, "energy"),
        (AWS, "train.step_time"),
        (AWS, "imagenet.loss_probability"),
        ("lambda-endpoint.yaml", "latency"),
        ("grid-search.yaml", "makespan"),
        ("on-premises.yaml", "downtime"),
    ],
)
def test_every_kind_and_figure(stack: str, figure: str, explained) -> None:
    found = explained(stack, figure)
    assert found.effects
    assert found.laws
    assert all(law.says and law.source for law in found.laws)
    assert all(math.isfinite(at) for one in found.effects for at in (one.at_low, one.at_high) if at)


def test_what_no_law_gives_is_simulated_again_with_the_same_chance(
    tmp_path: Path, catalog: Catalog
) -> None:
    (tmp_path / "one.yaml").write_text(ONE_SERVER)
    read = read_stack(tmp_path / "one.yaml", catalog)
    prediction = predict(read, catalog, replications=2)
    figure = "api.work.waiting_time"
    (found,) = explain(read, catalog, prediction, figure, years=2, backend=HERE).explanations
    assert not found.by_law
    assert found.moved == pytest.approx(found.figure.value)
    # M/M/1: what waits is utilization / (mu - lambda); chance is the same, so little is left of it.
    service = effect(found, "workloads.api.stages.work.service.mean")
    assert service.at_low == pytest.approx(0.45 / (1 / 0.09 - 5), rel=0.05)
    assert service.at_high == pytest.approx(0.55 / (1 / 0.11 - 5), rel=0.05)


def test_what_an_input_changes_nothing_of_is_not_simulated_again(
    stacks: Path, catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[EndpointJob] = []
    simulated = endpoint._outcome

    def counted(job: EndpointJob, *args: Any) -> Any:
        seen.append(job)
        return simulated(job, *args)

    monkeypatch.setattr(endpoint, "_outcome", counted)
    stack_file = read_stack(stacks / "lambda-endpoint.yaml", catalog)
    asked = Asked(stack_file.document, catalog.digest, 1, 2, ("cost.run",), length=0.1)
    figures_of(asked, stack_file, catalog)
    assert not seen  # what requests go through changes nothing of what it costs
    of_requests = replace(asked, keys=("api.p95",))
    for now in (of_requests, replace(of_requests, years=3), asked):
        figures_of(now, stack_file, catalog)
    assert len(seen) == 1
    for seed in (2, 1):
        figures_of(replace(of_requests, seed=seed), stack_file, catalog)
    assert len(seen) == 2


def test_figures_in_a_row_are_off_together(catalog: Catalog, stacks: Path) -> None:
    read = read_stack(stacks / "gpu-endpoint.yaml", catalog)
    hours = [one for one in inputs(read, catalog) if "by_hour" in one.name]
    (only,) = hours
    assert (only.name, only.value) == ("workloads.classify.requests.by_hour", "24 values")
    low, high = (move.value for move in only.moves if move is not None)
    assert (low[0], low[-1], high[0], high[-1]) == ("0.72/s", "1.08/s", "0.88/s", "1.32/s")
    assert only.uncertain
    assert only.place.endswith(":20")


def test_an_unknown_figure_names_the_nearest(stacks: Path, catalog: Catalog) -> None:
    read: StackFile = read_stack(stacks / AWS, catalog)
    prediction = predict(read, catalog, replications=2)
    with pytest.raises(UnknownFigure, match="'throughputt'; did you mean 'throughput'"):
        explain(read, catalog, prediction, "throughputt")


def test_what_has_no_steady_state_has_no_time(stacks: Path, catalog: Catalog) -> None:
    changes = {"workloads.api.requests.rate": "1000/s"}
    read: StackFile = read_stack(stacks / "lambda-endpoint.yaml", catalog, changes)
    prediction = predict(read, catalog, replications=2)
    said = "'latency'; api has no steady state, and so no times; known are cost"
    with pytest.raises(UnknownFigure, match=said):
        explain(read, catalog, prediction, "latency")


def test_words_are_those_of_the_schema() -> None:
    tree = {
        "nodes": {"a": {"purchase": "spot", "placement": "cluster", "instance": "x"}},
        "storage": {"s": {"kind": "raid", "level": "6"}},
    }
    assert other_words(tree, ("nodes", "a", "purchase")) == (
        "on_demand",
        "reserved",
        "capacity_block",
        "flex_start",
    )
    assert "none" in other_words(tree, ("nodes", "a", "placement"))
    assert other_words(tree, ("nodes", "a", "instance")) == ()
    assert other_words(tree, ("storage", "s", "kind")) == ()


@pytest.mark.parametrize(
    "file",
    [
        "resnet50-imagenet-aws.yaml",
        "llama3-8b-finetune-aws.yaml",
        "grid-search.yaml",
        "flask-endpoint.yaml",
        "edge-cameras.yaml",
        "kafka-clickstream.yaml",
        "emr-spark.yaml",
    ],
)
def test_every_law_of_a_kind_is_of_figures_that_it_has(
    stacks: Path, catalog: Catalog, file: str
) -> None:
    read = read_stack(stacks / file, catalog)
    prediction = predict(read, catalog, replications=FEW)
    answers = {one.name: one for one in prediction.workloads}
    for name, workload in read.solved.workloads.items():
        answer = answers[name]  # a figure that is not known, as a law that does not fit, is a field
        fields = dataclasses.fields(answer)
        quantities = {one.name for one in fields} | set(Measure) | {"time", "run", "run_carbon"}
        for law in workload.kind.laws(workload.answer):
            assert set(law.of) <= quantities, law
    for one in all_figures(prediction).values():
        assert all(law.says for law in laws_of(read.solved, one)), one.key


def test_money_is_by_the_bill_whatever_it_is_for(stacks: Path, catalog: Catalog) -> None:
    read = read_stack(stacks / "flask-endpoint.yaml", catalog)
    known = all_figures(predict(read, catalog, replications=FEW))
    for key in ("shop.hourly", "shop.monthly", "shop.per_thousand", "cost.run"):
        assert known[key].money
        assert "docs/bills.md" in [law.source for law in laws_of(read.solved, known[key])]


def test_what_can_t_be_is_not_tried(stacks: Path, catalog: Catalog) -> None:
    changes = {"facility.pue": 1.05, "nodes.workers.spares": 0}
    read = read_stack(stacks / "on-premises.yaml", catalog, changes)
    found = {one.name: one for one in inputs(read, catalog)}
    pue = found["facility.pue"]  # a tenth less would be less than what computes
    assert pue.texts == ("1.0", "1.155")
    assert found["nodes.workers.spares"].texts == ("", "1")
    at_one = read_stack(stacks / "on-premises.yaml", catalog, {"facility.pue": 1.0})
    [only] = [one for one in inputs(at_one, catalog) if one.name == "facility.pue"]
    assert only.texts == ("", "1.1")


def test_a_value_that_can_t_be_says_why(catalog: Catalog, tmp_path: Path) -> None:
    path = tmp_path / "stack.yaml"
    path.write_text(TWO_NODES)
    read = read_stack(path, catalog)
    prediction = predict(read, catalog, replications=FEW)
    found = explain(read, catalog, prediction, "cost.hourly", years=FEW, backend=HERE)
    (only,) = found.explanations
    count = effect(only, "nodes.web.count")
    assert (count.low, count.at_low, count.high) == ("1", None, "3")
    assert "needs 4 vCPUs on a node of web" in count.refused
    [line] = [row for row in lines(only).rows if row[0].text == "nodes.web.count"]
    assert "can't be 1: workloads.api: needs 4 vCPUs" in line[-1].text
