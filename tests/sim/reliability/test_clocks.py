"""Clocks draw the laws of lifetimes, history by history."""

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from models.laws.reliability.empirical import Empirical
from models.laws.reliability.lifetime import Lifetime
from models.laws.reliability.lifetimes import Deterministic, Exponential, Gamma, LogNormal
from models.laws.reliability.weibull import Weibull
from sim.kernels.streams import draw
from sim.reliability.arrays.clocks import NONE, ClocksOfRun, begin

NUMBER = 20_000
SEED = np.random.SeedSequence(1)


def values(lifetime: Lifetime, number: int, history: int = 0) -> NDArray[np.float64]:
    run = ClocksOfRun(SEED)
    run.add("one", lifetime)
    clocks = run.clocks()
    begin(clocks.streams, clocks.seeds, history)
    stream = clocks.streams[0]
    return clocks.shifts[0] + np.array([draw(stream) for _ in range(number)])


@pytest.mark.parametrize(
    "lifetime",
    [
        Exponential(1 / 3600),
        Weibull(1.12, 461_386 * 3600.0),
        Weibull(3, 168.0, 6.0),
        LogNormal(2.0, 1.5),
        Gamma(0.7, 50.0),
        Gamma(4.0, 50.0),
        Deterministic(5.0),
        Empirical((1.0, 4.0, 9.0), (0.2, 0.5, 0.3)),
    ],
)
def test_draws_follow_the_law(lifetime: Lifetime) -> None:
    drawn = values(lifetime, NUMBER)
    for p in (0.01, 0.1, 0.3, 0.5, 0.9, 0.99):
        time = lifetime.quantile(p)
        share, expected = float(np.mean(drawn <= time)), lifetime.unreliability(time)
        error = math.sqrt(expected * (1 - expected) / NUMBER)
        assert abs(share - expected) <= 4 * error


def test_nothing_is_drawn_before_the_location() -> None:
    assert values(Weibull(2.0, 12.0, 6.0), NUMBER).min() > 6.0


def test_a_history_draws_the_same_again_and_another_does_not() -> None:
    law = Exponential(1.0)
    assert np.array_equal(values(law, 10, history=3), values(law, 10, history=3))
    assert not np.isin(values(law, 10, history=3), values(law, 10, history=4)).any()


def test_first_draws_of_histories_are_independent() -> None:
    first = np.array([values(Exponential(1.0), 1, history=h)[0] for h in range(2000)])
    u = np.exp(-first)
    assert abs(u.mean() - 0.5) < 4 / math.sqrt(12 * 2000)
    assert abs(np.corrcoef(u[:-1], u[1:])[0, 1]) < 4 / math.sqrt(2000)


def test_a_clock_has_draws_of_its_own() -> None:
    run = ClocksOfRun(SEED)
    numbers = [run.add("one", Exponential(1.0)), run.add("two", Exponential(1.0))]
    clocks = run.clocks()
    assert numbers == [0, 1]
    assert draw(clocks.streams[0]) != draw(clocks.streams[1])


def test_without_a_law_there_is_no_clock() -> None:
    assert ClocksOfRun(SEED).add("never", None) == NONE


def test_an_unknown_law_is_refused() -> None:
    class Odd(Exponential):
        pass

    class Strange:
        mttf = 1.0

    assert ClocksOfRun(SEED).add("odd", Odd(1.0)) == 0
    with pytest.raises(ValueError, match="no draws of its law are compiled"):
        ClocksOfRun(SEED).add("strange", Strange())  # type: ignore[arg-type]
