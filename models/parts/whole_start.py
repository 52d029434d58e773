"""Nodes of a cloud that all start or none do, and what that keeps on the bill."""

from models.catalog.providers import CLOUDS, service_of
from models.description.stack import NodeGroup, Stack, Workload
from models.parts import kinds
from models.parts.place import provider_of
from models.parts.zones import in_all_zones

# What is taken back at any time is kept by nothing, and a block was bought whole.
_KEPT = ("on_demand", "reserved")


def works_together(stack: Stack, group: str) -> bool:
    """Whether something runs on a group whose nodes stand close together and are replaced at once.

    Arguments:
        stack: the description.
        group: name of the node group.
    """
    return any(not kinds.workload_kind(one).spreads(one) for one in _users(stack, group))


def _users(stack: Stack, group: str) -> list[Workload]:
    workloads = stack.workloads.values()
    return [one for one in workloads if group in kinds.workload_kind(one).groups(one)]


def starts_whole(stack: Stack, group: str, described: NodeGroup | None = None) -> bool:
    """Whether capacity for all nodes of a group is reserved before the first of them starts.

    It is where the stack file says so, and, in a cloud where it can be, where nothing is said and
    a workload needs all nodes: those that start are of no use without the others, and would be
    billed all the same.

    Arguments:
        stack: the description.
        group: name of the node group.
        described: the group otherwise than the stack has it; None for as it has it.
    """
    described = described or stack.nodes[group]
    if described.reservation is not None:
        return bool(described.reservation.make)
    nodes = described.count + described.spares
    if stack.cloud not in CLOUDS or not 1 < nodes <= CLOUDS[stack.cloud].reserved_together:
        return False
    users = _users(stack, group)
    of_a_service = service_of(stack.cloud, str(described.instance)) is not None or any(
        kinds.workload_kind(one).managed(one) for one in users
    )
    return (
        not of_a_service
        and described.purchase in _KEPT
        and not in_all_zones(stack)
        and any(kinds.workload_kind(one).needs_all for one in users)
    )


def always_paid(stack: Stack, group: str, described: NodeGroup | None = None) -> bool:
    """Whether the nodes of a group are paid for whether they are up or not.

    Arguments:
        stack: the description.
        group: name of the node group.
        described: the group otherwise than the stack has it; None for as it has it.
    """
    described = described or stack.nodes[group]
    kept = provider_of(stack).owned or described.always_paid
    return kept or starts_whole(stack, group, described)
