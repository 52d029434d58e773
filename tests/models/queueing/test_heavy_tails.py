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
