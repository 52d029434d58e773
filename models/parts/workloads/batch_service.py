"""A service that runs the cluster of a batch, such as EMR: what it demands, and what it bills."""

import math
from collections.abc import Iterator

from models.catalog.provider_record import Billed
from models.catalog.providers import CLOUDS
from models.catalog.providers import cloud as cloud_of
from models.catalog.records import Catalog
from models.description.quantities import format_scaled
from models.description.stack import Stack
from models.parts.billing import GIVEN, billed_line
from models.parts.site import Site
from models.parts.stores.block_volume import BlockVolume
from models.parts.workloads.batch import Application, BatchJob
from models.prediction import CostLine
from models.reading.check_names import reference
from models.reading.faults import Fault, PathInFile

_ENGINES: dict[str, Application] = {"spark": "Spark", "hadoop": "Hadoop"}
# One, or three of which a majority suffices (EMR Management Guide, "Plan and configure primary
# nodes", docs.aws.amazon.com/emr/latest/ManagementGuide/emr-plan-ha.html).
_MASTERS = (1, 3)
# GiB of the volume that a node boots from, the same for all nodes of a cluster (EMR Management
# Guide, "Customizing the Amazon EBS root device volume").
_BOOT_DISK = (15, 100)
_GIB = 2.0**30


def service_faults(
    path: PathInFile, workload: BatchJob, groups: tuple[str, ...], stack: Stack, catalog: Catalog
) -> Iterator[Fault]:
    """What the service that is to run the cluster can't do.

    Arguments:
        path: of the workload.
        workload: the description.
        groups: the node groups that it runs on.
        stack: that it belongs to.
        catalog: the facts that its names refer to.
    """
    if workload.service is None:
        for key in ("release", "applications", "notebook"):
            if getattr(workload, key):
                hint = "say `service: emr`"
                yield Fault((*path, key), "is of a service, and none runs the cluster", hint)
        return
    sold_by = CLOUDS.get(stack.cloud)
    if sold_by is None or sold_by.clusters != workload.service:
        offered = [one for one in CLOUDS.values() if one.clusters == workload.service]
        text = f"is a service of {' and '.join(one.title for one in offered)}, not of {stack.cloud}"
        yield Fault((*path, "service"), text, "leave it out: nodes of your own run the cluster")
        return
    if workload.release is None:
        yield Fault((*path, "service"), "needs its `release`", "write it like emr-7.5.0")
    yield from _master_faults(path, workload, stack)
    yield from _disk_faults(groups, stack, catalog)
    if workload.notebook is not None:
        place = (*path, "notebook")
        yield from reference(place, workload.notebook, stack.nodes, "node group")
        if workload.notebook in groups:
            yield Fault(place, f"'{workload.notebook}' is of the cluster itself")
        if "Livy" not in workload.installed:
            yield Fault(place, "reaches Livy, which `applications` lacks")
    engine = _ENGINES[workload.engine]
    if engine not in workload.installed:
        yield Fault((*path, "applications"), f"lacks {engine}, the engine of the batch")
    for position, one in enumerate(workload.applications):
        if one in workload.applications[:position]:
            yield Fault((*path, "applications", position), f"names {one} twice")


def _master_faults(path: PathInFile, workload: BatchJob, stack: Stack) -> Iterator[Fault]:
    if workload.nodes.master is None:
        text = "needs a `master`: the service runs resource manager and namenode on nodes of theirs"
        yield Fault((*path, "nodes"), text, "give it a node group of 1 or 3 nodes")
        return
    master = stack.nodes.get(workload.nodes.master)
    if master is not None and master.count not in _MASTERS:
        text = f"'{workload.nodes.master}' has {master.count} nodes; the service has 1 or 3 masters"
        yield Fault((*path, "nodes", "master"), text)


def _disk_faults(groups: tuple[str, ...], stack: Stack, catalog: Catalog) -> Iterator[Fault]:
    """Disks that the service would add or change by itself, so that they would not be billed."""
    nodes = {name: stack.nodes[name] for name in groups if name in stack.nodes}
    sizes = {one.boot_disk for one in nodes.values()}
    least, most = _BOOT_DISK
    with_volumes = {one.nodes for one in stack.storage.values() if isinstance(one, BlockVolume)}
    for name, one in nodes.items():
        path: PathInFile = ("nodes", name, "boot_disk")
        if not least <= math.ceil(one.boot_disk / _GIB) <= most:
            text = f"is {format_scaled(one.boot_disk, 'B')}; nodes of the service boot from"
            yield Fault(path, f"{text} {least} to {most} GiB", "write it like 50 GB")
        elif len(sizes) > 1:
            yield Fault(path, "differs; nodes of one cluster boot from disks of one size")
        instance = catalog.instances.get((stack.cloud, str(one.instance)))
        if instance is not None and not instance.local_disk and name not in with_volumes:
            text = f"{one.instance} has no disk of its own; the service would add some to its nodes"
            hint = f"say which: a store of kind block with `nodes: {name}`"
            yield Fault(("nodes", name, "instance"), text, hint)


def fee_lines(name: str, workload: BatchJob, groups: tuple[str, ...], site: Site) -> list[CostLine]:
    """What the service bills for each node beside the node itself.

    Arguments:
        name: of the workload.
        workload: the description.
        groups: the node groups that it runs on.
        site: that it runs on.
    """
    if workload.service is None:
        return _own_fee(name, workload, groups, site)
    # Of the disks: the service encrypts them with no key but one of one's own.
    keys = cloud_of(site.stack.cloud).keys
    key = billed_line(name, "key of its disks", 1, "keys", keys, site.stack, site.facts)
    if workload.fee is not None:
        return [*_own_fee(name, workload, groups, site), key]
    # By the hour and the instance, whatever the node itself was bought for (aws.amazon.com/emr).
    nodes = {one: site.groups[one].described for one in groups}
    fees = [
        billed_line(
            f"{name} {group}",
            f"{workload.service.upper()} fee, {one.instance}",
            one.count + one.spares,
            "nodes",
            Billed(workload.service, str(one.instance), "USD/h"),
            site.stack,
            site.facts,
            remedy=f"give workloads.{name}.fee, the same for all its nodes",
        )
        for group, one in nodes.items()
    ]
    return [*fees, key]


def _own_fee(name: str, workload: BatchJob, groups: tuple[str, ...], site: Site) -> list[CostLine]:
    nodes = [site.groups[one].described for one in groups]
    count = sum(one.count + one.spares for one in nodes)
    item = "fee of the service that runs the cluster"
    if not workload.fee:
        return []
    return [CostLine(name, item, count, "nodes", workload.fee, False, None, GIVEN)]
