"""A prediction in a notebook: its figures as a table, and what the cell that ends with it shows."""

from __future__ import annotations

import dataclasses
import html
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from models.prediction import Distribution, Estimate, Prediction
from models.prediction.estimates import UNIT

if TYPE_CHECKING:
    import pandas

_COLUMNS = ("of", "figure", "value", "low", "high", "unit", "method")
Row = tuple[str, str, float, float | None, float | None, str, str]


def frame(prediction: Prediction) -> pandas.DataFrame:
    """The figures of a prediction, a row each, with the ends of their intervals and their units.

    Arguments:
        prediction: of a stack.

    Raises:
        ImportError: pandas is missing.
    """
    import pandas

    return pandas.DataFrame(list(rows(prediction)), columns=list(_COLUMNS))


def rows(prediction: Prediction) -> Iterator[Row]:
    """The figures of a prediction: of each workload, then of the stack.

    Arguments:
        prediction: of a stack.
    """
    for workload in prediction.workloads:
        yield from _of(workload.name, workload)
    yield from _of("availability", prediction.availability)
    yield from _of("cost", prediction.cost)
    if prediction.energy is not None:
        yield from _of("energy", prediction.energy)


def _of(name: str, answer: Any) -> Iterator[Row]:
    for one in dataclasses.fields(answer):
        yield from _figure(name, one.name, getattr(answer, one.name), one.metadata.get(UNIT, ""))


def _figure(of: str, name: str, value: Any, unit: str) -> Iterator[Row]:
    if isinstance(value, Distribution):
        for what, estimate in (("", value.mean), ("_p50", value.p50), ("_p95", value.p95)):
            yield from _figure(of, name + what, estimate, unit)
    elif isinstance(value, Estimate):
        yield of, name, value.mean, value.low, value.high, unit, value.method
    elif isinstance(value, float | int) and not isinstance(value, bool):
        yield of, name, float(value), None, None, unit, ""


def as_html(prediction: Prediction) -> str:
    """What a notebook shows of a prediction: its objectives, its figures, its warnings.

    Arguments:
        prediction: of a stack.
    """
    head = f"<b>{html.escape(prediction.stack)}</b>"
    wanted = "".join(
        f"<li>{html.escape(f'{one.name}: {one.verdict}, {one.target}; {one.predicted}')}</li>"
        for one in prediction.objectives
    )
    told = "".join(
        f"<li>{html.escape(f'{one.level}: {one.place}: {one.text}')}</li>"
        for one in prediction.warnings
    )
    table = frame(prediction).to_html(
        index=False, na_rep="", float_format="{:,.6g}".format, border=0
    )
    parts = (
        head,
        f"<ul>{wanted}</ul>" if wanted else "",
        table,
        f"<ul>{told}</ul>" if told else "",
    )
    return "\n".join(filter(None, parts))


def show_in_notebooks() -> None:
    """Let the notebook that runs this, if one does, show predictions as they are above."""
    import sys

    if "IPython" not in sys.modules:
        return
    from IPython import get_ipython

    shell = get_ipython()
    if shell is None:
        return
    shown = shell.display_formatter.formatters["text/html"]
    shown.for_type_by_name("models.prediction.stack_answer", "Prediction", as_html)
