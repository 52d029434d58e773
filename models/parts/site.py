"""What workloads run on, looked up and solved once: node groups and stores."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from models.description.stack import NodeGroup, Stack, Store
from models.laws.tree_topology import Tree, nodes_of_leaf
from models.parts.facts import Facts
from models.parts.failure import Component
from models.parts.node_group import Hardware
from models.parts.replicas import Replicas
from models.parts.stores.store_kind import StoreKind
from models.parts.stores.store_speed import StoreSpeed, StoreState


@dataclass(frozen=True)
class SolvedGroup:
    """A node group and what is known of it.

    Arguments:
        name: of the group.
        described: by the user.
        hardware: of one node.
        component: how its nodes fail.
    """

    name: str
    described: NodeGroup
    hardware: Hardware
    component: Component

    @property
    def speed(self) -> float:
        """Of a node, over that of the same on bare metal."""
        return 1 - self.described.overhead


@dataclass(frozen=True)
class SolvedStore:
    """A store and what is known of it.

    Arguments:
        name: of the store.
        described: by the user.
        kind: of it.
        components: how it fails, the first of which has its name.
        usable_size: that each node sees, bytes.
    """

    name: str
    described: Store
    kind: StoreKind
    components: tuple[Component, ...]
    usable_size: float


@dataclass(frozen=True)
class Site:
    """What workloads run on.

    Arguments:
        stack: the description.
        facts: the catalog.
        groups: by name.
        stores: by name.
        files: what workloads read beside the stack file, by name of the workload.
        used: names of the stores that workloads use; the others are idle.
        replicas: that workloads place on nodes, by name of the workload.
    """

    stack: Stack
    facts: Facts
    groups: Mapping[str, SolvedGroup]
    stores: Mapping[str, SolvedStore]
    files: Mapping[str, Any] = field(default_factory=dict)
    used: frozenset[str] = frozenset()
    replicas: Mapping[str, tuple[Replicas, ...]] = field(default_factory=dict)

    @property
    def tree(self) -> Tree | None:
        """The tree of switches between nodes, where one is described."""
        network = self.stack.network
        described = network.tree
        if described is None:
            return None
        leaf = nodes_of_leaf(described.leaf_ports, network.links_per_node, described.rail)
        return Tree(leaf, described.oversubscription, described.placement == "packed")

    def speed(self, store: str, group: str, clients: int | None = None) -> StoreSpeed:
        """How fast nodes of a group read and write a store together.

        Arguments:
            store: its name.
            group: its name.
            clients: nodes that use it at the same time; all that the group counts by default.
        """
        described, kind = self.stores[store].described, self.stores[store].kind
        beside = self._busy_beside(store)
        return kind.speed(described, beside, self.facts, *self._clients(group, clients))

    def states(self, store: str, group: str) -> tuple[StoreState, ...]:
        """How fast they are while a disk or a machine of the store is away; none for a service.

        Arguments:
            store: its name.
            group: its name.
        """
        described, kind = self.stores[store].described, self.stores[store].kind
        beside = self._busy_beside(store)
        return kind.states(described, beside, self.facts, *self._clients(group, None))

    def _busy_beside(self, store: str) -> Stack:
        """The stack without the stores that are idle beside one."""
        every = self.stack.storage
        busy = {name: one for name, one in every.items() if name == store or name in self.used}
        return (
            self.stack
            if len(busy) == len(every)
            else self.stack.model_copy(update={"storage": busy})
        )

    def _clients(self, group: str, clients: int | None) -> tuple[int, float]:
        count = self.groups[group].described.count if clients is None else clients
        return count, self.groups[group].hardware.network_bandwidth
