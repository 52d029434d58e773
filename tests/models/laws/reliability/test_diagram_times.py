"""Diagrams over time against closed forms, solved chains and RePyability."""

import math
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from repyability import RepairableRBD
from surpyval import Exponential as PeerExponential

from models.laws.reliability.diagram import Diagram, Graph, Identical, KOfN, Parallel, Series
from models.laws.reliability.diagram_compile import compile_diagram
from models.laws.reliability.diagram_times import (
    mission,
    mttf,
    mttf_at_constant_rates,
    repaired,
)
from models.laws.reliability.lifetimes import Deterministic, Exponential, Weibull

BRIDGE = Graph(
    [("s", "a", "1"), ("a", "t", "2"), ("a", "b", "3"), ("s", "b", "4"), ("b", "t", "5")], "s", "t"
)


def test_one_repaired_component() -> None:
    # Trivedi (2002), equation 6.119.
    found = repaired(compile_diagram(Series("a")), {"a": (1000.0, 10.0)})
    assert 1 - found.unavailability == pytest.approx(0.990099009900990, rel=1e-12)
    assert (found.mean_up_time, found.mean_down_time) == pytest.approx((1000.0, 10.0))
    assert found.failure_frequency == pytest.approx(1 / 1010)


def test_two_of_three_repaired() -> None:
    # Birth and death with a crew a unit: f = 2 rate P(exactly 2 work), up time A / f.
    found = repaired(compile_diagram(Identical(2, 3, "a")), {"a": (100.0, 1.0)})
    a, u = 100 / 101, 1 / 101
    assert found.unavailability == pytest.approx(3 * u * u * a + u**3, rel=1e-12)
    frequency = 2 / 100 * 3 * a * a * u
    assert found.failure_frequency == pytest.approx(frequency, rel=1e-12)
    assert found.mean_up_time == pytest.approx((a**3 + 3 * a * a * u) / frequency, rel=1e-12)
    # Two of the three must be repaired one after another, or all: 1 / (2 mu) from two failed.
    chain_down = (3 * u * u * a + u**3) / frequency
    assert found.mean_down_time == pytest.approx(chain_down, rel=1e-12)


def test_identical_units_are_as_different_ones() -> None:
    alike = repaired(compile_diagram(Identical(3, 5, "a")), {"a": (50.0, 2.0)})
    names = "abcde"
    different = repaired(compile_diagram(KOfN(3, *names)), dict.fromkeys(names, (50.0, 2.0)))
    assert alike.failure_frequency == pytest.approx(different.failure_frequency, rel=1e-12)
    assert alike.unavailability == pytest.approx(different.unavailability, rel=1e-12)


def test_failure_frequency_of_the_bridge() -> None:
    """Flow out of the working states of the chain, over all 32 of them."""
    times = {str(k): (100.0 * k, float(k * k)) for k in range(1, 6)}
    structure = compile_diagram(BRIDGE)
    expected = 0.0
    for state in product((0.0, 1.0), repeat=5):
        down = dict(zip(structure.components, state, strict=True))
        if structure.unavailability(down) == 1:
            continue
        chance = math.prod(
            (times[name][1] if failed else times[name][0]) / sum(times[name])
            for name, failed in down.items()
        )
        for name, failed in down.items():
            if not failed and structure.unavailability({**down, name: 1.0}) == 1:
                expected += chance / times[name][0]
    assert repaired(structure, times).failure_frequency == pytest.approx(expected, rel=1e-12)


def test_availability_against_repyability() -> None:
    times = {"a": (100.0, 5.0), "b": (200.0, 3.0), "c": (1000.0, 10.0)}
    peer = RepairableRBD(
        [("in", "a"), ("in", "b"), ("a", "c"), ("b", "c"), ("c", "out")],
        {
            name: {
                "reliability": PeerExponential.from_params([1 / up]),
                "repairability": PeerExponential.from_params([1 / down]),
            }
            for name, (up, down) in times.items()
        },
    )
    found = repaired(compile_diagram(Series(Parallel("a", "b"), "c")), times)
    assert 1 - found.unavailability == pytest.approx(peer.mean_availability(), rel=1e-9)


def test_what_never_fails() -> None:
    found = repaired(compile_diagram(Series("a")), {"a": (math.inf, 10.0)})
    assert (found.unavailability, found.failure_frequency) == (0.0, 0.0)
    assert (found.mean_up_time, found.mean_down_time) == (math.inf, 0.0)


