"""Common causes against enumeration of all basic events in fractions."""

import math
from collections.abc import Sequence
from fractions import Fraction
from functools import partial
from itertools import combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.laws.reliability import common_cause as law
from models.laws.reliability.blocks import k_of_n

near = partial(pytest.approx, rel=1e-9, abs=0)


def test_three_trains_of_a_pump_and_a_valve() -> None:
    # SCRAM's benchmark tests: 0.04308, rare events 0.044096; each train fails by pump or valve.
    events = law.beta_factor(0.1, 0.2, 3)
    chances = law.failed_sets(events)
    failed = math.fsum(
        chances[pumps] * chances[valves]
        for pumps, valves in product(range(8), repeat=2)
        if pumps | valves == 7
    )
    assert failed == near(0.0430803730612224)


def test_letters_of_a_group_of_three() -> None:
    # NUREG/CR-4780, chapter 3: (1 - b)Q, b(1 - g)Q/2 and bgQ.
    found = law.multiple_greek_letters(0.01, [0.1, 0.3])
    assert found == near([0.9 * 0.01, 0.1 * 0.7 * 0.01 / 2, 0.1 * 0.3 * 0.01])


def test_letters_of_a_group_of_four() -> None:
    # NUREG/CR-4780, chapter 3.
    b, g, d, q = 0.1, 0.3, 0.4, 0.02
    found = law.multiple_greek_letters(q, [b, g, d])
    expected = [(1 - b) * q, b * (1 - g) * q / 3, b * g * (1 - d) * q / 3, b * g * d * q]
    assert found == near(expected)


letters = st.lists(st.floats(0, 1), min_size=1, max_size=6)


@given(st.floats(1e-12, 1), letters)
def test_each_component_fails_as_often_as_said(unavailability: float, given: list[float]) -> None:
    events = law.multiple_greek_letters(unavailability, given)
    parts = [math.comb(len(given), size) * event for size, event in enumerate(events)]
    assert math.fsum(parts) == near(unavailability)
    if set(given[1:]) <= {1.0}:
        assert events == near(law.beta_factor(unavailability, given[0], len(given) + 1))


def enumerated(required: int, events: Sequence[Fraction]) -> Fraction:
    """Over every combination of basic events: the chance that too few components work."""
    size = len(events)
    causes = [
        (set(members), events[count - 1])
        for count in range(1, size + 1)
        for members in combinations(range(size), count)
    ]
    total = Fraction(0)
    for happened in product((False, True), repeat=len(causes)):
        failed: set[int] = set()
        chance = Fraction(1)
        for (members, event), happens in zip(causes, happened, strict=True):
            chance *= event if happens else 1 - event
            failed |= members if happens else set()
        if size - len(failed) < required:
            total += chance
    return total


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(-12, -1), min_size=1, max_size=3), st.data())
def test_k_of_n_is_the_enumeration(exponents: list[int], data: st.DataObject) -> None:
    events = [10.0**exponent for exponent in exponents]
    required = data.draw(st.integers(1, len(events)))
    exact = enumerated(required, [Fraction(event) for event in events])
    assert law.k_of_n_common(required, events) == near(float(exact))


def test_the_rarest_set_keeps_its_digits() -> None:
    # Two of four, nearly by single failures alone: C(4, 3) q^3 (1 - q) + q^4.
    events = [1e-6, 1e-30, 0.0, 0.0]
    assert law.k_of_n_common(2, events) == near(4 * 1e-18 * (1 - 1e-6) + 1e-24)


def test_a_large_group_with_a_beta_factor() -> None:
    events = law.beta_factor(1e-3, 0.05, 100)
    alone = k_of_n(98, [0.95e-3] * 100)
    assert law.k_of_n_common(98, events) == near(5e-5 + (1 - 5e-5) * alone)


@settings(max_examples=20, deadline=None)
@given(st.integers(2, 7), st.floats(0, 1), st.floats(0, 1), st.data())
def test_both_ways_to_a_beta_factor(n: int, q: float, beta: float, data: st.DataObject) -> None:
    events = law.beta_factor(q, beta, n)
    required = data.draw(st.integers(1, n))
    chances = law.failed_sets(events)
    failed = math.fsum(c for s, c in enumerate(chances) if n - s.bit_count() < required)
    assert law.k_of_n_common(required, events) == pytest.approx(failed, rel=1e-9, abs=1e-300)


def test_a_common_cause_undoes_redundancy() -> None:
    for components in (2, 3, 5):
        found = law.k_of_n_common(1, law.beta_factor(1e-3, 0.1, components))
        assert found > 1e-4 * (1 - 1e-12)


def test_nonsense_is_refused() -> None:
    with pytest.raises(ValueError, match=r"beta is 1\.2"):
        law.beta_factor(0.1, 1.2, 3)
    with pytest.raises(ValueError, match="components is 1"):
        law.beta_factor(0.1, 0.2, 1)
    with pytest.raises(ValueError, match="letters is empty"):
        law.multiple_greek_letters(0.1, [])
    with pytest.raises(ValueError, match=r"letters is -0\.1"):
        law.multiple_greek_letters(0.1, [-0.1])
    with pytest.raises(ValueError, match="13 sizes"):
        law.failed_sets([0.1] * 13)
    with pytest.raises(ValueError, match="required is 3; it must be between 1 and 2"):
        law.k_of_n_common(3, [0.1, 0.1])
