"""Orders of trying, in the same zones at the same times: how many tries until nodes are had.

SkyPilot tries what is cheapest and blocks what has refused it (Yang et al. 2023, "SkyPilot: An
Intercloud Broker for Sky Computing", NSDI, section 4); dstack tries its offers by price, one after
the other, and begins anew. With one shape and one price a zone both are the same order.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

import numpy as np

from models.capacity.place import Place
from models.capacity.refusal import Kind, Refusal
from models.capacity.search_order import Prospect, SearchOrder
from sim.hunting.changing_zones import ChangingZones, Scarcity

TRY = 45.0  # s until a cloud answers
GAP = 30.0  # s between two rounds, as SkyPilot waits (cloud_vm_ray_backend.py, 2026)
LONGEST = 24 * 3600.0  # s after which a hunt is given up


class Hints(StrEnum):
    """What clouds publish and refusals name."""

    TRUTHFUL = "truthful"
    USELESS = "useless"
    NONE = "none"


class Strategy(Protocol):
    """An order of trying."""

    def next(self, now: float) -> Place | None: ...

    def told(self, place: Place, refusal: Refusal | None, now: float) -> None: ...


class CheapestUnblocked:
    """Cheapest first; what refused is blocked until nothing is left, and then all begins anew."""

    def __init__(self, prospects: Sequence[Prospect]) -> None:
        self._places = [one.place for one in sorted(prospects, key=lambda one: one.price or 0.0)]
        self._blocked: set[Place] = set()

    def next(self, now: float) -> Place | None:
        for place in self._places:
            if place not in self._blocked:
                return place
        self._blocked.clear()
        return None

    def told(self, place: Place, refusal: Refusal | None, now: float) -> None:
        self._blocked.add(place)


class InRounds:
    """One after the other, in an order that never changes, again and again."""

    def __init__(self, places: Sequence[Place]) -> None:
        self._places = list(places)
        self._position = 0

    def next(self, now: float) -> Place | None:
        if self._position == len(self._places):
            self._position = 0
            return None
        return self._places[self._position]

    def told(self, place: Place, refusal: Refusal | None, now: float) -> None:
        self._position += 1


Make = Callable[[Sequence[Prospect], np.random.Generator], Strategy]


def _by_price(prospects: Sequence[Prospect], random: np.random.Generator) -> Strategy:
    return InRounds([p.place for p in sorted(prospects, key=lambda one: one.price or 0.0)])


def _at_random(prospects: Sequence[Prospect], random: np.random.Generator) -> Strategy:
    return InRounds([prospects[k].place for k in random.permutation(len(prospects))])


OURS = "ours"
STRATEGIES: dict[str, Make] = {
    "SkyPilot": lambda prospects, random: CheapestUnblocked(prospects),
    "dstack": _by_price,
    "random": _at_random,
    OURS: lambda prospects, random: SearchOrder(prospects),
}


@dataclass(frozen=True)
class Hunted:
    """What a hunt took.

    Arguments:
        tries: until nodes were had; all that were made where they never were.
        time: s.
        price: of the nodes for an hour, USD; None where there are none.
    """

    tries: int
    time: float
    price: float | None


def race(
    scarcity: Scarcity, hints: Hints, hunts: int, seed: int, regions: int = 8, zones: int = 3
) -> dict[str, list[Hunted]]:
    """All strategies, in the same zones.

    Arguments:
        scarcity: how capacity comes and goes.
        hints: what clouds publish and refusals name.
        hunts: of each strategy.
        seed: of the zones.
        regions: that there are.
        zones: of each.
    """
    found: dict[str, list[Hunted]] = {name: [] for name in STRATEGIES}
    for number in range(hunts):
        for name, make in STRATEGIES.items():
            random = np.random.default_rng((seed, number))
            places = [
                Place(f"r{k}", f"r{k}{'abcdef'[j]}", "s")
                for k in range(regions)
                for j in range(zones)
            ]
            has = ChangingZones(places, scarcity, random)
            prices = np.repeat(random.lognormal(np.log(10.0), 0.15, regions), zones)
            said = np.random.default_rng((seed, number, 1))
            prospects = [
                Prospect(place, float(price), chance=_chance(has, place, hints, said))
                for place, price in zip(places, prices, strict=True)
            ]
            own = np.random.default_rng((seed, number, 2))
            found[name].append(_hunt(make(prospects, own), has, prospects, hints, said))
    return found


def _chance(
    has: ChangingZones, place: Place, hints: Hints, random: np.random.Generator
) -> float | None:
    """A published score: right nine times of ten where it tells the truth."""
    right = random.random() < 0.9
    score = float(random.random())
    match hints:
        case Hints.TRUTHFUL:
            return 0.9 if has.has(place, 0.0) == right else 0.1
        case Hints.USELESS:
            return score
        case Hints.NONE:
            return None


def _hunt(
    strategy: Strategy,
    has: ChangingZones,
    prospects: Sequence[Prospect],
    hints: Hints,
    random: np.random.Generator,
) -> Hunted:
    prices = {one.place: one.price for one in prospects}
    now, tries = 0.0, 0
    while now < LONGEST:
        place = strategy.next(now)
        if place is None:
            now += GAP
            continue
        tries += 1
        now += TRY
        if has.has(place, now):
            return Hunted(tries, now, prices[place])
        others = [one for one in prices if one.region == place.region and one != place]
        match hints:
            case Hints.TRUTHFUL:
                named = tuple(one.zone for one in others if has.has(one, now))
            case Hints.USELESS:
                named = tuple(one.zone for one in others if random.random() < 0.5)
            case Hints.NONE:
                named = ()
        refusal = Refusal(Kind.STOCKOUT, "stockout", "", place, named)
        strategy.told(place, refusal, now)
    return Hunted(tries, now, None)
