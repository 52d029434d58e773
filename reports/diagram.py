"""The availability block diagram: blocks in series, redundant units as parallel branches."""

import math
import textwrap
from html import escape

from models.description.quantities import YEAR
from models.prediction import AvailabilityPrediction, Block, BlockResult
from reports.palette import ACCENT, BAD, FAINT, INK, MUTED
from reports.svg import opening
from reports.wording import count, duration, power_of_ten

_CELL, _HEIGHT, _MARGIN = 172.0, 226.0, 26.0
_AXIS = 84.0  # height of the line through a row, from the row's top
_BOX = (104.0, 44.0)
_VOTE = (58.0, 26.0)  # "k/n", where branches of which several must work come together
_VOTED = 152.0  # width of branches with a vote
_SIZE, _EM = 13.0, 0.66  # of words, px; width of a digit over that
_ONE_LINE = 7  # letters of a vote
_SPREAD = 12.0  # from the line to the branches


def block_diagram(availability: AvailabilityPrediction, key: str, columns: int) -> str:
    """Draw the blocks left to right, row by row, the rows about equally long.

    Arguments:
        availability: of the stack.
        key: unlike that of any other drawing on the page; a class of the drawing too.
        columns: blocks in one row at most.
    """
    results = availability.blocks
    rows = max(1, -(-len(results) // columns))
    columns = max(1, -(-len(results) // rows))
    width, height = 2 * _MARGIN + columns * _CELL, rows * _HEIGHT
    parts = [
        opening(
            key,
            "Availability block diagram",
            description(availability),
            f"0 0 {width:g} {height:g}",
            f"diagram {key} across-{columns}",
        )
    ]
    for position, result in enumerate(results):
        line, column = divmod(position, columns)
        x, y = _MARGIN + column * _CELL, line * _HEIGHT
        parts.append(_cell(result, x, y, _weighs_most(availability, result)))
    parts += [_wrap(row, width) for row in range(rows - 1)]
    last = (len(results) - 1) % columns + 1 if results else columns
    parts.append(_ends(_MARGIN + last * _CELL, (rows - 1) * _HEIGHT + _AXIS))
    return "".join((*parts, "</svg>"))


def description(availability: AvailabilityPrediction) -> str:
    """The diagram in words.

    Arguments:
        availability: of the stack.
    """
    blocks = [
        f"{result.block.name}, {needed(result.block)}"
        + (", single point of failure" if result.single_point else "")
        + (", weighs most" if _weighs_most(availability, result) else "")
        for result in availability.blocks
    ]
    if not blocks:
        return "No block can fail."
    return f"{count(len(blocks))} blocks in series, all must work: {'; '.join(blocks)}."


def needed(block: Block) -> str:
    """How many units must work, in words.

    Arguments:
        block: the block.
    """
    if block.units == 1:
        return "1 unit"
    if block.required == block.units:
        return "both needed" if block.units == 2 else f"all {count(block.units)} needed"
    return f"{count(block.required)} of {count(block.units)} needed"


def _weighs_most(availability: AvailabilityPrediction, result: BlockResult) -> bool:
    return result.block.name in {one.name for one in availability.importances[:1]}


def _cell(result: BlockResult, x: float, y: float, weighs_most: bool) -> str:
    middle, axis = x + _CELL / 2, y + _AXIS
    block, colour = result.block, BAD if result.single_point else INK
    names = textwrap.wrap(block.name, 22, break_long_words=True, max_lines=2, placeholder="…")
    top = y + 22 + (2 - len(names)) * 16
    parts = [f"<g><title>{escape(block.name)}: {escape(needed(block))}</title>"]
    if weighs_most:
        parts.append(_halo(x + 4, y + 3))
    parts += [_text(middle, top + 16 * i, name, INK, bold=True) for i, name in enumerate(names)]
    votes = 1 < block.required < block.units
    width = _VOTED if votes else _BOX[0]
    left, right = middle - width / 2, middle + width / 2
    parts.append(_path(f"M{x:g} {axis:g}H{left:g}M{right:g} {axis:g}H{x + _CELL:g}", INK))
    if block.required == block.units:
        parts += _series(block, left, axis, colour)
    elif votes:
        join = right - _VOTE[0]
        parts += [*_branches(block, left, join, axis), *_vote(block, join, axis)]
    else:
        parts += _branches(block, left, right, axis)
    beneath = (needed(block), f"U = {power_of_ten(result.unavailability)}", _away(result))
    lines = [(text, MUTED, False) for text in beneath]
    if result.single_point:
        lines.append(("▲ single point", BAD, True))
    if weighs_most:
        lines.append(("★ weighs most", ACCENT, True))
    parts += [_text(middle, axis + 52 + 17 * i, *line) for i, line in enumerate(lines)]
    return "".join((*parts, "</g>"))


def _away(result: BlockResult) -> str:
    if result.unavailability == 0:
        return "never away"
    return f"{duration(result.unavailability * YEAR)} a year"


def _halo(x: float, y: float) -> str:
    """The frame round the block that weighs most."""
    return (
        f'<rect x="{x:g}" y="{y:g}" width="{_CELL - 8:g}" height="{_HEIGHT - 14:g}" rx="8" '
        f'fill="none" stroke="{ACCENT}" stroke-width="1.5" stroke-dasharray="5 4"/>'
    )


def _series(block: Block, left: float, axis: float, colour: str) -> list[str]:
    """One box, or a pile of them where all units must work."""
    width, height = _BOX
    pile = (6.0, 3.0, 0.0) if block.units > 1 else (0.0,)
    boxes = [
        _box(left + shift, axis - height / 2 - shift, width - pile[0], height, colour)
        for shift in pile
    ]
    text = "1" if block.units == 1 else f"\N{MULTIPLICATION SIGN} {count(block.units)}"
    inside = width - pile[0]
    return [*boxes, _text(left + inside / 2, axis + 5, text, colour, room=inside - 8)]


def _vote(block: Block, left: float, axis: float) -> list[str]:
    width, height = _VOTE
    text = f"{count(block.required)}/{count(block.units)}"
    box, middle = _box(left, axis - height / 2, width, height, INK), left + width / 2
    if len(text) <= _ONE_LINE:
        return [box, _text(middle, axis + 4.5, text, INK, room=width - 6)]
    above, below = f"{count(block.required)}/", count(block.units)
    return [
        box,
        _text(middle, axis - 1.5, above, INK, room=width - 6, most=10.0),
        _text(middle, axis + 9.0, below, INK, room=width - 6, most=10.0),
    ]


def _branches(block: Block, left: float, right: float, axis: float) -> list[str]:
    """A branch for each unit; of more than three the first, dots, and the last."""
    numbers = range(1, block.units + 1)
    labels = [str(i) for i in numbers] if block.units <= 3 else ["1", "⋮", count(block.units)]
    split, join = left + _SPREAD, right - _SPREAD
    centres = [axis + 24 * (i - (len(labels) - 1) / 2) for i in range(len(labels))]
    first, last = centres[0], centres[-1]
    parts = [
        _path(f"M{left:g} {axis:g}H{split:g}M{split:g} {first:g}V{last:g}", INK),
        _path(f"M{join:g} {first:g}V{last:g}M{join:g} {axis:g}h{_SPREAD:g}", INK),
    ]
    for centre, label in zip(centres, labels, strict=True):
        if label != "⋮":
            parts.append(_path(f"M{split:g} {centre:g}H{join:g}", INK))
            parts.append(_box(split + 10, centre - 9, join - split - 20, 18, INK))
        inside = join - split - 26
        parts.append(_text((split + join) / 2, centre + 4.5, label, INK, room=inside))
    return parts


def _wrap(row: int, width: float) -> str:
    """The line from the end of one row to the start of the next."""
    down, axis = (row + 1) * _HEIGHT - 2, row * _HEIGHT + _AXIS
    right, left = width - _MARGIN / 2, _MARGIN / 2
    return _path(
        f"M{width - _MARGIN:g} {axis:g}H{right:g}V{down:g}H{left:g}V{axis + _HEIGHT:g}H{_MARGIN:g}",
        INK,
    )


def _ends(x: float, y: float) -> str:
    start = f'<circle cx="{_MARGIN - 5:g}" cy="{_AXIS:g}" r="5" fill="{INK}"/>'
    return f'{start}<circle cx="{x + 5:g}" cy="{y:g}" r="5" fill="{INK}"/>'


def _box(x: float, y: float, width: float, height: float, colour: str) -> str:
    return (
        f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="3" '
        f'fill="{FAINT}" stroke="{colour}" stroke-width="1.5"/>'
    )


def _path(steps: str, colour: str) -> str:
    return f'<path d="{steps}" fill="none" stroke="{colour}" stroke-width="1.5"/>'


def _text(
    x: float,
    y: float,
    text: str,
    colour: str,
    bold: bool = False,
    room: float = math.inf,
    most: float = _SIZE,
) -> str:
    """Words in the middle of a place, smaller where they would not fit the room that there is."""
    size = min(most, room / (_EM * len(text)))
    weight = ' font-weight="700"' if bold else ""
    return (
        f'<text x="{x:g}" y="{y:g}" text-anchor="middle" font-size="{size:.3g}" '
        f'fill="{colour}"{weight}>{escape(text)}</text>'
    )
