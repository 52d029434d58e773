"""A service that runs the cluster of a batch, such as EMR: what it demands, and what it bills."""

from collections.abc import Iterator

from models.catalog.provider_record import Billed
from models.catalog.providers import CLOUDS
from models.description.stack import Stack
from models.parts.billing import GIVEN, billed_line
from models.parts.site import Site
from models.parts.workloads.batch import Application, BatchJob
from models.prediction import CostLine
from models.reading.faults import Fault, PathInFile

_ENGINES: dict[str, Application] = {"spark": "Spark", "hadoop": "Hadoop"}
# One, or three of which a majority suffices (EMR Management Guide, "Plan and configure primary
# nodes", docs.aws.amazon.com/emr/latest/ManagementGuide/emr-plan-ha.html).
_MASTERS = (1, 3)


def service_faults(path: PathInFile, workload: BatchJob, stack: Stack) -> Iterator[Fault]:
    """What the service that is to run the cluster can't do.

    Arguments:
        path: of the workload.
        workload: the description.
        stack: that it belongs to.
    """
    if workload.service is None:
        for key in ("release", "applications"):
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


def fee_lines(name: str, workload: BatchJob, groups: tuple[str, ...], site: Site) -> list[CostLine]:
    """What the service bills for each node beside the node itself.

    Arguments:
        name: of the workload.
        workload: the description.
        groups: the node groups that it runs on.
        site: that it runs on.
    """
    nodes = {one: site.groups[one].described for one in groups}
    if workload.fee is not None:
        count = sum(one.count + one.spares for one in nodes.values())
        item = "fee of the service that runs the cluster"
        line = CostLine(name, item, count, "nodes", workload.fee, False, None, GIVEN)
        return [line] if workload.fee else []
    if workload.service is None:
        return []
    # By the hour and the instance, whatever the node itself was bought for (aws.amazon.com/emr).
    return [
        billed_line(
            f"{name} {group}",
            f"{workload.service.upper()} fee, {one.instance}",
            one.count + one.spares,
            "nodes",
            Billed(workload.service, str(one.instance), "USD/h"),
            site.stack,
            site.facts,
        )
        for group, one in nodes.items()
    ]
