"""Where figures come from, for machines."""

from models.prediction.explanation_answer import Explained
from reports.json_report import tree_of, write

SCHEMA = "windtunnel-explanation/1"


def as_json(explained: Explained) -> str:
    """Write explanations as JSON: effects in the unit of their figure.

    Arguments:
        explained: figures of a stack.
    """
    return write({"schema": SCHEMA, **tree_of(explained)})
