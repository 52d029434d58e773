"""What is watched of a stack that wants alerts, and what that is billed."""

from collections.abc import Iterator
from dataclasses import dataclass

from models.catalog.provider_record import Cloud
from models.catalog.providers import cloud as cloud_of
from models.catalog.records import Driver
from models.description.quantities import HOUR
from models.description.stack import Latency, NodeGroup, Stack
from models.parts.billing import billed_line
from models.parts.facts import Facts
from models.parts.kinds import workload_kind
from models.parts.kubernetes import in_cluster
from models.parts.place import provider_of
from models.prediction import CostLine
from models.reading.faults import Fault

REPORTED_EVERY = 300  # seconds between two reports of how full the volumes of a node are
_MILLION = 1e6


@dataclass(frozen=True)
class Watched:
    """What alarms are about: of what services of the cloud run themselves, nothing.

    Arguments:
        groups: node groups, of which one may have too few nodes.
        accelerators: those of them whose nodes watch their accelerators.
        gateways: through which requests come, by workload; they may be answered with errors.
        latency: objective of a workload behind a gateway; None where there is none.
        stores: that may grow full, or larger than they were described.
        volumes: node groups by those of the stores that nodes have, and must report themselves.
    """

    groups: tuple[str, ...]
    accelerators: tuple[str, ...]
    gateways: dict[str, str]
    latency: Latency | None
    stores: tuple[str, ...]
    volumes: dict[str, str]

    def metrics(self, sold_by: Cloud) -> int:
        """How many all alarms read, for each of which they are billed.

        Arguments:
            sold_by: the cloud.
        """
        parts = (self.groups, self.accelerators, self.stores)
        errors = sum(sold_by.errors_read[one] for one in self.gateways.values())
        return sum(map(len, parts)) + errors + (self.latency is not None)


def watched(stack: Stack, facts: Facts) -> Watched:
    """What is watched of a stack.

    Arguments:
        stack: the description.
        facts: the catalog.
    """
    kinds = {name: workload_kind(one) for name, one in stack.workloads.items()}
    managed = {
        group
        for name, one in stack.workloads.items()
        if kinds[name].managed(one)
        for group in kinds[name].groups(one)
    }
    managed.update(in_cluster(stack))  # whose service repairs them, and measures no groups
    groups = {name: one for name, one in stack.nodes.items() if name not in managed}
    owners = {name: getattr(one, "nodes", None) for name, one in stack.storage.items()}
    stores = tuple(name for name, owner in owners.items() if owner not in managed)
    found = ((name, kinds[name].gateway(one)) for name, one in stack.workloads.items())
    gateways = {name: gateway for name, gateway in found if gateway is not None}
    latency = stack.objectives.latency
    return Watched(
        tuple(groups),
        tuple(name for name, one in groups.items() if _watches(one, stack, facts)),
        gateways,
        latency if latency is not None and latency.workload in gateways else None,
        stores,
        {name: str(owner) for name in stores if (owner := owners[name]) is not None},
    )


def _watches(group: NodeGroup, stack: Stack, facts: Facts) -> bool:
    """Its nodes have the tool that looks at accelerators, as those of NVIDIA do."""
    instance = facts.instance(stack.cloud, str(group.instance))
    return instance.accelerators > 0 and instance.driver is Driver.NVIDIA


def faults(stack: Stack) -> Iterator[Fault]:
    """Alerts where nothing would give them.

    Arguments:
        stack: the description.
    """
    if stack.alerts is None:
        return
    if provider_of(stack).owned or cloud_of(stack.cloud).alarms is None:
        yield Fault(("alerts",), f"can't be given on {stack.cloud}", "leave them out")


def cost_lines(stack: Stack, facts: Facts) -> Iterator[CostLine]:
    """What alarms, what nodes report, the dashboard and the key of the topic are billed.

    Arguments:
        stack: the description.
        facts: the catalog.
    """
    if stack.alerts is None:
        return
    sold_by, parts = cloud_of(stack.cloud), watched(stack, facts)
    nodes = sum(
        stack.nodes[name].count + stack.nodes[name].spares for name in {*parts.volumes.values()}
    )
    sent = nodes * HOUR / REPORTED_EVERY / _MILLION
    for item, quantity, unit, billed in (
        ("alarms", parts.metrics(sold_by), "metrics", sold_by.alarms),
        ("metrics of volumes", len(parts.volumes), "metrics", sold_by.metrics),
        ("reports of nodes", sent, "1M requests/h", sold_by.reports),
        ("dashboard", 1, "dashboards", sold_by.dashboards),
        ("key of the topic", 1, "keys", sold_by.keys),
    ):
        if quantity:
            yield billed_line("alerts", item, quantity, unit, billed, stack, facts)
