"""Stacks side by side as one HTML page that needs nothing else."""

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from models.description.printable import printable
from models.prediction.comparison_answer import Comparison
from reports import comparison_tables, palette
from reports.comparison_figure import cost_against_time
from reports.comparison_terminal import findings, how
from reports.html import TEMPLATES, unbroken
from reports.workload_report import Picture

_COLOURS = ("INK", "MUTED", "LINE", "FAINT", "ACCENT", "GOOD", "BAD")


def page(compared: Comparison) -> str:
    """Write the page; the same comparison gives the same bytes.

    Arguments:
        compared: the stacks.
    """
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["unbroken"] = unbroken
    beyond = comparison_tables.refused(compared)
    stacks = list(dict.fromkeys(one.stack for one in compared.variants))
    text = environment.get_template("comparison.html.j2").render(
        compared=compared,
        title=", ".join(stacks),
        verdicts=comparison_tables.verdicts(compared),
        tables=[*comparison_tables.tables(compared), *([beyond] if beyond else [])],
        drawings=[Picture(Markup(one.drawing), one.caption) for one in cost_against_time(compared)],
        findings=findings(compared),
        how=how(compared),
        palette={name.lower(): getattr(palette, name) for name in _COLOURS},
        fonts=Markup(palette.FONTS),
    )
    return printable(text.rstrip(), keep="\n\t") + "\n"
