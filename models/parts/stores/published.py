"""Durability that a provider publishes of its storage service."""

from decimal import Decimal

from models.catalog.records import StorageService
from models.prediction import StoreDurability


def of_objects(
    name: str, service: StorageService, size: float, objects: int
) -> StoreDurability | None:
    """How safe the objects of a store are; None where nothing is published.

    Arguments:
        name: of the store.
        service: of the catalog, whose durability is that of an object in a year.
        size: of the store, full, bytes.
        objects: that workloads put there; at least one is taken to be.
    """
    objects = max(1, objects)
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


def lost_in_a_year(service: StorageService) -> float:
    """Probability that one object or volume is lost within a year; 0 where nothing is published.

    Arguments:
        service: of the catalog.
    """
    # What is left of 1 of the decimal that the catalog prints: 1 - 0.99999999999 in floating
    # point is right in its first 7 digits only.
    return float(1 - Decimal(repr(1.0 if service.durability is None else service.durability)))


def _published(
    name: str, service: StorageService, size: float, pieces: int, each: str
) -> StoreDurability | None:
    if service.durability is None:
        return None
    from models.laws.storage.durability import Durability  # imports numpy

    kept = Durability(lost_in_a_year(service))
    law = f"{service.name} publishes {float(100 * Decimal(repr(service.durability)))!r} % {each}"
    loss, expected = kept.loss_probability(pieces), kept.expected_losses(size)
    return StoreDurability(name, size, loss, expected, None, law, "measured")
