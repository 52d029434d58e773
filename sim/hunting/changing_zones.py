"""Zones that have nodes for a while and then have none, alike within a region."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from models.capacity.place import Place


@dataclass(frozen=True)
class Scarcity:
    """How capacity comes and goes.

    Arguments:
        on: mean time for which a zone has some, s.
        off: mean time for which it has none, s.
        spread: standard deviation of the logarithm of these means among zones.
        likeness: share of the time in which the zones of a region do what the region does.
    """

    on: float
    off: float
    spread: float = 0.5
    likeness: float = 0.3


@dataclass
class _Switch:
    """An alternating renewal process with exponential times, followed as time goes on."""

    on: float
    off: float
    random: np.random.Generator
    has: bool = field(init=False)
    until: float = field(init=False)

    def __post_init__(self) -> None:
        self.has = bool(self.random.random() < self.on / (self.on + self.off))
        self.until = self.random.exponential(self.on if self.has else self.off)

    def at(self, now: float) -> bool:
        while self.until <= now:
            self.has = not self.has
            self.until += self.random.exponential(self.on if self.has else self.off)
        return self.has


class ChangingZones:
    """What is free where, at any time that does not go back."""

    def __init__(
        self, places: Sequence[Place], scarcity: Scarcity, random: np.random.Generator
    ) -> None:
        self._zones: dict[Place, _Switch] = {}
        self._regions: dict[tuple[str, str], _Switch] = {}
        self._as_region: dict[Place, bool] = {}
        for place in places:
            factor = math.exp(random.normal(0.0, scarcity.spread))
            # A stream each, so that whoever asks, and in whatever order, meets the same.
            own, regional = random.spawn(2)
            self._zones[place] = _Switch(scarcity.on * factor, scarcity.off / factor, own)
            key = (place.region, place.shape)
            if key not in self._regions:
                self._regions[key] = _Switch(scarcity.on, scarcity.off, regional)
            self._as_region[place] = bool(random.random() < scarcity.likeness)

    def has(self, place: Place, now: float) -> bool:
        """Whether nodes can be had there.

        Arguments:
            place: that is tried.
            now: s; no earlier than in the question before.
        """
        if self._as_region[place]:
            return self._regions[place.region, place.shape].at(now)
        return self._zones[place].at(now)
