"""Stacks side by side for machines."""

from typing import Any

from models.prediction.comparison_answer import Comparison, Refused, Variant
from reports.json_report import tree_of, write

SCHEMA = "windtunnel-comparison/1"


def as_json(compared: Comparison) -> str:
    """Write a comparison as JSON: keys with units, samples left out.

    Arguments:
        compared: the stacks.
    """
    tree: dict[str, Any] = {"schema": SCHEMA, **tree_of(compared)}
    every: tuple[Variant | Refused, ...] = (*compared.variants, *compared.refused)
    for one, answer in zip((*tree["variants"], *tree["refused"]), every, strict=True):
        one["changes"] = dict(answer.changes)
    return write(tree)
