"""Sensors whose frames are worked on beside them or in a cloud, as users describe it."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from models.description.fields import (
    CatalogName,
    Count,
    CountOrNone,
    Name,
    Nodes,
    Part,
    Positive,
    Precision,
    one_of,
)
from models.description.quantities import (
    YEAR,
    Bandwidth,
    Computation,
    ComputingRate,
    Duration,
    EnergyPrice,
    Fraction,
    Money,
    Power,
    Rate,
    Size,
    TrafficPrice,
)
from models.description.stack import Workload

Place = Literal["edge", "cloud"]
Pixels = Annotated[int, Field(strict=True, ge=1, le=100_000)]


class Image(Part):
    """The size of an image."""

    width: Pixels = Field(description="pixels of a line")
    height: Pixels = Field(description="lines")

    @property
    def pixels(self) -> int:
        """How many there are."""
        return self.width * self.height


class Sensors(Part):
    """Cameras, or other sensors, and the frames that they give."""

    count: Count = Field(1, description="how many there are at the site")
    rate: Annotated[Rate, Positive] = Field(description="frames of one sensor in a time")
    size: Annotated[Size, Positive] = Field(
        description="bytes of a frame as it is sent to a cloud, compressed"
    )
    image: Image | None = Field(None, description="of a frame, where a network is scaled to it")
    arrivals: Literal["regular", "random"] = Field(
        "regular",
        description="regular: each sensor's frames come at equal times; random: at any time, as"
        " where movement triggers them",
    )


class FrameNetwork(Part):
    """A neural network that runs on every frame."""

    computation: Annotated[Computation, Positive] = Field(
        description="operations for one frame, such as '7.72 Gop'"
    )
    image: Image | None = Field(
        None,
        description="image that these operations are for: the sensors' frames take as many more as"
        " they have pixels; as they are if not given",
    )


class Device(Part):
    """Hardware beside the sensors."""

    count: Count = Field(1, description="how many there are at the site")
    shared: bool = Field(
        False,
        strict=True,
        description="whether any device takes the next frame of any sensor; else each has its own"
        " sensors, in equal parts",
    )
    peak: Annotated[ComputingRate, Positive] = Field(
        description="operations/s of one device at the precision of the networks"
    )
    efficiency: Annotated[Fraction, Positive] = Field(
        0.5, description="share of the peak that is reached; an assumption"
    )
    queue_limit: CountOrNone | None = Field(
        None,
        description="frames that may wait for one device, or for all that share them; the next is"
        " dropped; no limit if not given",
    )
    power: Annotated[Power, Positive] | None = Field(
        None, description="that one device draws while it computes"
    )
    idle_power: Power | None = Field(
        None, description="that one draws while it waits for frames; as at work if not given"
    )
    electricity: EnergyPrice | None = Field(None, description="price of electricity at the site")
    price: Money | None = Field(None, description="what one device is bought for")
    life: Annotated[Duration, Positive] = Field(
        3 * YEAR, description="time over which its price is written off"
    )
    mttf: Annotated[Duration, Positive] = Field(description="mean time to failure of one")
    mttr: Annotated[Duration, Positive] = Field(
        description="mean time until one is replaced at the site"
    )

    @model_validator(mode="after")
    def _idle_beside_power(self) -> "Device":
        if self.idle_power is not None and (self.power is None or self.idle_power > self.power):
            raise ValueError("has an idle_power, which goes with a power that is no less")
        return self


class Uplink(Part):
    """The link between the site and a cloud, which all sensors share."""

    bandwidth: Annotated[Bandwidth, Positive] = Field(description="up to the cloud")
    round_trip: Duration = Field(description="time of the way there and back, without sending")
    mttf: Annotated[Duration, Positive] = Field(description="mean time that it is up")
    mttr: Annotated[Duration, Positive] = Field(description="mean time that it is away")
    buffer: Size = Field(
        0.0, description="bytes of frames that the site keeps while it is away; the rest is lost"
    )
    result: Size = Field(
        0.0, description="bytes that go up for each frame that is worked on at the edge"
    )
    price: TrafficPrice | None = Field(None, description="of what goes up, by its size")
    monthly: Money | None = Field(None, description="of the link as a whole, in a month")


class CloudSide(Part):
    """What works on frames in a cloud: nodes of the stack, or an instance to compare with."""

    nodes: Name | None = Field(None, description="the node group that replicas run on")
    instance: CatalogName | None = Field(
        None, description="an instance of the catalog that is not in the stack, to compare with"
    )
    count: Nodes = Field(1, description="how many instances to compare with")
    replicas: Count = Field(1, description="copies of the networks, over all nodes")
    accelerators: Count = Field(1, description="accelerators of one replica")
    precision: Precision = Field("fp16", description="precision of the computation")
    efficiency: Annotated[Fraction, Positive] = Field(
        0.5, description="share of the peak rate that is reached; an assumption"
    )
    rate: Annotated[Rate, Positive] | None = Field(
        None,
        description="frames that one replica was measured to work on in a time, instead of what"
        " follows from its accelerators",
    )
    queue_limit: CountOrNone | None = Field(
        None, description="frames that may wait; the next is dropped; no limit if not given"
    )

    @model_validator(mode="after")
    def _one_place(self) -> "CloudSide":
        wrong = one_of(self, "nodes", "instance")
        if wrong:
            raise ValueError(wrong)
        if self.nodes is not None and "count" in self.model_fields_set:
            raise ValueError("has a count, which goes with an instance; nodes have their own")
        return self


class Edge(Workload):
    """Frames of sensors that networks run on, at the edge or in a cloud, beside each other."""

    kind: Literal["edge"]
    place: Place = Field(
        "edge", description="where frames are worked on; the other is held against it"
    )
    sensors: Sensors = Field(description="what frames come")
    networks: Annotated[dict[Name, FrameNetwork], Field(min_length=1, max_length=20)] = Field(
        description="what runs on every frame, one after the other"
    )
    device: Device = Field(description="the hardware at the edge")
    link: Uplink | None = Field(None, description="the link to a cloud; none if not given")
    cloud: CloudSide | None = Field(
        None, description="what would, or does, work on the frames in a cloud"
    )
    target: Annotated[Duration, Positive] | None = Field(
        None, description="time from a frame to its result that frames should be within"
    )

    @model_validator(mode="after")
    def _consistent(self) -> "Edge":
        if self.cloud is not None and self.link is None:
            raise ValueError("has a cloud and no link to it")
        if self.place == "cloud" and (self.cloud is None or self.cloud.nodes is None):
            raise ValueError("has its place in a cloud, and names no nodes there: cloud.nodes")
        scaled = [name for name, one in self.networks.items() if one.image is not None]
        if scaled and self.sensors.image is None:
            raise ValueError(f"scales {scaled[0]} to an image, and sensors.image is not given")
        if not self.device.shared and self.device.count > self.sensors.count:
            raise ValueError(
                "has more devices than sensors, of which each has its own; say shared: true"
            )
        return self

    @property
    def frame_rate(self) -> float:
        """Frames of all sensors, 1/s."""
        return self.sensors.count * self.sensors.rate

    @property
    def computation(self) -> float:
        """Operations of all networks for one frame."""
        return sum(self.of_frame(one) for one in self.networks.values())

    def of_frame(self, network: FrameNetwork) -> float:
        """Operations of one network for one frame.

        Arguments:
            network: of these.
        """
        if network.image is None or self.sensors.image is None:
            return network.computation
        return network.computation * self.sensors.image.pixels / network.image.pixels
