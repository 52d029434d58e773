"""Figures in words: what is tiny, huge, certain or without bound stays readable."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.wording import (
    alike,
    busy,
    chance,
    duration,
    likely,
    number,
    percent,
    power_of_ten,
    probability,
    size,
    step_time,
    worth,
)

from .plain import plain

YEAR = 31_536_000.0


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (5e-324, "4.9e-324"),
        (1e-13, "1e-13"),
        (9.96e-6, "1e-5"),
        (0.00014, "1.4e-4"),
        (0.011, "0.011"),
        (1.0, "1"),
        (357_760, "360,000"),
        (1.23e9, "1.2e9"),
        (7 * 10**583, "7e583"),
    ],
)
def test_what_is_tiny_or_huge_is_a_power_of_ten(value: float, text: str) -> None:
    assert plain(power_of_ten(value)) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (1e-13, "1e-13"),
        (0.3, "0.3"),
        (0.996, "0.996"),
        (0.9999, "0.9999"),
        (1 - 1e-12, "> 0.999999999"),
        (1.0, "1"),
    ],
)
def test_only_what_must_happen_has_a_probability_of_1(value: float, text: str) -> None:
    assert plain(chance(value)) == text


def test_what_no_run_showed_is_not_taken_for_impossible() -> None:
    assert probability(1.0, 1000) == "all of 1,000 runs"
    assert probability(0.0, 1000, "years") == "none of 1,000 years"
    assert probability(0.966, 1000) == "96.6 %"


@given(st.floats(0.0, 1.0))
def test_a_probability_is_never_rounded_to_none_or_all(value: float) -> None:
    assert (chance(value) == "0") == (value == 0.0)
    assert (chance(value) == "1") == (value == 1.0)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.0, "0 s"),
        (3e-13, "3e-13 s"),
        (3e-6, "3 us"),
        (90_000.0, "25 h"),
        (2.4e4 * YEAR, "24,000 years"),
        (1e9 * YEAR, "1e9 years"),
        (math.inf, "never"),
    ],
)
def test_instants_and_ages_are_readable(seconds: float, text: str) -> None:
    assert plain(duration(seconds)) == text


@pytest.mark.parametrize(
    ("fraction", "text"),
    [
        (0.0, "0 %"),
        (1e-14, "< 0.0000001 %"),
        (0.0002, "0.020 %"),
        (0.9998, "99.980 %"),
        (1 - 1e-11, "> 99.9999999 %"),
        (1 + 2e-16, "100 %"),
        (1.0, "100 %"),
    ],
)
def test_a_share_is_neither_nothing_nor_all_unless_it_is(fraction: float, text: str) -> None:
    assert plain(percent(fraction)) == text


def test_nobody_counts_the_zeros_of_less_than_a_millionth() -> None:
    assert plain(number(5.71e-7)) == "5.7e-7"
    assert number(1e-6) == "0.000001"


def test_a_worth_without_bound_is_infinity() -> None:
    assert worth(math.inf) == "∞"
    assert plain(worth(267.4)) == "267 x"
    assert plain(worth(1e15)) == "1e15 x"


def test_a_fraction_of_a_byte_is_a_power_of_ten() -> None:
    assert plain(size(1.3e-4)) == "1.3e-4 B"
    assert size(0.0) == "0 B"
    assert size(1.5e9) == "1.5 GB"


@pytest.mark.parametrize(
    ("seconds", "text"), [(19.9, "19.9 s"), (1.0, "1 s"), (0.9994, "999 ms"), (0.0121, "12.1 ms")]
)
def test_a_step_is_in_seconds_from_one_on(seconds: float, text: str) -> None:
    assert step_time(seconds) == text


@pytest.mark.parametrize(
    ("ends", "texts"),
    [
        ((44.9 * 60, 61.2 * 60), ("44.9 min", "61.2 min")),
        ((23 * 3600, 30 * 3600), ("23 h", "30 h")),
        ((0.5, 2.0), ("0.5 s", "2 s")),
        ((1e-3, 5.0), ("1 ms", "5 s")),  # too far apart for one
        ((0.0, 5.0), ("0 s", "5 s")),
        ((5.0, math.inf), ("5 s", "never")),
    ],
)
def test_durations_of_a_line_have_one_unit(
    ends: tuple[float, float], texts: tuple[str, str]
) -> None:
    assert alike(duration, *ends) == texts


def test_other_figures_of_a_line_are_written_as_they_are() -> None:
    assert alike(percent, 0.5, 0.25) == ("50.0 %", "25.0 %")


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0 %"), (1e-9, "< 0.01 %"), (0.003, "0.3 %"), (0.96, "96.0 %"),
     (1 - 1e-12, "> 99.99 %"), (1.0, "100 %")],
)  # fmt: skip
def test_few_runs_know_nothing_of_one_in_ten_thousand(value: float, text: str) -> None:
    assert likely(value) == text


@pytest.mark.parametrize(
    ("share", "text"), [(0, "0 %"), (3e-9, "< 0.01 %"), (1e-4, "0.010 %"), (0.7, "70.0 %")]
)
def test_what_is_as_good_as_idle_is_told_without_figures(share: float, text: str) -> None:
    assert busy(share) == text
