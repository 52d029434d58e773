"""Whether the replicas of all workloads on a node group find room on its nodes."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from models.description.quantities import format_count, format_scaled
from models.description.stack import Stack
from models.parts.node_room import room
from models.parts.replicas import Replicas
from models.parts.site import Site, SolvedGroup
from models.parts.workloads.workload_kind import Impossible

_LITTLE = 1e-9  # of what a node has, for sums that are not exact


@dataclass(frozen=True)
class _Spread:
    """Replicas of a stage, one node after another.

    Arguments:
        label: of the stage, for people.
        replicas: of it.
        first: node that gets the first of them.
        count: how many.
    """

    label: str
    replicas: Replicas
    first: int
    count: int

    def on(self, node: int, nodes: int) -> int:
        """Replicas on a node.

        Arguments:
            node: its number.
            nodes: of the group.
        """
        base, more = divmod(self.count, nodes)
        return base + ((node - self.first) % nodes < more)


def fit(name: str, site: Site) -> None:
    """Every node has what the replicas on it need.

    The replicas of a stage are spread evenly, and those of the next go on where it ended; all
    workloads on a group share its nodes.

    Arguments:
        name: of the endpoint that is asked about.
        site: that it runs on.

    Raises:
        Impossible: a node has too little.
    """
    for group in dict.fromkeys(one.group for one in site.replicas[name]):
        _fit_on(group, name, site)


def by_zone(name: str, site: Site) -> dict[str, tuple[int, ...]]:
    """Replicas of each stage on nodes in each zone, by name of the stage.

    The nodes of a group are in its zones in turn, so that four nodes in three zones are two, one
    and one, and replicas are where their nodes are.

    Arguments:
        name: of the endpoint.
        site: that it runs on.
    """
    zones = max(1, len(site.stack.zones))
    found = {}
    for replicas in site.replicas[name]:
        nodes = site.groups[replicas.group].described.count
        placed = _spreads(replicas.group, name, site)
        [spread] = [one for one in placed if one.replicas is replicas]
        found[replicas.of] = tuple(
            sum(spread.on(node, nodes) for node in range(zone, nodes, zones))
            for zone in range(zones)
        )
    return found


def nodes_for(name: str, stage: str, replicas: int, site: Site) -> int:
    """Nodes of its group on which so many replicas of a stage fit, at least those that there are.

    Arguments:
        name: of the endpoint.
        stage: of it, on nodes.
        replicas: of the stage, each of which fits on a node.
        site: that it runs on.
    """
    [grown] = [one for one in site.replicas[name] if one.of == stage]
    group = site.groups[grown.group]
    spreads: list[_Spread] = []
    first = 0
    for one in _spreads(group.name, name, site):
        count = replicas if one.replicas is grown else one.count
        spreads.append(replace(one, first=first, count=count))
        first += count
    nodes = group.described.count
    limits = _limits(group, site.stack)
    for what, has in limits:
        wanted = math.fsum(one.count * one.replicas.needs[what] for one in spreads)
        nodes = max(nodes, math.ceil(wanted / has * (1 - _LITTLE)) if has else nodes)
    if _too_much(spreads, nodes, limits) is None:
        return nodes
    few, enough = nodes, max(nodes, first)  # with a node for each of them they fit
    while enough - few > 1:
        middle = (few + enough) // 2
        fits = _too_much(spreads, middle, limits) is None
        few, enough = (few, middle) if fits else (middle, enough)
    return enough


def _limits(group: SolvedGroup, stack: Stack) -> tuple[tuple[str, float], ...]:
    """What a node has for replicas: of one in a cluster, what Kubernetes leaves."""
    vcpus, memory = room(group, stack)
    return (("accelerators", group.hardware.accelerators), ("vcpus", vcpus), ("memory", memory))


@dataclass(frozen=True)
class _TooMuch:
    """What a node has too little of.

    Arguments:
        what: it has too little of.
        wanted: of it.
        has: of it.
        here: replicas on the node, with the stages that they are of.
    """

    what: str
    wanted: float
    has: float
    here: tuple[tuple[_Spread, int], ...]


def _too_much(
    spreads: Sequence[_Spread], nodes: int, limits: Sequence[tuple[str, float]]
) -> _TooMuch | None:
    """What some node has too little of; None where all replicas fit."""
    # What is on a node changes only where the remainder of a stage begins or ends.
    ends = [one.first + one.count for one in spreads]
    for number in dict.fromkeys(k % nodes for k in (*(one.first for one in spreads), *ends)):
        here = tuple((one, one.on(number, nodes)) for one in spreads if one.on(number, nodes))
        for what, has in limits:
            wanted = math.fsum(count * one.replicas.needs[what] for one, count in here)
            if wanted > has * (1 + _LITTLE):
                return _TooMuch(what, wanted, has, here)
    return None


def _fit_on(group: str, name: str, site: Site) -> None:
    of, stack = site.groups[group], site.stack
    nodes = of.described.count
    spreads, limits, twice = list(_spreads(group, name, site)), _limits(of, stack), ""
    found = _too_much(spreads, nodes, limits)
    if found is None and any(one.replicas.beside for one in spreads):
        twice = "; while `blue-green` deploys, new ones stand beside the old"
        found = _too_much(list(_deployed(spreads)), nodes, limits)
    if found is not None:
        names = ", ".join(f"{count:,} of {one.label}" for one, count in found.here)
        clustered = stack.kubernetes is not None and group in stack.kubernetes.nodes
        beside = " beside what Kubernetes keeps for itself" if clustered else ""
        raise Impossible(
            f"needs {_written(found.what, found.wanted)} on a node of {group} ({names}), which has"
            f" {_written(found.what, found.has)}{beside}; {format_count(nodes, 'nodes')} can't hold"
            f" these replicas{twice}"
        )


def _spreads(group: str, name: str, site: Site) -> Iterator[_Spread]:
    first = 0
    for workload, placed in site.replicas.items():
        for one in placed:
            if one.group == group:
                label = one.of if workload == name else f"{workload}.{one.of}"
                yield _Spread(label, one, first, one.count)
                first += one.count


def _deployed(spreads: Sequence[_Spread]) -> Iterator[_Spread]:
    """The replicas while those that have new ones beside them are deployed."""
    first = 0
    for one in spreads:
        count = one.count * (2 if one.replicas.beside else 1)
        yield replace(one, first=first, count=count)
        first += count


def _written(what: str, value: float) -> str:
    if what == "memory":
        return f"{format_scaled(value, 'B')} of memory"
    if what == "vcpus" and value != round(value):  # of a node that keeps some
        return f"{value:.3g} vCPUs"
    return format_count(round(value), "vCPUs" if what == "vcpus" else what)
