"""What each engine does with a discipline that is new: it runs what its record says, or refuses."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from models.queueing import disciplines
from models.queueing.check_network import check
from models.queueing.disciplines import (
    DISCIPLINES,
    Discipline,
    Law,
    Order,
    Special,
)
from models.queueing.network import Network
from sim.queueing.arrays.queue_layout import Layout, lay_out
from sim.queueing.kernel.kernel_disciplines import HEAP, WAYS
from sim.queueing.queue_contract import Departure, Run, UnknownDiscipline
from sim.queueing.reference import SimPyRun, waiting
from sim.queueing.replication import ENGINES, start

# Who needs the least service is next, without interrupting. Known as SJF, and as SPT.
SHORTEST_FIRST = Discipline(
    "shortest-first",
    "shortest service first, without interrupting",
    Order.BY_REMAINING,
    interrupts=False,
    law=Law.NONE,
    goes_with=frozenset(),
)
RATE, SHORT, LONG = 0.5, 0.5, 2.0  # half of the customers need each of the two services


def queue(discipline: str, servers: int | str = 1, **station: Any) -> Network:
    service = {
        "distribution": "empirical",
        "values": [f"{SHORT} s", f"{LONG} s"],
        "weights": [1, 1],
    }
    rate = RATE * servers if isinstance(servers, int) else RATE
    customers = {
        "arrivals": {"kind": "poisson", "rate": f"{rate}/s"},
        "service": {"it": service},
        "route": ["it"],
    }
    it = {"discipline": discipline, "servers": servers, **station}
    network = Network.model_validate(
        {"name": "test", "stations": {"it": it}, "classes": {"c": customers}}
    )
    assert check(network) == []
    return network


def test_every_engine_knows_every_order() -> None:
    assert set(WAYS) == set(Order)
    assert {*waiting.ROOMS, Order.TOGETHER} == set(Order)


def test_whoever_can_be_interrupted_is_kept_in_a_heap() -> None:
    for discipline in DISCIPLINES:
        assert WAYS[discipline.order].kept_in == HEAP or not discipline.interrupts


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"order": Order.LAST_COME, "interrupts": True}, "which needs an order of urgency"),
        ({"interrupts": True, "goes_with": frozenset({Special.SETUP})}, "goes with nothing"),
        ({"goes_with": frozenset({Special.BATCH})}, "goes with no batch"),
    ],
)
def test_what_no_engine_could_serve_is_no_discipline(changed: dict[str, Any], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        replace(SHORTEST_FIRST, **changed)


@pytest.fixture
def listed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The record is in the list: what a network file needs of it."""
    monkeypatch.setattr(disciplines, "DISCIPLINES", (*DISCIPLINES, SHORTEST_FIRST))


@pytest.mark.usefixtures("listed")
@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    "station", [{}, {"servers": 3}, {"servers": "infinite"}, {"capacity": 5}], ids=str
)
def test_an_engine_refuses_an_order_that_it_was_not_taught(
    engine: str, station: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(waiting.ROOMS, Order.BY_REMAINING)
    monkeypatch.delitem(WAYS, Order.BY_REMAINING)
    layout = lay_out(queue("shortest-first", **station), np.random.SeedSequence(1))
    with pytest.raises(UnknownDiscipline, match="does not know the discipline 'shortest-first'"):
        start(engine, layout)


def test_a_layout_has_no_number_for_what_is_not_in_the_list() -> None:
    described = queue("fcfs")
    toy = described.stations["it"].model_copy(update={"discipline": SHORTEST_FIRST})
    network = described.model_copy(update={"stations": {"it": toy}})
    with pytest.raises(ValueError, match="'shortest-first' is not in the list"):
        lay_out(network, np.random.SeedSequence(1))


@pytest.mark.usefixtures("listed")
@pytest.mark.parametrize("servers", [1, 3])
def test_both_engines_tell_the_same_story_of_a_new_discipline(servers: int) -> None:
    from sim.queueing.kernel.compiled_run import CompiledRun

    records: list[list[Departure]] = [[], []]
    engines: tuple[Callable[[Layout, list[Departure]], Run], ...] = (CompiledRun, SimPyRun)
    for engine, record in zip(engines, records, strict=True):
        layout = lay_out(queue("shortest-first", servers), np.random.SeedSequence(1))
        assert engine(layout, record).advance(3000) == 3000
    np.testing.assert_allclose(np.array(records[0]), np.array(records[1]), rtol=1e-9)
    served = [departure.customer for departure in records[0]]
    assert served != sorted(served)  # some overtake others


@pytest.mark.usefixtures("listed")
def test_a_new_discipline_waits_as_the_law_says() -> None:
    """Source: Phipps (1956), Machine repair as a priority waiting-line problem."""
    run = start("events", lay_out(queue("shortest-first"), np.random.SeedSequence(1)))
    waits = []
    for _ in range(20):
        run.clear()
        run.advance(50_000)
        flow = run.tally().flows[0]
        waits.append(float(flow["waiting_time"] / flow["departures"]))
    residual = RATE * (SHORT**2 + LONG**2) / 2 / 2
    below, up_to = RATE * SHORT / 2, RATE * (SHORT + LONG) / 2
    expected = residual / (1 - below) * (1 + 1 / (1 - up_to)) / 2
    error = float(np.std(waits, ddof=1)) / np.sqrt(len(waits))
    assert abs(np.mean(waits) - expected) < 4 * error < 0.05 * expected
