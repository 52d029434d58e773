"""The availability block diagram: every block, vote and mark, in rows of about one length."""

import re
from dataclasses import replace

import pytest

from models.description.stack import Stack
from models.prediction import AvailabilityPrediction, Block, BlockResult, Estimate, Prediction
from reports.diagram import block_diagram, description, needed
from reports.reliability_tables import share_span

from .plain import plain


def blocks(number: int) -> AvailabilityPrediction:
    """So many blocks in series, of which every third is redundant."""
    results = tuple(
        BlockResult(
            Block(f"part {i}", 2, 3 if i % 3 == 0 else 2, 1e6, 1e3, "by hand"), 2e-3, i % 3 != 0
        )
        for i in range(number)
    )
    return AvailabilityPrediction(results, 0.01, Estimate.exact(0.99), 3e5, 2.0, ())


def words(drawing: str) -> list[str]:
    return [plain(text) for text in re.findall(r"<text[^>]*>(.*?)</text>", drawing)]


def test_the_parts_of_a_block_are_told(on_premises: tuple[Stack, Prediction]) -> None:
    said = words(block_diagram(on_premises[1].availability, "key", 5))
    for text in ("power feeds", "1 of 2 needed", "U = 1.4e-6", "44.2 s a year"):
        assert text in said


@pytest.mark.parametrize(
    ("required", "units", "text"),
    [(1, 1, "1 unit"), (2, 2, "both needed"), (3, 3, "all 3 needed"), (1, 2, "1 of 2 needed")],
)
def test_how_many_must_work_is_said_in_words(required: int, units: int, text: str) -> None:
    assert needed(Block("part", required, units, 1e6, 1e3, "by hand")) == text


def test_branches_of_which_several_must_work_meet_in_a_vote(
    on_premises: tuple[Stack, Prediction],
) -> None:
    said = words(block_diagram(on_premises[1].availability, "key", 5))
    assert {"10/12", "128/130"} <= set(said)
    assert "1/2" not in said  # plain branches say that one suffices


def test_single_points_and_the_block_that_weighs_most_are_marked(
    on_premises: tuple[Stack, Prediction],
) -> None:
    availability = on_premises[1].availability
    drawing = block_diagram(availability, "key", 5)
    assert words(drawing).count("▲ single point") == 1
    assert words(drawing).count("★ weighs most") == 1
    assert drawing.count("stroke-dasharray") == 1
    assert "workers, 128 of 130 needed, weighs most" in description(availability)
    unknown = replace(availability, importances=())
    assert "★" not in block_diagram(unknown, "key", 5)


@pytest.mark.parametrize(
    ("number", "across"), [(1, 1), (2, 2), (3, 3), (5, 5), (6, 3), (7, 4), (11, 4), (14, 5)]
)
def test_rows_are_about_equally_long(number: int, across: int) -> None:
    drawing = block_diagram(blocks(number), "key", 5)
    assert f'class="diagram key across-{across}"' in drawing
    for i in range(number):
        assert f"part {i}" in words(drawing)


@pytest.mark.parametrize("number", [0, 1, 3, 14, 60])
@pytest.mark.parametrize("columns", [2, 5])
def test_nothing_is_drawn_outside(number: int, columns: int) -> None:
    drawing = block_diagram(blocks(number), "key", columns)
    _, _, width, height = map(float, re.findall(r'viewBox="(.*?)"', drawing)[0].split())
    for x, y in re.findall(r'<text x="(.*?)" y="(.*?)"', drawing):
        assert 0 < float(x) < width
        assert 0 < float(y) < height
    for x, y, w, h in re.findall(
        r'<rect x="(.*?)" y="(.*?)" width="(.*?)" height="(.*?)"', drawing
    ):
        assert 0 <= float(x) < float(x) + float(w) <= width
        assert 0 <= float(y) < float(y) + float(h) <= height


def test_where_nothing_can_fail_the_words_say_so() -> None:
    assert description(blocks(0)) == "No block can fail."


@pytest.mark.parametrize(("required", "units"), [(2, 3), (10_000, 10_300), (9_999_999, 10_000_000)])
def test_no_number_is_wider_than_its_box(required: int, units: int) -> None:
    many = BlockResult(Block("nodes", required, units, 1e6, 1e3, "by hand"), 2e-3, False)
    all_needed = BlockResult(Block("others", units, units, 1e6, 1e3, "by hand"), 2e-3, True)
    answer = AvailabilityPrediction((many, all_needed), 0.01, Estimate.exact(0.99), 3e5, 2.0, ())
    drawing = block_diagram(answer, "key", 5)
    boxes = re.findall(r'<rect x="(\S+)" y="(\S+)" width="(\S+)" height="(\S+)" rx="3"', drawing)
    inside = re.findall(
        r'<text x="(\S+)" y="(\S+)"[^>]*font-size="(\S+)"[^>]*>([\d,/\u00d7 ]+)<', drawing
    )
    assert len(inside) >= 3
    for x, y, size, text in inside:
        half = 0.62 * float(size) * len(text) / 2  # a digit of DejaVu Sans is 0.64 em wide at most
        fits = [
            float(x) - half >= float(left) and float(x) + half <= float(left) + float(width)
            for left, top, width, height in boxes
            if float(top) <= float(y) <= float(top) + float(height) + 1
            and float(left) <= float(x) <= float(left) + float(width)
        ]
        assert any(fits), text


def test_a_share_near_one_keeps_both_ends_of_its_interval() -> None:
    # Of 10,000 histories that all failed, one in 2,700 may have not.
    assert share_span(0.99963118, 1.0) == "0.99963 to 1"
    assert share_span(0.5, 0.6) == "0.5 to 0.6"
    assert share_span(1.0, 1.0) == "1 to 1"
