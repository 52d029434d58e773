"""A network block volume on Google Cloud: a disk for each node, in its instance template."""

import math
from dataclasses import dataclass
from typing import Any, Never

import pulumi

from infra.builders import Builder, Place, Plan
from infra.startup import Mount
from models.catalog.records import BilledBeside, StorageService
from models.parts.stores.block_volume import BlockVolume as Description
from models.parts.stores.block_volume import bought


@dataclass(frozen=True)
class BlockVolume:
    """A disk that each node of a group gets, encrypted with Google's keys as every disk is.

    Arguments:
        store: name of the store.
        service: the storage service of the catalog, as bought.
        size: capacity, bytes.
    """

    store: str
    service: StorageService
    size: float

    def disk(self) -> dict[str, Any]:
        """The disk in the words of an instance template, as fast as it was predicted."""
        return {
            "type": "PERSISTENT",
            "device_name": self.store,
            "disk_type": self.service.type,
            "disk_size_gb": math.ceil(self.size / 2**30),
            "boot": False,
            "auto_delete": True,
            **self.chosen_speed(),
        }

    def chosen_speed(self) -> dict[str, int]:
        """Rate and bandwidth that are bought beside the capacity; those of others follow it."""
        chosen: dict[str, int] = {}
        if BilledBeside.IOPS in self.service.bills:
            chosen["provisioned_iops"] = int(self.service.get_rate_limit)
        if BilledBeside.THROUGHPUT in self.service.bills:
            chosen["provisioned_throughput"] = int(self.service.base_bandwidth / 2**20)
        return chosen

    def mount(self) -> Mount:
        """How the node mounts it."""
        device = f"/dev/disk/by-id/google-{self.store}"
        return Mount(self.store, device, "ext4", "defaults,nofail", blank=True)


def plan(name: str, store: Description, place: Place) -> Plan[Any, Never, BlockVolume]:
    """A disk of each node.

    Arguments:
        name: of the store.
        store: as described.
        place: where it is built.

    Raises:
        pulumi.RunError: several that would be joined.
    """
    if store.volumes > 1:
        raise pulumi.RunError(
            f"storage.{name}.volumes: disks of a node are joined on AWS alone; leave it out, or"
            " describe a store for each"
        )
    volume = BlockVolume(name, bought(store, place.service(store.service)), store.size)
    return Plan(volumes={store.nodes: volume})


BUILDER = Builder(plan)
