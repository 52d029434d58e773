"""A reliability block diagram as it is described, drawn: what must work from left to right."""

import math
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from html import escape

from models.reliability.block_diagram import Arrangement, Graph, Group, Piece
from reports.palette import BAD, FAINT, INK, MUTED
from reports.svg import opening

_BOX, _LEAD, _GAP = (108.0, 32.0), 12.0, 10.0  # px: of a component; of its lines; between branches
_VOTE = (46.0, 24.0)  # "k/n", where branches of which several must work come together
_MARGIN, _END = 18.0, 5.0
_SIZE, _EM = 13.0, 0.6  # of words, px; width of a letter over that
_APART = (190.0, 96.0)  # nodes of a graph
_BRANCHES, _MOST = 7, 60  # that are drawn side by side; components of a diagram that is drawn
WIDE, NARROW = 980.0, 340.0  # px, from which on a series goes on in another row

Draw = Callable[[float, float], list[str]]


@dataclass(frozen=True)
class _Shape:
    """Something with a line in and a line out.

    Arguments:
        width: px.
        height: px.
        axis: of its lines, px from its top.
        draw: given its upper left corner.
    """

    width: float
    height: float
    axis: float
    draw: Draw


def drawing(piece: Piece, weak: Collection[str], key: str, room: float) -> str | None:
    """The diagram, as SVG; None where it has too many components to be seen.

    Arguments:
        piece: all of it.
        weak: components that stop the system alone.
        key: unlike that of any other drawing on the page; a class of the drawing too.
        room: px, from which on a series goes on in another row.
    """
    names = list(components(piece))
    if len(names) > _MOST:
        return None
    rows = _rows(piece, weak, room)
    width = max(row.width for row in rows) + 2 * _MARGIN
    height = sum(row.height for row in rows) + _GAP * (len(rows) + 1)
    said = "Read from left to right: it works while a path of working components leads through."
    parts = [
        opening(
            key, "Block diagram", f"{said} Components: {', '.join(dict.fromkeys(names))}.",
            f"0 0 {width:g} {height:g}", f"drawn {key}",
        ).replace('width="100%"', f'width="100%" style="max-width:{width:g}px"', 1)
    ]  # fmt: skip
    y, before = _GAP, None
    for row in rows:
        axis = y + row.axis
        if before is not None:  # from the end of the row above
            end, above, low = before
            turn, back = width - _MARGIN / 3, _MARGIN / 3
            steps = f"M{end:g} {above:g}H{turn:g}V{low:g}H{back:g}V{axis:g}H{_MARGIN:g}"
            parts.append(_path(steps))
        else:
            parts.append(_dot(_MARGIN, axis))
        parts += row.draw(_MARGIN, y)
        before = (_MARGIN + row.width, axis, y + row.height + _GAP / 2)
        y += row.height + _GAP
    assert before is not None
    parts.append(_dot(*before[:2]))
    return "".join((*parts, "</svg>"))


def components(piece: Piece) -> Iterator[str]:
    """The names of what is drawn, as often as they stand in the diagram.

    Arguments:
        piece: all of it, or a part.
    """
    if isinstance(piece, str):
        yield piece
    elif piece.group is not None:
        yield piece.group.component
    else:
        several = piece.k_of_n.parts if piece.k_of_n else ()
        for one in (*(piece.series or ()), *(piece.parallel or ()), *several):
            yield from components(one)
        if piece.graph is not None:
            lines = (line.part for line in piece.graph.lines if line.part is not None)
            for one in (*lines, *piece.graph.nodes.values()):
                yield from components(one)


def _rows(piece: Piece, weak: Collection[str], room: float) -> list[_Shape]:
    """A series that is too long for a row, in several."""
    if isinstance(piece, str) or piece.series is None:
        return [_shape(piece, weak)]
    rows: list[list[_Shape]] = [[]]
    for one in piece.series:
        shape = _shape(one, weak)
        if rows[-1] and sum(each.width for each in rows[-1]) + shape.width > room:
            rows.append([])
        rows[-1].append(shape)
    return [_series(row) for row in rows]


def _shape(piece: Piece, weak: Collection[str]) -> _Shape:
    if isinstance(piece, str):
        return _component(piece, BAD if piece in weak else INK)
    if piece.series is not None:
        return _series([_shape(one, weak) for one in piece.series])
    if piece.parallel is not None:
        return _parallel(_few([_shape(one, weak) for one in piece.parallel]), "")
    if piece.k_of_n is not None:
        parts = [_shape(one, weak) for one in piece.k_of_n.parts]
        return _parallel(_few(parts), _votes(piece.k_of_n.required, len(parts)))
    if piece.group is not None:
        return _group(piece.group, weak)
    assert piece.graph is not None  # an arrangement has one of its keys
    return _graph(piece.graph, weak)


