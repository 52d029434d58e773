"""The time until enough units are up, against the chain solved by brute force."""

import math

import numpy as np
import pytest
from scipy.linalg import expm

from models.laws import first_time_up as law

HOUR = 3600.0


def solved(time: float, required: int, units: int, mttf: float, mttr: float) -> tuple[float, float]:
    """Chance of a longer time, and the mean, of the chain whose states are the units up."""
    rates = np.zeros((required, required))
    for up in range(required):
        comes, goes = (units - up) / mttr, up / mttf
        rates[up, up] = -(comes + goes)
        if up + 1 < required:
            rates[up, up + 1] = comes
        if up:
            rates[up, up - 1] = goes
    share = mttf / (mttf + mttr)
    start = np.array(
        [math.comb(units, k) * share**k * (1 - share) ** (units - k) for k in range(required)]
    )
    ones = np.ones(required)
    return float(start @ expm(rates * time) @ ones), float(start @ np.linalg.solve(-rates, ones))


@pytest.mark.parametrize(
    ("required", "units", "mttf", "mttr"),
    [(1, 1, 2.1, 1.4), (16, 16, 2.1, 1.4), (16, 24, 2.1, 1.4), (4, 5, 17.0, 1.4), (60, 120, 1, 1)],
)
def test_it_is_what_the_chain_says(required: int, units: int, mttf: float, mttr: float) -> None:
    for time in (0.02, 0.5, 3.0, 30.0):
        longer, mean = solved(time, required, units, mttf, mttr)
        asked = (required, units, mttf * HOUR, mttr * HOUR)
        assert law.chance_of_longer(time * HOUR, *asked) == pytest.approx(longer, abs=2e-9)
        assert law.mean_time_until_up(*asked) == pytest.approx(mean * HOUR, rel=1e-9)
    now = solved(0.0, required, units, mttf, mttr)[0]
    assert law.chance_of_longer(0.0, *asked) == pytest.approx(now, rel=1e-9)
    assert law.chance_at_once(*asked) == pytest.approx(1 - now, abs=1e-12)


def test_one_unit_is_away_for_an_exponential_time_or_not_at_all() -> None:
    away = 1.4 / 3.5
    assert law.mean_time_until_up(1, 1, 2.1, 1.4) == pytest.approx(away * 1.4, rel=1e-12)
    longer = law.chance_of_longer(2.0, 1, 1, 2.1, 1.4)
    assert longer == pytest.approx(away * math.exp(-2 / 1.4), abs=1e-9)


def test_nothing_is_waited_for_where_nothing_is_needed_or_goes_away() -> None:
    for asked in ((0, 4, 1.0, 1.0), (4, 4, math.inf, 1.0)):
        assert law.chance_at_once(*asked) == 1.0
        assert law.mean_time_until_up(*asked) == 0.0
        assert law.chance_of_longer(1.0, *asked) == 0.0


@pytest.mark.parametrize("asked", [(5, 4, 1.0, 1.0), (1, 1, 0.0, 1.0), (1, 1, 1.0, math.inf)])
def test_it_refuses_what_is_no_question(asked: tuple[int, int, float, float]) -> None:
    with pytest.raises(ValueError, match=r"required is|mean times"):
        law.mean_time_until_up(*asked)
