"""Durability that a provider publishes of its storage service."""

import math
from decimal import Decimal

from models.catalog.records import StorageService
from models.description.stack import Stack
from models.prediction import StoreDurability


def of_objects(
    name: str, service: StorageService, size: float, stack: Stack
) -> StoreDurability | None:
    """How safe the objects of a store are; None where nothing is published.

    Arguments:
        name: of the store.
        service: of the catalog, whose durability is that of an object in a year.
        size: of the store, full, bytes.
        stack: whose workloads put objects there.
    """
    objects = max(1, _objects(name, stack))
    kind = "1 object" if objects == 1 else f"{objects:,} objects"
    return _published(name, service, size, objects, f"an object and year, {kind}")


def of_volumes(
    name: str, service: StorageService, size: float, volumes: int
) -> StoreDurability | None:
    """How safe some volumes are; None where nothing is published.

    Arguments:
        name: of the store.
        service: of the catalog, whose durability is that of a volume in a year.
        size: of one volume, bytes.
        volumes: how many.
    """
    kind = "1 volume" if volumes == 1 else f"{volumes:,} volumes"
    return _published(name, service, volumes * size, volumes, f"a volume and year, {kind}")


def _published(
    name: str, service: StorageService, size: float, pieces: int, each: str
) -> StoreDurability | None:
    if service.durability is None:
        return None
    from models.laws.storage.durability import Durability  # imports numpy

    # What is left of 1 of the decimal that the catalog prints: 1 - 0.99999999999 in floating
    # point is right in its first 7 digits only.
    kept = Durability(float(1 - Decimal(repr(service.durability))))
    law = f"{service.name} publishes {float(100 * Decimal(repr(service.durability)))!r} % {each}"
    loss, expected = kept.loss_probability(pieces), kept.expected_losses(size)
    return StoreDurability(name, size, loss, expected, None, law, "measured")


def _objects(name: str, stack: Stack) -> int:
    """Objects of the data sets and checkpoints that workloads put into a store."""
    data = checkpoints = 0
    for workload in stack.workloads.values():
        if workload.dataset.store == name:
            dataset = workload.dataset
            size = max(dataset.sample_size, dataset.object_size or 0.0)
            # Workloads may share a data set, so that only the largest is sure to be there.
            data = max(data, math.ceil(dataset.samples * dataset.sample_size / size))
        checkpoints += workload.checkpoint.store == name
    return data + checkpoints
