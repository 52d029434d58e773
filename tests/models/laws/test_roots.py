import math

import pytest

from models.laws.roots import last_allowed


def test_root_of_a_smooth_function() -> None:
    """x = exp(-x) at the omega constant, 0.567143290409783873 (OEIS A030178)."""
    found = last_allowed(lambda x: math.exp(-x) - x, 0.0, 1.0, 1e-14)
    assert found == pytest.approx(0.567143290409783873, abs=1e-14)


def test_a_straight_line_takes_few_calls() -> None:
    places: list[float] = []

    def line(x: float) -> float:
        places.append(x)
        return 0.7 - x

    assert last_allowed(line, 0.0, 1.0, 1e-12) == pytest.approx(0.7, abs=1e-12)
    assert len(places) < 10


@pytest.mark.parametrize("step", [1e-9, 0.3, 1 / 3, 1 - 1e-9])
def test_a_step_is_found_from_the_side_that_is_allowed(step: float) -> None:
    def allowed(x: float) -> float:
        return 1.0 if x <= step else -1e-3

    found = last_allowed(allowed, 0.0, 1.0, 1e-12)
    assert step - 1e-12 <= found <= step


def test_what_is_allowed_or_forbidden_at_both_ends_has_no_last() -> None:
    with pytest.raises(ValueError, match=r"the function is 1\.0 at 0\.0 and 1\.0 at 1\.0"):
        last_allowed(lambda _: 1.0, 0.0, 1.0, 1e-9)
    with pytest.raises(ValueError, match=r"the function is -1\.0 at 0\.0"):
        last_allowed(lambda _: -1.0, 0.0, 1.0, 1e-9)
