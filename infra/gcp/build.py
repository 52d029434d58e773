"""The stack on Google Cloud: which kinds of parts it builds, and what each needs of the others."""

from typing import Any

import pulumi
from pulumi_gcp import compute
from pulumi_gcp import config as provider

from infra.access import identity_of, missing_rights, refuse_policies
from infra.ask import ask
from infra.boot_disk import refuse_smaller_than_image
from infra.builders import NOTHING_MORE, Builders, Place
from infra.gcp import block_volume, file_system, object_store
from infra.gcp.card_networks import CardNetworks, CardNetworksArguments, cards_of
from infra.gcp.identity import Grant, Identity, IdentityArguments, account_id
from infra.gcp.machine import machine
from infra.gcp.network import Network, NetworkArguments
from infra.gcp.node_group import NodeGroup, NodeGroupArguments
from infra.gcp.reservation import refuse_unnamed_block
from infra.gcp.series import refuse_compact_placement, refuse_disks, unplaced
from infra.health import health_lines
from infra.names import refuse_duplicates, role_names
from infra.notices import warn
from infra.rolling import held_on_nodes, rolling
from infra.startup import Start, startup_script
from infra.stores import BuiltStores, PlannedStores
from models.catalog.records import Catalog
from models.description.stack import Stack
from models.parts.solve import SolvedStack
from models.parts.stores.block_volume import BlockVolume
from models.parts.stores.file_system import FileSystem
from models.parts.stores.object_store import ObjectStore
from models.parts.workloads.training import Training
from models.parts.zones import in_all_zones

BUILDERS: Builders = {
    ObjectStore: object_store.BUILDER,
    FileSystem: file_system.BUILDER,
    BlockVolume: block_volume.BUILDER,
    Training: NOTHING_MORE,
}


def build(solved: SolvedStack, catalog: Catalog) -> dict[str, Any]:
    """Build a stack on Google Cloud; its outputs are named as `pulumi stack output` shows them.

    Arguments:
        solved: the stack.
        catalog: the facts that its names refer to.

    Raises:
        pulumi.RunError: something in it can't be had; nothing has been registered then.
    """
    return _Builder(solved, catalog).build()


class _Builder:
    def __init__(self, solved: SolvedStack, catalog: Catalog) -> None:
        self._solved, self._stack = solved, solved.stack
        stack = solved.stack
        self._region = str(stack.region)
        # All that can be refused is refused here, before the first resource.
        refuse_policies(stack)
        project = _project()
        zones = _zones(stack, self._region)
        self._node_zones = zones if in_all_zones(stack) else zones[:1]
        place = Place(stack, catalog, project, self._region, zones[:1])
        self._planned = PlannedStores[Network, Grant, block_volume.BlockVolume](place, BUILDERS)
        self._roles = role_names(stack)
        accounts = (account_id(stack.name, role) for role in self._roles.values())
        refuse_duplicates("service accounts", accounts)
        instances = {
            name: catalog.instance(stack.cloud, str(group.instance))
            for name, group in stack.nodes.items()
        }
        self._cards = {name: cards_of(instance) for name, instance in instances.items()}
        self._machines = {
            name: machine(name, instance, stack.nodes[name].image)
            for name, instance in instances.items()
        }
        for name, group in stack.nodes.items():
            refuse_unnamed_block(name, group)
            refuse_compact_placement(name, instances[name], group)
            refuse_smaller_than_image(name, group.boot_disk, self._machines[name].image_size)
            disks = ((one.store, one.service.type) for one in self._planned.volumes(name))
            refuse_disks(name, instances[name], disks)
            warn([unplaced(name, instances[name], group)])
        warn(missing_rights(solved))

    def build(self) -> dict[str, Any]:
        stack = self._stack
        self._network = Network(
            "network",
            NetworkArguments(
                stack=stack.name,
                region=self._region,
                cidr=stack.network.cidr,
                ssh_from=stack.network.ssh_from,
            ),
        )
        self._card_networks = self._networks_of_cards()
        stores = self._planned.build(self._network, {})
        node_groups = {name: self._node_group(name, stores) for name in stack.nodes}
        return {
            "network": self._network.network,
            **stores.addresses(BUILDERS),
            "node_groups": {name: group.group for name, group in node_groups.items()},
            "node_updates": {name: group.updates for name, group in node_groups.items()},
        }

    def _networks_of_cards(self) -> CardNetworks | None:
        """As many as the node with the most cards has; groups share them."""
        if not any(self._cards.values()):
            return None
        return CardNetworks(
            "cards",
            CardNetworksArguments(
                stack=self._stack.name,
                region=self._region,
                cidr=self._stack.network.cidr,
                cards=max(self._cards.values()),
                node_tag=self._network.node_tag,
            ),
        )

    def _node_group(self, name: str, stores: BuiltStores[Grant]) -> NodeGroup:
        identity = Identity(
            self._roles[name],
            IdentityArguments(
                self._stack.name,
                stores.grants(identity_of(self._stack, name).permissions),
            ),
        )
        mounts, mounted = stores.mounts(name)
        volumes = self._planned.volumes(name)
        script = pulumi.Output.all(*mounts).apply(
            lambda known: startup_script(
                Start(
                    stack=self._stack.name,
                    group=name,
                    mounts=[*known, *(volume.mount() for volume in volumes)],
                    setup=self._stack.nodes[name].setup,
                    health=health_lines(self._machines[name].watched),
                )
            )
        )
        of_cards = self._card_networks.subnetwork_ids if self._card_networks else []
        between = [self._card_networks] if self._card_networks and self._cards[name] else []
        arguments = NodeGroupArguments(
            stack=self._stack.name,
            description=self._stack.nodes[name],
            machine=self._machines[name],
            region=self._region,
            zones=self._node_zones,
            subnetwork_id=self._network.subnetwork_id,
            card_subnetwork_ids=of_cards[: self._cards[name]],
            node_tag=self._network.node_tag,
            service_account=identity.email,
            volumes=volumes,
            startup_script=script,
            rolling=rolling(self._stack, name, held_on_nodes(self._solved, name)),
        )
        # Nodes install clients and mount at their start, so the way out comes first.
        return NodeGroup(name, arguments, [self._network, *between, identity, *mounted])


def _project() -> str:
    """In which all is built; no other project has its name."""
    project: str | None = provider.project
    if not project:
        raise pulumi.RunError(
            "no project is set; set it: pulumi config set gcp:project YOUR-PROJECT"
        )
    return project


def _zones(stack: Stack, region: str) -> tuple[str, ...]:
    """The zones that are named, or the first there is."""
    available = ask(
        "which zones are available", lambda: compute.get_zones(region=region, status="UP")
    ).names
    for zone in stack.zones:
        if zone not in available:
            raise pulumi.RunError(
                f"zones: '{zone}' is not available in {region}; "
                f"available: {', '.join(sorted(available))}"
            )
    return stack.zones or tuple(sorted(available)[:1])
