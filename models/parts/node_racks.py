"""Racks, each of which takes its nodes along when it is down."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from models.laws.reliability.blocks import series, unavailability
from models.parts.failure import Component
from models.prediction import BlockResult

NAME = "node racks"


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
        value = _added(self)[0]
        return replace(super().result(), unavailability=value, single_point=self._single(single))

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
    from models.laws.reliability.racked_groups import RackedGroup, short_of_nodes  # brings numpy

    for weight, fleet in racks.fleets():
        assert isinstance(fleet, NodeRacks)
        groups = [
            RackedGroup(
                one.nodes.required,
                one.racks,
                unavailability(one.nodes.mttf, one.nodes.mttr),
                1 / one.nodes.mttf,
            )
            for one in fleet.groups
        ]
        rack = unavailability(fleet.mttf, fleet.mttr)
        short = short_of_nodes(groups, rack, 1 / fleet.mttf)
        alone = [one.nodes.away() for one in fleet.groups]
        often = math.fsum(
            one.nodes.downs() * (1 - series(alone[:k] + alone[k + 1 :]))
            for k, one in enumerate(fleet.groups)
        )
        yield weight, (short.unavailability, short.frequency, series(alone), often)
