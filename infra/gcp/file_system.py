"""A shared file system on Google Cloud: Filestore."""

import math
from dataclasses import dataclass
from typing import Never

import pulumi
from pulumi_gcp import filestore

from infra.builders import Builder, BuiltStore, Place, Plan
from infra.environment import Environment, environment
from infra.gcp.identity import Grant
from infra.gcp.network import Network
from infra.names import labels
from infra.startup import Mount
from models.catalog.providers.gcp import Implementation
from models.catalog.records import StorageService
from models.parts.stores import file_system as file_systems

TIERS = ("BASIC_HDD", "BASIC_SSD", "ZONAL", "REGIONAL", "ENTERPRISE")
IN_A_REGION = ("REGIONAL", "ENTERPRISE")
SHARE = "share"


@dataclass(frozen=True)
class FileSystemArguments:
    """What a file system is made of.

    Arguments:
        stack: name of the stack.
        service: the storage service of the catalog.
        size: usable capacity, bytes.
        network: name of the network that it is in.
        cidr: address range of the nodes that mount it.
        region: where it is.
        zone: where it is, if its tier is of a zone.
        environment: how it is kept.
    """

    stack: str
    service: StorageService
    size: float
    network: pulumi.Input[str]
    cidr: str
    region: str
    zone: str
    environment: Environment


class FileSystem(BuiltStore[Grant]):
    """A share that only the nodes' addresses may mount.

    Filestore encrypts it at rest with Google's keys; NFS itself is not encrypted, which is why
    it never leaves the private network. It knows no roles: who is in the network may mount it.

    Attributes:
        address: what nodes mount.
    """

    def __init__(
        self, name: str, arguments: FileSystemArguments, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("windtunnel:gcp:FileSystem", name, None, opts)
        self._name = name
        kind = tier(name, arguments.service)
        instance = filestore.Instance(
            name,
            tier=kind,
            location=arguments.region if kind in IN_A_REGION else arguments.zone,
            file_shares={
                "name": SHARE,
                "capacity_gb": math.ceil(arguments.size / 2**30),
                "nfs_export_options": [
                    {
                        "ip_ranges": [arguments.cidr],
                        "access_mode": "READ_WRITE",
                        # The share belongs to root; squashed, nobody could create anything.
                        "squash_mode": "NO_ROOT_SQUASH",
                    }
                ],
            },
            networks=[{"network": arguments.network, "modes": ["MODE_IPV4"]}],
            description=f"{name} of {arguments.stack}, managed by windtunnel",
            labels=labels(arguments.stack, name),
            opts=arguments.environment.keeping(self),
        )
        server = instance.networks[0].ip_addresses[0]
        self.address = pulumi.Output.concat(server, f":/{SHARE}")
        self.register_outputs({"address": self.address})

    def mount(self, read_only: bool) -> pulumi.Output[Mount]:
        """How a node mounts it.

        Arguments:
            read_only: the role of the node may only read.
        """
        # A server that grants a lock calls the client back, and the firewall lets nobody in.
        options = f"{'ro' if read_only else 'rw'},hard,nolock,timeo=600,retrans=3,_netdev"
        return self.address.apply(
            lambda address: Mount(self._name, address, "nfs", options, "nfs-common")
        )


def tier(name: str, service: StorageService) -> str:
    """What Filestore calls a storage service of the catalog: BASIC_SSD for filestore-basic-ssd.

    Arguments:
        name: of the store.
        service: the storage service of the catalog.

    Raises:
        pulumi.RunError: it is not a tier of Filestore.
    """
    if service.implementation is not Implementation.FILESTORE or service.type not in TIERS:
        raise pulumi.RunError(
            f"storage.{name}.service: '{service.name}' is not built on Google Cloud; "
            f"one of {', '.join('filestore-' + t.lower().replace('_', '-') for t in TIERS)}"
        )
    return service.type


def plan(
    name: str, store: file_systems.FileSystem, place: Place
) -> Plan[Network, FileSystem, Never]:
    """A share of a tier of Filestore, of the size that it sells.

    Arguments:
        name: of the store.
        store: as described.
        place: where it is built.

    Raises:
        pulumi.RunError: its service is not a tier of Filestore.
    """
    service = place.service(store.service)
    tier(name, service)
    size = file_systems.provisioned_size(store, place.stack, place.facts)

    def build(network: Network) -> FileSystem:
        arguments = FileSystemArguments(
            stack=place.stack.name,
            service=service,
            size=size,
            network=network.network,
            cidr=place.stack.network.cidr,
            region=place.region,
            zone=place.zones[0],
            environment=environment(),
        )
        return FileSystem(name, arguments)

    return Plan(build)


BUILDER = Builder(plan, output="file_systems")
