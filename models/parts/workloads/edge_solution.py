"""Frames at the edge and in a cloud: what the laws say of both, and where it turns."""

import functools
import math
from dataclasses import dataclass, replace

from models.description.quantities import HOUR, MONTH, YEAR
from models.description.stack import NodeGroup
from models.laws.edge_or_cloud import cloud_response, turning_bandwidth, turning_round_trip
from models.laws.facility_power import facility_power
from models.laws.intermittent_link import drain_time, lost_share
from models.laws.reliability.blocks import series, unavailability
from models.laws.roots import last_allowed
from models.parts import network_block, node_failures, node_group
from models.parts.billing import GIVEN, unpriced_line
from models.parts.failure import Cause, Component
from models.parts.node_power import UnknownPower, node_power
from models.parts.place import provider_of
from models.parts.site import Site
from models.parts.workloads.edge import Device, Edge, Uplink
from models.parts.workloads.edge_side import UPLINK, Side, cloud_side, edge_side
from models.parts.workloads.endpoint_job import LatencyWish, asked_of
from models.parts.workloads.places_needed import spread
from models.parts.workloads.response_percentile import response_percentile
from models.prediction import CostLine
from models.prediction.edge_answer import BandwidthPoint, LinkOutage, Turn
from models.queueing.asked import NOTHING, Asked
from models.queueing.network_answer import NetworkAnswer
from models.queueing.solve import solve

_GB = 1e9
_KWH = 3.6e6  # J
_POINTS = 25  # of the cloud by other links
_FASTEST = 1e6  # times the least bandwidth, from where a faster link makes no difference
_KNOWN_TO = 1e-6  # of the logarithm of a bandwidth
_WIDE = 3.0  # times the bandwidths that matter, which the curve shows beside them
_NEAREST = 1.02  # times the least bandwidth that keeps up, where the curve begins
P95 = 95.0


@dataclass(frozen=True)
class SolvedSide:
    """A place and what the laws say of it.

    Arguments:
        side: what frames pass there.
        law: of its network.
        whole: the law leaves nothing out.
        response: mean from a frame to its result by the law, s; None in overload.
        p95: of the same.
        away: share of frames that is lost since a device or the link is away.
        unavailability: share of the time in which it does not work, without what is not its own.
        power: on average, W; None where it is not known.
        lines: what it costs, by the hour.
        own_lines: of them those that are not of nodes of the stack.
    """

    side: Side
    law: NetworkAnswer
    whole: bool
    response: float | None
    p95: float | None
    away: float
    unavailability: float
    power: float | None
    lines: tuple[CostLine, ...]
    own_lines: tuple[CostLine, ...]


@dataclass(frozen=True)
class EdgeSolution:
    """Frames, and what the laws say of the places where they can be worked on.

    Arguments:
        name: of the workload.
        described: by the user.
        sides: edge, and cloud where it is described.
        other_links: the cloud by other links than its own; None without a cloud.
        link: while it is away; None without one.
        latency: that is wanted; None if nothing says so.
    """

    name: str
    described: Edge
    sides: tuple[SolvedSide, ...]
    other_links: "OtherLinks | None"
    link: LinkOutage | None
    latency: LatencyWish | None

    @property
    def here(self) -> SolvedSide:
        """The place where the stack works."""
        return next(one for one in self.sides if one.side.place == self.described.place)

    @functools.cached_property  # of many stacks that are tried nobody asks
    def turns(self) -> tuple[Turn, ...]:
        """Which place is sooner, of one frame and with queueing, and where it turns."""
        if self.other_links is None:
            return ()
        near, far = self.sides
        assert self.described.link is not None  # a cloud has a link
        alone = _alone(near.side, far.side, self.described, self.described.link)
        return alone, self.other_links.turn(far.response)

    @property
    def by_bandwidth(self) -> tuple[BandwidthPoint, ...]:
        """The cloud by links from one that just keeps up to one that is as good as any."""
        if self.other_links is None:
            return ()
        return self.other_links.points(self.turns[1].bandwidth)

    @property
    def asked(self) -> Asked:
        """The percentile that is wanted, of laws and simulations."""
        return asked_of(self.latency)


