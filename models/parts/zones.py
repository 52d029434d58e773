"""Where in a region of a cloud the nodes of a stack stand."""

from collections.abc import Iterable
from dataclasses import fields

from models.description.stack import Stack
from models.parts import kinds, network_block
from models.parts.block_names import OTHER_ZONE, ZONE
from models.parts.failure import Component
from models.parts.node_racks import GroupInRacks, NodeRacks
from models.parts.site import Site
from models.parts.workloads.places_needed import in_turn


def in_all_zones(stack: Stack) -> bool:
    """Whether nodes stand in all zones of the stack in turn, and not all in the first of them.

    A run whose nodes wait for each other, or a gang, would only be slower, and no safer: it needs
    them all.

    Arguments:
        stack: the description.
    """
    workloads = stack.workloads.values()
    spread = all(kinds.workload_kind(one).spreads(one) for one in workloads)
    return bool(workloads) and spread and len(stack.zones) > 1


def with_their_nodes(site: Site, components: Iterable[Component]) -> tuple[Component, ...]:
    """The same components, where zones over which nodes are spread take these along.

    Arguments:
        site: the stack and its node groups.
        components: everything that can fail.
    """
    if not in_all_zones(site.stack):
        return tuple(components)
    zones = len(site.stack.zones)
    block = network_block.zones_of_a_cloud(ZONE, 1, zones, site.facts)
    groups = [
        GroupInRacks(group.component, in_turn(group.component.units, zones))
        for group in site.groups.values()
    ]
    known = {one.name: getattr(block, one.name) for one in fields(block)}
    others = [one for one in components if one.name not in (ZONE, OTHER_ZONE)]
    return (*others, NodeRacks(**known, redundant=True, groups=tuple(groups)))
