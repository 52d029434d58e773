"""Whether the replicas of all endpoints on a node group find room on its nodes."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from models.description.quantities import format_count, format_scaled
from models.parts.site import Site
from models.parts.workloads.endpoint import Endpoint, Needs, Stage
from models.parts.workloads.workload_kind import Impossible

_LITTLE = 1e-9  # of what a node has, for sums that are not exact


@dataclass(frozen=True)
class _Spread:
    """Replicas of a stage, one node after another.

    Arguments:
        label: of the stage, for people.
        stage: as described.
        first: node that gets the first of them.
        replicas: how many.
    """

    label: str
    stage: Stage
    first: int
    replicas: int

    def on(self, node: int, nodes: int) -> int:
        """Replicas on a node.

        Arguments:
            node: its number.
            nodes: of the group.
        """
        base, more = divmod(self.replicas, nodes)
        return base + ((node - self.first) % nodes < more)


def fit(name: str, site: Site) -> None:
    """Every node has what the replicas on it need.

    The replicas of a stage are spread evenly, and those of the next go on where it ended; all
    endpoints on a group share its nodes.

    Arguments:
        name: of the endpoint that is asked about.
        site: that it runs on.

    Raises:
        Impossible: a node has too little.
    """
    own = site.stack.workloads[name]
    assert isinstance(own, Endpoint)
    for group in dict.fromkeys(stage.nodes for stage in own.stages.values()):
        if group is not None:
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
    own = site.stack.workloads[name]
    assert isinstance(own, Endpoint)
    found = {}
    for key, stage in own.stages.items():
        if stage.nodes is None:
            continue
        nodes = site.groups[stage.nodes].described.count
        [spread] = [one for one in _spreads(stage.nodes, name, site) if one.stage is stage]
        found[key] = tuple(
            sum(spread.on(node, nodes) for node in range(zone, nodes, zones))
            for zone in range(zones)
        )
    return found


def _fit_on(group: str, name: str, site: Site) -> None:
    nodes, node = site.groups[group].described.count, site.groups[group].hardware
    spreads = list(_spreads(group, name, site))
    # What is on a node changes only where the remainder of a stage begins or ends.
    ends = [one.first + one.replicas for one in spreads]
    for number in dict.fromkeys(k % nodes for k in (*(one.first for one in spreads), *ends)):
        here = [(one, one.on(number, nodes)) for one in spreads if one.on(number, nodes)]
        limits: tuple[tuple[Needs, float], ...] = (
            ("accelerators", node.accelerators),
            ("vcpus", node.vcpus),
            ("memory", node.memory),
        )
        for what, has in limits:
            wanted = math.fsum(count * one.stage.needs(what) for one, count in here)
            if wanted > has * (1 + _LITTLE):
                names = ", ".join(f"{count:,} of {one.label}" for one, count in here)
                raise Impossible(
                    f"needs {_written(what, wanted)} on a node of {group} ({names}), which has"
                    f" {_written(what, has)}; {format_count(nodes, 'nodes')} can't hold these"
                    " replicas"
                )


def _spreads(group: str, name: str, site: Site) -> Iterator[_Spread]:
    first = 0
    for workload, described in site.stack.workloads.items():
        if not isinstance(described, Endpoint):
            continue
        for stage_name, stage in described.stages.items():
            if stage.nodes == group:
                replicas = stage.scaling.maximum if stage.scaling else stage.replicas
                label = stage_name if workload == name else f"{workload}.{stage_name}"
                yield _Spread(label, stage, first, replicas)
                first += replicas


def _written(what: str, value: float) -> str:
    if what == "memory":
        return f"{format_scaled(value, 'B')} of memory"
    return format_count(round(value), "vCPUs" if what == "vcpus" else what)
