"""`windtunnel observe`: what was measured beside what was predicted, and what it calibrates."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

Cli = Callable[..., Any]
STACKS = Path(__file__).parents[2] / "stacks"
AWS, FLASK = STACKS / "resnet50-imagenet-aws.yaml", STACKS / "flask-endpoint.yaml"
FEW = ("--replications", 20)


def table(path: Path, rows: dict[str, list[str]]) -> Path:
    """A file of measured values: measures of whom, each with its values."""
    with path.open("w", newline="") as file:
        out = csv.writer(file)
        out.writerow(["of", "measure", "value"])
        for name, values in rows.items():
            of, _, measure = name.rpartition(".")
            out.writerows([of, measure, value] for value in values)
    return path


def test_a_calibrated_prediction_is_what_was_measured(cli: Cli, tmp_path: Path) -> None:
    steps = np.random.default_rng(1).normal(0.215, 0.004, 500)
    rows = {
        "train.step_time": [f"{one} s" for one in steps],
        "trainers.failures": ["3"],
        "trainers.node_time": ["20000 h"],
    }
    path, kept = table(tmp_path / "steps.csv", rows), tmp_path / "aws.yaml"
    outcome = cli("observe", AWS, "--measured", path, "--write", kept, *FEW)
    assert outcome.code == 1  # 118 ms was predicted
    assert "train step time" in outcome.out
    assert "outside" in outcome.out
    found = yaml.safe_load(kept.read_text())
    assert found["stack"] == "resnet50-imagenet-aws"
    values = {one["path"]: one["value"] for one in found["values"]}
    assert values["nodes.trainers.mttf"] == "6666.67 h"
    again = cli("observe", AWS, "--measured", path, "--calibration", kept, "--json", *FEW)
    assert again.code == 0
    figures = {one["expected"]["measure"]: one for one in json.loads(again.out)["figures"]}
    assert figures["step_time"]["gap"] == pytest.approx(0, abs=1e-4)
    assert figures["failures"]["gap"] == pytest.approx(0, abs=1e-4)
    shown = cli("predict", AWS, "--calibration", kept, *FEW)
    assert "calibrated by aws.yaml: 500 values of train.step_time" in " ".join(shown.out.split())


def test_a_calibration_names_what_each_value_was_measured_by(cli: Cli, tmp_path: Path) -> None:
    stack, measured = AWS.parent / "lambda-endpoint.yaml", AWS.parents[1] / "docs/measured"
    kept = tmp_path / "kept.yaml"
    cli("observe", stack, "--measured", measured / "lambda-endpoint.csv", "--write", kept, *FEW)
    [value] = yaml.safe_load(kept.read_text())["values"]
    # The file has responses too, which give no time of service.
    assert value["source"] == "60 values of api.function.service_time in lambda-endpoint.csv"


def test_a_node_that_was_measured_alone(cli: Cli, tmp_path: Path) -> None:
    # 8192 x 8192 in bf16 on A100: 250 TFLOP/s or so, of the 312 of its data sheet.
    rows = {
        "trainers.matrix_rate": ["150 TFLOP/s", "151 TFLOP/s"],
        "trainers.memory_bandwidth": ["1350 GB/s", "1351 GB/s"],
        "checkpoints.write_rate": ["100 MB/s"],
    }
    path = table(tmp_path / "node.csv", rows)
    outcome = cli("observe", AWS, "--measured", path, *FEW)
    assert outcome.code == 1
    shown = " ".join(outcome.out.split())
    assert "trainers matrix rate" in shown
    assert "1.55 TB/s 1.35 TB/s +15.1 % inside at the most" in shown
    told = json.loads(cli("observe", AWS, "--measured", path, "--json", *FEW).out)
    figures = {one["expected"]["measure"]: one for one in told["figures"]}
    assert figures["matrix_rate"]["gap"] > 0.5
    assert not figures["matrix_rate"]["inside"]
    assert told["only_measured"] == []


def test_services_that_are_not_as_described_have_drifted(cli: Cli, tmp_path: Path) -> None:
    random = np.random.default_rng(2)
    rows = {
        "shop.web.service_time": [f"{one} s" for one in random.exponential(0.1, 500)],
        "shop.model.service_time": [f"{one} s" for one in random.gamma(4, 0.05 / 4, 500)],
    }
    path, kept = table(tmp_path / "times.csv", rows), tmp_path / "flask.yaml"
    outcome = cli("observe", FLASK, "--measured", path, "--write", kept, "--json", *FEW)
    assert outcome.code == 1
    drifts = {one["of"]: one["found"] for one in json.loads(outcome.out)["drifts"]}
    assert drifts == {"shop.web.service_time": False, "shop.model.service_time": True}
    values = {one["path"]: one["value"] for one in yaml.safe_load(kept.read_text())["values"]}
    model = values["workloads.shop.stages.model.service"]
    assert model["scv"] == pytest.approx(1 / 4, rel=0.2)
    assert cli("predict", FLASK, "--calibration", kept, *FEW).code == 0


def test_a_baseline_shows_a_shift_of_one_sigma(cli: Cli, tmp_path: Path) -> None:
    random = np.random.default_rng(3)
    paths = [
        table(tmp_path / f"{name}.csv", {"train.step_time": [f"{v} s" for v in values]})
        for name, values in (
            ("before", random.normal(0.12, 0.01, 500)),
            ("same", random.normal(0.12, 0.01, 500)),
            ("later", random.normal(0.13, 0.01, 500)),
        )
    ]
    for path, found in zip(paths[1:], (False, True), strict=True):
        asked = ("--measured", path, "--baseline", paths[0], "--json", *FEW)
        [drift] = json.loads(cli("observe", AWS, *asked).out)["drifts"]
        assert drift["found"] is found
        assert drift["against"] == "before.csv"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("stack: other\nvalues: []\n", "wrong.yaml:1: stack: is 'other', and not 'resnet50-"),
        ("values: []\n", "stack: is required"),
        (
            "stack: resnet50-imagenet-aws\nvalues: [{path: nodes.x.mttf, value: 1 h}]\n",
            "--calibration nodes.x.mttf",
        ),
        ("[1]\n", "is not a mapping of names to values"),
    ],
)
def test_a_calibration_that_can_not_be_used_is_refused(
    text: str, said: str, cli: Cli, tmp_path: Path
) -> None:
    path = tmp_path / "wrong.yaml"
    path.write_text(text)
    outcome = cli("predict", AWS, "--calibration", path, *FEW)
    assert outcome.code == 2
    assert said in outcome.err


def test_what_no_stack_predicts_is_said(cli: Cli, tmp_path: Path) -> None:
    path = table(tmp_path / "none.csv", {"other.step_time": ["1 s"]})
    outcome = cli("observe", AWS, "--measured", path, *FEW)
    assert outcome.code == 0
    assert "Measured, but not predicted: other.step_time." in outcome.out
    refused = cli("observe", AWS, "--measured", path, "--write", tmp_path / "x.yaml", *FEW)
    assert refused.code == 2
    assert "nothing was measured that calibrates this stack" in refused.err
    assert not (tmp_path / "x.yaml").exists()


@pytest.mark.parametrize(("factor", "code"), [(1.03, 0), (1.07, 1), (0.93, 1)])
def test_a_bill_without_an_interval_may_differ_by_a_twentieth(
    factor: float, code: int, cli: Cli, tmp_path: Path
) -> None:
    predicted = json.loads(cli("predict", FLASK, "--json", *FEW).out)["cost"]
    billed = factor * predicted["monthly_usd_per_month"]
    path = table(tmp_path / "bill.csv", {"monthly_cost": [f"{billed} USD"]})
    assert cli("observe", FLASK, "--measured", path, *FEW).code == code


def test_a_bill_is_set_beside_the_prediction_product_by_product(cli: Cli, tmp_path: Path) -> None:
    head = (
        "lineItem/ProductCode,lineItem/UnblendedCost,lineItem/UsageStartDate,lineItem/UsageEndDate"
    )
    day = "2026-11-01T00:00:00Z,2026-11-02T00:00:00Z"
    text = f"{head}\nAmazonEC2,2000,{day}\nAWSSupport,9,{day}\n"
    path = tmp_path / "bill.csv"
    path.write_text(text)
    told = json.loads(cli("observe", AWS, "--measured", path, "--json", *FEW).out)
    found = {one["name"]: one for one in told["bill"]}
    # 4 nodes, their volumes and a NAT gateway; what is not in the bill has a prediction alone.
    nodes = 730 * (4 * (21.957642 + 0.0205) + 0.045)
    assert found["AmazonEC2"]["predicted_usd_per_month"] == pytest.approx(nodes, rel=1e-3)
    assert found["AWSSupport"]["predicted_usd_per_month"] is None
    assert found["AmazonFSx"]["monthly_usd_per_month"] is None
    shown = cli("observe", AWS, "--measured", path, *FEW).out
    assert "AmazonEC2" in shown
    assert max(map(len, shown.splitlines())) <= 80


def test_a_step_that_is_longer_for_another_reason_is_calibrated_less_surely(
    cli: Cli, tmp_path: Path
) -> None:
    draw = np.random.default_rng(1).normal
    rows = {
        "train.step_time": [f"{one} ms" for one in draw(140, 2, 60)],
        "train.compute": [f"{one} ms" for one in draw(120, 2, 60)],
    }
    path, kept = table(tmp_path / "steps.csv", rows), tmp_path / "aws.yaml"
    cli("observe", AWS, "--measured", path, "--write", kept, *FEW)
    values = {one["path"]: one["value"] for one in yaml.safe_load(kept.read_text())["values"]}
    # 20 ms are no computing, and 1 or 2 ms of them are predicted.
    assert values["workloads.train.uncertainty"] == pytest.approx(0.13, abs=0.01)
    again = cli("observe", AWS, "--measured", path, "--calibration", kept, "--json", *FEW)
    figures = {one["expected"]["measure"]: one for one in json.loads(again.out)["figures"]}
    assert figures["step_time"]["gap"] == pytest.approx(0, abs=1e-3)


def test_a_percentile_of_a_histogram_is_no_surer_than_its_bucket(cli: Cli, tmp_path: Path) -> None:
    counts = {"0.05": 800, "0.1": 4000, "0.25": 8700, "0.5": 9900, "+Inf": 10000}
    lines = [f't_seconds_bucket{{le="{end}"}} {count}' for end, count in counts.items()]
    path = tmp_path / "shop.prom"
    path.write_text("\n".join([*lines, "t_seconds_sum 1560", "t_seconds_count 10000"]))
    asked = ("--measured", path, "--take", "shop.response_time=t_seconds", "--json", *FEW)
    told = json.loads(cli("observe", FLASK, *asked).out)
    of = {one["expected"]["statistic"]: one for one in told["figures"]}
    assert of["mean"]["mean"] == pytest.approx(0.156)
    assert (of["P95"]["low"], of["P95"]["high"], of["P95"]["inside"]) == (0.25, 0.5, True)
    assert (of["P99"]["low"], of["P99"]["high"]) == (0.25, None)
