"""Racks and the nodes in them, for the reference: what is up of each group."""

from models.parts.failure import Component
from models.parts.node_racks import none_of
from sim.cluster.arrays.rack_layout import RackLayout

_NONE = -1


class RackRoom:
    """Which racks are up, and how many nodes of each group work in each of them.

    Arguments:
        layout: racks and the nodes in them.
        components: of the stack.
    """

    def __init__(self, layout: RackLayout, components: tuple[Component, ...]) -> None:
        self._up = [True] * layout.count
        self._required = {one.name: one.required for one in components}
        self._available = {one.name: one.units for one in components}
        self._working = {
            name: list(layout.places[k * layout.count : (k + 1) * layout.count])
            for k, name in enumerate(layout.names)
        }
        self.names = layout.names

    def enough(self, name: str) -> bool:
        """As many units of a component work, in racks that are up, as must."""
        return self._available[name] >= self._required[name]

    def lose_rack(self, place: float, chance: float, needs: frozenset[str]) -> tuple[int, bool]:
        """A rack goes down: which, and whether a job uses a node in it.

        Arguments:
            place: among the racks that are up.
            chance: that any of the nodes that a job may use is in it, 0 to 1.
            needs: names of the components of the job.
        """
        rack = [number for number, up in enumerate(self._up) if up][int(place)]
        none = 1.0
        for name in self.names:
            if name in needs:
                inside, there = self._working[name][rack], self._available[name]
                none *= none_of(inside, there, self._required[name])
        self._up[rack] = False
        for name in self.names:
            self._available[name] -= self._working[name][rack]
        return rack, chance < 1.0 - none

    def lose_unit(self, name: str, place: float) -> tuple[int, bool]:
        """A unit fails: the rack that it stands in, and whether a job uses it.

        Arguments:
            name: of its component.
            place: among the units that work; a job uses the first of those in racks that are up.
        """
        if name not in self._working:
            self._available[name] -= 1
            return _NONE, place < self._required[name]
        left, before = int(place), 0
        for rack, working in enumerate(self._working[name]):
            if left < working:
                break
            left -= working
            before += working if self._up[rack] else 0
        self._working[name][rack] -= 1
        if not self._up[rack]:
            return rack, False
        self._available[name] -= 1
        return rack, before + left < self._required[name]

    def rack_back(self, rack: int) -> None:
        """A rack is up again, with the nodes that did not fail themselves."""
        self._up[rack] = True
        for name in self.names:
            self._available[name] += self._working[name][rack]

    def unit_back(self, name: str, rack: int) -> None:
        """A unit is repaired, in a rack that may be down itself."""
        if rack != _NONE:
            self._working[name][rack] += 1
        if rack == _NONE or self._up[rack]:
            self._available[name] += 1
