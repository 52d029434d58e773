"""Who may do what, for machines."""

from collections.abc import Sequence

from models.prediction.access_answer import AccessCell
from reports.json_report import tree_of, write

SCHEMA = "windtunnel-access/1"


def as_json(
    stack: str,
    digest: str,
    cells: Sequence[AccessCell],
    more: Sequence[AccessCell],
    less: Sequence[AccessCell],
) -> str:
    """Write who may do what as JSON.

    Arguments:
        stack: its name.
        digest: SHA-256 of its description.
        cells: of the answer.
        more: of them what policies allow roles and no workload needs.
        less: what workloads need and is not allowed.
    """
    return write(
        {
            "schema": SCHEMA,
            "stack": stack,
            "stack_hash": digest,
            "allowed": sum(one.outcome == "allowed" for one in cells),
            "access": tree_of(tuple(cells)),
            "more_than_needed": tree_of(tuple(more)),
            "less_than_needed": tree_of(tuple(less)),
        }
    )
