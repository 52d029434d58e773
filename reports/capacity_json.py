"""Where nodes can be had, for machines: JSON, and comma-separated rows."""

from models.prediction.capacity_answer import Capacity
from reports.json_report import tree_of, write
from reports.row_table import as_csv as rows_as_csv

SCHEMA = "windtunnel-capacity/1"


def as_json(answer: Capacity) -> str:
    """Write the answer as JSON: keys with units.

    Arguments:
        answer: of the cloud.
    """
    return write({"schema": SCHEMA, **tree_of(answer)})


def as_csv(answer: Capacity) -> str:
    """Write a row for each shape in each zone.

    Arguments:
        answer: of the cloud.
    """
    rows = []
    for one in answer.rows:
        tree = tree_of(one)
        tree["misses"] = " ".join(one.misses)
        rows.append(tree)
    return rows_as_csv(rows).decode()
