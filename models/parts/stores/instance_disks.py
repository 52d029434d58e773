"""The local disks of a cloud's instances: what the catalog knows of them, as disks of an array."""

from dataclasses import replace
from typing import Any

from models.catalog.providers import service_of
from models.catalog.records import Disk, Instance, InstanceStorage
from models.description.stack import NodeGroup
from models.parts.facts import Facts

# Whose life and errors theirs are taken to be; a provider publishes neither.
GENERIC = "nvme-ssd"


def of_instance(
    group: NodeGroup, cloud: str, facts: Facts, read: float | None, write: float | None
) -> tuple[int, Disk]:
    """How many local disks an instance has, and what one of them is.

    Arguments:
        group: of nodes.
        cloud: its provider.
        facts: the catalog.
        read: bandwidth of all of them together, bytes/s, over the catalog's.
        write: likewise.

    Raises:
        ValueError: an instance without local disks, or whose rates are not known.
    """
    instance = facts.instance(cloud, str(group.instance))
    # A service that rents out machines has them under other names.
    service = service_of(cloud, instance.name)
    machine = instance.name if service is None else service.machine(instance.name)
    known = facts.instance_storage(cloud, machine)
    return _disks(instance, known, facts.disk(GENERIC), read, write)


def _disks(
    instance: Instance,
    known: InstanceStorage | None,
    generic: Disk,
    read: float | None,
    write: float | None,
) -> tuple[int, Disk]:
    if not instance.local_disk:
        raise ValueError(f"{instance.name} has no local disks")
    rates: dict[str, Any] = {}
    count = 1
    if known is not None and known.local_disks:
        count = known.local_disks
        rates = {"sequential_read": known.local_read, "sequential_write": known.local_write}
        rates |= {"random_read_iops": known.local_read_iops} if known.local_read_iops else {}
        rates |= {"random_write_iops": known.local_write_iops} if known.local_write_iops else {}
    elif read is None or write is None:
        raise ValueError(
            f"how fast the local disks of {instance.name} are is not known; give 'read' and 'write'"
        )
    rates |= {"sequential_read": read} if read is not None else {}
    rates |= {"sequential_write": write} if write is not None else {}
    each = {key: value / count for key, value in rates.items()}
    name = f"local disks of {instance.name}"
    return count, replace(generic, name=name, capacity=instance.local_disk / count, **each)
