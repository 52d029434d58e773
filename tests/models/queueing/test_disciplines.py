"""The list of disciplines makes the file's choices; what no law describes has none."""

from typing import Any

import pytest
from pydantic import ValidationError

from models.queueing import disciplines
from models.queueing.disciplines import (
    DISCIPLINES,
    FCFS,
    Discipline,
    Law,
    Order,
    Special,
    discipline_of,
    number_of,
    that_go_with,
)
from models.queueing.network import Network, Station
from models.queueing.solve import solve
from tests.models.queueing.builder import exponential, network, poisson, visitor

# Who needs the least service is next: no law here knows it.
SHORTEST_FIRST = Discipline(
    "shortest-first",
    "shortest service first, without interrupting",
    Order.BY_REMAINING,
    interrupts=False,
    law=Law.NONE,
    goes_with=frozenset(),
)
SHORTEST = {"discipline": "shortest-first"}


@pytest.fixture
def listed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The toy is in the list, and nowhere else."""
    monkeypatch.setattr(disciplines, "DISCIPLINES", (*DISCIPLINES, SHORTEST_FIRST))


def test_every_discipline_has_its_own_name_and_number() -> None:
    names = [discipline.name for discipline in DISCIPLINES]
    assert len(set(names)) == len(names)
    for number, discipline in enumerate(DISCIPLINES):
        assert number_of(discipline) == number
        assert discipline_of(number) == discipline


def test_the_schema_offers_what_is_in_the_list() -> None:
    schema = Network.model_json_schema()["$defs"]["Station"]["properties"]["discipline"]
    assert schema["enum"] == [discipline.name for discipline in DISCIPLINES]
    assert schema["default"] == FCFS.name
    for discipline in DISCIPLINES:
        assert f"{discipline.name}: {discipline.sentence}" in schema["description"]


@pytest.mark.parametrize("discipline", DISCIPLINES, ids=lambda one: one.name)
def test_a_station_is_read_and_written_by_the_name(discipline: Discipline) -> None:
    station = Station.model_validate({"discipline": discipline.name})
    assert station.discipline == discipline
    assert station.model_dump()["discipline"] == discipline.name


@pytest.mark.parametrize("given", ["fifo", "", 3, None, ["fcfs"], SHORTEST_FIRST])
def test_what_is_not_in_the_list_is_refused(given: object) -> None:
    with pytest.raises(ValidationError, match=r"'fcfs', 'lcfs', .* or 'srpt'"):
        Station.model_validate({"discipline": given})
    with pytest.raises(ValueError, match="'shortest-first' is not in the list"):
        number_of(SHORTEST_FIRST)


SPECIAL: dict[Special, Any] = {
    Special.BATCH: {"size": 2},
    Special.SETUP: exponential(1),
    Special.BREAKDOWNS: {"time_to_failure": exponential(9), "time_to_repair": exponential(1)},
    Special.SCHEDULE: {"period": "2 s", "shifts": [{"start": "0 s", "servers": 1}]},
    Special.SCALING: {"target": 0.5, "maximum": 2},
    Special.SPEEDS: [1, 2],
}


@pytest.mark.parametrize("special", Special)
@pytest.mark.parametrize("discipline", DISCIPLINES, ids=lambda one: one.name)
def test_what_goes_with_a_discipline_is_what_its_record_says(
    discipline: Discipline, special: Special
) -> None:
    described = {"discipline": discipline.name, special.value: SPECIAL[special]}
    if special in discipline.goes_with:
        Station.model_validate(described)
        return
    message = f"has {special.value}, which goes with {that_go_with(special)}"
    with pytest.raises(ValidationError, match=message):
        Station.model_validate(described)


def test_who_goes_with_what_in_words() -> None:
    assert that_go_with(Special.BATCH) == "fcfs, lcfs and random"
    assert that_go_with(Special.SETUP) == "fcfs, lcfs, random and priority"


OPEN = visitor(exponential(1), arrivals=poisson(0.5))
FIRST = {"a": SHORTEST}
IN_LINE = {"arrivals": poisson(0.5), "route": ["a", "b"]}
IN_LINE["service"] = {"a": exponential(1), "b": exponential(1)}
WITHOUT_LAW: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "alone": (FIRST, OPEN),
    "with little room": ({"a": SHORTEST | {"capacity": 3}}, OPEN),
    "with impatient customers": (FIRST, OPEN | {"patience": {"a": exponential(1)}}),
    "in a line": ({**FIRST, "b": {}}, IN_LINE),
    "after a regular station": ({"a": {}, "b": SHORTEST}, IN_LINE),
    "with a population": (FIRST, visitor(exponential(1), population=3)),
}


@pytest.mark.usefixtures("listed")
@pytest.mark.parametrize("name", WITHOUT_LAW)
def test_a_discipline_that_no_law_describes_is_not_solved_as_another(name: str) -> None:
    stations, customers = WITHOUT_LAW[name]
    answer = solve(network(stations, c=customers))
    assert answer.method == "none"
    assert answer.stations == ()


@pytest.mark.usefixtures("listed")
def test_the_reason_names_station_and_discipline() -> None:
    [note] = solve(network(FIRST, c=OPEN)).notes
    assert "station a serves by shortest-first, for which no law is known here" in note


@pytest.mark.usefixtures("listed")
def test_with_infinitely_many_servers_the_order_is_nobody_s_business() -> None:
    answer = solve(network({"a": SHORTEST | {"servers": "infinite"}}, c=OPEN))
    assert answer.law == "M/G/infinity"
