"""The network that nodes share: how it fails, what it costs."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from models.catalog.provider_record import Billed, FlowLogs
from models.catalog.providers import cloud as cloud_of
from models.description.quantities import HOUR, MONTH
from models.description.stack import Stack
from models.parts.billing import billed_line
from models.parts.block_names import OTHER_ZONE, ZONE
from models.parts.facts import Facts
from models.parts.failure import Component
from models.parts.network_block import component, zones_of_a_cloud
from models.parts.place import provider_of
from models.parts.workloads.places_needed import InZones, zones_needed
from models.prediction import CostLine

_GB = 1e9
# Connections of a node at once, a guess, which is right to a factor of some.
_CONNECTIONS, _CONNECTIONS_WITHIN = 64, 10.0


def spread_out(stack: Stack, facts: Facts, needs: Sequence[InZones]) -> tuple[Component, ...]:
    """How the network fails where workloads are spread over the zones of a cloud.

    Zones without which too few replicas are left must be up, and of the others that hold some as
    many as do whichever they are.

    Arguments:
        stack: that it belongs to.
        facts: the catalog.
        needs: of the workloads; empty where all is managed by the cloud.
    """
    if provider_of(stack).owned:
        return (component(stack, facts),)
    needed, found = zones_needed(needs, max(1, len(stack.zones))), []
    if critical := len(needed.critical):
        found.append(zones_of_a_cloud(ZONE, critical, critical, facts))
    if needed.enough:
        name = OTHER_ZONE if critical else ZONE
        found.append(zones_of_a_cloud(name, needed.enough, len(needed.others), facts))
    return tuple(found)


def cost_lines(stack: Stack, facts: Facts) -> tuple[CostLine, ...]:
    """What the network costs by the hour: its way out, its records, and the traffic of a month.

    Arguments:
        stack: that it belongs to.
        facts: the catalog.
    """
    if provider_of(stack).owned:
        return ()
    sold_by = cloud_of(stack.cloud)
    nodes = sum(group.count + group.spares for group in stack.nodes.values())
    full = sold_by.nat_full_at
    gateway = min(1.0, nodes / full) if full > 1 else 1.0
    nat, address = Billed("nat", "nat-gateway", "USD/h"), Billed("vpc", "public-ipv4", "USD/h")
    lines = [
        billed_line("network", "NAT gateway", gateway, "gateway", nat, stack, facts),
        billed_line("network", "public IPv4 address", 1, "addresses", address, stack, facts),
    ]
    if sold_by.flow_logs is not None and nodes:
        logs = nodes * _records(sold_by.flow_logs) / _GB
        item, unit = "flow logs, estimated", "GB/h"
        line = billed_line("network", item, logs, unit, sold_by.flow_logs.billed, stack, facts)
        lines.append(replace(line, low=0.0, high=_CONNECTIONS_WITHIN))
    if endpoints := len(stack.network.endpoints) * max(1, len(stack.zones)):
        billed = Billed("vpc", "interface-endpoint", "USD/h")
        item = "endpoints of services"
        lines.append(billed_line("network", item, endpoints, "endpoints", billed, stack, facts))
    lines += _traffic(stack, facts, sold_by.zone_crossings)
    return tuple(lines)


def _traffic(stack: Stack, facts: Facts, crossings: int) -> Iterator[CostLine]:
    described = stack.network.traffic
    through = described.downloads + described.uploads
    for what, size, service, item in (
        ("NAT data", through, "nat", "nat-data"),
        ("internet egress", described.uploads, "data-transfer", "internet-egress"),
        ("between zones", crossings * described.between_zones, "data-transfer", "cross-zone"),
    ):
        if size > 0:
            billed, an_hour = Billed(service, item, "USD/GB"), size / _GB * HOUR / MONTH
            yield billed_line("network", what, an_hour, "GB/h", billed, stack, facts)


def _records(logs: FlowLogs) -> float:
    """Bytes of flow logs of a node in an hour.

    Arguments:
        logs: as they are kept.
    """
    return _CONNECTIONS * HOUR / logs.interval * logs.share * logs.record
