"""What a node draws at work."""

from models.description.stack import NodeGroup, Stack
from models.parts import node_group
from models.parts.facts import Facts


class UnknownPower(ValueError):
    """Hardware whose power neither the stack nor the catalog says."""


def node_power(name: str, group: NodeGroup, stack: Stack, facts: Facts) -> float:
    """What one node of a group draws at work, W.

    Arguments:
        name: of the group.
        group: the node group.
        stack: that it belongs to.
        facts: the catalog.

    Raises:
        UnknownPower: the catalog does not know what its accelerator draws.
    """
    if group.power is not None:
        return group.power
    machine = node_group.hardware(group, stack.cloud, facts)
    if machine.accelerator is None or machine.accelerator.kind == "cpu":
        return facts.power_draw("cpu-node").power
    if machine.accelerator.power is None:
        raise UnknownPower(
            f"nodes.{name}.power is required: the catalog has no power of"
            f" {machine.accelerator.name}"
        )
    host = facts.power_draw("host-of-an-accelerator").power
    return machine.accelerators * (machine.accelerator.power + host)
