"""How running nodes come to be what the stack file now says."""

from dataclasses import dataclass

from infra.environment import environment
from models.description.stack import Stack
from models.parts.whole_start import works_together

STAY = (
    "running nodes stay what they were until they are replaced; only new ones are what is"
    " described, and was predicted"
)


@dataclass(frozen=True)
class Rolling:
    """The replacement of the running nodes of a group.

    Arguments:
        nodes: of the group, spares too.
        at_once: how many of them are replaced together.
        wanted: else running nodes stay as they are until they fail.
    """

    nodes: int
    at_once: int
    wanted: bool


def rolling(stack: Stack, group: str) -> Rolling:
    """How the running nodes of a group are replaced.

    What works together stops with the first node that goes, so that all go at once, and it starts
    again but once; of others, as many as there are spares.

    Arguments:
        stack: the description.
        group: name of the node group.
    """
    described = stack.nodes[group]
    nodes = described.count + described.spares
    at_once = nodes if works_together(stack, group) else max(described.spares, 1)
    # What is given for days is not asked for again to change it.
    wanted = environment().roll and described.purchase != "flex_start"
    return Rolling(nodes, at_once, wanted)
