"""Redundancy as engineers write it."""

import pytest

from models.laws.redundancy import Redundancy, redundancy, units_for


@pytest.mark.parametrize(
    ("notation", "systems", "spares", "units_of_three"),
    [("N", 1, 0, 3), ("N+1", 1, 1, 4), ("N + 2", 1, 2, 5), ("2N", 2, 0, 6), ("2(N+1)", 2, 1, 8)],
)
def test_what_engineers_write(
    notation: str, systems: int, spares: int, units_of_three: int
) -> None:
    read = redundancy(notation)
    assert read == Redundancy(systems, spares)
    assert redundancy(str(read)) == read
    assert read.units(3) == units_of_three
    assert read.needed(units_of_three) == 3


def test_350_kw_take_four_units_of_100_kw_and_eight_in_2n() -> None:
    assert units_for(350e3, 100e3) == 4
    assert redundancy("2N").units(units_for(350e3, 100e3)) == 8
    assert units_for(3 * 0.1, 0.1) == 3


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (lambda: redundancy("2N+1"), "write N, N\\+1, 2N or 2\\(N\\+1\\)"),
        (lambda: redundancy("M+1"), "'M\\+1' is no redundancy"),
        (lambda: redundancy("0N"), "systems is 0"),
        (lambda: Redundancy(1, -1), "spares is -1"),
        (lambda: redundancy("2N").needed(3), "units is 3; 2N takes 2, 4, 6"),
        (lambda: redundancy("N+1").needed(1), "units is 1; N\\+1 takes 2, 3, 4"),
        (lambda: redundancy("N").units(2000), "more than 1,000"),
        (lambda: units_for(0.0, 1.0), "load is 0"),
        (lambda: units_for(1e9, 1.0), "more than 1,000"),
    ],
)
def test_nonsense_is_refused(wrong: object, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        wrong()  # type: ignore[operator]
