"""Groups of nodes with spares in racks, each of which takes its nodes along: the exact law."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from models.laws.arguments import probability, whole
from models.laws.queueing.quantiles import unimodal

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class RackedGroup:
    """Equal nodes of which some must work, in racks one after the other.

    Arguments:
        required: nodes that must work.
        racks: nodes in each rack of the site; shape (racks,).
        unavailability: of one node, for causes of its own, 0 to 1.
        failure_rate: of one node, 1/s.

    Raises:
        ValueError: an argument out of range.
    """

    required: int
    racks: tuple[int, ...]
    unavailability: float
    failure_rate: float

    def __post_init__(self) -> None:
        probability("unavailability", self.unavailability)
        if not 1 <= whole("required", self.required, 1) <= sum(self.racks):
            raise ValueError(f"required is {self.required}; there are {sum(self.racks)} nodes")

    @property
    def spares(self) -> int:
        """Nodes that may be down."""
        return sum(self.racks) - self.required


@dataclass(frozen=True)
class Short:
    """How often too few nodes of some group work.

    Arguments:
        unavailability: share of time.
        frequency: how often that begins, 1/s.
    """

    unavailability: float
    frequency: float


@dataclass(frozen=True)
class Passage:
    """What a group leaves of each state of the rack in which the group before it ends.

    The states are up and down. Each value rides with its change where the unavailability of each
    part grows by as much as the part fails in a second. All of it is linear, so that the mean over
    uncertain rates of this group alone may stand for it.

    Arguments:
        kept: from each state, to each state of the last rack; shape (2, 2).
        kept_change: its change, 1/s.
        lost: from each state, that too few nodes work; shape (2,).
        lost_change: its change, 1/s.
    """

    kept: Floats
    kept_change: Floats
    lost: Floats
    lost_change: Floats


def side_by_side(racks: Sequence[tuple[int, ...]]) -> tuple[bool, ...]:
    """Whether each group begins in the rack in which the group before it ends.

    Groups stand side by side: two of them share a rack at the most where one ends and the next
    begins.

    Arguments:
        racks: nodes of each group in each rack of the site; shape (groups, racks).

    Raises:
        ValueError: groups that are not side by side.
    """
    for before, after in pairwise(racks):
        if _first(after) < _last(before):
            raise ValueError("groups must stand side by side, in the order of their racks")
    return (False, *(_first(after) == _last(before) for before, after in pairwise(racks)))[
        : len(racks)
    ]


def passage(
    group: RackedGroup, shares: bool, rack_unavailability: float, rack_failure_rate: float
) -> Passage:
    """What a group leaves of each state of the rack in which the group before it ends.

    Nodes and racks fail and are repaired on their own, a node also while its rack is down.

    Arguments:
        group: that is meant.
        shares: it begins in that rack.
        rack_unavailability: of one rack, 0 to 1.
        rack_failure_rate: of one rack, 1/s.

    Raises:
        ValueError: an argument out of range.

    Source: total probability over the state of each rack, one after the other, with the nodes that
        are down counted up to one too many (Barlow and Heidtmann 1984); frequency by the
        importances of Birnbaum, whose sum with weights is a derivative of the unavailability
        (Trivedi 2002, section 8.2). Only what is lost is summed, so that it keeps its digits.
    """
    away = probability("rack_unavailability", rack_unavailability)
    slope = rack_failure_rate * (1 - away)
    walks = [_walked(group, shares, state, away, slope) for state in ((1.0, 0.0), (0.0, 1.0))]
    return Passage(
        np.array([walk.values(0) for walk in walks]),
        np.array([walk.values(1) for walk in walks]),
        np.array([math.fsum(walk.lost) for walk in walks]),
        np.array([math.fsum(walk.lost_slope) for walk in walks]),
    )


def one_after_another(passages: Sequence[Passage]) -> Short:
    """Share of time in which some group has too few nodes, and how often that begins.

    Arguments:
        passages: of the groups, in the order of their racks.
    """
    state, change = np.array([1.0, 0.0]), np.zeros(2)
    lost, slopes = [], []
    for one in passages:
        lost.append(float(state @ one.lost))
        slopes.append(float(change @ one.lost + state @ one.lost_change))
        state, change = state @ one.kept, change @ one.kept + state @ one.kept_change
    return Short(min(1.0, math.fsum(lost)), math.fsum(slopes))


def _walked(
    group: RackedGroup, shares: bool, state: tuple[float, float], away: float, slope: float
) -> "_Walk":
    walk = _Walk(*state)
    first, last = _first(group.racks), _last(group.racks)
    for rack in range(first, last + 1):
        if rack > first or not shares:
            walk.leave()
            walk.enter(away, slope)
        if group.racks[rack]:
            walk.nodes(group.racks[rack], group)
    walk.group_ends()
    return walk


def _first(racks: tuple[int, ...]) -> int:
    return min(rack for rack, count in enumerate(racks) if count)


def _last(racks: tuple[int, ...]) -> int:
    return max(rack for rack, count in enumerate(racks) if count)


class _Walk:
    """Probabilities of how many nodes of a group are down, and their derivative, rack by rack.

    What reaches one node too many is lost.
    """

    def __init__(self, up: float, down: float) -> None:
        self.lost: list[float] = []
        self.lost_slope: list[float] = []
        self._states = [(np.array([up]), np.zeros(1)), (np.array([down]), np.zeros(1))]

    def values(self, which: int) -> list[float]:
        """Of the rack up and down: the probabilities (0) or their change (1)."""
        return [float(state[which].sum()) for state in self._states]

    def enter(self, away: float, slope: float) -> None:
        """A rack begins: it is up, or it is down."""
        [(value, change)] = self._states
        self._states = [
            (value * (1 - away), change * (1 - away) - value * slope),
            (value * away, change * away + value * slope),
        ]

    def nodes(self, count: int, group: RackedGroup) -> None:
        """Nodes of a group in this rack: some are down, or all where the rack is."""
        (up, up_change), (down, down_change) = self._states
        down_now, change_now = _nodes_down(count, group)
        value = np.convolve(up, down_now)
        change = np.convolve(up_change, down_now) + np.convolve(up, change_now)
        whole_rack = np.zeros(count)
        self._states = [
            self._bounded(value, change, group.spares),
            self._bounded(
                np.concatenate([whole_rack, down]),
                np.concatenate([whole_rack, down_change]),
                group.spares,
            ),
        ]

    def group_ends(self) -> None:
        """The next nodes are of another group; this one had enough."""
        self._states = [
            (np.array([value.sum()]), np.array([change.sum()])) for value, change in self._states
        ]

    def leave(self) -> None:
        """The rack ends."""
        (up, up_change), (down, down_change) = self._states
        size = max(len(up), len(down))
        self._states = [
            (
                _filled(up, size) + _filled(down, size),
                _filled(up_change, size) + _filled(down_change, size),
            )
        ]

    def _bounded(self, value: Floats, change: Floats, most: int) -> tuple[Floats, Floats]:
        self.lost.append(math.fsum(value[most + 1 :]))
        self.lost_slope.append(math.fsum(change[most + 1 :]))
        return value[: most + 1], change[: most + 1]


def _filled(values: Floats, size: int) -> Floats:
    return np.concatenate([values, np.zeros(size - len(values))])


def _nodes_down(count: int, group: RackedGroup) -> tuple[Floats, Floats]:
    """Probabilities that 0, 1, ... of some nodes are down, and their change."""
    away = group.unavailability
    slope = group.failure_rate * (1 - away)
    one_fewer = _binomial(count - 1, away)
    change = np.concatenate([[0.0], one_fewer]) - np.concatenate([one_fewer, [0.0]])
    return _binomial(count, away), count * slope * change


def _binomial(count: int, away: float) -> Floats:
    if away in (0.0, 1.0) or count == 0:
        certain = np.zeros(count + 1)
        certain[count if away else 0] = 1.0
        return certain
    more = np.arange(1.0, count + 1)
    return unimodal((count + 1 - more) / more * (away / (1 - away)))
