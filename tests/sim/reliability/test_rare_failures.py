"""Rare failures against exact chains and diagrams, judged by their intervals."""

import math

import numpy as np
import pytest

from models.laws.reliability.diagram import Graph, Identical, KOfN, Parallel, Series
from models.laws.reliability.diagram_compile import compile_diagram
from models.laws.reliability.lifetimes import Exponential, Weibull
from models.laws.reliability.repairable import RepairedGroup
from models.prediction import Estimate
from sim.reliability.rare_failures import (
    NoFailureSeen,
    NotRare,
    rare_failure_probability,
    rare_failures,
)
from sim.reliability.simulate_system import simulate_system
from sim.reliability.system_contract import Maintenance, System, Unit

HOUR = 3600.0
BRIDGE = [("s", "x", "a"), ("s", "y", "b"), ("x", "y", "c"), ("x", "t", "d"), ("y", "t", "e")]


def unit(mttf: float, mttr: float) -> Unit:
    return Unit(Exponential(1 / mttf / HOUR), Exponential(1 / mttr / HOUR))


def holds(estimate: Estimate, truth: float) -> bool:
    """The truth lies within twice the interval: by chance alone it doesn't once in 10,000 times."""
    return abs(estimate.mean - truth) <= 2 * (estimate.high - estimate.mean)


def unavailability(system: System) -> float:
    """Exact, for crews without limit."""
    shares = {}
    for name, one in system.units.items():
        assert one.lifetime is not None
        assert one.repair is not None
        shares[name] = one.repair.mttf / (one.lifetime.mttf + one.repair.mttf)
    return float(compile_diagram(system.diagram).unavailability(shares))


THREE = System(Identical(1, 3, "a"), {"a": unit(1000, 1)})  # 1e-9 nearly


@pytest.mark.parametrize(
    "system",
    [
        THREE,
        System(Graph(BRIDGE, "s", "t"), {k: unit(1e5 * (i + 1), 4) for i, k in enumerate("abcde")}),
        System(
            Series(Identical(14, 16, "n"), Parallel("p", "q"), KOfN(2, "x", "y", "z")),
            {"n": unit(5e4, 5), "p": unit(2e6, 10), **{k: unit(1e6, 2) for k in "qxyz"}},
        ),
    ],
)
def test_unavailability_of_diagrams(system: System) -> None:
    answer = rare_failures(system, np.random.default_rng(1), 0.03)
    exact = unavailability(system)
    assert exact < 1e-8
    assert holds(answer.unavailability, exact)
    assert math.log(answer.unavailability.high / answer.unavailability.mean) <= 0.03
    assert answer.notes == ()


def test_an_unavailability_of_one_in_a_billion() -> None:
    # Three of which one suffices: U = (1/1001)^3.
    answer = rare_failures(THREE, np.random.default_rng(2), 0.1)
    assert holds(answer.unavailability, 1001.0**-3)
    assert answer.cycles < 100_000


@pytest.mark.parametrize("crews", [1, 2, 4])
def test_groups_with_crews(crews: int) -> None:
    law = RepairedGroup(2, 4, 1 / 5000 / HOUR, 1 / 5 / HOUR, crews, fails_while_down=True)
    system = System(Identical(2, 4, "a"), {"a": unit(5000, 5)}, crews)
    answer = rare_failures(system, np.random.default_rng(3), 0.03)
    exact = law.long_run()
    assert holds(answer.unavailability, exact.unavailability)
    assert holds(answer.failure_frequency, exact.failure_frequency)
    assert holds(answer.mttf, law.mttf())


def test_different_components_and_one_crew() -> None:
    # First come, first served: no closed form, but the plain simulation knows it as well.
    units = {"a": unit(500, 20), "b": unit(800, 5), "c": unit(2000, 50)}
    system = System(KOfN(2, "a", "b", "c"), units, 1)
    biased = rare_failures(system, np.random.default_rng(9), 0.02).unavailability
    plain = simulate_system(system, 1e6 * HOUR, np.random.default_rng(9), 20).unavailability
    error = math.hypot(biased.high - biased.mean, plain.high - plain.mean)
    assert abs(biased.mean - plain.mean) <= 2 * error


