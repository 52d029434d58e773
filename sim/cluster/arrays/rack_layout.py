"""Where the nodes of groups stand in racks, for both engines."""

from dataclasses import dataclass

from models.parts.failure import Component
from models.parts.node_racks import NodeRacks


@dataclass(frozen=True)
class RackLayout:
    """Racks and the nodes in them.

    Arguments:
        position: of the racks among the components; -1 without.
        count: of racks.
        names: of the groups in them.
        places: nodes of each group in each rack, one group after the other.
    """

    position: int
    count: int
    names: tuple[str, ...]
    places: tuple[int, ...]

    def first_place(self, name: str) -> int:
        """Where the nodes of a group begin among the places; -1 for one that is in no rack.

        Arguments:
            name: of a component.
        """
        return self.names.index(name) * self.count if name in self.names else -1


def racked_groups(components: tuple[Component, ...]) -> RackLayout:
    """The racks of a stack.

    Arguments:
        components: of the stack, of which one at the most is racks.
    """
    for position, one in enumerate(components):
        if isinstance(one, NodeRacks):
            names = tuple(group.nodes.name for group in one.groups)
            places = tuple(count for group in one.groups for count in group.racks)
            return RackLayout(position, one.units, names, places)
    return RackLayout(-1, 0, (), ())
