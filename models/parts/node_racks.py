"""Racks, each of which takes its nodes along when it is down."""

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from models.laws.reliability.blocks import series, unavailability
from models.parts.failure import Component, fleets_of
from models.prediction import BlockResult

if TYPE_CHECKING:
    from models.laws.reliability.racked_groups import Passage

NAME = "node racks"
HOSTS = "node hosts"


@dataclass(frozen=True)
class GroupInRacks:
    """A node group that stands in racks.

    Arguments:
        nodes: how they fail for causes of their own.
        racks: how many of them each rack holds; shape (racks,).
    """

    nodes: Component
    racks: tuple[int, ...]


@dataclass(frozen=True)
class NodeRacks(Component):
    """Racks with the nodes in them; as many may be down as the spares of each group bear.

    As a block beside those of the groups it is down where nodes alone would suffice and the racks
    leave too few of them, so that the blocks in series are exactly as available as the nodes.

    Arguments:
        redundant: nothing that fails alone within a rack stops it.
        groups: in the order of their racks.
    """

    redundant: bool
    groups: tuple[GroupInRacks, ...]

    def among(self, names: frozenset[str]) -> "NodeRacks":
        """The racks as those see them who need some of the groups alone.

        Arguments:
            names: of components that are needed.
        """
        kept = tuple(one for one in self.groups if one.nodes.name in names)
        return replace(self, groups=kept)

    def spreads(self) -> dict[str, float]:
        """Rates that are uncertain, by name, with their spread."""
        found = super().spreads()
        for group in self.groups:
            found |= group.nodes.spreads()
        return found

    def at(self, rates: Mapping[str, float]) -> "NodeRacks":
        """The same where the uncertain rates are certain.

        Arguments:
            rates: factors of the typical rates, by name.
        """
        certain = super().at(rates)
        assert isinstance(certain, NodeRacks)
        groups = tuple(replace(one, nodes=one.nodes.at(rates)) for one in self.groups)
        return replace(certain, groups=groups)

    def mttf_interval(self) -> tuple[float, float] | None:
        """Ends of the interval of one rack's own mean time to failure; None if certain."""
        return super().mttf_interval() if super().spreads() else None

    def result(self) -> BlockResult:
        """The block, with what racks add to the downtime of the nodes."""
        single = any(max(one.racks) > one.nodes.units - one.nodes.required for one in self.groups)
        return BlockResult(self.block(), _added(self)[0], single_point=self._single(single))

    def _single(self, of_nodes: bool) -> bool:
        return of_nodes and not self.redundant

    def away(self) -> float:
        """Share of time in which the racks leave too few nodes, at typical rates."""
        return _added(self.typical())[0]

    def failure_frequency(self) -> float:
        """How often the racks leave too few nodes where nodes alone would suffice, 1/s."""
        return _added(self)[1]

    def interruption_rate(self) -> float:
        """How often a rack goes down that holds a node in use, which any of a group may be, 1/s."""
        return math.fsum(1 - unused(self.groups, rack) for rack in range(self.units)) / self.mttf


def unused(groups: tuple[GroupInRacks, ...], rack: int) -> float:
    """Probability that no node in a rack is in use while all are up.

    Arguments:
        groups: whose work is meant.
        rack: its number.
    """
    return math.prod(
        none_of(one.racks[rack], one.nodes.units, one.nodes.required) for one in groups
    )


def none_of(inside: int, there: int, required: int) -> float:
    """Probability that none of some nodes is among those that a run uses, which may be any.

    Arguments:
        inside: nodes that are meant.
        there: nodes that work.
        required: nodes that the run uses.
    """
    share = 1.0
    for k in range(inside):
        share *= max(0, there - required - k) / (there - k)
    return share


@lru_cache(maxsize=64)
def _added(racks: NodeRacks) -> tuple[float, float]:
    """Unavailability and failure frequency of the block, over all fleets."""
    if not racks.groups:
        return 0.0, 0.0
    away = frequency = nodes_away = nodes_frequency = 0.0
    for weight, (together, often, alone, alone_often) in _of_fleets(racks):
        away += weight * together
        frequency += weight * often
        nodes_away += weight * alone
        nodes_frequency += weight * alone_often
    left = 1 - nodes_away
    if left <= 0:
        return 0.0, 0.0
    added = max(0.0, away - nodes_away) / left
    return added, max(0.0, frequency - nodes_frequency * (1 - added)) / left


def _of_fleets(racks: NodeRacks) -> Iterator[tuple[float, tuple[float, float, float, float]]]:
    """All of the site where what several groups share is certain, each time with its weight."""
    from models.laws.reliability.racked_groups import one_after_another, side_by_side  # numpy

    begins_in_last = side_by_side([one.racks for one in racks.groups])
    for weight, rates in fleets_of(_shared(racks)):
        fleet = racks.at(rates)
        assert isinstance(fleet, NodeRacks)
        rack = (unavailability(fleet.mttf, fleet.mttr), 1 / fleet.mttf)
        groups = [
            _of_group(one, begins, *rack)
            for one, begins in zip(fleet.groups, begins_in_last, strict=True)
        ]
        short = one_after_another([one.passage for one in groups])
        alone = [one.away for one in groups]
        often = math.fsum(
            one.downs * (1 - series(alone[:k] + alone[k + 1 :])) for k, one in enumerate(groups)
        )
        yield weight, (short.unavailability, short.frequency, series(alone), often)


def _shared(racks: NodeRacks) -> dict[str, float]:
    """Uncertain rates that the racks or more than one group have: these can't be taken apart."""
    seen = Counter(rate for group in racks.groups for rate in group.nodes.spreads())
    shared = {rate for rate, groups in seen.items() if groups > 1} | Component.spreads(racks).keys()
    return {rate: spread for rate, spread in racks.spreads().items() if rate in shared}


@dataclass(frozen=True)
class _GroupOnAverage:
    """A group over all fleets of the rates that it alone has.

    All that is asked of several groups together is linear in each of these, so that the rates of
    one need not be crossed with those of another.
    """

    passage: "Passage"
    away: float
    downs: float


@lru_cache(maxsize=4096)
def _of_group(
    group: GroupInRacks, begins_in_last: bool, rack_away: float, rack_rate: float
) -> _GroupOnAverage:
    from models.laws.reliability.racked_groups import Passage, RackedGroup, passage  # numpy

    kept: list[tuple[float, Passage]] = []
    away = downs = 0.0
    for weight, nodes in group.nodes.fleets():
        node = unavailability(nodes.mttf, nodes.mttr)
        racked = RackedGroup(nodes.required, group.racks, node, 1 / nodes.mttf)
        kept.append((weight, passage(racked, begins_in_last, rack_away, rack_rate)))
        away += weight * nodes.away()
        downs += weight * nodes.downs()
    mean = Passage(
        *(sum(weight * getattr(one, part.name) for weight, one in kept) for part in fields(Passage))
    )
    return _GroupOnAverage(mean, away, downs)
