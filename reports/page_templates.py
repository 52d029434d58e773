"""The templates of all pages, and what they share: colours, fonts, what stays in one piece."""

import re
from pathlib import Path
from typing import TYPE_CHECKING

from models.description.printable import printable
from reports import palette

if TYPE_CHECKING:
    from markupsafe import Markup

_TEMPLATES = Path(__file__).parent / "templates"
_UNIT = re.compile(
    r"(?<=[\d⁰¹²³⁴-⁹]) (?=(?:%|\N{MULTIPLICATION SIGN}|years?|min|ms|[smhd]|USD|samples/s"
    r"|[kKMGTP]?i?B(?:/s)?)(?![\w%]))"
    r"|(?<=\N{MULTIPLICATION SIGN}) (?=10[⁻⁰¹²³⁴-⁹])"
)
_KEY = re.compile(r"`([^`]*)`")
# A hyphen and a digit, and short enough for a column of a telephone.
_NAME = re.compile(r"(?<![\w./:-])((?=[\w.-]*\d)(?=[\w.-]{3,16}(?![\w./-]))[\w.]+(?:-[\w.]+)+)")
_COLOURS = ("INK", "MUTED", "LINE", "FAINT", "ACCENT", "GOOD", "BAD")


def filled(template: str, **values: object) -> str:
    """Write a page; the same values give the same bytes.

    Arguments:
        template: its name.
        values: what it shows; drawings as `Markup`, all else is escaped.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["unbroken"] = unbroken
    colours = {name.lower(): getattr(palette, name) for name in _COLOURS}
    page = environment.get_template(template).render(
        palette=colours, fonts=Markup(palette.FONTS), **values
    )
    return printable(page.rstrip(), keep="\n\t") + "\n"


def unbroken(text: str) -> "Markup":
    """Keep figures with their units, and names such as resnet-50 in one piece; keys are code.

    Arguments:
        text: what stands in a cell; keys of a stack file between backticks.
    """
    from markupsafe import Markup, escape

    pieces = _NAME.split(_UNIT.sub("\N{NO-BREAK SPACE}", text))
    whole = Markup('<span class="name">{}</span>')
    written = Markup("").join(
        whole.format(piece) if position % 2 else escape(piece)
        for position, piece in enumerate(pieces)
    )
    return Markup(_KEY.sub(r"<code>\1</code>", str(written)))