def edge_solution(name: str, edge: Edge, site: Site) -> EdgeSolution:
    """Apply the laws to both places.

    Arguments:
        name: of the workload.
        edge: the description.
        site: the stack.

    Raises:
        Impossible: replicas do not fit their nodes, or a rate is not known.
    """
    latency = _latency(name, edge, site)
    asked = asked_of(latency)
    near = _solved(name, edge, edge_side(edge), asked)
    near = replace(
        near,
        away=_devices_away(edge.device, near.side),
        unavailability=devices(name, edge).away(),
        power=_device_power(edge.device, near.side),
        lines=device_lines(name, edge, near.side),
        own_lines=device_lines(name, edge, near.side),
    )
    link, cloud = edge.link, edge.cloud
    outage = None if link is None else _outage(edge, link)
    if link is None or cloud is None:
        return EdgeSolution(name, edge, (near,), None, outage, latency)
    far = _solved(name, edge, cloud_side(edge, link, cloud, site), asked)
    group = far.side.group
    assert group is not None  # a cloud has nodes
    own = uplink_lines(name, link, edge.frame_rate * edge.sensors.size)
    far = replace(
        far,
        away=_lost(edge, link),
        unavailability=_cloud_away(name, edge, far.side, group, site),
        power=_cloud_power(group, site),
        lines=(*node_group.cost_lines(name, group, site.stack, site.facts), *own),
        own_lines=own,
    )
    others = OtherLinks(name, edge, link, far.side, near.response)
    return EdgeSolution(name, edge, (near, far), others, outage, latency)


def _latency(name: str, edge: Edge, site: Site) -> LatencyWish | None:
    wanted = site.stack.objectives.latency
    if wanted is not None and wanted.workload == name:
        return LatencyWish(wanted.percentile, wanted.at_most, True)
    return None if edge.target is None else LatencyWish(P95, edge.target, False)


def _solved(name: str, edge: Edge, side: Side, asked: Asked) -> SolvedSide:
    """By the law as it is described; where none fits that, by one that drops no frames."""
    law, whole = solve(side.network(name, edge.target), asked), True
    if not law.known:
        simple = solve(side.network(name, edge.target, plain=True), asked)
        law, whole = simple, side.certain
        if not whole:
            text = f"{simple.law}, where none is dropped"
            law = replace(simple, method="approximation", law=text)
    known = not side.overloaded and bool(law.classes) and law.classes[0].response_time is not None
    mean = law.classes[0].response_time.mean if known else None  # type: ignore[union-attr]
    late = response_percentile(law, side.service, P95) if known else None
    return SolvedSide(side, law, whole, mean, late, 0.0, 0.0, None, (), ())


def devices(name: str, edge: Edge) -> Component:
    """How devices fail: those with sensors of their own are all needed.

    Arguments:
        name: of the workload.
        edge: the description.
    """
    device, side = edge.device, edge_side(edge)
    needed = min(device.count, side.units_needed) if device.shared else device.count
    cause = Cause("failure", device.mttf, device.mttr)
    return Component(f"{name} devices", needed, device.count, (cause,), False, GIVEN)


def uplink(name: str, link: Uplink) -> Component:
    """How the link fails.

    Arguments:
        name: of the workload.
        link: the link.
    """
    cause = Cause("outage", link.mttf, link.mttr)
    return Component(f"{name} link", 1, 1, (cause,), False, GIVEN)


def _devices_away(device: Device, side: Side) -> float:
    """Share of frames whose device is down; where they are shared, that find too few of them."""
    one = unavailability(device.mttf, device.mttr)
    if not device.shared:
        return one
    needed = min(device.count, side.units_needed)
    cause = Cause("failure", device.mttf, device.mttr)
    return Component("devices", needed, device.count, (cause,), False, GIVEN).away()


