"""A described block diagram, drawn."""

import re
from pathlib import Path

import pytest

from models.reliability.block_diagram import Arrangement
from models.reliability.read_diagram import read_diagram
from reports.diagram_drawing import NARROW, WIDE, components, drawing

DIAGRAMS = sorted((Path(__file__).parents[2] / "diagrams").glob("*.yaml"))
BOX = re.compile(r'<rect x="([-\d.e]+)" y="([-\d.e]+)" width="([\d.]+)" height="([\d.]+)"')


def boxes(drawn: str) -> list[tuple[float, ...]]:
    return [tuple(map(float, found)) for found in BOX.findall(drawn)]


def arranged(**tree: object) -> Arrangement:
    return Arrangement.model_validate(tree)


@pytest.mark.parametrize("file", DIAGRAMS, ids=lambda one: one.stem)
@pytest.mark.parametrize("room", [WIDE, NARROW])
def test_every_example_is_drawn_within_its_frame_and_no_box_on_another(
    file: Path, room: float
) -> None:
    described = read_diagram(file).description
    drawn = drawing(described.diagram, (), "key", room)
    assert drawn is not None
    wide, high = map(float, re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', drawn).groups())  # type: ignore[union-attr]
    found = boxes(drawn)
    assert found
    for x, y, width, height in found:
        assert x >= 0
        assert y >= 0
        assert x + width <= wide
        assert y + height <= high
    for at, (x, y, width, height) in enumerate(found):
        for left, top, across, down in found[at + 1 :]:
            assert x + width <= left or left + across <= x or y + height <= top or top + down <= y
    assert all(name in drawn for name in components(described.diagram))


def test_what_fails_the_system_alone_is_red() -> None:
    drawn = drawing(arranged(series=["a", "b"]), ("b",), "key", WIDE)
    assert drawn is not None
    assert drawn.count('stroke="#a83c00"') == 1


def test_of_many_branches_the_first_and_the_last_are_drawn_with_the_vote() -> None:
    group = {"component": "node", "required": 14, "units": 16}
    drawn = drawing(arranged(group=group), (), "key", WIDE)
    assert drawn is not None
    assert [text in drawn for text in ("node 1<", "node 16<", "14 more", "14/16")] == [True] * 4
    parts = [f"p{number}" for number in range(20)]
    drawn = drawing(arranged(k_of_n={"required": 2, "parts": parts}), (), "key", WIDE)
    assert drawn is not None
    assert len(boxes(drawn)) == 5  # three, the last, and the vote
    assert "16 more" in drawn


def test_a_directed_graph_says_where_its_lines_lead() -> None:
    lines = [{"between": ["a", "b"], "part": "x"}, {"between": ["a", "b"], "part": "y"}]
    graph = {"source": "a", "target": "b", "lines": lines}
    both, one = (
        drawing(arranged(graph={**graph, "directed": way}), (), "key", WIDE)
        for way in (False, True)
    )
    assert both is not None
    assert one is not None
    assert one.count("<path") == both.count("<path") + 2
    assert len(boxes(one)) == 2


def test_what_can_not_be_seen_is_not_drawn() -> None:
    many = arranged(series=[f"c{number}" for number in range(61)])
    assert drawing(many, (), "key", WIDE) is None
