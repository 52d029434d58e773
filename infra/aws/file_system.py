"""A shared file system on AWS: FSx for Lustre for speed, EFS for many zones."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Never

import pulumi
from pulumi_aws import ec2

from infra.access import Granted
from infra.aws.backups import BackupArguments, Backups
from infra.aws.efs_policies import only_roles_over_tls, statements_on
from infra.aws.kept_file_systems import Made
from infra.aws.lustre import lustre_capacity, lustre_throughput
from infra.aws.network import Network
from infra.aws.policies import Grant, store_policy
from infra.aws.security_group import LUSTRE, NFS, Between, described_once
from infra.builders import Admitted, Builder, BuiltStore, Place, Plan
from infra.environment import Environment, environment
from infra.measures import Filling, Metric
from infra.names import tags
from infra.startup import Mount
from models.catalog.providers.aws import Implementation
from models.catalog.records import StorageService
from models.description.quantities import DAY
from models.parts.stores import backups
from models.parts.stores import file_system as file_systems

BURSTING = "bursting"  # the type, and the mode, of EFS whose throughput follows its size
PERSISTENT = "PERSISTENT_2"  # the type that is bought with a throughput
# Amazon FSx API reference, CreateFileSystemLustreConfiguration, AutomaticBackupRetentionDays.
MOST_LUSTRE_DAYS = 90
LITTLE = 0.1  # of the capacity of a file system that is left when it is told
MEASURED_EVERY = 900  # seconds, of EFS
ONE_ZONE = "one-zone"  # the type of EFS that is in a single zone


@dataclass(frozen=True)
class FileSystemArguments:
    """What a file system is made of.

    Arguments:
        stack: name of the stack.
        service: the storage service of the catalog.
        size: usable capacity, bytes.
        vpc_id: the network that it is in.
        zones: the zones in use.
        subnet_ids: private subnets, one a zone; nodes are in the first.
        node_security_group_id: the security group of the nodes that mount it.
        backup_days: that a backup of each day is kept; 0 for none.
        environment: how it is kept.
        made: what of it never changes.
    """

    stack: str
    service: StorageService
    size: float
    vpc_id: pulumi.Input[str]
    zones: Sequence[str]
    subnet_ids: Sequence[pulumi.Input[str]]
    node_security_group_id: pulumi.Input[str]
    backup_days: int
    environment: Environment
    made: Made


class FileSystem(BuiltStore[Grant]):
    """An encrypted file system that only the nodes of the stack can reach.

    Attributes:
        address: what nodes mount.
    """

    _arn: pulumi.Output[str] | None = None

    def __init__(
        self, name: str, arguments: FileSystemArguments, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("windtunnel:aws:FileSystem", name, None, opts)
        self._name = name
        self._arguments = arguments
        self._inside = pulumi.ResourceOptions(parent=self)
        self._tags = tags(arguments.stack, name)
        self._group = ec2.SecurityGroup(
            name,
            description=f"File system {name} of {arguments.stack}",
            vpc_id=arguments.vpc_id,
            tags=self._tags,
            opts=described_once(self._inside),
        )
        self._lustre = arguments.service.implementation is Implementation.FSX_LUSTRE
        if self._lustre:
            self._build_lustre()
        else:
            self._build_nfs()
        self.register_outputs({"address": self.address})

    def grant(self, granted: Sequence[Granted]) -> Grant | None:
        """What the policy of an identity says of it; None for Lustre, which knows none.

        Arguments:
            granted: by the identity's permissions.
        """
        if self._arn is None:
            return None
        return Grant(
            self._arn, lambda arn: [one for each in granted for one in statements_on(arn, each)]
        )

    def admit(self, admitted: Sequence[Admitted]) -> None:
        """Whom it lets in itself, and that nobody comes without TLS; of Lustre the mounts tell.

        Arguments:
            admitted: statements of its policy.
        """
        from pulumi_aws import efs

        if self._arn is not None:
            efs.FileSystemPolicy(
                self._name,
                file_system_id=self._id,
                policy=store_policy(self._arn, only_roles_over_tls, admitted, statements_on),
                opts=self._inside,
            )

    def filling(self) -> Filling:
        """Little is left of Lustre's capacity; EFS has none, and more is in it than described."""
        size, dimensions = self._arguments.size, {"FileSystemId": self._id}
        if self._lustre:
            metric = Metric("AWS/FSx", "FreeDataStorageCapacity", dimensions, "Sum")
            return Filling(metric, LITTLE * lustre_capacity(size) * 2.0**30, falling=True)
        dimensions["StorageClass"] = pulumi.Output.from_input("Total")
        metric = Metric("AWS/EFS", "StorageBytes", dimensions, "Average", MEASURED_EVERY)
        return Filling(metric, size)

    def mount(self, read_only: bool) -> pulumi.Output[Mount]:
        """How a node mounts it.

        Arguments:
            read_only: the role of the node may only read.
        """
        access = "ro" if read_only else "rw"
        if self._lustre:
            type_, options, package = "lustre", f"{access},relatime,flock,_netdev", "lustre-client"
        else:
            # TLS on the way, and the role of the node decides what it may do.
            type_, options, package = "efs", f"{access},tls,iam,_netdev", "amazon-efs-utils"
        return self.address.apply(
            lambda address: Mount(self._name, address, type_, options, package)
        )

    def _build_lustre(self) -> None:
        from pulumi_aws import fsx

        arguments = self._arguments
        persistent = arguments.service.type == PERSISTENT
        throughput = lustre_throughput(arguments.service) if persistent else None
        # Of scratch file systems FSx makes none. A file system gets its tags onto its backups from
        # its creation or not at all: one that was made without them is not made again.
        kept = {"automatic_backup_retention_days": arguments.backup_days} if persistent else {}
        copied = {"copy_tags_to_backups": True} if persistent else {}
        opts = arguments.environment.keeping(
            self,
            # FSx looks at the rules when it is created, and refuses if Lustre can't pass.
            depends_on=self._allow_lustre(),
            ignore_changes=["copyTagsToBackups"] if persistent else None,
        )
        # Encrypted at rest always, and in transit wherever the instance type can.
        file_system = fsx.LustreFileSystem(
            self._name,
            deployment_type=arguments.service.type,
            per_unit_storage_throughput=throughput,
            storage_capacity=lustre_capacity(arguments.size),
            # Clients of Amazon Linux 2023 need a server of at least 2.12.
            file_system_type_version="2.15",
            subnet_ids=arguments.subnet_ids[0],
            security_group_ids=[self._group.id],
            tags={**self._tags, **arguments.made.tag()},
            **kept,
            **copied,
            opts=opts,
        )
        self._id = file_system.id
        self.address = pulumi.Output.concat(file_system.dns_name, "@tcp:/", file_system.mount_name)

    def _allow_lustre(self) -> list[pulumi.Resource]:
        """Clients call servers, servers call clients back and one another."""
        stack, nodes = self._arguments.stack, self._arguments.node_security_group_id
        servers = self._group.id
        pairs = {"from-nodes": (nodes, servers), "to-nodes": (servers, nodes)}
        pairs["among-servers"] = (servers, servers)
        return [
            rule
            for who, (client, server) in pairs.items()
            for traffic in LUSTRE
            for rule in Between(stack, client, server, self).allow(
                f"{self._name}-{traffic.first_port}-{who}", traffic
            )
        ]

    def _build_nfs(self) -> None:
        from pulumi_aws import efs

        arguments = self._arguments
        nodes = arguments.node_security_group_id
        Between(arguments.stack, nodes, self._group.id, self).allow(f"{self._name}-nfs", NFS)
        one_zone = arguments.service.type == ONE_ZONE
        file_system = efs.FileSystem(
            self._name,
            encrypted=True,
            throughput_mode=BURSTING if arguments.service.type == BURSTING else "elastic",
            availability_zone_name=arguments.zones[0] if one_zone else None,
            tags={**self._tags, **arguments.made.tag()},
            opts=arguments.environment.keeping(self),
        )
        zones = arguments.zones[:1] if one_zone else arguments.zones
        for zone, subnet_id in zip(zones, arguments.subnet_ids, strict=False):
            efs.MountTarget(
                f"{self._name}-{zone}",
                file_system_id=file_system.id,
                subnet_id=subnet_id,
                security_groups=[self._group.id],
                opts=self._inside,
            )
        self._id, self._arn = file_system.id, file_system.arn
        if arguments.backup_days:
            kept = BackupArguments(arguments.stack, file_system.arn, arguments.backup_days)
            Backups(self._name, kept, self._inside)
        self.address = pulumi.Output.concat(file_system.id, ":/")


