"""Cost against time of stacks side by side: points, and names that can be read."""

from types import SimpleNamespace
from typing import Any

import pytest
from matplotlib import pyplot

from reports import comparison_figure


def _named(name: str) -> Any:
    return SimpleNamespace(name=name)


def test_names_of_points_that_are_near_stand_apart() -> None:
    figure, axes = pyplot.subplots()
    axes.set(xlim=(360, 410), ylim=(0, 1))
    points = [
        (_named(name), time, 0.5) for name, time in (("2", 370.0), ("4", 370.5), ("6", 404.0))
    ]
    places = {name: place for name, *_, place in comparison_figure._labels(axes, points)}
    pyplot.close(figure)
    assert places["2"] == places["6"] == (5.0, 4.0)
    assert places["4"][0] < 0
    crowd = [(_named(str(number)), 380.0, 0.5) for number in range(9)]
    assert len(list(comparison_figure._labels(axes, crowd))) == 4


def test_axes_of_values_that_are_near_do_not_begin_at_nothing() -> None:
    assert comparison_figure._ends([10.0, 50.0]) == (0.0, 54.0)
    assert comparison_figure._ends([370.0, 404.0]) == pytest.approx((363.2, 410.8))
    assert comparison_figure._ends([5.0, 5.0]) == pytest.approx((4.5, 5.5))
