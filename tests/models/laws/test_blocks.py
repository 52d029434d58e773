"""Block diagrams against exact fractions and textbook answers."""

import math
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.laws.reliability import blocks


def test_reliability_at_the_mttf_is_one_over_e() -> None:
    assert blocks.reliability(1000, 1000) == pytest.approx(0.36787944117144233, rel=1e-12)


def test_mttf_1000_h_mttr_10_h() -> None:
    assert 1 - blocks.unavailability(1000, 10) == pytest.approx(0.990099009900990, rel=1e-12)


def test_textbook_structures() -> None:
    assert 1 - blocks.series([0.01] * 3) == pytest.approx(0.970299, rel=1e-12)
    assert 1 - blocks.parallel([0.01] * 2) == pytest.approx(0.9999, rel=1e-12)
    assert 1 - blocks.k_of_n(2, [0.1] * 3) == pytest.approx(0.972, rel=1e-12)


def test_128_nodes_in_series_of_128000_h_each_last_1000_h() -> None:
    assert blocks.mttf_of_series([128_000.0] * 128) == pytest.approx(1000.0, rel=1e-12)


def test_fifteen_nines_survive() -> None:
    assert blocks.k_of_n(1, [1e-5] * 3) == pytest.approx(1e-15, rel=1e-9)
    assert blocks.series([1e-15, 2e-15]) == pytest.approx(3e-15, rel=1e-9)
    assert blocks.nines(blocks.parallel([1e-5] * 3)) == pytest.approx(15.0, rel=1e-9)


@settings(max_examples=40)
@given(st.lists(st.fractions(0, 1, max_denominator=50), min_size=1, max_size=7), st.data())
def test_k_of_n_equals_enumeration(values: list[Fraction], data: st.DataObject) -> None:
    required = data.draw(st.integers(1, len(values)))
    exact = Fraction(0)
    for state in product([False, True], repeat=len(values)):  # True: the block has failed
        if len(values) - sum(state) < required:
            exact += math.prod(
                u if failed else 1 - u for u, failed in zip(values, state, strict=True)
            )
    law = blocks.k_of_n(required, [float(u) for u in values])
    assert law == pytest.approx(float(exact), rel=1e-9, abs=1e-300)


def test_series_and_parallel_are_the_ends_of_k_of_n() -> None:
    values = [0.1, 0.02, 0.3]
    assert blocks.k_of_n(3, values) == pytest.approx(blocks.series(values), rel=1e-12)
    assert blocks.k_of_n(1, values) == pytest.approx(blocks.parallel(values), rel=1e-12)


def test_perfect_and_hopeless_blocks() -> None:
    assert blocks.series([]) == 0.0
    assert blocks.series([0.2, 1.0]) == 1.0
    assert blocks.unavailability(math.inf, 5.0) == 0.0
    assert blocks.nines(0.0) == math.inf


def test_out_of_range() -> None:
    with pytest.raises(ValueError, match="required"):
        blocks.k_of_n(4, [0.1] * 3)
    with pytest.raises(ValueError, match="not a probability"):
        blocks.series([1.5])
    with pytest.raises(ValueError, match="mttf"):
        blocks.unavailability(0.0, 1.0)
    with pytest.raises(ValueError, match="time"):
        blocks.reliability(-1.0, 1.0)
