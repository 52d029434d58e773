"""Simulated systems against the laws, judged by their intervals; both engines tell one story."""

import math
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from models.laws.reliability.diagram import Diagram, Graph, Identical, KOfN, Parallel, Series
from models.laws.reliability.diagram_compile import compile_diagram
from models.laws.reliability.empirical import Empirical
from models.laws.reliability.lifetimes import (
    Deterministic,
    Exponential,
    Gamma,
    LogNormal,
    Weibull,
)
from models.laws.reliability.maintenance import replacement_unavailability
from models.laws.reliability.repairable import RepairedGroup
from models.laws.reliability.standby import Standby as StandbyLaw
from models.prediction import Estimate
from sim.backends import Backend
from sim.reliability.reference.simpy_system import simpy_histories
from sim.reliability.simulate_system import SimulatedSystem, compiled_histories, simulate_system
from sim.reliability.system_contract import Maintenance, Standby, System, Unit

HOUR = 3600.0
YEAR = 8760 * HOUR
BRIDGE = [("s", "x", "a"), ("s", "y", "b"), ("x", "y", "c"), ("x", "t", "d"), ("y", "t", "e")]


def exponential(mttf: float, mttr: float) -> Unit:
    return Unit(Exponential(1 / mttf / HOUR), Exponential(1 / mttr / HOUR))


def simulate(system: System, horizon: float = YEAR, histories: int = 1000) -> SimulatedSystem:
    return simulate_system(system, horizon, np.random.default_rng(1), histories)


def holds(estimate: Estimate, truth: float) -> bool:
    """The truth lies within twice the interval: by chance alone it doesn't once in 10,000 times."""
    low = estimate.mean - 2 * (estimate.mean - estimate.low)
    return low <= truth <= estimate.mean + 2 * (estimate.high - estimate.mean)


# Exponential lives and repairs by many crews: exact at all times by the diagram.


def down_by(unit: Unit, times: NDArray[np.float64]) -> NDArray[np.float64]:
    assert isinstance(unit.lifetime, Exponential)
    assert isinstance(unit.repair, Exponential)
    failure, repair = unit.lifetime.failure_rate, unit.repair.failure_rate
    return failure / (failure + repair) * -np.expm1(-(failure + repair) * times)


@pytest.mark.parametrize(
    "diagram",
    [
        Series("a", "b"),
        Parallel("a", Series("b", "c")),
        KOfN(2, "a", "b", Parallel("c", "d")),
        Series(KOfN(2, "a", "b", "c"), Parallel("a", "d")),
        Graph(BRIDGE, "s", "t"),
        Series(Identical(3, 5, "a"), Graph(BRIDGE[1:], "s", "t", nodes={"y": "a2"})),
    ],
)
def test_repaired_systems(diagram: Diagram) -> None:
    structure = compile_diagram(diagram)
    units = {name: exponential(200 + 50 * k, 20 + k) for k, name in enumerate(structure.components)}
    points, weights = np.polynomial.legendre.leggauss(60)
    horizon = 500 * HOUR
    times = horizon * (points + 1) / 2
    down = {name: down_by(unit, times) for name, unit in units.items()}
    answer = simulate(System(diagram, units), horizon, 4000)
    unavailability = structure.unavailability(down) @ weights / 2
    assert holds(answer.unavailability, unavailability)
    assert holds(answer.downtime, unavailability * horizon)
    slopes, failures = structure.birnbaum(down), 0.0
    for name, unit in units.items():
        count = structure.units[structure.components.index(name)]
        assert isinstance(unit.lifetime, Exponential)
        # The slope of a name is that of one of its units.
        per_second = slopes[name] * (1 - down[name]) * unit.lifetime.failure_rate * count
        failures += float(per_second @ weights) / 2 * horizon
        assert holds(answer.components[name], float(down[name] @ weights) / 2)
    assert holds(answer.failures, failures)


