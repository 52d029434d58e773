"""The stack on AWS: which parts there are, and what each needs of the others."""

from typing import Any

import pulumi
import pulumi_aws as aws

from infra.access import file_systems_of, missing_rights, rights_of
from infra.ask import ask
from infra.aws.block_volume import MOST_VOLUMES, BlockVolume
from infra.aws.file_system import FileSystem, FileSystemArguments
from infra.aws.identity import Grant, Identity, IdentityArguments
from infra.aws.image import newest_image
from infra.aws.network import Network, NetworkArguments
from infra.aws.node_group import NodeGroup, NodeGroupArguments, refuse_too_many_to_spread
from infra.aws.object_store import ObjectStore, ObjectStoreArguments
from infra.boot_disk import refuse_smaller_than_image
from infra.names import bucket_name, role_names
from infra.notices import unpriced, warn
from infra.startup import startup_script
from models.catalog.records import Catalog, Instance
from models.description.stack import Stack
from models.parts.facts import Facts
from models.parts.solve import SolvedStack
from models.parts.stores import block_volume as block_volumes
from models.parts.stores import file_system as file_systems
from models.parts.stores import object_store as object_stores


def build(solved: SolvedStack, catalog: Catalog) -> dict[str, Any]:
    """Build a stack on AWS; its outputs are named as `pulumi stack output` shows them.

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
        _refuse_other_region(self._region)
        self._zones = _zones(stack)
        _refuse_not_offered(stack, self._zones[0])
        self._buckets = _bucket_names(stack, self._region)
        self._roles = role_names(stack)
        self._volumes = {group: _volumes(stack, catalog, group) for group in stack.nodes}
        for name, group in stack.nodes.items():
            refuse_too_many_to_spread(name, group)
        self._images = {name: newest_image(self._instance(name)) for name in stack.nodes}
        for name, group in stack.nodes.items():
            refuse_smaller_than_image(name, group.boot_disk, self._images[name].size)
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
                zones=self._zones,
                ssh_from=stack.network.ssh_from,
            ),
        )
        self._object_stores = {
            name: ObjectStore(name, ObjectStoreArguments(stack.name, bucket))
            for name, bucket in self._buckets.items()
        }
        self._file_systems = {
            name: self._file_system(name, store)
            for name, store in stack.storage.items()
            if isinstance(store, file_systems.FileSystem)
        }
        self._identities = {group: self._identity(group) for group in stack.nodes}
        node_groups = {name: self._node_group(name) for name in stack.nodes}
        return {
            "network": self._network.vpc_id,
            "buckets": {name: store.bucket for name, store in self._object_stores.items()},
            "file_systems": {name: system.address for name, system in self._file_systems.items()},
            "node_groups": {name: group.group for name, group in node_groups.items()},
        }

    def _instance(self, group: str) -> Instance:
        return self._catalog.instance("aws", str(self._stack.nodes[group].instance))

    def _file_system(self, name: str, store: file_systems.FileSystem) -> FileSystem:
        arguments = FileSystemArguments(
            stack=self._stack.name,
            service=self._catalog.storage_services["aws", str(store.service)],
            size=file_systems.provisioned_size(store, self._stack, Facts(self._catalog)),
            vpc_id=self._network.vpc_id,
            zones=self._zones,
            subnet_ids=self._network.private_subnet_ids,
            node_security_group_id=self._network.node_security_group_id,
        )
        return FileSystem(name, arguments)

    def _identity(self, group: str) -> Identity:
        grants = []
        for store, rights in rights_of(self._stack, group).items():
            if store in self._object_stores:
                grants.append(Grant(self._object_stores[store].arn, "object", rights))
            elif store in self._file_systems:
                arn = self._file_systems[store].arn
                if arn is not None:
                    grants.append(Grant(arn, "nas", rights))
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
            instance=self._instance(name),
            image=self._images[name],
            subnet_id=self._network.private_subnet_ids[0],
            security_group_id=self._network.node_security_group_id,
            instance_profile_arn=self._identities[name].instance_profile_arn,
            volumes=volumes,
            startup_script=script,
        )
        # Nodes install clients and mount at their start, so routes and mount targets come first.
        mounted_systems = [self._file_systems[store] for store in mounted]
        ready = [self._network, self._identities[name], *mounted_systems]
        return NodeGroup(name, arguments, ready)


def _refuse_other_region(region: str) -> None:
    """The description names the region; the provider must be set to the same."""
    provider = ask("which region it is set to", aws.get_region).region
    if provider != region:
        raise pulumi.RunError(
            f"region: the stack is described for {region}, but the provider is set to {provider}; "
            f"set it: pulumi config set aws:region {region}"
        )


def _zones(stack: Stack) -> list[str]:
    available = ask(
        "which zones are available",
        lambda: aws.get_availability_zones(
            state="available", filters=[{"name": "zone-type", "values": ["availability-zone"]}]
        ),
    ).names
    for zone in stack.zones:
        if zone not in available:
            raise pulumi.RunError(
                f"zones: '{zone}' is not available to this account; "
                f"available: {', '.join(sorted(available))}"
            )
    return list(stack.zones) or sorted(available)[:1]


def _refuse_not_offered(stack: Stack, zone: str) -> None:
    """Not every zone has every instance type, and the nodes are in the first zone."""
    types = sorted({str(group.instance) for group in stack.nodes.values()})
    found = ask(
        "which zones offer the instance types",
        lambda: aws.ec2.get_instance_type_offerings(
            location_type="availability-zone",
            filters=[{"name": "instance-type", "values": types}],
        ),
    )
    offered = set(zip(found.instance_types, found.locations, strict=True))
    for name, group in stack.nodes.items():
        if (group.instance, zone) not in offered:
            elsewhere = sorted(place for kind, place in offered if kind == group.instance)
            others = ", ".join(elsewhere) or "no zone of this region"
            raise pulumi.RunError(
                f"nodes.{name}.instance: zone '{zone}', where nodes are, does not offer "
                f"{group.instance}; offered by: {others}"
            )


def _bucket_names(stack: Stack, region: str) -> dict[str, str]:
    account = ask("whose credentials these are", aws.get_caller_identity).account_id
    return {
        name: bucket_name(stack.name, name, account, region)
        for name, store in stack.storage.items()
        if isinstance(store, object_stores.ObjectStore)
    }


def _volumes(stack: Stack, catalog: Catalog, group: str) -> list[BlockVolume]:
    stores = [
        (name, store)
        for name, store in stack.storage.items()
        if isinstance(store, block_volumes.BlockVolume) and store.nodes == group
    ]
    if len(stores) > MOST_VOLUMES:
        raise pulumi.RunError(
            f"nodes.{group}: {len(stores)} volumes a node, {MOST_VOLUMES} at most"
        )
    return [
        BlockVolume(name, catalog.storage_services["aws", store.service], store.size, number)
        for number, (name, store) in enumerate(stores)
    ]
