"""The nodes that run tasks and their free slots, plainly."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from sim.batch.arrays.batch_layout import NO_RACK, BatchLayout


@dataclass
class Node:
    """A node.

    Arguments:
        group: position of its group.
        serving: in service; otherwise a spare, or away.
        rack: that it stands in, or NO_RACK.
        up: not away, nor its rack.
        whole: not away itself.
        without: names of its disks that are away.
    """

    group: int
    serving: bool
    rack: int
    up: bool = True
    whole: bool = True
    without: set[str] = field(default_factory=set)


class Nodes:
    """All nodes of a replication, and the slots that are free, in the order they became so.

    Arguments:
        layout: of the replication.
    """

    def __init__(self, layout: BatchLayout) -> None:
        self._groups = layout.cluster.groups
        self._first = layout.first_node
        self.nodes = [
            Node(g, number < one.count, int(layout.rack[layout.first_node[g] + number]))
            for g, one in enumerate(self._groups)
            for number in range(one.count + one.spares)
        ]
        self.racks_up = [True] * layout.racks
        self.free = layout.free_slots()

    def of_group(self, group: int) -> range:
        """The nodes of a group, spares included.

        Arguments:
            group: position.
        """
        return range(self._first[group], self._first[group + 1])

    def working(self, group: int) -> Iterator[int]:
        """The nodes that work: first those in service, then the spares; by number in racks.

        Arguments:
            group: position.
        """
        numbers = [k for k in self.of_group(group) if self.nodes[k].whole]
        if self.nodes[self._first[group]].rack != NO_RACK:
            yield from numbers
            return
        yield from (k for k in numbers if self.nodes[k].serving)
        yield from (k for k in numbers if not self.nodes[k].serving)

    def with_disk(self, group: int, disk: str, units: int) -> list[int]:
        """The nodes that have a disk, by number.

        Arguments:
            group: position.
            disk: its name.
            units: nodes that ever had one, the first of the group.
        """
        numbers = self.of_group(group)[:units]
        return [k for k in numbers if disk not in self.nodes[k].without]

    def in_rack(self, rack: int) -> list[int]:
        """The nodes of a rack that are up, the spares first.

        Arguments:
            rack: its number.
        """
        there = [k for k, node in enumerate(self.nodes) if node.rack == rack and node.up]
        return sorted(there, key=lambda k: self.nodes[k].serving)

    def lose(self, number: int) -> None:
        """A node on which nothing runs goes away; a spare takes over.

        Arguments:
            number: of the node.
        """
        node = self.nodes[number]
        served, node.serving, node.up = node.serving, False, False
        self.free = [one for one in self.free if one != number]
        if served:
            group = self.of_group(node.group)
            spares = (k for k in group if self.nodes[k].up and not self.nodes[k].serving)
            spare = next(spares, None)
            if spare is not None:
                self._serve(spare)

    def repaired(self, number: int, disk: str = "") -> None:
        """A node is repaired, or a disk of it; it is there once nothing of it is away.

        Arguments:
            number: of the node.
            disk: its name; empty for the node itself.
        """
        if disk:
            self.nodes[number].without.remove(disk)
        else:
            self.nodes[number].whole = True
        self._come_back(number)

    def rack_repaired(self, rack: int) -> None:
        """A rack is up again, with the nodes of which nothing is away.

        Arguments:
            rack: its number.
        """
        self.racks_up[rack] = True
        for number, node in enumerate(self.nodes):
            if node.rack == rack:
                self._come_back(number)

    def _come_back(self, number: int) -> None:
        node = self.nodes[number]
        in_rack = node.rack == NO_RACK or self.racks_up[node.rack]
        if not in_rack or not node.whole or node.without:
            return
        node.up = True
        serving = sum(self.nodes[k].serving for k in self.of_group(node.group))
        if serving < self._groups[node.group].count:
            self._serve(number)

    def _serve(self, number: int) -> None:
        node = self.nodes[number]
        node.serving = True
        self.free += [number] * self._groups[node.group].slots