def test_never_repaired_systems_of_any_lifetimes() -> None:
    lifetimes = {
        "a": Weibull(2.0, 900 * HOUR, 100 * HOUR),
        "b": LogNormal(math.log(700 * HOUR), 0.8),
        "c": Gamma(3.0, 300 * HOUR),
        "d": Exponential(1 / 2000 / HOUR),
        "e": Empirical((100 * HOUR, 800 * HOUR, 1500 * HOUR), (0.1, 0.4, 0.5)),
    }
    diagram = Graph(BRIDGE, "s", "t")
    structure = compile_diagram(diagram)
    units = {name: Unit(lifetime, None) for name, lifetime in lifetimes.items()}
    answer = simulate(System(diagram, units), 2000 * HOUR, 4000)
    for time in (150 * HOUR, 400 * HOUR, 900 * HOUR, 1600 * HOUR):
        failed = {name: lifetime.unreliability(time) for name, lifetime in lifetimes.items()}
        assert holds(answer.reliability(time), 1 - float(structure.unavailability(failed)))
    assert answer.failure_probability.mean == 1 - answer.reliability(answer.horizon).mean


@pytest.mark.parametrize("crews", [1, 2, 3])
def test_crews(crews: int) -> None:
    unit = exponential(100, 30)
    group = RepairedGroup(3, 4, 1 / 100 / HOUR, 1 / 30 / HOUR, crews, fails_while_down=True)
    answer = simulate(System(Identical(3, 4, "a"), {"a": unit}, crews), 1000 * HOUR)
    assert holds(answer.unavailability, group.interval_unavailability(1000 * HOUR))
    unreliability = group.unreliability(50 * HOUR)
    assert holds(answer.reliability(50 * HOUR), 1 - unreliability)


@pytest.mark.parametrize("switching", [1.0, 0.9])
def test_cold_standby(switching: float) -> None:
    unit = replace(exponential(100, 30), standby=Standby(switching=switching))
    law = StandbyLaw(1 / 100 / HOUR, 2, 1, 0.0, switching, 1 / 30 / HOUR, crews=1)
    system = System(Identical(1, 3, "a"), {"a": unit}, 1)
    # The new units at the start matter less than the interval.
    long = simulate(system, 20 * YEAR, 100)
    assert holds(long.unavailability, law.long_run().unavailability)
    time = 400 * HOUR
    assert holds(simulate(system, time, 4000).reliability(time), 1 - law.unreliability(time))


def test_warm_standby_without_repair() -> None:
    standby = Standby(Exponential(1 / 400 / HOUR))
    unit = Unit(Exponential(1 / 100 / HOUR), None, standby=standby)
    law = StandbyLaw(1 / 100 / HOUR, 2, 2, 1 / 400 / HOUR)
    answer = simulate(System(Identical(2, 4, "a"), {"a": unit}), 300 * HOUR, 4000)
    for time in (50 * HOUR, 150 * HOUR, 300 * HOUR):
        assert holds(answer.reliability(time), 1 - law.unreliability(time))


def test_age_replacement() -> None:
    lifetime, age = Weibull(3.0, 1000 * HOUR), 600 * HOUR
    planned = Maintenance(age, Deterministic(4 * HOUR))
    unit = Unit(lifetime, Deterministic(40 * HOUR), planned)
    answer = simulate(System(Series("a"), {"a": unit}), 100 * YEAR, 20)
    expected = replacement_unavailability(lifetime, age, 4 * HOUR, 40 * HOUR)
    assert holds(answer.unavailability, expected)


def test_a_component_that_never_fails() -> None:
    system = System(Parallel("a", "b"), {"a": Unit(None, None), "b": exponential(10, 10)})
    answer = simulate(system, 1000 * HOUR, 100)
    assert answer.components["a"].mean == 0.0
    assert answer.unavailability.mean == 0.0


def test_no_failure_seen_is_no_proof_of_none() -> None:
    answer = simulate(System(Identical(1, 4, "a"), {"a": exponential(1e5, 1)}), YEAR, 100)
    assert answer.unavailability.mean == 0.0
    assert answer.unavailability.high > 0.03
    assert answer.failure_probability.high == answer.unavailability.high
    assert answer.availability.high == 1.0
    assert "0 of 100 histories" in answer.notes[0]


