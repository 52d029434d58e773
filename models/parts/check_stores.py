"""What stores must satisfy beyond their shape: names that exist, arrays that can be, room."""

from collections.abc import Iterator

from models.catalog.errors import UnknownName
from models.catalog.records import Catalog
from models.description.quantities import format_scaled
from models.description.stack import (
    Array,
    BlockVolume,
    FileSystem,
    LocalDisks,
    ObjectStore,
    OfDisks,
    SanVolume,
    Stack,
)
from models.laws.storage.raid import FEWEST_DISKS, GROUPED
from models.laws.training import checkpoint_bytes
from models.parts import store
from models.parts.facts import Facts
from models.parts.stores import disk_array
from models.parts.workloads import training_job
from models.reading.check_names import reference, unknown
from models.reading.faults import Fault, PathInFile

_SERVICE_KINDS = {"object": ("object",), "nas": ("nas", "parallel"), "block": ("block",)}


def names(stack: Stack, catalog: Catalog) -> Iterator[Fault]:
    """Faults of the names that stores use, and of arrays that can't be built.

    Arguments:
        stack: the description.
        catalog: the facts that its names refer to.
    """
    for name, described in stack.storage.items():
        path: PathInFile = ("storage", name)
        if isinstance(described, BlockVolume | SanVolume | LocalDisks):
            yield from reference((*path, "nodes"), described.nodes, stack.nodes, "node group")
        if isinstance(described, OfDisks):
            yield from _of_disks(path, described, stack, catalog)
        else:
            yield from _of_service(path, described, stack, catalog)


def _of_disks(
    path: PathInFile, described: OfDisks, stack: Stack, catalog: Catalog
) -> Iterator[Fault]:
    if stack.cloud != "on-premises":
        message = f"'{described.kind}' is only for on premises"
        yield Fault((*path, "kind"), message, "one of object, nas, block")
    if isinstance(described, Array):
        try:
            disk_array.layout(described)
        except ValueError as error:
            # Where it takes groups or takes none, not the disks are what is wrong.
            single = described.level in GROUPED and described.groups == 1
            ungrouped = described.level in FEWEST_DISKS and described.level not in GROUPED
            wrong = "groups" if single or (ungrouped and described.groups > 1) else "disks"
            yield Fault((*path, wrong), str(error))
    if described.disk not in catalog.disks:
        yield unknown((*path, "disk"), UnknownName("disk", described.disk, tuple(catalog.disks)))
    if isinstance(described, SanVolume) and described.link not in catalog.links:
        yield unknown((*path, "link"), UnknownName("link", described.link, tuple(catalog.links)))


def _of_service(
    path: PathInFile,
    described: ObjectStore | FileSystem | BlockVolume,
    stack: Stack,
    catalog: Catalog,
) -> Iterator[Fault]:
    if described.service is None:
        if stack.cloud != "on-premises":
            yield Fault(
                (*path, "bandwidth"), "is only for on premises", "name a service of the cloud"
            )
        return
    yield from _service((*path, "service"), described.kind, described.service, stack, catalog)
    service = catalog.storage_services.get((stack.cloud, described.service))
    if isinstance(described, BlockVolume) and service and described.size < service.minimum_capacity:
        least = format_scaled(service.minimum_capacity, "B")
        yield Fault((*path, "size"), f"must be at least {least} for {described.service}")


def _service(
    path: PathInFile, kind: str, name: str, stack: Stack, catalog: Catalog
) -> Iterator[Fault]:
    service = catalog.storage_services.get((stack.cloud, name))
    if service is None:
        choices = tuple(
            key for (provider, key), row in catalog.storage_services.items()
            if provider == stack.cloud and row.kind in _SERVICE_KINDS[kind]
        )  # fmt: skip
        if stack.cloud == "on-premises":
            yield Fault(
                path,
                "is only for a cloud",
                "on premises use kind: nas with a bandwidth, or kind: raid",
            )
        else:
            yield unknown(path, UnknownName(f"{stack.cloud} storage service", name, choices))
    elif service.kind not in _SERVICE_KINDS[kind]:
        yield Fault(path, f"'{name}' is of kind {service.kind}, not {kind}")


def possible(stack: Stack, facts: Facts) -> Iterator[Fault]:
    """Faults that the laws find in stores whose names all exist.

    Arguments:
        stack: the description.
        facts: the catalog.
    """
    for name, described in stack.storage.items():
        try:
            store.cost_lines(name, described, stack, facts)
            store.components(name, described, stack, facts)
        except (UnknownName, ValueError) as error:
            yield Fault(("storage", name), str(error))
    yield from _capacity(stack, facts)


def _capacity(stack: Stack, facts: Facts) -> Iterator[Fault]:
    """A store holds the data sets and checkpoints that are put there."""
    for name, described in stack.storage.items():
        held = data = 0.0
        for workload in stack.workloads.values():
            if workload.dataset.store == name:
                # Workloads may share a data set, so that only the largest is sure to be there.
                data = max(data, workload.dataset.samples * workload.dataset.sample_size)
            if workload.checkpoint.store == name:
                network = training_job.neural_network(workload, facts)
                held += checkpoint_bytes(network.parameters, workload.precision, workload.optimizer)
        size = store.usable_size(described, stack, facts)
        held += data
        if held > size:
            key = "disks" if isinstance(described, OfDisks) else "size"
            message = (
                f"holds {format_scaled(size, 'B')}, but {format_scaled(held, 'B')} are put there"
            )
            yield Fault(("storage", name, key), message)
