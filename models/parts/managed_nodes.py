"""Nodes that a service runs for one workload, such as those of SageMaker: what can't be said."""

from collections.abc import Iterator

from models.catalog.provider_record import ModelService
from models.catalog.providers import CLOUDS, service_of
from models.catalog.records import Catalog, UnknownName
from models.description.quantities import format_scaled
from models.description.stack import NodeGroup, Stack
from models.reading.faults import Fault, PathInFile

# What is said of nodes of one's own, and of no instances that a service starts and ends.
_OWN = ("image", "setup", "reservation", "hosts", "spares")


def nodes_faults(
    path: PathInFile, nodes: str, managed: bool, stack: Stack, catalog: Catalog
) -> Iterator[Fault]:
    """Nodes of a service where none is asked to run them, and the other way round.

    Arguments:
        path: of the workload.
        nodes: name of its node group.
        managed: a service of the cloud runs the workload.
        stack: that it belongs to.
        catalog: the facts that its names refer to.
    """
    group = stack.nodes.get(nodes)
    if group is None:
        return
    name = str(group.instance)
    service = service_of(stack.cloud, name)
    if service is None and managed:
        yield _not_of_it(nodes, group, stack)
    elif service is not None and not managed:
        text = f"'{nodes}' are instances of {service.name}, which runs nothing else on them"
        hint = f"say `{service.name}`, or take '{service.machine(name)}'"
        yield Fault((*path, "nodes"), text, hint)
    elif service is not None:
        yield from _of_service(nodes, group, service, stack)
        yield from _of_own_disks(nodes, group, service, stack, catalog)


def _not_of_it(nodes: str, group: NodeGroup, stack: Stack) -> Fault:
    service = models_of(stack)
    if service is None:
        return Fault(("nodes", nodes, "instance"), f"{stack.cloud} has no service that trains")
    text = f"'{group.instance}' is no instance of {service.name}"
    hint = f"did you mean '{service.prefix}{group.instance}'?"
    return Fault(("nodes", nodes, "instance"), text, hint)


def models_of(stack: Stack) -> ModelService | None:
    """The service of a stack's cloud that trains models; None where none is known.

    Arguments:
        stack: the description.
    """
    cloud = CLOUDS.get(stack.cloud)
    return None if cloud is None else cloud.models


def _of_service(
    nodes: str, group: NodeGroup, service: ModelService, stack: Stack
) -> Iterator[Fault]:
    where: PathInFile = ("nodes", nodes)
    for key in _OWN:
        if getattr(group, key):
            yield Fault((*where, key), f"is of nodes of one's own, not of {service.name}'s")
    if group.purchase != "on_demand":
        text = f"'{group.purchase}' is not priced for instances of {service.name}"
        yield Fault((*where, "purchase"), text, "say on_demand")
    if group.placement != "none":
        yield Fault((*where, "placement"), f"is for {service.name} to say", "leave it out")
    for name, store in stack.storage.items():
        if getattr(store, "nodes", None) == nodes:
            text = f"is attached to '{nodes}', which {service.name} starts with a volume of its own"
            yield Fault(("storage", name, "nodes"), text, f"say nodes.{nodes}.boot_disk")


def _of_own_disks(
    nodes: str, group: NodeGroup, service: ModelService, stack: Stack, catalog: Catalog
) -> Iterator[Fault]:
    """Amazon SageMaker API reference, ResourceConfig, VolumeSizeInGB (2026-11-28)."""
    try:
        instance = catalog.instance(stack.cloud, str(group.instance))
    except UnknownName:  # which is told elsewhere
        return
    if 0 < instance.local_disk < group.boot_disk:
        has, asked = (format_scaled(one, "B") for one in (instance.local_disk, group.boot_disk))
        text = f"is {asked}; {instance.name} has disks of {has}, which {service.name} takes instead"
        yield Fault(("nodes", nodes, "boot_disk"), text, f"write it like {has}")


def hired_groups(stack: Stack) -> frozenset[str]:
    """Node groups of instances that a service of the cloud starts and ends.

    Arguments:
        stack: the description.
    """
    return frozenset(
        name
        for name, group in stack.nodes.items()
        if service_of(stack.cloud, str(group.instance)) is not None
    )