def _votes(required: int, units: int) -> str:
    return f"{required:,}/{units:,}" if required > 1 else ""


def _component(name: str, colour: str) -> _Shape:
    wide, high = _BOX

    def draw(x: float, y: float) -> list[str]:
        axis, left = y + high / 2, x + _LEAD
        return [
            _path(f"M{x:g} {axis:g}h{_LEAD:g}M{left + wide:g} {axis:g}h{_LEAD:g}"),
            _box(left, y, wide, high, colour),
            _text(left + wide / 2, axis + 4.5, name, colour, wide - 10),
        ]

    return _Shape(wide + 2 * _LEAD, high, high / 2, draw)


def _dots(count: int) -> _Shape:
    """Branches that are left out."""

    def draw(x: float, y: float) -> list[str]:
        middle = x + _BOX[0] / 2 + _LEAD
        return [_text(middle, y + 13, f"\N{VERTICAL ELLIPSIS} {count:,} more", MUTED, _BOX[0])]

    return _Shape(_BOX[0] + 2 * _LEAD, 18.0, math.nan, draw)


def _few(shapes: list[_Shape]) -> list[_Shape]:
    """The first, how many are left out, and the last, where there are too many to be drawn."""
    if len(shapes) <= _BRANCHES:
        return shapes
    shown = _BRANCHES // 2
    return [*shapes[:shown], _dots(len(shapes) - shown - 1), shapes[-1]]


def _group(group: Group, weak: Collection[str]) -> _Shape:
    name, units = group.component, group.units
    if units == 1:
        return _component(name, BAD if name in weak else INK)
    if group.required == units:
        return _series([_component(f"{name} \N{MULTIPLICATION SIGN} {units:,}", INK)])
    ends = [_component(f"{name} {number:,}", INK) for number in (1, 2, units)]
    shown = ends if units == 3 else [ends[0], ends[1]] if units == 2 else None
    shapes = shown or [ends[0], _dots(units - 2), ends[2]]
    return _parallel(shapes, _votes(group.required, units))


def _series(shapes: Sequence[_Shape]) -> _Shape:
    axis = max(one.axis for one in shapes)
    below = max(one.height - one.axis for one in shapes)

    def draw(x: float, y: float) -> list[str]:
        parts: list[str] = []
        for one in shapes:
            parts += one.draw(x, y + axis - one.axis)
            x += one.width
        return parts

    return _Shape(sum(one.width for one in shapes), axis + below, axis, draw)


def _parallel(shapes: Sequence[_Shape], votes: str) -> _Shape:
    """Branches between two lines; with a vote where more than one of them must work."""
    inner = max(one.width for one in shapes)
    tops = [0.0]
    for one in shapes[:-1]:
        tops.append(tops[-1] + one.height + _GAP)
    axes = [top + one.axis for top, one in zip(tops, shapes, strict=True) if one.axis == one.axis]
    middle = (axes[0] + axes[-1]) / 2
    vote = _VOTE[0] + _LEAD if votes else 0.0

    def draw(x: float, y: float) -> list[str]:
        left, right = x + _LEAD, x + _LEAD + inner
        parts = [
            _path(f"M{x:g} {y + middle:g}H{left:g}M{left:g} {y + axes[0]:g}V{y + axes[-1]:g}"),
            _path(
                f"M{right:g} {y + axes[0]:g}V{y + axes[-1]:g}M{right:g} {y + middle:g}h{_LEAD:g}"
            ),
        ]
        for one, top in zip(shapes, tops, strict=True):
            start = left + (inner - one.width) / 2
            if one.axis == one.axis:
                axis = y + top + one.axis
                parts.append(
                    _path(f"M{left:g} {axis:g}H{start:g}M{start + one.width:g} {axis:g}H{right:g}")
                )
            parts += one.draw(start, y + top)
        if votes:
            at, axis = right + _LEAD, y + middle
            parts += [
                _box(at, axis - _VOTE[1] / 2, *_VOTE, INK),
                _text(at + _VOTE[0] / 2, axis + 4.5, votes, INK, _VOTE[0] - 6),
                _path(f"M{at + _VOTE[0]:g} {axis:g}h{_LEAD:g}"),
            ]
        return parts

    height = tops[-1] + shapes[-1].height
    return _Shape(inner + 2 * _LEAD + vote, height, middle, draw)


