"""Where replicas and nodes stand, and how many of their places must be up."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations


@dataclass(frozen=True)
class Needed:
    """Equal places, nodes or zones, of which enough must be up.

    Arguments:
        up: how many must be, whichever they are.
        of: that a workload stands on; whether others are up is nothing to it.
    """

    up: int
    of: int

    @classmethod
    def by_all(cls, needs: Iterable["Needed"], places: int) -> "Needed":
        """What several need of the same places: as many may be down as each of them bears.

        Each stands where the one before it ended, so that two on one place each are on two.

        Arguments:
            needs: one or more.
            places: there are.
        """
        known = list(needs)
        of = min(places, sum(one.of for one in known))
        return cls(of - min(one.of - one.up for one in known), of)


def spread(replicas: int, enough: int, places: int) -> Needed:
    """Places that must be up so that enough replicas are, which stay where they are.

    Arguments:
        replicas: spread evenly, on no more places than there are of them.
        enough: of them.
        places: there are.
    """
    stand = min(replicas, places)
    each, with_one_more = divmod(replicas, stand)
    others = stand - with_one_more
    for up in range(1, stand):
        if up * each + max(0, up - others) >= enough:
            return Needed(up, stand)
    return Needed(stand, stand)


def is_exact(replicas: int, enough: int, places: int) -> bool:
    """Whether it makes no difference to them which places are up, only how many.

    Arguments:
        replicas: spread evenly, on no more places than there are of them.
        enough: of them.
        places: there are.
    """
    needed = spread(replicas, enough, places)
    each, with_one_more = divmod(replicas, needed.of)
    fullest = (needed.up - 1) * each + min(needed.up - 1, with_one_more)
    return fullest < enough


@dataclass(frozen=True)
class InZones:
    """Replicas, or nodes, that stay in their zones, of which enough must be up.

    Arguments:
        replicas: in each zone.
        enough: of all of them.
    """

    replicas: tuple[int, ...]
    enough: int

    def serve(self, up: Collection[int]) -> bool:
        """Whether they do with some zones.

        Arguments:
            up: positions of the zones that are.
        """
        return sum(self.replicas[zone] for zone in up) >= self.enough


def in_turn(nodes: int, zones: int) -> tuple[int, ...]:
    """How many nodes stand in each zone.

    Arguments:
        nodes: of a group, which are put into the zones in turn.
        zones: of the stack.
    """
    return tuple(len(range(zone, nodes, zones)) for zone in range(zones))


def zones_are_exact(needs: Sequence[InZones]) -> bool:
    """Whether it makes no difference to workloads which zones are up beside those that must be.

    Arguments:
        needs: of the workloads.
    """
    if not needs:
        return True
    needed = zones_needed(needs, len(needs[0].replicas))
    return not any(
        _serve(needs, [*needed.critical, *some])
        for some in combinations(needed.others, max(0, needed.enough - 1))
        if needed.enough
    )


@dataclass(frozen=True)
class ZonesNeeded:
    """Zones that must be up.

    Arguments:
        critical: without any of which too few replicas are left.
        others: that hold some, too.
        enough: of these, whichever they are.
    """

    critical: tuple[int, ...]
    others: tuple[int, ...]
    enough: int


def zones_needed(needs: Sequence[InZones], zones: int) -> ZonesNeeded:
    """Zones without which too few replicas are left, and how many of the others do.

    Arguments:
        needs: of the workloads.
        zones: of the stack.
    """
    every = range(zones)
    critical = tuple(
        zone for zone in every if not _serve(needs, [other for other in every if other != zone])
    )
    held = [zone for zone in every if any(one.replicas[zone] for one in needs)]
    others = tuple(zone for zone in held if zone not in critical)
    enough = next(
        up
        for up in range(len(others) + 1)
        if all(_serve(needs, [*critical, *some]) for some in combinations(others, up))
    )
    return ZonesNeeded(critical, others, enough)


def _serve(needs: Sequence[InZones], up: Collection[int]) -> bool:
    return all(one.serve(up) for one in needs)
