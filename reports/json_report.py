"""A prediction for machines: JSON whose keys name their units, and which never changes shape."""

import dataclasses
import json
import math
from typing import Any

from models.description.printable import printable_json
from models.prediction import UNIT, Prediction
from models.prediction.alternatives_answer import Alternatives
from models.prediction.explanation_answer import Explained

SCHEMA = "windtunnel-prediction/4"


def as_json(
    prediction: Prediction, explained: Explained | None = None, beside: Alternatives | None = None
) -> str:
    """Write a prediction as JSON: sorted keys, infinities null, samples left out.

    Arguments:
        prediction: of a stack.
        explained: what its figures are sensitive to, where that was asked.
        beside: the stacks beside it, where they were asked for.

    Raises:
        ValueError: a figure that is not a number.
    """
    more = {"explained": tree_of(explained), "alternatives": tree_of(beside)}
    return write({"schema": SCHEMA, **tree_of(prediction), **more})


def write(tree: dict[str, Any]) -> str:
    """Write plain values as JSON with sorted keys.

    Arguments:
        tree: plain values.

    Raises:
        ValueError: a figure that is not a number.
    """
    text = json.dumps(tree, allow_nan=False, ensure_ascii=False, indent=2, sort_keys=True)
    return printable_json(text) + "\n"


def key_of(name: str, unit: str) -> str:
    """The key of a field: its name and its unit, as in price_usd_per_h.

    Arguments:
        name: of the field.
        unit: of its values, as "USD/h"; empty for counts, fractions, ratios, names and parts.
    """
    if not unit:
        return name
    numerator, slash, denominator = unit.lower().replace(" ", "_").partition("/")
    return "_".join(
        [name, *([numerator] if numerator != "1" else []), *(["per", denominator] if slash else [])]
    )


def tree_of(value: Any) -> Any:
    """Plain values of an answer: keys with units, infinities null, samples left out.

    Arguments:
        value: an answer or a part of one.
    """
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        # Answers are frozen: what goes by name is a tuple of pairs there, and an object here.
        paired: tuple[str, ...] = getattr(type(value), "BY_NAME", ())
        tree = {
            key_of(one.name, one.metadata.get(UNIT, "")): tree_of(
                dict(getattr(value, one.name)) if one.name in paired else getattr(value, one.name)
            )
            for one in dataclasses.fields(value)
            if one.name != "samples"
        }
        derived: dict[str, str] = getattr(type(value), "DERIVED", {})
        tree |= {
            key_of(name, unit): tree_of(getattr(value, name)) for name, unit in derived.items()
        }
        return tree
    if isinstance(value, tuple):
        return [tree_of(element) for element in value]
    if isinstance(value, dict):
        return {
            key if isinstance(key, str) else f"{key:.12g}": tree_of(element)
            for key, element in value.items()
        }
    if isinstance(value, float) and math.isinf(value):
        return None
    return value
