"""Zones whose capacity comes and goes, and orders of trying that race in them."""

import statistics

import numpy as np
import pytest

from models.capacity.place import Place
from models.capacity.search_order import Prospect
from sim.hunting.changing_zones import ChangingZones, Scarcity
from sim.hunting.race import OURS, STRATEGIES, CheapestUnblocked, Hints, InRounds, race

PLACES = [Place(f"r{k}", f"r{k}-{j}", "s") for k in range(40) for j in range(3)]
SCARCE = Scarcity(2520.0, 10_080.0)


def test_share_of_the_time() -> None:
    """An alternating renewal process is on for on / (on + off) of the time (Ross 2014, 7.5.1)."""
    zones = ChangingZones(PLACES, Scarcity(100.0, 300.0, spread=0.0), np.random.default_rng(1))
    has = [zones.has(place, now) for now in np.arange(0.0, 20_000.0, 500.0) for place in PLACES]
    assert statistics.fmean(has) == pytest.approx(0.25, abs=0.02)


def test_zones_of_a_region_are_alike() -> None:
    """With likeness 1 all zones of a region have nodes at the same times."""
    scarcity = Scarcity(100.0, 300.0, likeness=1.0)
    zones = ChangingZones(PLACES, scarcity, np.random.default_rng(1))
    for now in np.arange(0.0, 5000.0, 250.0):
        by_region: dict[str, set[bool]] = {}
        for place in PLACES:
            by_region.setdefault(place.region, set()).add(zones.has(place, now))
        assert all(len(one) == 1 for one in by_region.values())


def test_whoever_asks_meets_the_same() -> None:
    """What is free does not depend on what was asked before."""
    one = ChangingZones(PLACES, SCARCE, np.random.default_rng(1))
    other = ChangingZones(PLACES, SCARCE, np.random.default_rng(1))
    for now in np.arange(0.0, 20_000.0, 1000.0):
        one.has(PLACES[0], now)
    assert [one.has(place, 20_000.0) for place in PLACES] == [
        other.has(place, 20_000.0) for place in reversed(PLACES)
    ][::-1]


def test_orders_of_the_others() -> None:
    prices = (3.0, 1.0, 2.0)
    prospects = [Prospect(PLACES[k], price) for k, price in enumerate(prices)]
    cheapest, rounds = CheapestUnblocked(prospects), InRounds(PLACES[:2])
    tried = []
    for _ in range(5):
        place = cheapest.next(0.0)
        tried.append(place)
        if place:
            cheapest.told(place, None, 0.0)
    assert tried == [PLACES[1], PLACES[2], PLACES[0], None, PLACES[1]]
    tried = []
    for _ in range(4):
        place = rounds.next(0.0)
        tried.append(place)
        if place:
            rounds.told(place, None, 0.0)
    assert tried == [PLACES[0], PLACES[1], None, PLACES[0]]


@pytest.mark.parametrize(("hints", "least"), [(Hints.TRUTHFUL, 2.0), (Hints.USELESS, 1 / 1.2)])
def test_tries_until_nodes_are_had(hints: Hints, least: float) -> None:
    """Half the tries where hints are truthful, no more than a fifth more where they are useless."""
    found = race(SCARCE, hints, 80, seed=3)
    tries = {name: statistics.fmean(one.tries for one in found[name]) for name in STRATEGIES}
    best = min(value for name, value in tries.items() if name != OURS)
    assert best / tries[OURS] >= least


def test_the_same_seed_gives_the_same_hunts() -> None:
    assert race(SCARCE, Hints.TRUTHFUL, 3, seed=1) == race(SCARCE, Hints.TRUTHFUL, 3, seed=1)
