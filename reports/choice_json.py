"""The choice among many stacks for machines."""

from models.prediction.choice_answer import Choice
from reports.json_report import tree_of, write

SCHEMA = "windtunnel-choice/1"


def as_json(choice: Choice) -> str:
    """Write a choice as JSON: keys with units, samples left out.

    Arguments:
        choice: among the stacks.
    """
    return write({"schema": SCHEMA, **tree_of(choice)})
