"""Standby against sums of exponential times."""

import math
from functools import partial

import mpmath
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.laws.reliability.repairable import RepairedGroup
from models.laws.reliability.standby import Standby

near = partial(pytest.approx, rel=1e-9, abs=0)


def test_one_on_duty_and_two_cold_spares() -> None:
    # The survival of a sum of three exponential lives of 1,000 h, after 1,000 h.
    system = Standby(1e-3, spares=2)
    assert 1 - system.unreliability(1000.0) == near(0.9196986029286058)
    assert system.mttf() == near(3000.0)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 8), st.floats(0, 1), st.floats(-6, 1.5))
def test_cold_spares_behind_an_imperfect_switch(spares: int, p: float, exponent: float) -> None:
    # With n failures, a Poisson number, the system lives with probability p^n, up to the spares.
    # At nine failures of a load of 1e-6 the difference from 1 begins at the 59th digit.
    mpmath.mp.dps = 100
    load = mpmath.mpf(10**exponent)
    lives = [load**n / mpmath.factorial(n) * mpmath.mpf(p) ** n for n in range(spares + 1)]
    exact = 1 - mpmath.exp(-load) * mpmath.fsum(lives)
    system = Standby(1e-3, spares, switching=p)
    assert system.unreliability(float(load) * 1000) == near(float(exact))
    assert system.mttf() == near(1000 * math.fsum(p**n for n in range(spares + 1)))


def test_warm_spares() -> None:
    # Rausand and Høyland (2004), chapter 4: the stages last 1/(l + 2s), 1/(l + s) and 1/l.
    system = Standby(0.02, spares=2, dormant_rate=0.005)
    assert system.mttf() == near(1 / 0.03 + 1 / 0.025 + 1 / 0.02)


def test_a_pair_that_is_repaired() -> None:
    # Mean times to the first failure: cold (2l + m)/l^2, hot (3l + m)/(2l^2); Trivedi, chapter 8.
    fails, mends = 1e-4, 0.05
    cold = Standby(fails, 1, repair_rate=mends)
    hot = Standby(fails, 1, dormant_rate=fails, repair_rate=mends)
    assert cold.mttf() == near((2 * fails + mends) / fails**2)
    assert hot.mttf() == near((3 * fails + mends) / (2 * fails**2))
    # Cold, one crew: the states weigh 1, r and r^2.
    r = fails / mends
    single = Standby(fails, 1, repair_rate=mends, crews=1).long_run()
    assert single.unavailability == near(r * r / (1 + r + r * r))
    assert single.mean_down_time == near(1 / mends)


@given(st.integers(1, 5), st.integers(0, 5), st.none() | st.integers(1, 3), st.floats(-6, 0))
@settings(max_examples=40, deadline=None)
def test_hot_standby_is_a_group(duty: int, spares: int, crews: int | None, e: float) -> None:
    fails = 10**e
    hot = Standby(fails, spares, duty, dormant_rate=fails, repair_rate=1.0, crews=crews)
    group = RepairedGroup(duty, duty + spares, fails, 1.0, crews, fails_while_down=False)
    assert hot.mttf() == near(group.mttf())
    assert hot.unreliability(30.0) == near(group.unreliability(30.0))
    assert hot.unavailability(30.0) == near(group.unavailability(30.0))
    ours, theirs = hot.long_run(), group.long_run()
    assert ours.unavailability == near(theirs.unavailability)
    assert ours.mean_up_time == near(theirs.mean_up_time)


def test_a_switch_that_fails_waits_for_its_repair() -> None:
    # One spare so quickly repaired that it is always there: down only behind the switch.
    system = Standby(1e-3, 1, switching=0.9, repair_rate=1e6, crews=1, switch_repair_rate=2.0)
    stuck = Standby(1e-3, 1, switching=0.9, repair_rate=1e-9, switch_repair_rate=2.0)
    assert system.mttf() == pytest.approx(1e4, rel=1e-4)
    assert stuck.mttf() == pytest.approx(1900.0, rel=1e-5)
    waiting = Standby(1e-6, 3, switching=0.5, repair_rate=0.01, switch_repair_rate=10.0)
    assert waiting.long_run().unavailability == pytest.approx(0.5e-6 / 10.01, rel=1e-3)


@given(st.floats(0, 1), st.floats(0, 1), st.integers(0, 4))
@settings(max_examples=40, deadline=None)
def test_better_switches_and_colder_spares_live_longer(p: float, cold: float, spares: int) -> None:
    system = Standby(1e-3, spares, 2, 1e-3 * cold, p)
    assert system.mttf() <= Standby(1e-3, spares, 2, 1e-3 * cold, 1.0).mttf() * (1 + 1e-12)
    assert system.mttf() <= Standby(1e-3, spares, 2, 0.0, p).mttf() * (1 + 1e-12)
    more = Standby(1e-3, spares + 1, 2, 1e-3 * cold, p)
    assert system.unreliability(700.0) >= more.unreliability(700.0) * (1 - 1e-12)


def test_nonsense_is_refused() -> None:
    for arguments, message in (
        ({"failure_rate": 0.0}, r"failure_rate is 0\.0"),
        ({"spares": -1}, "spares is -1"),
        ({"duty": 0}, "duty is 0"),
        ({"dormant_rate": -1.0}, "dormant_rate"),
        ({"switching": 1.2}, r"switching is 1\.2"),
        ({"repair_rate": math.nan}, "repair_rate is nan"),
        ({"crews": 0}, "crews is 0"),
    ):
        with pytest.raises(ValueError, match=message):
            Standby(**{"failure_rate": 1.0, "spares": 1, **arguments})  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"repair_rate is 0\.0"):
        Standby(1.0, 1).long_run()
    with pytest.raises(ValueError, match="spares is 300; failures are too rare"):
        Standby(1e-3, 300, repair_rate=1.0).long_run()
    with pytest.raises(ValueError, match="10002 states; it can have 1500 at most"):
        Standby(1e-3, 5000, repair_rate=1.0).mttf()