def _device_power(device: Device, side: Side) -> float | None:
    """Of all devices on average, W: at work while they compute, idle otherwise."""
    if device.power is None:
        return None
    idle = device.power if device.idle_power is None else device.idle_power
    return device.count * (idle + (device.power - idle) * min(1.0, side.utilization))


def device_lines(name: str, edge: Edge, side: Side) -> tuple[CostLine, ...]:
    """What devices, their electricity and what they send up cost, by the hour.

    Arguments:
        name: of the workload.
        edge: the description.
        side: the edge.
    """
    device, resource = edge.device, f"{name} devices"
    lines: list[CostLine] = []
    if device.price is None:
        why = f"give workloads.{name}.device.price"
        lines.append(unpriced_line(resource, "devices", device.count, "devices", why))
    else:
        an_hour = device.price / (device.life / HOUR)
        item = f"devices, written off over {device.life / YEAR:g} years"
        lines.append(CostLine(resource, item, device.count, "devices", an_hour, False, None, GIVEN))
    power = _device_power(device, side)
    if power is None or device.electricity is None:
        key = "power" if power is None else "electricity"
        why = f"give workloads.{name}.device.{key}"
        lines.append(unpriced_line(resource, "electricity", (power or 0.0) / 1e3, "kW", why))
    else:
        price = device.electricity * _KWH
        lines.append(
            CostLine(resource, "electricity", power / 1e3, "kW", price, False, None, GIVEN)
        )
    if edge.link is not None and edge.link.result > 0:
        lines += uplink_lines(name, edge.link, edge.frame_rate * edge.link.result)
    return tuple(lines)


def uplink_lines(name: str, link: Uplink, flow: float) -> tuple[CostLine, ...]:
    """What the link costs by the hour.

    Arguments:
        name: of the workload.
        link: the link.
        flow: that goes up, bytes/s.
    """
    resource, lines = f"{name} link", []
    if link.monthly is not None:
        an_hour = link.monthly * HOUR / MONTH
        lines.append(CostLine(resource, "link", 1, "links", an_hour, False, None, GIVEN))
    sent = flow * HOUR / _GB
    if link.price is not None:
        usd = link.price * _GB
        lines.append(CostLine(resource, "traffic", sent, "GB/h", usd, False, None, GIVEN))
    elif link.monthly is None:
        why = f"give workloads.{name}.link.price, or monthly"
        lines.append(unpriced_line(resource, "traffic", sent, "GB/h", why))
    return tuple(lines)


def _outage(edge: Edge, link: Uplink) -> LinkOutage:
    flow = _flow(edge)
    kept = link.buffer / flow if flow else math.inf
    drains = drain_time(flow, link.bandwidth, link.buffer, link.mttr)
    away = unavailability(link.mttf, link.mttr)
    return LinkOutage(link.bandwidth, link.round_trip, away, kept, drains)


def _flow(edge: Edge) -> float:
    """What goes up where frames are worked on in a cloud, bytes/s."""
    return edge.frame_rate * edge.sensors.size


def _lost(edge: Edge, link: Uplink) -> float:
    """Share of frames that is lost since the link is away and the buffer full."""
    flow = _flow(edge)
    if flow >= link.bandwidth:
        return unavailability(link.mttf, link.mttr)  # a buffer that is never emptied is full
    return lost_share(flow, link.bandwidth, link.buffer, link.mttf, link.mttr)


def _cloud_away(name: str, edge: Edge, side: Side, group: NodeGroup, site: Site) -> float:
    """Share of the time in which the link, the zone, or too many nodes are down."""
    stack, facts = site.stack, site.facts
    needed = spread(side.units, min(side.units, side.units_needed), group.count)
    nodes = node_failures.component(name, group, stack, facts, needed.up, needed.of)
    link = edge.link
    assert link is not None  # a cloud has a link
    parts = (uplink(name, link), network_block.component(stack, facts), nodes)
    return series(one.result().unavailability for one in parts)


