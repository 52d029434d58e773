"""Simulated years tell little where few fleets of all make the down time, and that is said."""

import pytest

from models.parts.failure import Cause, Component
from sim.rare_fleets import telling_years

DAY = 86_400.0


def nodes(required: int, units: int, mttf: float, spread: float) -> Component:
    failure = Cause("failure", mttf, DAY, rate="node", spread=spread)
    return Component("nodes", required, units, (failure,), True, "")


def test_fleets_that_are_alike_tell_as_much_as_there_are_years() -> None:
    assert telling_years(nodes(60, 64, 200 * DAY, 1e-9), 1000) == pytest.approx(1000)


def test_of_fleets_that_are_down_or_not_as_many_tell_as_are_down() -> None:
    """10,000 of 100,000 units away is too much: a fleet is down for ever where units fail 1.5 times
    as often as typical, which are 0.206 of log-normal fleets of a spread of 0.5 within 99 %."""
    threshold = nodes(90_000, 100_000, 1.5 * 9 * DAY, 0.5)
    assert telling_years(threshold, 1000) == pytest.approx(206, rel=0.25)


def test_a_large_job_with_spares_that_suffice_for_nearly_all_fleets() -> None:
    """2,048 of 2,112 nodes, of which 8.5 a day fail in a typical fleet, with an interval of 4.4
    times on both sides: 64 are away for a day where seven times as many fail, as in 0.4 %."""
    job = nodes(2048, 2112, 248.3 * DAY, 0.756)
    assert telling_years(job, 1000) < 10
    assert telling_years(nodes(2048, 2060, 248.3 * DAY, 0.756), 1000) > 100
