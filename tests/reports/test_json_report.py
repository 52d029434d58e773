"""The JSON report: parseable by anyone, complete, of one shape."""

import dataclasses
import json
import math
from dataclasses import replace
from typing import Any, get_type_hints

import pytest

from models import prediction as vocabulary
from models.description.stack import Stack
from models.prediction import UNIT, Distribution, Estimate, Prediction
from reports.json_report import SCHEMA, as_json, key_of

# Numbers without a unit: counts, fractions, ratios, and what a unit is given elsewhere.
PURE = {
    "Estimate": {"mean", "low", "high", "confidence"},
    "Distribution": {"mean", "p50", "p95"},
    "TrainingPrediction": {
        "headroom", "speedup", "efficiency", "goodput", "restarts", "yearly_goodput",
        "yearly_restarts", "unavailability", "available",
    },
    "EndpointPrediction": {"unavailability", "available", "loss"},
    "LoadPoint": {"utilization"},
    "PaidReplicas": {"paid"},
    "ServingCase": {"utilization"},
    "ServingHour": {"utilization"},
    "ServingStage": {"utilization", "within_wait_target"},
    "JobsPrediction": {"unavailability", "available", "load"},
    "JobSteps": {"capacity", "in_use"},
    "JobTimes": {"count", "slowdown", "interruptions"},
    "ResourceUse": {"utilization"},
    "Block": {"reclaimed"},
    "BlockResult": {"unavailability"},
    "CapacityWait": {"at_once", "needed", "of"},
    "StoreDurability": {"overhead"},
    "AvailabilityPrediction": {
        "unavailability", "simulated", "nines", "building_unavailability",
    },
    "WorkloadPrediction": {"unavailability", "available"},
    "Importance": {
        "birnbaum", "criticality", "fussell_vesely", "risk_achievement_worth",
        "risk_reduction_worth",
    },
    "CutSets": {"unavailability"},
    "DegradedStore": {"share"},
    "LifecycleStage": {"share"},
    "CostLine": {"quantity", "low", "high"},
    "MediumHistory": {"yearly_change"},
    "ObjectiveResult": {"probability", "required"},
}  # fmt: skip


def _refuse(constant: str) -> float:
    raise ValueError(constant)


def read(text: str) -> Any:
    return json.loads(text, parse_constant=_refuse)


def shape(tree: Any) -> Any:
    """The keys of a tree, of a list those of its first element."""
    if isinstance(tree, dict):
        return {key: shape(value) for key, value in tree.items()}
    return [shape(tree[0])] if isinstance(tree, list) and tree else None


def test_it_is_json_without_nan_or_infinity(prediction: Prediction, constant: Prediction) -> None:
    for one in (prediction, constant):
        tree = read(as_json(one))
        assert tree["schema"] == SCHEMA
        assert tree["stack"] == one.stack


