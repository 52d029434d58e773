"""The edge and a cloud, each as a queueing network of frames."""

import math
from dataclasses import dataclass

from models.description.quantities import format_count, format_scaled
from models.description.stack import NodeGroup
from models.parts import node_group
from models.parts.site import Site
from models.parts.workloads.edge import CloudSide, Edge, Place, Uplink
from models.parts.workloads.workload_kind import Impossible
from models.queueing.distributions import AnyDistribution, Deterministic
from models.queueing.network import AnyArrivals, CustomerClass, Network, Poisson, Renewal
from models.queueing.stations import Station
from models.reading.faults import PathInFile

FRAMES = "frames"  # the class of customers
UPLINK, WAY, REPLICAS, DEVICE = "uplink", "round-trip", "replicas", "device"  # stations
_MORE = 1 + 1e-12  # a load that differs from 1 by rounding alone is 1


@dataclass(frozen=True)
class SolvedStation:
    """What every frame passes at a place.

    Arguments:
        name: of the station.
        service: time of a frame, s.
        servers: frames at once; None where they have no bound.
        queue_limit: frames that may wait; None where there is no limit.
    """

    name: str
    service: float
    servers: int | None
    queue_limit: int | None = None

    @property
    def capacity(self) -> float:
        """Frames/s that it can serve; infinite where it has no bound."""
        if self.servers is None or self.service == 0:
            return math.inf
        return self.servers / self.service

    @property
    def time(self) -> AnyDistribution:
        """The time of a frame as queueing networks have it."""
        return Deterministic.model_construct(value=self.service)


@dataclass(frozen=True)
class Side:
    """One of the places where frames can be worked on.

    Arguments:
        place: edge or cloud.
        stations: that a frame passes, in their order.
        loads: frames/s of such networks side by side, and how many have so many, the busiest first:
            devices, each with its own sensors; one with all frames elsewhere.
        sensors: whose frames pass one.
        regular: the frames of a single sensor come at equal times.
        units: devices, or replicas.
        group: of nodes that it runs on, as described; None at the edge.
        source: where the time of computing comes from, for people.
    """

    place: Place
    stations: tuple[SolvedStation, ...]
    loads: tuple[tuple[float, int], ...]
    sensors: int
    regular: bool
    units: int
    group: NodeGroup | None
    source: str

    @property
    def rate(self) -> float:
        """Of the frames that pass the busiest network, 1/s."""
        return self.loads[0][0]

    @property
    def total(self) -> float:
        """Of all frames, 1/s."""
        return math.fsum(rate * many for rate, many in self.loads)

    @property
    def copies(self) -> int:
        """Networks that there are side by side."""
        return sum(many for _, many in self.loads)

    @property
    def most(self) -> float:
        """Frames/s that are worked on at the most, also where some devices can't keep up."""
        capacity = self.bottleneck.capacity
        return math.fsum(min(rate, capacity) * many for rate, many in self.loads)

    @property
    def computing(self) -> SolvedStation:
        """The station that computes, which is the last."""
        return self.stations[-1]

    @property
    def time(self) -> float:
        """Of a frame that waits for nothing, s."""
        return math.fsum(one.service for one in self.stations)

    @property
    def bottleneck(self) -> SolvedStation:
        """The station that is busiest."""
        return min(self.stations, key=lambda one: one.capacity)

    @property
    def capacity(self) -> float:
        """Frames/s of all sensors together that its bottleneck could just serve."""
        return self.bottleneck.capacity * self.total / self.rate

    @property
    def utilization(self) -> float:
        """Share of its computing hardware that is busy, over all devices or replicas."""
        return self.total / (self.computing.capacity * self.copies)

    @property
    def overloaded(self) -> bool:
        """More comes than a station without a limit can serve; a load of exactly 1 is not."""
        return any(
            one.queue_limit is None and self.rate * _MORE >= one.capacity for one in self.stations
        )

    @property
    def paced(self) -> bool:
        """Its frames are those of one sensor, at equal times."""
        return self.regular and self.sensors == 1

    @property
    def certain(self) -> bool:
        """No frame waits for another: each is done before the next comes."""
        return self.paced and self.rate * _MORE < self.bottleneck.capacity

    @property
    def units_needed(self) -> int:
        """Devices or replicas that just serve what comes; all where sensors have their own."""
        if self.copies > 1:
            return self.units
        each = 1 / self.computing.service if self.computing.service else math.inf
        return max(1, math.floor(self.rate / each * _MORE) + 1)

    def network(self, name: str, target: float | None, plain: bool = False) -> Network:
        """The queueing network that it is.

        Arguments:
            name: of the workload.
            target: response time that frames should be within, s.
            plain: none is dropped: what the laws need.
        """
        return Network.model_construct(
            name=name,
            stations={one.name: _station(one, plain) for one in self.stations},
            classes={
                FRAMES: CustomerClass.model_construct(
                    arrivals=self._arrivals(),
                    service=self.service,
                    patience={},
                    route=tuple(one.name for one in self.stations),
                    target=target,
                    routing={},
                )
            },
        )

    @property
    def service(self) -> dict[str, AnyDistribution]:
        """Time of a frame at each station."""
        return {one.name: one.time for one in self.stations}

    def _arrivals(self) -> AnyArrivals:
        """Of one sensor at equal times; of several, as at random.

        Many independent streams together come nearly at random, and wait less than that.

        Source: Palm (1943) and Khintchine (1960), as in Whitt (2002), Stochastic-Process Limits,
            section 9.8.
        """
        if self.paced:
            between = Deterministic.model_construct(value=1 / self.rate)
            return Renewal.model_construct(interarrival=between)
        return Poisson.model_construct(rate=self.rate)


