"""Stacks side by side as one HTML page that needs nothing else."""

from models.prediction.comparison_answer import Comparison
from reports import comparison_tables
from reports.answer_page import AnswerPage, written
from reports.comparison_figure import cost_against_time
from reports.comparison_terminal import findings, how


def page(compared: Comparison) -> str:
    """Write the page; the same comparison gives the same bytes.

    Arguments:
        compared: the stacks.
    """
    beyond = comparison_tables.refused(compared)
    stacks = list(dict.fromkeys(one.stack for one in compared.variants))
    shown = AnswerPage(
        kind="Comparison",
        title=", ".join(stacks),
        verdict="",
        fine=True,
        sentences=tuple(comparison_tables.verdicts(compared)),
        pictures=tuple(cost_against_time(compared)),
        tables=(*comparison_tables.tables(compared), *([beyond] if beyond else [])),
        notes=tuple(findings(compared)),
        how=how(compared),
    )
    return written(shown, compared.version)