def made(store: file_systems.FileSystem, place: Place) -> Made:
    """What of a file system never changes: another zone, type or key is another file system.

    Arguments:
        store: as described.
        place: where it is built.
    """
    service = place.service(str(store.service))
    key = "key of the stack" if place.stack.encryption == "customer_key" else "key of AWS"
    if service.implementation is Implementation.FSX_LUSTRE:
        size = file_systems.provisioned_size(store, place.stack, place.facts)
        words = (str(service.type), place.zones[0], str(place.stack.network.cidr), key)
        return Made("fsx", words, lustre_capacity(size))
    where = place.zones[0] if service.type == ONE_ZONE else "all zones"
    return Made("elasticfilesystem", (where, key))


def plan(
    name: str, store: file_systems.FileSystem, place: Place
) -> Plan[Network, FileSystem, Never]:
    """A file system of the size that its service sells.

    Arguments:
        name: of the store.
        store: as described.
        place: where it is built.

    Raises:
        pulumi.RunError: its backups would be kept for longer than FSx does.
    """
    size = file_systems.provisioned_size(store, place.stack, place.facts)
    service = place.service(str(store.service))
    backup_days = round(backups.kept(store.backups, service) / DAY)
    lustre = service.implementation is Implementation.FSX_LUSTRE
    if lustre and backup_days > MOST_LUSTRE_DAYS:
        raise pulumi.RunError(
            f"storage.{name}.backups: FSx keeps backups of each day for {MOST_LUSTRE_DAYS} days at"
            f" most, not for {backup_days}"
        )

    def build(network: Network) -> FileSystem:
        arguments = FileSystemArguments(
            stack=place.stack.name,
            service=service,
            size=size,
            vpc_id=network.vpc_id,
            zones=place.zones,
            subnet_ids=network.private_subnet_ids,
            node_security_group_id=network.node_security_group_id,
            backup_days=backup_days,
            environment=environment(),
            made=made(store, place),
        )
        return FileSystem(name, arguments)

    return Plan(build)


BUILDER = Builder(plan, output="file_systems")
