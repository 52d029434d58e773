"""The choice among many stacks for machines."""

from typing import Any

from models.prediction.choice_answer import Choice
from models.prediction.comparison_answer import Variant
from reports.json_report import tree_of, write

SCHEMA = "windtunnel-choice/1"


def as_json(choice: Choice) -> str:
    """Write a choice as JSON: keys with units, samples left out.

    Arguments:
        choice: among the stacks.
    """
    tree: dict[str, Any] = {"schema": SCHEMA, **tree_of(choice)}
    for key in ("described", "cheapest", "fastest", "nearest"):
        _name(tree[key], getattr(choice, key))
    for one, variant in zip(tree["frontier"], choice.frontier, strict=True):
        _name(one, variant)
    for one, family in zip(tree["rejected"], choice.rejected, strict=True):
        one["family"] = dict(family.family)
    return write(tree)


def _name(tree: dict[str, Any] | None, variant: Variant | None) -> None:
    """Changes by path."""
    if tree is not None and variant is not None:
        tree["changes"] = dict(variant.changes)