def test_mission() -> None:
    structure = compile_diagram(Series("a", Parallel("b", "c")))
    lives = {"a": Exponential(1e-6), "b": Weibull(2.0, 1000.0), "c": Weibull(0.5, 3000.0)}
    fail, work = mission(structure, lives, [0.0, 10.0, 5000.0, 1e9])
    for k, t in enumerate((0.0, 10.0, 5000.0, 1e9)):
        b, c = -math.expm1(-((t / 1000) ** 2)), -math.expm1(-math.sqrt(t / 3000))
        expected = 1 - math.exp(-1e-6 * t) * (1 - b * c)
        assert fail[k] == pytest.approx(expected, rel=1e-9, abs=1e-16)
        assert mission(structure, lives, t) == pytest.approx((fail[k], work[k]), rel=1e-12)
    # Beyond what 1 - unreliability could say.
    lost, left = mission(compile_diagram(Series("a")), {"a": Exponential(1.0)}, 100.0)
    assert lost == 1.0
    assert left == pytest.approx(math.exp(-100), rel=1e-12)


@pytest.mark.parametrize(
    ("diagram", "expected"),
    [
        # Trivedi (2002), section 3.2 and example 4.18: sums of 1 / (k rate).
        (Series("a", "b", "c"), 1 / 3),
        (Parallel("a", "b", "c"), 1 + 1 / 2 + 1 / 3),
        (KOfN(2, "a", "b", "c"), 1 / 2 + 1 / 3),
        (Identical(14, 16, "a"), 1 / 14 + 1 / 15 + 1 / 16),
        # Of 2p^2 + 2p^3 - 5p^4 + 2p^5 with p = e^-t.
        (BRIDGE, 2 / 2 + 2 / 3 - 5 / 4 + 2 / 5),
    ],
)
def test_mean_life(diagram: Diagram, expected: float) -> None:
    structure = compile_diagram(diagram)
    rate = 1 / 3600
    lives = {name: Exponential(rate) for name in structure.components}
    assert mttf(structure, lives) == pytest.approx(expected / rate, rel=1e-9)
    rates = dict.fromkeys(structure.components, rate)
    assert mttf_at_constant_rates(structure, rates) == pytest.approx(expected / rate, rel=1e-12)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.floats(1e-3, 10.0), min_size=5, max_size=5))
def test_mean_life_of_different_rates(rates: list[float]) -> None:
    structure = compile_diagram(BRIDGE)
    named = dict(zip("12345", rates, strict=True))
    exact = mttf_at_constant_rates(structure, named)
    found = mttf(structure, {name: Exponential(rate) for name, rate in named.items()})
    assert found == pytest.approx(exact, rel=1e-9)


def test_mean_life_of_other_lifetimes() -> None:
    life = Weibull(1.5, 1000.0)
    # The first of n Weibull lives is Weibull of the scale over n^(1/shape).
    structure = compile_diagram(Identical(100, 100, "disk"))
    expected = life.mttf / 100 ** (1 / 1.5)
    assert mttf(structure, {"disk": life}) == pytest.approx(expected, rel=1e-9)
    steep = mttf(compile_diagram(Parallel("a", "b")), {"a": Deterministic(3.0), "b": life})
    # Up to 3 s one works for sure; then the other has its reliability.
    tail = np.exp(-((np.linspace(0, 3, 20001) / 1000) ** 1.5))
    lost = float(np.trapezoid(1 - tail, np.linspace(0, 3, 20001)))
    assert steep == pytest.approx(life.mttf + lost, rel=1e-9)
    assert mttf(compile_diagram(Series("a")), {"a": Weibull(0.5, 10.0)}) == pytest.approx(20.0)


def test_mean_life_without_end() -> None:
    structure = compile_diagram(Parallel("a", Graph([("s", "t")], "s", "t")))
    assert math.isinf(mttf(structure, {"a": Exponential(1.0)}))


def test_refused() -> None:
    structure = compile_diagram(Series("a", "b"))
    with pytest.raises(ValueError, match="no figures are given for 'b'"):
        repaired(structure, {"a": (1.0, 1.0)})
    with pytest.raises(ValueError, match="mttr -1"):
        repaired(structure, {"a": (1.0, 1.0), "b": (1.0, -1.0)})
    with pytest.raises(ValueError, match="tolerance is 0"):
        mttf(structure, {"a": Exponential(1.0), "b": Exponential(1.0)}, tolerance=0.0)
    with pytest.raises(ValueError, match="failure rate of 'a' is 0"):
        mttf_at_constant_rates(structure, {"a": 0.0, "b": 1.0})
    with pytest.raises(ValueError, match="no figures are given for 'b'"):
        mttf_at_constant_rates(structure, {"a": 1.0})
    wide = compile_diagram(Series(*(str(k) for k in range(13))))
    with pytest.raises(ValueError, match="8,192 states"):
        mttf_at_constant_rates(wide, dict.fromkeys(wide.components, 1.0))
    with pytest.raises(ValueError, match="time is -1"):
        mission(structure, {"a": Exponential(1.0), "b": Exponential(1.0)}, -1.0)
