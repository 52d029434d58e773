"""Stacks side by side on a terminal of 80 columns, or in a pipe."""

from typing import TYPE_CHECKING

from models.prediction.comparison_answer import Comparison
from reports import comparison_tables
from reports.answer_tables import finding
from reports.terminal import drawn
from reports.wording import count

if TYPE_CHECKING:
    from rich.console import RenderableType


def summary(compared: Comparison) -> "RenderableType":
    """What `windtunnel compare` shows.

    Arguments:
        compared: the stacks.
    """
    from rich.console import Group
    from rich.text import Text

    parts: list[RenderableType] = []
    for table in comparison_tables.tables(compared):
        parts += [Text(table.caption, style="bold"), drawn(table), Text("")]
    beyond = comparison_tables.refused(compared)
    if beyond is not None:
        parts += [Text(beyond.caption, style="bold"), drawn(beyond), Text("")]
    parts += [Text(sentence) for sentence in comparison_tables.verdicts(compared)]
    told = findings(compared)
    if told:
        parts += [Text(""), Text("Warnings", style="bold yellow"), *map(Text, told)]
    parts += [Text(""), Text(how(compared), style="dim")]
    return Group(*parts)


def how(compared: Comparison) -> str:
    """How it was had.

    Arguments:
        compared: the stacks.
    """
    fewest = min(one.replications for one in compared.variants)
    most = compared.replications
    years = count(most) if fewest == most else f"{count(fewest)} to {count(most)}"
    return (
        f"windtunnel {compared.version}, {years} years of each, the same"
        f" for all, seed {compared.seed}, catalog {compared.catalog_hash[:12]};"
        " differences with 95 % intervals"
    )


def findings(compared: Comparison) -> list[str]:
    """What a reader must know before believing a figure, with the variants that it is of.

    Arguments:
        compared: the stacks.
    """
    of: dict[str, list[str]] = {}
    for one in compared.variants:
        for each in one.warnings:
            of.setdefault(finding(each), []).append(one.name)
    everyone = len(compared.variants)
    return [
        text if len(names) == everyone else f"{comparison_tables.some(names)}: {text}"
        for text, names in of.items()
    ]
