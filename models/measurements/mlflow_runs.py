"""Metrics of MLflow: answers of its REST API, and its table of runs as records in JSON."""

import math
from collections.abc import Iterator, Mapping
from typing import Any

from models.measurements.measured import Unusable
from models.measurements.series import Series

_COLUMN = "metrics."  # before the name of a metric in a table of runs


def is_of_mlflow(tree: Any) -> bool:
    """Whether JSON is an answer of MLflow about runs or metrics, or a list of records.

    Arguments:
        tree: as read.
    """
    if isinstance(tree, list):
        return all(isinstance(one, dict) for one in tree)
    return isinstance(tree, dict) and any(key in tree for key in ("runs", "run", "metrics"))


def logged(tree: Any) -> list[Series]:
    """The metrics of all runs together, in the order in which they stand.

    Of runs/search and runs/get each metric has its last value; metrics/get-history has all of them.

    Arguments:
        tree: as read.

    Raises:
        Unusable: a metric without a name or a value.
    """
    found: dict[str, list[float]] = {}
    try:
        for name, value in _pairs(tree):
            number = float(value)
            if math.isfinite(number):
                found.setdefault(name.removeprefix(_COLUMN), []).append(number)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Unusable(f"is no answer of MLflow: {error or type(error).__name__}") from None
    return [Series(name, {}, tuple(values)) for name, values in found.items()]


def _pairs(tree: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(tree, list):
        for record in tree:
            for name, value in record.items():
                # What else a run has, its name and its parameters, is no number.
                if isinstance(value, int | float) and not isinstance(value, bool):
                    yield str(name), value
        return
    for run in tree.get("runs") or [tree[key] for key in ("run",) if key in tree]:
        yield from _of_run(run["data"].get("metrics") or [])
    yield from _of_run(tree.get("metrics") or [])


def _of_run(metrics: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(metrics, Mapping):
        yield from ((str(name), value) for name, value in metrics.items())
        return
    for one in metrics:
        yield str(one["key"]), one["value"]