def test_the_same_seed_gives_the_same_answer_wherever_it_runs() -> None:
    system = System(Graph(BRIDGE, "s", "t"), {k: exponential(100, 10) for k in "abcde"}, 2)
    one = simulate(system, 1000 * HOUR, 2500)
    other = simulate_system(
        system, 1000 * HOUR, np.random.default_rng(1), 2500, backend=Backend(workers=2)
    )
    assert one == other
    assert np.array_equal(one.first_failures, other.first_failures)
    more = simulate(system, 1000 * HOUR, 3000)
    assert np.array_equal(one.first_failures, more.first_failures[:2500])


def test_intervals_cover() -> None:
    system = System(Identical(2, 3, "a"), {"a": exponential(100, 10)}, 1)
    law = RepairedGroup(2, 3, 1 / 100 / HOUR, 1 / 10 / HOUR, 1, fails_while_down=True)
    truth = law.interval_unavailability(500 * HOUR)
    random, covered = np.random.default_rng(7), 0
    for _ in range(200):
        estimate = simulate_system(system, 500 * HOUR, random, 100).unavailability
        covered += estimate.low <= truth <= estimate.high
    assert covered >= 178  # of 190 expected; the binomial error is 3


@pytest.mark.parametrize(
    ("horizon", "histories", "message"),
    [(0.0, 10, "horizon is 0"), (math.nan, 10, "horizon is nan"), (1.0, 1, "histories is 1")],
)
def test_nonsense_is_refused(horizon: float, histories: int, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        simulate(System(Series("a"), {"a": exponential(1, 1)}), horizon, histories)


def test_a_time_after_the_end_is_refused() -> None:
    answer = simulate(System(Series("a"), {"a": exponential(1, 1)}), HOUR, 2)
    with pytest.raises(ValueError, match="histories end at 3600 s"):
        answer.reliability(2 * HOUR)


# Both engines.

MIXED = Unit(Exponential(1 / 100 / HOUR), LogNormal(math.log(10 * HOUR), 1.0))
PLANNED = Unit(
    Weibull(2.0, 100 * HOUR, 5 * HOUR),
    Gamma(2.0, 5 * HOUR),
    Maintenance(60 * HOUR, Weibull(2.0, 3 * HOUR, HOUR)),
)
WAITING = Unit(
    Exponential(1 / 100 / HOUR),
    Weibull(1.5, 30 * HOUR),
    standby=Standby(Exponential(1 / 300 / HOUR), 0.8),
)
UNREPAIRED = Unit(Exponential(1 / 3000 / HOUR), None)


@pytest.mark.parametrize(
    "system",
    [
        System(Identical(2, 3, "a"), {"a": MIXED}, 1),
        System(Identical(2, 5, "a"), {"a": WAITING}, 2),
        System(
            Graph(BRIDGE, "s", "t", nodes={"x": Identical(2, 4, "n")}),
            {"a": MIXED, "b": MIXED, "c": MIXED, "d": PLANNED, "e": MIXED, "n": WAITING},
            2,
        ),
        System(
            Series("a", KOfN(2, "b", "c", Parallel("a", "d"))),
            {"a": PLANNED, "b": MIXED, "c": MIXED, "d": UNREPAIRED},
        ),
    ],
)
def test_both_engines_tell_the_same_story(system: System) -> None:
    seed = np.random.SeedSequence(5)
    records, downtimes = compiled_histories(system, seed, YEAR, 3, 10)
    others, other_downtimes = simpy_histories(system, seed, YEAR, 3, 10)
    assert np.array_equal(records["events"], others["events"])
    assert np.array_equal(records["failures"], others["failures"])
    assert records["events"].min() > 100
    np.testing.assert_allclose(records["downtime"], others["downtime"], rtol=1e-9)
    np.testing.assert_allclose(records["first_failure"], others["first_failure"], rtol=1e-9)
    np.testing.assert_allclose(downtimes, other_downtimes, rtol=1e-9)


def test_simpy_as_the_engine() -> None:
    system = System(Identical(2, 3, "a"), {"a": MIXED}, 1)
    one = simulate(system, 1000 * HOUR, 5)
    other = simulate_system(
        system, 1000 * HOUR, np.random.default_rng(1), 5, engine=simpy_histories
    )
    assert one.unavailability.mean == pytest.approx(other.unavailability.mean, rel=1e-9)
