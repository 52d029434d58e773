"""Textbook approximations as printed."""

from functools import partial

import pytest

from models.laws.storage.textbook_mttdl import chen_1994, patterson_1988

HOUR = 3600.0
near = partial(pytest.approx, rel=1e-9, abs=0)


@pytest.mark.parametrize(
    ("group_data", "hours"),
    [(1, 4500000.0), (10, 818181.8181818182), (25, 346153.8461538461)],
)
def test_hundred_disks_of_patterson_gibson_and_katz(group_data: int, hours: float) -> None:
    # Patterson et al. (1988): D = 100, MTTF 30,000 h, MTTR 1 h; printed 4,500,000 h for mirrors
    # and 820,000 h and 346,000 h for levels 3 to 5.
    value = patterson_1988(100, group_data, 1, 30000 * HOUR, HOUR)
    assert value / HOUR == near(hours)


def test_a_mirrored_pair() -> None:
    # MTTF^2 / (2 MTTR): 6,000,000 h and 120 h give 150,000,000,000 h.
    assert chen_1994(2, 2, 1, 6e6 * HOUR, 120 * HOUR) / HOUR == near(1.5e11)


def test_eight_disks_at_a_million_hours_and_a_day() -> None:
    assert chen_1994(8, 8, 1, 1e6, 24.0) == near(1e12 / (56 * 24))
    assert chen_1994(8, 8, 2, 1e6, 24.0) == near(1e18 / (336 * 576))
    assert chen_1994(16, 8, 2, 1e6, 24.0) == near(1e18 / (672 * 576))
    assert patterson_1988(7, 7, 1, 1e6, 24.0) == near(chen_1994(8, 8, 1, 1e6, 24.0))


def test_nonsense() -> None:
    with pytest.raises(ValueError, match="groups of 30 must fill it"):
        patterson_1988(100, 30, 1, 1e6, 24.0)
    with pytest.raises(ValueError, match="group_checks is 0"):
        patterson_1988(100, 10, 0, 1e6, 24.0)
    with pytest.raises(ValueError, match="parity is 3"):
        chen_1994(8, 8, 3, 1e6, 24.0)
    with pytest.raises(ValueError, match="groups of 8 must fill it"):
        chen_1994(12, 8, 1, 1e6, 24.0)
    with pytest.raises(ValueError, match="group_disks is 2"):
        chen_1994(8, 2, 2, 1e6, 24.0)
    with pytest.raises(ValueError, match=r"mttr is 0\.0"):
        chen_1994(8, 8, 1, 1e6, 0.0)
