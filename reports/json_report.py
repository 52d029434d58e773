"""A prediction for machines: JSON whose keys name their units, and which never changes shape."""

import dataclasses
import json
import math
from typing import Any

from models.prediction import (
    AvailabilityPrediction,
    Block,
    CostLine,
    CostPrediction,
    DegradedStore,
    EnergyPrediction,
    Importance,
    Memory,
    ObjectiveResult,
    Prediction,
    Stage,
    StepTime,
    StoreDurability,
    TrainingPrediction,
)
from models.queueing.network_answer import (
    ClassInterval,
    ClassMeasures,
    IntervalMeasures,
    StationInterval,
    StationMeasures,
)

SCHEMA = "windtunnel-prediction/2"

# A key carries its unit; those not listed are counts, fractions, ratios, names or parts.
_UNITS: dict[type, dict[str, str]] = {
    Stage: {"rate": "samples_per_s"},
    StepTime: dict.fromkeys(
        ("compute", "straggler", "intra_node", "inter_node", "hidden", "input_wait", "total"), "s"
    ),
    Memory: dict.fromkeys(("parameters", "activations", "available", "needed"), "bytes"),
    TrainingPrediction: {
        "throughput": "samples_per_s",
        "work": "s",
        "checkpoint_interval": "s",
        "checkpoint_write": "s",
        "ideal_time": "s",
        "failure_free_time": "s",
        "time_to_train": "s",
        "cost": "usd",
    },
    Block: {"mttf": "s", "mttr": "s"},
    AvailabilityPrediction: {
        "downtime": "s_per_year",
        "failures": "per_year",
        "mean_down_time": "s",
    },
    Importance: {"downtime": "s_per_year"},
    StoreDurability: {
        "capacity": "bytes",
        "loss_probability": "within_a_year",
        "expected_loss": "bytes_per_year",
        "normalized_loss": "per_year",
        "mttdl": "s",
    },
    DegradedStore: {
        "read": "bytes_per_s",
        "write": "bytes_per_s",
        "duration": "s",
        "throughput": "samples_per_s",
    },
    CostLine: {
        "unit_price": "usd",
        "hourly": "usd_per_h",
        "alternative": "usd_per_h",
    },
    CostPrediction: {
        "hourly": "usd_per_h",
        "monthly": "usd_per_month",
        "run": "usd",
        "run_lines": "usd",
        "alternative_hourly": "usd_per_h",
    },
    EnergyPrediction: {
        "computing": "w",
        "building": "w",
        "run": "j",
        "yearly": "j",
        "run_carbon": "kg",
        "yearly_carbon": "kg",
    },
    StationMeasures: {
        "throughput": "per_s",
        "waiting_time": "s",
        "response_time": "s",
        "waiting_time_percentiles": "s",
        "response_time_percentiles": "s",
    },
    ClassMeasures: {
        "throughput": "per_s",
        "response_time": "s",
        "response_time_percentiles": "s",
        "target": "s",
    },
    IntervalMeasures: {"start": "s", "end": "s"},
    StationInterval: {"throughput": "per_s", "waiting_time": "s", "response_time": "s"},
    ClassInterval: {
        "throughput": "per_s",
        "response_time": "s",
        "response_time_percentiles": "s",
    },
}
_DERIVED: dict[type, tuple[str, ...]] = {
    StepTime: ("total",),
    Memory: ("needed",),
    CostLine: ("hourly",),
    ObjectiveResult: ("met",),
    StoreDurability: ("normalized_loss",),
    Prediction: ("objectives_met",),
}


def as_json(prediction: Prediction) -> str:
    """Write a prediction as JSON: sorted keys, infinities null, samples left out.

    Arguments:
        prediction: of a stack.

    Raises:
        ValueError: a figure that is not a number.
    """
    return write({"schema": SCHEMA, **tree_of(prediction)})


def write(tree: dict[str, Any]) -> str:
    """Write plain values as JSON with sorted keys.

    Arguments:
        tree: plain values.

    Raises:
        ValueError: a figure that is not a number.
    """
    return json.dumps(tree, allow_nan=False, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def key_of(kind: type, name: str) -> str:
    """The key of a field: its name and its unit.

    Arguments:
        kind: dataclass that has the field.
        name: of the field.
    """
    unit = _UNITS.get(kind, {}).get(name)
    return f"{name}_{unit}" if unit else name


def tree_of(value: Any) -> Any:
    """Plain values of an answer: keys with units, infinities null, samples left out.

    Arguments:
        value: an answer or a part of one.
    """
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        kind = type(value)
        names = [field.name for field in dataclasses.fields(value) if field.name != "samples"]
        names += _DERIVED.get(kind, ())
        tree = {key_of(kind, name): tree_of(getattr(value, name)) for name in names}
        return tree | _by_name(value)
    if isinstance(value, tuple):
        return [tree_of(element) for element in value]
    if isinstance(value, dict):
        return {f"{key:g}": tree_of(element) for key, element in value.items()}
    if isinstance(value, float) and math.isinf(value):
        return None
    return value


def _by_name(value: Any) -> dict[str, Any]:
    """What is a tuple of pairs, since answers are frozen, as an object."""
    if isinstance(value, DegradedStore):
        return {key_of(DegradedStore, "throughput"): dict(value.throughput)}
    return {}