def _station(one: SolvedStation, plain: bool) -> Station:
    if one.servers is None:
        return Station.model_construct(servers="infinite")
    if one.queue_limit is None or plain:
        return Station.model_construct(None, servers=one.servers)
    return Station.model_construct(
        None, servers=one.servers, capacity=one.servers + one.queue_limit
    )


def edge_side(edge: Edge) -> Side:
    """The devices beside the sensors; of those with sensors of their own, the busiest.

    Arguments:
        edge: the workload.
    """
    device, sensors = edge.device, edge.sensors
    each, one_more = divmod(sensors.count, device.count)
    own = sensors.count if device.shared else each + bool(one_more)
    loads: tuple[tuple[float, int], ...] = (
        (own * sensors.rate, 1 if device.shared else one_more or device.count),
    )
    if one_more and not device.shared:
        loads = (*loads, (each * sensors.rate, device.count - one_more))
    return Side(
        place="edge",
        stations=(
            SolvedStation(
                DEVICE,
                edge.computation / (device.peak * device.efficiency),
                device.count if device.shared else 1,
                device.queue_limit,
            ),
        ),
        loads=loads,
        sensors=own,
        regular=sensors.arrivals == "regular",
        units=device.count,
        group=None,
        source=f"{format_scaled(device.peak, 'op/s')} at {100 * device.efficiency:g} %",
    )


def cloud_side(edge: Edge, link: Uplink, cloud: CloudSide, site: Site) -> Side:
    """The link, the way and the replicas in a cloud.

    Arguments:
        edge: the workload.
        link: to the cloud.
        cloud: what works on frames there.
        site: the stack.

    Raises:
        Impossible: replicas do not fit their nodes, or a rate is not known.
    """
    group = _group(cloud, site)
    time, source = _computing(edge, cloud, group, site)
    time /= 1 - group.overhead
    return Side(
        place="cloud",
        stations=(
            SolvedStation(UPLINK, edge.sensors.size / link.bandwidth, 1),
            SolvedStation(WAY, link.round_trip, None),
            SolvedStation(REPLICAS, time, cloud.replicas, cloud.queue_limit),
        ),
        loads=((edge.frame_rate, 1),),
        sensors=edge.sensors.count,
        regular=edge.sensors.arrivals == "regular",
        units=cloud.replicas,
        group=group,
        source=source,
    )


def _group(cloud: CloudSide, site: Site) -> NodeGroup:
    if cloud.nodes is not None:
        return site.groups[cloud.nodes].described
    return NodeGroup(instance=cloud.instance, count=cloud.count)


def _computing(edge: Edge, cloud: CloudSide, group: NodeGroup, site: Site) -> tuple[float, str]:
    """Time of a frame on one replica, s, and where it comes from."""
    hardware = node_group.hardware(group, site.stack.cloud, site.facts)
    place: PathInFile = ("cloud",)
    if cloud.rate is not None:
        return 1 / cloud.rate, "by the rate in the stack file"
    accelerator = hardware.accelerator
    if accelerator is None or not hardware.accelerators:
        raise Impossible(((*place, "rate"), f"{hardware.name} has no accelerator: give a rate"))
    fullest = math.ceil(cloud.replicas / group.count) * cloud.accelerators
    if fullest > hardware.accelerators:
        has = format_count(hardware.accelerators, "accelerators")
        text = f"puts replicas with {fullest:,} accelerators on a node that has {has}"
        raise Impossible(((*place, "replicas"), text))
    peak = accelerator.peak_flops.get(cloud.precision)
    if peak is None:
        known = ", ".join(accelerator.peak_flops)
        text = f"no {cloud.precision} rate of {accelerator.name} is known; known: {known}"
        raise Impossible(((*place, "precision"), text))
    rate = cloud.accelerators * peak * cloud.efficiency
    return edge.computation / rate, f"{accelerator.name} at {100 * cloud.efficiency:g} %"
