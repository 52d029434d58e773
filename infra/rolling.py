"""How running nodes come to be what the stack file now says."""

from collections.abc import Iterable
from dataclasses import dataclass

from infra.environment import environment
from models.description.stack import Stack
from models.parts.solve import SolvedStack
from models.parts.stores.block_volume import BlockVolume
from models.parts.stores.local_disks import LocalDisks
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
        held: stores on their volumes, whose data would go with them.
    """

    nodes: int
    at_once: int
    wanted: bool
    held: tuple[str, ...] = ()

    @property
    def stay(self) -> str:
        """Why running nodes stay what they were, for people."""
        if not self.held:
            return STAY
        return (
            f"{STAY}: what is on their volumes ({', '.join(self.held)}) would go with them. Replace"
            " them yourself, each once its data is elsewhere; or name the stores in"
            " windtunnel:expendable"
        )


def held_on_nodes(solved: SolvedStack, group: str) -> list[str]:
    """Stores on disks of a group that workloads write, so that nobody else has what is there.

    Arguments:
        solved: the stack.
        group: name of the node group.
    """
    stores = solved.stack.storage
    own = {
        name
        for name, one in stores.items()
        if isinstance(one, BlockVolume | LocalDisks) and one.nodes == group
    }
    return sorted({use.store for use in solved.uses if use.access != "read"} & own)


def rolling(stack: Stack, group: str, held: Iterable[str] = ()) -> Rolling:
    """How the running nodes of a group are replaced.

    What works together stops with the first node that goes, so that all go at once, and it starts
    again but once; of others, as many as there are spares.

    Arguments:
        stack: the description.
        group: name of the node group.
        held: stores on its disks whose data nobody else has.
    """
    described, where = stack.nodes[group], environment()
    nodes = described.count + described.spares
    at_once = nodes if works_together(stack, group) else max(described.spares, 1)
    # What is given for days is not asked for again to change it.
    wanted = where.roll and described.purchase != "flex_start"
    kept = tuple(one for one in held if one not in where.expendable)
    return Rolling(nodes, at_once, wanted and not kept, kept)
