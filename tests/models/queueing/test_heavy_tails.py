"""Where intervals of mean waits can't hold, and that it is said there alone."""

import pytest

from models.queueing.heavy_tails import heavy_tails
from tests.models.queueing.builder import one_station, poisson, visitor


def pareto(shape: float) -> dict[str, object]:
    return {"distribution": "pareto", "minimum": "0.5 s", "shape": shape}


@pytest.mark.parametrize(
    ("shape", "moment"), [(1.5, "variance"), (2.5, "third"), (3.5, "fourth"), (4.5, None)]
)
def test_the_first_missing_moment_is_named(shape: float, moment: str | None) -> None:
    customers = visitor(pareto(shape), arrivals=poisson(0.5))
    notes = list(heavy_tails(one_station({}, c=customers)))
    assert len(notes) == (moment is not None)
    assert moment is None or f"no {moment}" in notes[0]


@pytest.mark.parametrize("station", [{"servers": "infinite"}, {"discipline": "processor-sharing"}])
def test_who_does_not_wait_in_turn_is_not_held_up(station: dict[str, object]) -> None:
    customers = visitor(pareto(2.5), arrivals=poisson(0.5))
    assert list(heavy_tails(one_station(station, c=customers))) == []


def test_one_server_without_a_variance_has_no_mean_wait() -> None:
    """Pollaczek and Khinchine: the wait has the second moment of the service in it."""
    customers = visitor(pareto(1.5), arrivals=poisson(0.5))
    [note] = heavy_tails(one_station({}, c=customers))
    assert "the mean wait behind them is infinite" in note
    [note] = heavy_tails(one_station({"servers": 2}, c=customers))
    assert "infinite" not in note  # Scheller-Wolf: two servers may have one


LIMITED = {"room": ({"capacity": 5}, {}), "patience": ({}, {"patience": {"a": "3 s"}})}


@pytest.mark.parametrize("name", LIMITED)
@pytest.mark.parametrize(("shape", "told"), [(1.5, True), (2.5, False)])
def test_behind_a_long_service_are_no_more_than_there_is_room_for(
    name: str, shape: float, told: bool
) -> None:
    """What it adds to a run grows with its length, not with its square: a variance is enough."""
    station, more = LIMITED[name]
    customers = visitor(pareto(shape), arrivals=poisson(0.5), **more)
    notes = list(heavy_tails(one_station(station, c=customers)))
    assert len(notes) == told
    assert not told or ("no variance" in notes[0] and "infinite" not in notes[0])


@pytest.mark.parametrize(("shape", "told"), [(1.5, True), (2.5, False)])
def test_customers_who_stay_are_never_more(shape: float, told: bool) -> None:
    customers = visitor(pareto(shape), population=4, think_time="3 s")
    assert len(list(heavy_tails(one_station({}, c=customers)))) == told
