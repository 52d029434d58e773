"""A network block volume on AWS: an encrypted EBS volume for each node, in its launch template."""

import math
from dataclasses import dataclass
from typing import Any, Never

import pulumi

from infra.builders import Builder, Place, Plan
from infra.startup import Mount
from models.catalog.records import BilledBeside, StorageService
from models.parts.stores.block_volume import BlockVolume as Description
from models.parts.stores.block_volume import bought

FIRST_DEVICE = ord("f")  # AWS recommends /dev/sdf to /dev/sdp for data volumes
MOST_VOLUMES = 11


@dataclass(frozen=True)
class BlockVolume:
    """A volume that each node of a group gets.

    Arguments:
        store: name of the store.
        service: the storage service of the catalog, as bought.
        size: capacity, bytes.
        number: which volume of the node it is, from 0.
    """

    store: str
    service: StorageService
    size: float
    number: int

    @property
    def device(self) -> str:
        """The name of the device; Amazon Linux links it to the NVMe device that it really is."""
        return f"/dev/sd{chr(FIRST_DEVICE + self.number)}"

    def mapping(self) -> dict[str, Any]:
        """The volume in the words of a launch template."""
        kind = self.service.type
        return {
            "device_name": self.device,
            "ebs": {
                **encrypted_volume(self.size, kind),
                **performance(self.service),
            },
        }

    def mount(self) -> Mount:
        """How the node mounts it."""
        return Mount(self.store, self.device, "ext4", "defaults,nofail", blank=True)


def encrypted_volume(size: float, kind: str = "gp3") -> dict[str, Any]:
    """A volume that is encrypted with EBS's own key and ends with its node.

    Arguments:
        size: capacity, bytes.
        kind: what EBS calls it.
    """
    return {
        "volume_type": kind,
        "volume_size": math.ceil(size / 2**30),
        "encrypted": "true",
        "delete_on_termination": "true",
    }


def performance(service: StorageService) -> dict[str, int]:
    """The rate and the bandwidth that are bought, as far as EBS lets one choose them.

    Arguments:
        service: the storage service of the catalog, as bought.
    """
    chosen: dict[str, int] = {}
    if BilledBeside.IOPS in service.bills:
        chosen["iops"] = int(service.get_rate_limit)
    if BilledBeside.THROUGHPUT in service.bills:
        chosen["throughput"] = int(service.base_bandwidth / 2**20)
    return chosen


def plan(name: str, store: Description, place: Place) -> Plan[Any, Never, BlockVolume]:
    """A volume of each node, after those of the stores that are described before it.

    Arguments:
        name: of the store.
        store: as described.
        place: where it is built.

    Raises:
        pulumi.RunError: a node would have more volumes than device names.
    """
    beside = [
        one
        for one, other in place.stack.storage.items()
        if isinstance(other, Description) and other.nodes == store.nodes
    ]
    if len(beside) > MOST_VOLUMES:
        raise pulumi.RunError(
            f"nodes.{store.nodes}: {len(beside)} volumes a node, {MOST_VOLUMES} at most"
        )
    number = beside.index(name)
    service = bought(store, place.service(store.service))
    volume = BlockVolume(name, service, store.size, number)
    return Plan(volumes={store.nodes: volume})


BUILDER = Builder(plan)