def test_keys_are_sorted_and_bytes_are_the_same_twice(prediction: Prediction) -> None:
    text = as_json(prediction)
    assert text == as_json(prediction)
    assert text == json.dumps(read(text), ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def test_infinity_is_null(constant: Prediction) -> None:
    train = read(as_json(constant))["workloads"][0]
    assert train["headroom"] is None
    assert train["checkpoint_interval_s"] is None


def test_what_is_no_number_is_refused(prediction: Prediction) -> None:
    train = replace(prediction.workloads[0], headroom=math.nan)
    with pytest.raises(ValueError, match="not JSON compliant"):
        as_json(replace(prediction, workloads=(train,)))


def test_samples_are_left_out_and_quantiles_kept(prediction: Prediction) -> None:
    text = as_json(prediction)
    assert '"samples"' not in text
    time = read(text)["workloads"][0]["time_to_train_s"]
    assert set(time) == {"mean", "p50", "p95", "middle_95"}
    assert time["p95"]["mean"] == prediction.workloads[0].time_to_train.p95.mean
    assert set(time["p50"]) == {"mean", "low", "high", "confidence", "method"}


def test_derived_figures_are_there(prediction: Prediction) -> None:
    tree = read(as_json(prediction))
    assert tree["objectives_met"] is False
    assert tree["objectives"][1]["met"] is False
    assert tree["workloads"][0]["step"]["total_s"] == prediction.workloads[0].step.total
    assert tree["workloads"][0]["memory"]["needed_bytes"] == prediction.workloads[0].memory.needed
    assert tree["cost"]["lines"][0]["hourly_usd_per_h"] == pytest.approx(131.0904)


def test_the_bottleneck_its_kind_and_its_remedy_are_there(prediction: Prediction) -> None:
    train = read(as_json(prediction))["workloads"][0]
    assert [stage["by"] for stage in train["stages"]] == ["bandwidth", "accelerators"]
    assert train["remedy"] == prediction.workloads[0].remedy != ""


def test_reliability_is_there_with_its_units(on_premises: tuple[Stack, Prediction]) -> None:
    tree = read(as_json(on_premises[1]))
    law, kept, degraded = tree["availability"], tree["durability"][0], tree["degraded"][2]
    assert law["failures_per_year"] == 5.75
    assert law["mean_down_time_s"] == pytest.approx(law["downtime_s_per_year"] / 5.75)
    assert set(law["importances"][0]) == {
        "name", "birnbaum", "criticality", "fussell_vesely", "risk_achievement_worth",
        "risk_reduction_worth", "downtime_s_per_year", "remedy", "remedy_hourly_usd_per_h",
        "price_of_an_hour_usd",
    }  # fmt: skip
    assert law["cut_sets"][0] == {
        "units": "any 3 of 130 workers",
        "order": 3,
        "number": 357_760,
        "unavailability": pytest.approx((21600 / 1.60216e7) ** 3),
    }
    assert kept == {
        "name": "checkpoints",
        "capacity_bytes": 7.68e13,
        "loss_probability_within_a_year": 1.1e-9,
        "expected_loss_bytes_per_year": 0.085,
        "normalized_loss_per_year": pytest.approx(0.085 / 7.68e13),
        "mttdl_s": pytest.approx(9.1e8 * 31_536_000),
        "law": "RAID 6, repaired at once",
        "method": "exact",
        "overhead": None,
        "repair_traffic_bytes": None,
    }
    assert degraded == {
        "name": "checkpoints",
        "state": "rebuilding",
        "read_bytes_per_s": 3.5e9,
        "write_bytes_per_s": 2.8e9,
        "duration_s": 54_000.0,
        "share": 3e-4,
        "throughput_samples_per_s": {"train": 60_076.0, "fine-tune": 60_076.0},
    }


def test_what_is_without_bound_or_not_published_is_null(prediction: Prediction) -> None:
    first = replace(prediction.availability.importances[0], risk_reduction_worth=math.inf)
    law = replace(prediction.availability, importances=(first,))
    tree = read(as_json(replace(prediction, availability=law)))
    assert tree["availability"]["importances"][0]["risk_reduction_worth"] is None
    assert tree["durability"][0]["mttdl_s"] is None


def test_the_shape_does_not_depend_on_the_figures(prediction: Prediction) -> None:
    train = replace(
        prediction.workloads[0], headroom=math.inf, checkpoint_interval=math.inf, speedup=1.0
    )
    other = replace(prediction, workloads=(train,), seed=2)
    assert shape(read(as_json(other))) == shape(read(as_json(prediction)))


def test_every_number_names_its_unit_or_is_known_to_have_none() -> None:
    kinds = [kind for kind in vars(vocabulary).values() if dataclasses.is_dataclass(kind)]
    for kind in kinds:
        assert isinstance(kind, type)
        units = {one.name: one.metadata.get(UNIT, "") for one in dataclasses.fields(kind)}
        for name, hint in get_type_hints(kind).items():
            numeric = hint in (float, float | None, Estimate, Distribution, tuple[float, ...])
            if numeric and name != "samples":
                named = key_of(name, units[name]) != name
                assert named or name in PURE.get(kind.__name__, ()), f"{kind.__name__}.{name}"


@pytest.mark.parametrize(
    ("unit", "key"),
    [
        ("s", "x_s"),
        ("samples/s", "x_samples_per_s"),
        ("USD/h", "x_usd_per_h"),
        ("1/year", "x_per_year"),
        ("within a year", "x_within_a_year"),
        ("", "x"),
    ],
)
def test_a_key_names_the_unit_of_its_field(unit: str, key: str) -> None:
    assert key_of("x", unit) == key