def _graph(graph: Graph, weak: Collection[str]) -> _Shape:
    """Nodes by how many lines they are from the source, and the lines between them."""
    layers = _layers(graph)
    across, down = len(layers), max(map(len, layers))
    width = (across - 1) * _APART[0] + 2 * (_LEAD + _END)
    height = max(1, down - 1) * _APART[1] + _BOX[1] + 12
    places = {
        node: (
            _LEAD + _END + column * _APART[0],
            height / 2 + (row - (len(layer) - 1) / 2) * _APART[1],
        )
        for column, layer in enumerate(layers)
        for row, node in enumerate(layer)
    }

    def draw(x: float, y: float) -> list[str]:
        start, end = places[graph.source], places[graph.target]
        parts = [
            _path(f"M{x:g} {y + start[1]:g}H{x + start[0]:g}"),
            _path(f"M{x + end[0]:g} {y + end[1]:g}H{x + width:g}"),
        ]
        boxes: list[str] = []
        seen: dict[frozenset[str], int] = {}
        for line in graph.lines:
            ends = frozenset(line.between)
            (ax, ay), (bx, by) = (places[node] for node in line.between)
            # A second line between two nodes goes beside the first.
            aside = seen.get(ends, 0) * (_BOX[1] + 6)
            seen[ends] = seen.get(ends, 0) + 1
            cx, cy = x + (ax + bx) / 2, y + (ay + by) / 2 + aside
            parts.append(_path(f"M{x + ax:g} {y + ay:g}L{cx:g} {cy:g}L{x + bx:g} {y + by:g}"))
            if graph.directed:
                parts.append(_arrow(cx, cy, x + bx, y + by))
            if line.part is not None:
                boxes += _on_line(line.part, cx, cy, weak)
        parts += boxes
        for node, (nx, ny) in places.items():
            parts.append(_dot(x + nx, y + ny))
            part = graph.nodes.get(node)
            text = node if part is None else f"{node}: {_called(part)}"
            beside = 20 if ny > height / 2 + 1 else -10
            parts.append(_text(x + nx, y + ny + beside, text, MUTED, _APART[0] - _BOX[0]))
        return parts

    axis = places[graph.source][1]
    return _Shape(width, height, axis, draw)


def _arrow(x: float, y: float, to_x: float, to_y: float) -> str:
    """Where a line leads, before the node at its end."""
    long = math.hypot(to_x - x, to_y - y) or 1.0
    along, aside = (to_x - x) / long, (to_y - y) / long
    tip = to_x - along * (_END + 1), to_y - aside * (_END + 1)
    points = [
        tip,
        (tip[0] - 9 * along - 4 * aside, tip[1] - 9 * aside + 4 * along),
        (tip[0] - 9 * along + 4 * aside, tip[1] - 9 * aside - 4 * along),
    ]
    return _filled("M" + "L".join(f"{px:.4g} {py:.4g}" for px, py in points) + "Z")


def _filled(steps: str) -> str:
    return f'<path d="{steps}" fill="{INK}"/>'


def _layers(graph: Graph) -> list[list[str]]:
    """Nodes by the fewest lines from the source; the target stands alone at the end."""
    found, layer = {graph.source}, [graph.source]
    layers = []
    while layer:
        layers.append([node for node in layer if node != graph.target])
        following = []
        for line in graph.lines:
            one, other = line.between
            for here, there in ((one, other), (other, one)):
                if here in layer and there not in found:
                    found.add(there)
                    following.append(there)
        layer = following
    return [*filter(None, layers), [graph.target]]


def _on_line(part: Piece, x: float, y: float, weak: Collection[str]) -> list[str]:
    wide, high = _BOX[0] * 0.85, _BOX[1] * 0.8
    name = _called(part)
    colour = BAD if name in weak else INK
    return [
        _box(x - wide / 2, y - high / 2, wide, high, colour),
        _text(x, y + 4.5, name, colour, wide - 8),
    ]


def _called(part: Piece) -> str:
    """A part on a line, in a word: what is in it stands in the file."""
    if isinstance(part, str):
        return part
    named = list(dict.fromkeys(components(part)))
    return f"{_arranged(part)} of {len(named)}" if len(named) > 1 else named[0]


def _arranged(part: Arrangement) -> str:
    if part.k_of_n is not None:
        return f"{part.k_of_n.required}"
    return "all" if part.series is not None else "one"


def _box(x: float, y: float, wide: float, high: float, colour: str) -> str:
    return (
        f'<rect x="{x:g}" y="{y:g}" width="{wide:g}" height="{high:g}" rx="3" fill="{FAINT}" '
        f'stroke="{colour}" stroke-width="1.5"/>'
    )


def _path(steps: str) -> str:
    return f'<path d="{steps}" fill="none" stroke="{INK}" stroke-width="1.5"/>'


def _dot(x: float, y: float) -> str:
    return f'<circle cx="{x:g}" cy="{y:g}" r="{_END:g}" fill="{INK}"/>'


def _text(x: float, y: float, text: str, colour: str, room: float) -> str:
    size = min(_SIZE, room / (_EM * len(text)))
    return (
        f'<text x="{x:g}" y="{y:g}" text-anchor="middle" font-size="{size:.3g}" '
        f'fill="{colour}">{escape(text)}</text>'
    )
