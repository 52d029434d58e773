"""People write units; code sees SI base units."""

import copy
import math
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from models.description import quantities as q


@pytest.mark.parametrize(
    ("text", "dimension", "value"),
    [
        ("400 Gbps", q.BANDWIDTH, 50e9),
        ("20 GB/s", q.BANDWIDTH, 20e9),
        ("1.2 TiB", q.SIZE, 1.2 * 2**40),
        ("110 kB", q.SIZE, 110_000),
        ("12 h", q.DURATION, 43_200),
        ("1_000 ms", q.DURATION, 1.0),
        ("7.72 GFLOP", q.COMPUTATION, 7.72e9),
        ("150 USD", q.MONEY, 150.0),
        ("21.957642 USD/h", q.HOURLY_PRICE, 21.957642),
        ("99.9 %", q.FRACTION, 0.999),
        (0.25, q.FRACTION, 0.25),
        ("6.5 kW", q.POWER, 6500.0),
    ],
)
def test_reads_units(text: object, dimension: q.Dimension, value: float) -> None:
    assert q.parse(text, dimension) == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize(
    ("text", "dimension", "says"),
    [
        (400, q.BANDWIDTH, "needs a unit"),
        ("400", q.BANDWIDTH, "has no unit"),
        ("400 GB", q.BANDWIDTH, "is a size, not a bandwidth"),
        ("400 gbps", q.BANDWIDTH, "did you mean 'Gbps'"),
        ("10 msec", q.DURATION, "unknown unit 'msec'; did you mean 'ms'"),
        ("3/hour", q.RATE, "unknown unit '/hour'; did you mean '/h'"),
        ("3 months", q.DURATION, "unknown unit 'months'; a duration is written like '12 h', in"),
        ("5 rps", q.RATE, "unknown unit 'rps'; a rate is written like '20/s', in /ms, /s, /min,"),
        ("-3 h", q.DURATION, "negative"),
        ("1e999 s", q.DURATION, "not finite"),
        ("150 %", q.FRACTION, "more than 100 %"),
        ("soon", q.DURATION, "is not a duration"),
        (True, q.FRACTION, "needs a unit"),
        (None, q.SIZE, "is empty; a size is written like"),
        (99, q.FRACTION, "99 is more than 100 %; write '99 %' if that is meant"),
    ],
)
def test_refuses_with_a_way_out(text: object, dimension: q.Dimension, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        q.parse(text, dimension)


@given(st.floats(min_value=1e-3, max_value=1e17), st.sampled_from(["B", "B/s", "FLOP"]))
def test_what_is_written_for_people_is_near_the_value(value: float, unit: str) -> None:
    dimension = {"B": q.SIZE, "B/s": q.BANDWIDTH, "FLOP": q.COMPUTATION}[unit]
    again = q.parse(q.format_scaled(value, unit).replace(",", ""), dimension)
    assert again == pytest.approx(value, rel=0.01)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"),
        (0.0123, "12.3 ms"),
        (59.94, "59.9 s"),
        (90, "1.5 min"),
        (5400, "1.5 h"),
        (3.2e7, "1.01 years"),
    ],
)
def test_durations_for_people(seconds: float, text: str) -> None:
    assert q.format_duration(seconds) == text


@pytest.mark.parametrize(
    ("number", "units", "text"),
    [
        (1, "addresses", "1 address"),
        (1, "switches", "1 switch"),
        (1, "nodes", "1 node"),
        (1, "databases", "1 database"),
        (2, "addresses", "2 addresses"),
        (1200, "nodes", "1,200 nodes"),
    ],
)
def test_one_is_in_the_singular(number: int, units: str, text: str) -> None:
    assert q.format_count(number, units) == text


def test_availability_shows_its_nines() -> None:
    assert q.format_availability(1e-6) == "99.999900 %"
    assert q.format_availability(0.0) == "100 %"
    assert q.format_availability(0.01) == "99.00 %"
    assert q.format_availability(1.0) == "0.00 %"
    assert q.format_availability(3e-15) == "99.999999999999700 %"
    assert q.format_availability(4e-17) == "99.99999999999999600 %"
    assert q.format_availability(6e-20) == "> 99.999999999999999 %"
    assert math.isclose(q.MONTH, 8760 * 3600 / 12)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (1e-3 * (1 - 1e-12), "1 ms"),
        (1 - 1e-12, "1 s"),
        (59.99, "1 min"),
        (3595.0, "59.9 min"),
        (3599.9, "1 h"),
        (999.7 * q.YEAR, "1,000 years"),
    ],
)
def test_what_is_nearly_one_of_a_unit_is_written_as_one(seconds: float, text: str) -> None:
    assert q.format_duration(seconds) == text


def test_what_is_nearly_a_thousand_has_no_exponent() -> None:
    assert q.format_scaled(999.9e9, "B/s") == "1 TB/s"
    assert q.format_scaled(0.0, "B") == "0 B"


@pytest.mark.parametrize(
    ("text", "shown"),
    [("250/h", "250/h"), ("3/day", "3/d"), ("90/min", "90/min"), ("0.5/ms", "0.5/ms")],
)
def test_a_rate_is_shown_in_the_unit_in_which_it_was_written(text: str, shown: str) -> None:
    rate = TypeAdapter(q.Rate).validate_python(text)
    for kept in (rate, pickle.loads(pickle.dumps(rate)), copy.deepcopy(rate)):
        assert kept == q.parse(text, q.RATE)
        assert q.format_rate(kept, q.rate_unit(kept)) == shown
    assert q.format_rate(math.inf, q.rate_unit(None)) == "unlimited"
    assert q.format_rate(999.9, q.rate_unit(None)) == "1,000/s"  # not 1e+03
    assert q.format_rate(39.96, q.rate_unit(None), "requests", 4) == "39.96 requests/s"


@pytest.mark.parametrize(
    ("wanted", "seconds", "said"),
    [
        (q.WrittenDuration(3600, "h"), (1818.0, 2070.0), ("1 h", "0.505 h", "0.575 h")),
        (q.WrittenDuration(5400, "minutes"), (1818.0,), ("90 min", "30.3 min")),
        (q.WrittenDuration(1, "s"), (0.628,), ("1 s", "0.628 s")),
        # What is far from it has another unit, and so has what nobody wrote in one.
        (q.WrittenDuration(3600, "h"), (12.0,), ("1 h", "12 s")),
        (q.WrittenDuration(14 * 86400, "weeks"), (86400.0 * 3,), ("14 d", "3 d")),
        (0.25, (0.125,), ("250 ms", "125 ms")),
        (3600.0, (math.inf,), ("1 h", q.format_duration(math.inf))),
    ],
)
def test_what_is_reached_stands_in_the_unit_of_what_is_wanted(
    wanted: float, seconds: tuple[float, ...], said: tuple[str, ...]
) -> None:
    assert q.format_beside(wanted, *seconds) == said


def test_a_written_duration_is_one_after_a_copy() -> None:
    found = pickle.loads(pickle.dumps(q.WrittenDuration(3600, "h")))
    assert (found, found.unit) == (3600.0, "h")
