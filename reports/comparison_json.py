"""Stacks side by side for machines."""

from models.prediction.comparison_answer import Comparison
from reports.json_report import tree_of, write

SCHEMA = "windtunnel-comparison/1"


def as_json(compared: Comparison) -> str:
    """Write a comparison as JSON: keys with units, samples left out.

    Arguments:
        compared: the stacks.
    """
    return write({"schema": SCHEMA, **tree_of(compared)})
