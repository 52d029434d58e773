"""The stack on Google Cloud: which parts there are, and what each needs of the others."""

from typing import Any

import pulumi
from pulumi_gcp import compute
from pulumi_gcp import config as provider

from infra.access import file_systems_of, missing_rights, rights_of
from infra.ask import ask
from infra.boot_disk import refuse_smaller_than_image
from infra.gcp.block_volume import BlockVolume
from infra.gcp.file_system import FileSystem, FileSystemArguments, tier
from infra.gcp.identity import Grant, Identity, IdentityArguments, account_id
from infra.gcp.machine import machine
from infra.gcp.network import Network, NetworkArguments
from infra.gcp.node_group import NodeGroup, NodeGroupArguments
from infra.gcp.object_store import ObjectStore, ObjectStoreArguments
from infra.gcp.series import refuse_compact_placement, refuse_disks, unplaced
from infra.names import bucket_name, refuse_duplicates, role_names
from infra.notices import unpriced, warn
from infra.startup import startup_script
from models.catalog.records import Catalog, StorageService
from models.description.stack import Stack
from models.parts.facts import Facts
from models.parts.solve import SolvedStack
from models.parts.stores import block_volume as block_volumes
from models.parts.stores import file_system as file_systems
from models.parts.stores import object_store as object_stores


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
        self._stack = stack = solved.stack
        self._catalog = catalog
        self._region = str(stack.region)
        # All that can be refused is refused here, before the first resource.
        self._buckets = _bucket_names(stack, self._region)
        self._zone = _zone(stack, self._region)
        self._roles = role_names(stack)
        accounts = (account_id(stack.name, role) for role in self._roles.values())
        refuse_duplicates("service accounts", accounts)
        for name, store in stack.storage.items():
            if isinstance(store, file_systems.FileSystem):
                tier(name, self._service(store.service))
        self._machines = {
            name: machine(name, catalog.instance("gcp", str(group.instance)))
            for name, group in stack.nodes.items()
        }
        self._volumes = {group: self._volumes_of(group) for group in stack.nodes}
        for name, group in stack.nodes.items():
            instance = catalog.instance("gcp", str(group.instance))
            refuse_compact_placement(name, instance, group)
            refuse_smaller_than_image(name, group.boot_disk, self._machines[name].image_size)
            refuse_disks(
                name, instance, ((one.store, one.service.type) for one in self._volumes[name])
            )
            warn([unplaced(name, instance, group)])
        warn(missing_rights(solved))
        for volumes in self._volumes.values():
            warn(unpriced(one.store, one.billed_on_top()) for one in volumes)

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
        self._object_stores = {
            name: self._object_store(name, store)
            for name, store in stack.storage.items()
            if isinstance(store, object_stores.ObjectStore)
        }
        self._file_systems = {
            name: self._file_system(name, store)
            for name, store in stack.storage.items()
            if isinstance(store, file_systems.FileSystem)
        }
        self._identities = {group: self._identity(group) for group in stack.nodes}
        node_groups = {name: self._node_group(name) for name in stack.nodes}
        return {
            "network": self._network.network,
            "buckets": {name: store.bucket for name, store in self._object_stores.items()},
            "file_systems": {name: system.address for name, system in self._file_systems.items()},
            "node_groups": {name: group.group for name, group in node_groups.items()},
        }

    def _service(self, name: str | None) -> StorageService:
        return self._catalog.storage_services["gcp", str(name)]

    def _volumes_of(self, group: str) -> list[BlockVolume]:
        return [
            BlockVolume(name, self._service(store.service), store.size)
            for name, store in self._stack.storage.items()
            if isinstance(store, block_volumes.BlockVolume) and store.nodes == group
        ]

    def _object_store(self, name: str, store: object_stores.ObjectStore) -> ObjectStore:
        arguments = ObjectStoreArguments(
            stack=self._stack.name,
            service=self._service(store.service),
            bucket=self._buckets[name],
            region=self._region,
        )
        return ObjectStore(name, arguments)

    def _file_system(self, name: str, store: file_systems.FileSystem) -> FileSystem:
        arguments = FileSystemArguments(
            stack=self._stack.name,
            service=self._service(store.service),
            size=file_systems.provisioned_size(store, self._stack, Facts(self._catalog)),
            network=self._network.network,
            cidr=self._stack.network.cidr,
            region=self._region,
            zone=self._zone,
        )
        return FileSystem(name, arguments)

    def _identity(self, group: str) -> Identity:
        grants = [
            Grant(store, self._object_stores[store].bucket, rights)
            for store, rights in rights_of(self._stack, group).items()
            if store in self._object_stores
        ]
        return Identity(self._roles[group], IdentityArguments(self._stack.name, grants))

    def _node_group(self, name: str) -> NodeGroup:
        mounted = file_systems_of(self._stack, name)
        mounts = [self._file_systems[store].mount(ro) for store, ro in mounted.items()]
        volumes = self._volumes[name]
        script = pulumi.Output.all(*mounts).apply(
            lambda known: startup_script(
                self._stack.name, name, [*known, *(volume.mount() for volume in volumes)]
            )
        )
        arguments = NodeGroupArguments(
            stack=self._stack.name,
            description=self._stack.nodes[name],
            machine=self._machines[name],
            region=self._region,
            zone=self._zone,
            subnetwork_id=self._network.subnetwork_id,
            node_tag=self._network.node_tag,
            service_account=self._identities[name].email,
            volumes=volumes,
            startup_script=script,
        )
        # Nodes install clients and mount at their start, so the way out comes first.
        mounted_systems = [self._file_systems[store] for store in mounted]
        return NodeGroup(name, arguments, [self._network, self._identities[name], *mounted_systems])


def _bucket_names(stack: Stack, region: str) -> dict[str, str]:
    project = provider.project
    if not project:
        raise pulumi.RunError(
            "no project is set; set it: pulumi config set gcp:project YOUR-PROJECT"
        )
    return {
        name: bucket_name(stack.name, name, project, region)
        for name, store in stack.storage.items()
        if isinstance(store, object_stores.ObjectStore)
    }


def _zone(stack: Stack, region: str) -> str:
    """Where the nodes are: the first zone that is named, or the first there is."""
    available = ask(
        "which zones are available", lambda: compute.get_zones(region=region, status="UP")
    ).names
    for zone in stack.zones:
        if zone not in available:
            raise pulumi.RunError(
                f"zones: '{zone}' is not available in {region}; "
                f"available: {', '.join(sorted(available))}"
            )
    return stack.zones[0] if stack.zones else sorted(available)[0]
