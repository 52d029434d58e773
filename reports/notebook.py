"""A prediction in a notebook: its figures as a table, and what the cell that ends with it shows."""

from __future__ import annotations

import html
from collections.abc import Iterator
from typing import TYPE_CHECKING

from models.prediction import Prediction
from models.prediction.figures import figures

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
    for one in figures(prediction):
        yield one.of, one.name, one.value, one.low, one.high, one.unit, one.method


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