def _cloud_power(group: NodeGroup, site: Site) -> float | None:
    """Of all nodes with what their building adds, W; None where the catalog does not know it."""
    stack, facts = site.stack, site.facts
    try:
        node = node_power("", group, stack, facts)
    except UnknownPower:
        return None
    pue = stack.facility.pue if stack.facility is not None else None
    if not provider_of(stack).owned:
        pue = facts.region(stack.cloud, str(stack.region)).pue
    return None if pue is None else facility_power((group.count + group.spares) * node, pue)


def _alone(near: Side, far: Side, edge: Edge, link: Uplink) -> Turn:
    """Of one frame, for which nothing waits."""
    computing, size = far.computing.service, edge.sensors.size
    cloud = cloud_response(computing, link.round_trip, size, link.bandwidth)
    return Turn(
        queueing=False,
        winner="edge" if near.time < cloud else "cloud",
        edge=near.time,
        cloud=cloud,
        bandwidth=turning_bandwidth(near.time, computing, link.round_trip, size),
        round_trip=turning_round_trip(near.time, computing, size, link.bandwidth),
    )


@dataclass(frozen=True)
class OtherLinks:
    """The cloud by other links, with queueing, beside the edge.

    Arguments:
        name: of the workload.
        edge: the description.
        link: as described.
        far: the cloud by that.
        near: mean response at the edge, s; None in overload.
    """

    name: str
    edge: Edge
    link: Uplink
    far: Side
    near: float | None

    @property
    def least(self) -> float:
        """Bandwidth that just carries all frames, bytes/s."""
        return _flow(self.edge)

    def cloud(self, bandwidth: float) -> float | None:
        """Mean from a frame to its result by a link of some bandwidth, s; None in overload.

        Arguments:
            bandwidth: bytes/s.
        """
        by = replace(self.far.stations[0], service=self.edge.sensors.size / bandwidth)
        assert by.name == UPLINK
        side = replace(self.far, stations=(by, *self.far.stations[1:]))
        return _solved(self.name, self.edge, side, NOTHING).response

    def turn(self, cloud: float | None) -> Turn:
        """Which is sooner with queueing, and where it turns.

        Arguments:
            cloud: mean by the link as described, s; None in overload.
        """
        near = self.near
        winner = "" if near is None and cloud is None else "edge" if cloud is None else "cloud"
        if near is not None and cloud is not None and near < cloud:
            winner = "edge"
        round_trip = 0.0 if cloud is None else math.inf
        if near is not None and cloud is not None:
            round_trip = max(0.0, near - (cloud - self.link.round_trip))
        return Turn(True, winner, near, cloud, self._turning(), round_trip)

    def _turning(self) -> float:
        """Bandwidth from which the cloud is sooner, bytes/s."""
        near = self.near
        if near is None:  # any link that keeps up is sooner than what never answers
            return self.least if self.cloud(_FASTEST * self.least) is not None else math.inf

        def spare(logarithm: float) -> float:
            response = self.cloud(math.exp(logarithm))
            return 1.0 if response is None else response - near

        low, high = math.log(self.least), math.log(_FASTEST * self.least)
        if spare(high) >= 0:
            return math.inf
        return math.exp(last_allowed(spare, low, high, _KNOWN_TO))

    def points(self, turn: float) -> tuple[BandwidthPoint, ...]:
        """The cloud by links from one that just keeps up to one that is as good as any.

        Arguments:
            turn: bandwidth from which the cloud is sooner, bytes/s; infinite where it never is.
        """
        known = [self.link.bandwidth, *([turn] if math.isfinite(turn) else [])]
        first = _NEAREST * self.least
        last = max(_WIDE * max(known), _WIDE * first)
        links = (first * (last / first) ** (k / (_POINTS - 1)) for k in range(_POINTS))
        found = ((bandwidth, self.cloud(bandwidth)) for bandwidth in links)
        return tuple(BandwidthPoint(b, response) for b, response in found if response is not None)
