"""A network block volume on Google Cloud: a disk for each node, in its instance template."""

import math
from dataclasses import dataclass
from typing import Any, Never

from infra.builders import Builder, Place, Plan
from infra.startup import Mount
from models.catalog.records import StorageService
from models.parts.stores.block_volume import BlockVolume as Description
from models.parts.stores.block_volume import as_bought

# Disks whose speed is chosen; that of the others follows from their size.
CHOOSES_THROUGHPUT = ("hyperdisk-balanced", "hyperdisk-throughput", "hyperdisk-ml")
IOPS_A_GIB = {"hyperdisk-balanced": 500, "hyperdisk-extreme": 1000, "pd-extreme": 1000}


@dataclass(frozen=True)
class BlockVolume:
    """A disk that each node of a group gets, encrypted with Google's keys as every disk is.

    Arguments:
        store: name of the store.
        service: the storage service of the catalog.
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
        """Rate and bandwidth that are bought beside the capacity."""
        kind, service = self.service.type, self.service
        chosen: dict[str, int] = {}
        if kind in IOPS_A_GIB and math.isfinite(service.get_rate_limit):
            most = IOPS_A_GIB[kind] * math.ceil(self.size / 2**30)
            chosen["provisioned_iops"] = min(math.floor(service.get_rate_limit), most)
        if kind in CHOOSES_THROUGHPUT and math.isfinite(service.base_bandwidth):
            chosen["provisioned_throughput"] = math.floor(service.base_bandwidth / 2**20)
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
    """
    volume = BlockVolume(name, as_bought(store, place.service(store.service)), store.size)
    return Plan(volumes={store.nodes: volume})


BUILDER = Builder(plan)