@pytest.mark.parametrize("hours", [1.0, 100.0, 1e4, 1e6])
def test_failure_within_a_time(hours: float) -> None:
    law = RepairedGroup(2, 4, 1 / 5000 / HOUR, 1 / 5 / HOUR, 2, fails_while_down=True)
    system = System(Identical(2, 4, "a"), {"a": unit(5000, 5)}, 2)
    random = np.random.default_rng(4)
    estimate = rare_failure_probability(system, hours * HOUR, random, 0.05, 300_000)
    assert holds(estimate, law.unreliability(hours * HOUR))
    assert estimate.high / estimate.mean - 1 < 0.1


def test_intervals_cover() -> None:
    random, covered = np.random.default_rng(5), 0
    system = System(Graph(BRIDGE, "s", "t"), {k: unit(1e4, 10) for k in "abcde"})
    exact = unavailability(system)
    for _ in range(100):
        estimate = rare_failures(system, random, 0.2).unavailability
        covered += estimate.low <= exact <= estimate.high
    assert covered >= 88  # of 95 expected; the binomial error is 2


def test_a_component_that_often_fails_beside_slow_repairs() -> None:
    # Biased at each event, cycles here have weights of infinite variance: 58 % were covered.
    times = {"a": (1e4, 1), "b": (1e5, 10), "c": (10, 1), "d": (1e6, 10), "e": (1e5, 1)}
    system = System(Graph(BRIDGE, "s", "t"), {k: unit(*pair) for k, pair in times.items()})
    random, covered, exact = np.random.default_rng(5), 0, unavailability(system)
    for _ in range(40):
        answer = rare_failures(system, random, 0.2)
        covered += answer.unavailability.low <= exact <= answer.unavailability.high
        assert "Components fail 1 times in the slowest mean repair" in answer.notes[0]
    assert covered >= 31  # of 36 expected


def test_the_same_seed_gives_the_same_answer() -> None:
    one = rare_failures(THREE, np.random.default_rng(6))
    assert one == rare_failures(THREE, np.random.default_rng(6))
    assert one != rare_failures(THREE, np.random.default_rng(7))


def test_a_precision_that_is_not_reached_is_said() -> None:
    answer = rare_failures(THREE, np.random.default_rng(8), 0.001, 20_000)
    assert "not to the 0.1% asked" in answer.notes[0]


def test_a_system_that_never_fails() -> None:
    system = System(Parallel("a", "b"), {"a": Unit(None, Exponential(1.0)), "b": unit(1000, 1)})
    with pytest.raises(NoFailureSeen, match="did not fail in 10,000 runs"):
        rare_failures(system, np.random.default_rng(1), most_cycles=10_000)
    with pytest.raises(NoFailureSeen, match="did not fail"):
        rare_failure_probability(system, HOUR, np.random.default_rng(1), most_missions=10_000)


def test_components_that_are_mostly_down() -> None:
    system = System(Identical(1, 60, "a"), {"a": unit(1, 10)})
    with pytest.raises(NotRare, match="hardly ever all work"):
        rare_failures(system, np.random.default_rng(1))


@pytest.mark.parametrize(
    ("one", "message"),
    [
        (Unit(Exponential(1.0), None), "repair of 'a' is None; it must be exponential"),
        (Unit(Weibull(2.0, 1.0), Exponential(1.0)), "lifetime of 'a' is Weibull"),
        (Unit(Exponential(1.0), Weibull(2.0, 1.0)), "repair of 'a' is Weibull"),
        (
            Unit(Exponential(1.0), Exponential(1.0), Maintenance(1.0, Exponential(1.0))),
            "maintenance or a standby",
        ),
        (Unit(None, Exponential(1.0)), "failure rate of all components is 0"),
    ],
)
def test_what_is_not_markovian_is_refused(one: Unit, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        rare_failures(System(Series("a"), {"a": one}), np.random.default_rng(1))


@pytest.mark.parametrize("share", [0.0, -1.0, math.nan])
def test_nonsense_is_refused(share: float) -> None:
    with pytest.raises(ValueError, match="relative_half_width"):
        rare_failures(THREE, np.random.default_rng(1), share)
    with pytest.raises(ValueError, match="time is"):
        rare_failure_probability(THREE, share, np.random.default_rng(1))
