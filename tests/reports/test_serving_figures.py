"""Pictures of endpoints: what is wanted is what is drawn."""

import re

import pytest

from reports.palette import BAD
from reports.serving_figures import response_against_load
from tests.reports.serving import predicted, wanted


def words(drawing: str) -> list[str]:
    return [one.strip() for one in re.findall(r"<text[^>]*>([^<]+)</text>", drawing)]


def line_at(drawing: str) -> float | None:
    """Value at which the red line lies, by the ticks of the axis."""
    red = re.search(rf'd="M [\d.]+ ([\d.]+)[^"]*"[^>]*fill: none; stroke: {BAD}', drawing)
    if red is None:
        return None
    tick = r'y="([\d.]+)"[^>]*/></g></g><g><text[^>]*text-anchor: end[^>]*>([\d.]+)<'
    (zero, _), *_, (top, value) = re.findall(tick, drawing)
    return float(value) * (float(zero) - float(red[1])) / (float(zero) - float(top))


def test_the_line_is_what_the_objective_asks_and_the_curve_its_percentile() -> None:
    drawing = response_against_load(predicted(wanted(99.9, 1.5), target=0.2), "k")
    assert line_at(drawing) == pytest.approx(1.5, rel=1e-3)
    assert {"P99.9 within 1.5 s", "P99.9", "mean"} <= set(words(drawing))
    assert "P95" not in words(drawing)
    assert "4 requests/s: 400 ms, P99.9 2 s; wanted: P99.9 within 1.5 s." in drawing


def test_the_line_is_the_target_where_no_objective_asks() -> None:
    one = predicted(wanted(95.0, 0.5, of_objective=False), target=0.5)
    drawing = response_against_load(one, "k")
    assert line_at(drawing) == pytest.approx(0.5, rel=1e-3)
    assert "P95 within 500 ms" in words(drawing)


def test_without_either_there_is_no_line() -> None:
    drawing = response_against_load(predicted(None), "k")
    assert line_at(drawing) is None
    assert {"P95", "mean"} <= set(words(drawing))


def test_a_line_above_all_that_is_reached_is_in_the_picture_or_told() -> None:
    drawing = response_against_load(predicted(wanted(95.0, 4.0)), "k")
    assert line_at(drawing) == pytest.approx(4.0, rel=1e-3)
    far = response_against_load(predicted(wanted(95.0, 40.0)), "k")
    assert line_at(far) is None
    assert "P95 within 40 s: above the picture" in words(far)
