"""Frames of sensors as a kind of workload: where they are worked on, and what that costs."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from models.catalog.errors import UnknownName
from models.catalog.records import Catalog
from models.description.quantities import (
    format_duration,
    format_percent,
    format_rate,
    format_scaled,
    rate_unit,
)
from models.description.stack import Stack
from models.parts.facts import Facts
from models.parts.failure import Component
from models.parts.place import provider_of
from models.parts.site import Site
from models.parts.use import Use
from models.parts.workloads.edge import Edge
from models.parts.workloads.places_needed import InZones, Needed, spread
from models.parts.workloads.workload_kind import Likeness, WorkloadKind
from models.prediction import CostLine, Finding
from models.prediction.deployment_mode import DeploymentMode
from models.prediction.explanation_answer import Factor, LawUsed
from models.reading.check_names import reference, unknown
from models.reading.faults import Fault

if TYPE_CHECKING:  # every stack knows the kind, and only a stack with frames its laws
    from models.parts.workloads.edge_solution import EdgeSolution

_BUSY = 0.8  # utilization from which a warning is given


def _never(workload: Edge) -> bool:
    return False


def _groups(workload: Edge) -> tuple[str, ...]:
    """Nodes of the stack, where frames are worked on in its cloud."""
    if workload.place == "edge" or workload.cloud is None or workload.cloud.nodes is None:
        return ()
    return (workload.cloud.nodes,)


def _together(workload: Edge) -> bool:
    return workload.place == "cloud"


def _outside(workload: Edge) -> bool:
    return workload.place == "edge"


def _power(solution: EdgeSolution) -> float | None:
    return solution.here.power


def _faults(name: str, workload: Edge, stack: Stack, catalog: Catalog) -> Iterator[Fault]:
    cloud, path = workload.cloud, ("workloads", name, "cloud")
    if cloud is None:
        return
    if cloud.nodes is not None:
        yield from reference((*path, "nodes"), cloud.nodes, stack.nodes, "node group")
    elif provider_of(stack).owned:
        yield Fault((*path, "instance"), "is only for a cloud", "name a node group with 'nodes'")
    else:
        known = [row for provider, row in catalog.instances if provider == stack.cloud]
        if cloud.instance not in known:
            what = f"{stack.cloud} instance"
            error = UnknownName(what, str(cloud.instance), tuple(known))
            yield unknown((*path, "instance"), error)


def _uses(name: str, workload: Edge, stack: Stack, facts: Facts) -> tuple[Use, ...]:
    return ()


def _components(name: str, workload: Edge, stack: Stack, facts: Facts) -> tuple[Component, ...]:
    from models.parts.workloads.edge_solution import devices, uplink

    if workload.place == "edge":
        return (devices(name, workload),)
    assert workload.link is not None  # the description demands it
    return (uplink(name, workload.link),)


def _nodes_needed(solution: EdgeSolution, group: str, site: Site) -> Needed:
    """Nodes whose replicas just serve what comes."""
    side, count = solution.here.side, site.groups[group].described.count
    return spread(side.units, min(side.units, side.units_needed), count)


def _zones_needed(solution: EdgeSolution, site: Site) -> tuple[InZones, ...]:
    """None: what is at the edge is in no zone, and what is in a cloud stands together."""
    return ()


def _solve(name: str, workload: Edge, site: Site) -> EdgeSolution:
    from models.parts.workloads.edge_solution import edge_solution

    return edge_solution(name, workload, site)


def _cost_lines(solution: EdgeSolution, site: Site) -> tuple[CostLine, ...]:
    return solution.here.own_lines


def _assumptions(solution: EdgeSolution, site: Site) -> tuple[str, ...]:
    name, edge = solution.name, solution.described
    times = [
        f"{name}: a frame takes {format_duration(one.side.computing.service)} to compute"
        f" {'at the edge' if one.side.place == 'edge' else 'in the cloud'}"
        f" ({one.side.source})."
        for one in solution.sides
    ]
    if edge.sensors.arrivals == "regular":
        times.append(
            f"{name}: frames of one sensor come at equal times; those of several that share a"
            " device or a link come as at random, which waits no less than independent sensors do."
        )
    if not edge.device.shared and edge.sensors.count % edge.device.count:
        times.append(f"{name}: times and drops at the edge are of a device with the most sensors.")
    if len(solution.sides) > 1:
        times.append(
            f"{name}: the cost of the cloud is of all its nodes; its electricity is in their price."
        )
    return tuple(times)


def _findings(solution: EdgeSolution, site: Site) -> tuple[Finding, ...]:
    place, unit = f"workloads.{solution.name}", rate_unit(solution.described.sensors.rate)
    found = []
    for one in solution.sides:
        side = one.side
        where = "the edge" if side.place == "edge" else "the cloud"
        busiest = side.bottleneck
        busy = side.rate / busiest.capacity
        if busy >= 1:
            comes = format_rate(side.total, unit, "frames", 4)
            most = format_rate(side.capacity, unit, digits=4)
            text = f"{busiest.name} of {where} can serve {most} of the {comes} that come"
        elif busy > _BUSY:
            text = f"{busiest.name} of {where} is busy {format_percent(busy, 1)} of the time"
        else:
            continue
        level = "warning" if side.place == solution.described.place else "note"
        found.append(Finding(level, place, text))  # type: ignore[arg-type]  # one of its words
    link = solution.described.link
    if link is not None and link.buffer > 0 and solution.link and math.isinf(solution.link.drains):
        text = (
            f"the link of {format_scaled(link.bandwidth, 'B/s')} never sends what its buffer keeps"
        )
        found.append(Finding("note", place, text))
    return tuple(found)


def _overloaded(solution: EdgeSolution) -> bool:
    return solution.here.side.overloaded


def _alike(solution: EdgeSolution) -> Likeness:
    """Its frames know nothing of failures and prices, nor of the nodes behind a service time.

    Where a queue is full, frames are lost, and others may be sooner for it.
    """
    side, edge = solution.here.side, solution.described
    shape = (side.place, side.loads, side.sensors, side.regular, solution.latency, edge.target)
    stations = [(one.name, one.servers, one.queue_limit) for one in side.stations]
    services = tuple(one.service for one in side.stations)
    if any(one.queue_limit is not None for one in side.stations):
        return Likeness(repr((shape, edge.link, stations, services)))
    return Likeness(repr((shape, edge.link, stations)), services=services)


def _bare(solution: EdgeSolution) -> EdgeSolution:
    return replace(solution, sides=(solution.here,), other_links=None)


def _by_law(solution: EdgeSolution) -> dict[str, float]:
    here = solution.here
    found = {"frame_rate": solution.described.frame_rate}
    if here.response is not None and here.whole:
        found |= dict.fromkeys(("response", "response_time"), here.response)
    return found


def _laws(solution: EdgeSolution) -> tuple[LawUsed, ...]:
    times = ("response_time", "time", "waiting_time")
    return (
        LawUsed(
            times,
            f"Queueing network: {solution.here.law.law}.",
            "docs/queueing.md names the source of each",
        ),
    )


def _frameworks(workload: Edge) -> tuple[str, str]:
    return "", "replicas" if workload.place == "cloud" else "devices beside the sensors"


_FACTORS: Mapping[Factor, tuple[str, ...]] = {
    Factor.PROCESSORS: ("device.peak", "cloud.rate"),
    Factor.NETWORK: ("link.bandwidth",),
    Factor.LATENCY: ("link.round_trip",),
    Factor.LOAD: ("sensors.rate", "sensors.count"),
}

KIND = WorkloadKind(
    description=Edge,
    mode=DeploymentMode.EDGE,
    frameworks=_frameworks,
    completes=_never,
    alone=False,
    serves=True,
    slowed=True,
    groups=_groups,
    faults=_faults,
    uses=_uses,
    solve=_solve,
    assumptions=_assumptions,
    findings=_findings,
    cost_lines=_cost_lines,
    components=_components,
    nodes_needed=_nodes_needed,
    zones_needed=_zones_needed,
    together=_together,
    outside=_outside,
    outside_power=_power,
    overloaded=_overloaded,
    alike=_alike,
    bare=_bare,
    by_law=_by_law,
    laws=_laws,
    factors=_FACTORS,
)
