"""An endpoint with what follows from its description: its stages, its load, what is wanted."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from models.description.quantities import HOUR
from models.parts.workloads.endpoint import Endpoint
from models.parts.workloads.endpoint_network import SolvedStage
from models.prediction.endpoint_answer import LoadPoint, ServingCase
from models.queueing.asked import NOTHING, Asked
from models.queueing.network import Network
from models.queueing.network_answer import NetworkAnswer

_MORE = 1 + 1e-12  # a load that differs from 1 by rounding alone is 1


@dataclass(frozen=True)
class LatencyWish:
    """Response time within which a share of the requests should be answered.

    Arguments:
        percentage: of the requests, above 0 and below 100.
        at_most: response time, s.
        of_objective: an objective of the stack says it; else the target of the endpoint.
    """

    percentage: float
    at_most: float
    of_objective: bool


@dataclass(frozen=True)
class StageLoad:
    """What the highest load of a period asks of a stage.

    Arguments:
        comes: to it, requests/s.
        least: that it must serve of that, requests/s.
        capacity: that it can serve, requests/s.
    """

    comes: float
    least: float
    capacity: float

    @property
    def utilization(self) -> float:
        """What comes over what can be served; infinite where nothing can be."""
        return self.comes / self.capacity if self.capacity > 0 else math.inf

    @property
    def served(self) -> bool:
        """It serves what it must; a load of exactly 1 is not served."""
        return self.least * _MORE < self.capacity


@dataclass(frozen=True)
class EndpointJob:
    """An endpoint with what the laws say of it.

    Arguments:
        name: of the workload.
        described: by the user.
        network: the queueing network that it is.
        recorded: times of its trace, s; empty without one.
        stages: in their order.
        mean_rate: of requests, 1/s.
        highest_rate: of the period, 1/s.
        law: of the network at the mean rate.
        whole: the law leaves nothing out; otherwise it says what is overloaded, but no time.
        load: response against steady load by the law; empty where it leaves something out.
        highest_load: that meets what is wanted, 1/s; infinite where every load does; None without
            a law or a wish.
        cases: with something down.
        latency: that is wanted; None if nothing says so.
        loss: share that may be lost; None if nothing says so.
        beside: other loads are asked for too, and what happens with something down.
    """

    name: str
    described: Endpoint
    network: Network
    recorded: tuple[float, ...]
    stages: tuple[SolvedStage, ...]
    mean_rate: float
    highest_rate: float
    law: NetworkAnswer
    whole: bool
    load: tuple[LoadPoint, ...]
    highest_load: float | None
    cases: tuple[ServingCase, ...]
    latency: LatencyWish | None
    loss: float | None
    beside: bool = True

    @property
    def asked(self) -> Asked:
        """What laws and simulations are asked for beside what every answer has."""
        return asked_of(self.latency)

    @property
    def curve_by_law(self) -> bool:
        """A law answers for every load; of a loss none here knows who gives up."""
        gives_up = any(stage.described.timeout is not None for stage in self.stages)
        return self.whole and not (self.loss is not None and gives_up)

    @property
    def kept(self) -> str:
        """What the highest load keeps to, for people."""
        wanted = [name for name in ("latency", "loss") if getattr(self, name) is not None]
        return " and ".join(f"the {name}" for name in wanted)

    @property
    def bottleneck(self) -> SolvedStage:
        """The stage that is busiest."""
        return min(self.stages, key=lambda stage: stage.capacity)

    @property
    def capacity(self) -> float:
        """Steady load that the bottleneck could just serve, 1/s."""
        return self.bottleneck.capacity

    def utilization(self, rate: float) -> float:
        """Of the bottleneck under a steady load; 1 or more is overload.

        Arguments:
            rate: of requests, 1/s.
        """
        return rate / self.capacity if math.isfinite(self.capacity) else 0.0

    def units_needed(self, stage: SolvedStage) -> int:
        """Replicas of a stage, or requests at once of a managed one, that just serve the highest
        load, less the loss that is allowed.

        Arguments:
            stage: of the endpoint.
        """
        if not math.isfinite(stage.capacity):
            return 1
        # A load of exactly 1 is not served.
        return math.floor(self.stage_loads()[stage.name].least / stage.of_unit * _MORE) + 1

    @property
    def serves_highest_load(self) -> bool:
        """All stages that there are, none of them down, serve what each must."""
        return all(self.units_needed(stage) <= stage.units for stage in self.stages)

    def stage_loads(self, capacities: Mapping[str, float] | None = None) -> dict[str, StageLoad]:
        """What the highest load asks of each stage, by its name, as of a fluid.

        A stage that refuses requests, or where they give up, passes on no more than it can serve,
        and must serve what comes to the endpoint less the loss that is allowed; any other must
        serve all that comes to it, or its queue grows without end.

        Arguments:
            capacities: of stages with something down, requests/s by name.
        """
        found, flow = {}, self.highest_rate
        kept = self.highest_rate * (1 - (self.loss or 0.0))
        for stage in self.stages:
            capacity = (capacities or {}).get(stage.name, stage.capacity)
            least = min(flow, kept) if stage.limited else flow
            found[stage.name] = StageLoad(flow, least, capacity)
            flow = min(flow, capacity) if stage.limited else flow
        return found


def asked_of(latency: LatencyWish | None) -> Asked:
    """The percentile that is wanted, of laws and simulations.

    Arguments:
        latency: that is wanted.
    """
    return NOTHING if latency is None else Asked(percentages=(latency.percentage,))


def hour_starts(job: EndpointJob) -> tuple[tuple[float, float], ...]:
    """Start, s, and rate, 1/s, of each hour of the period; none where the load is steady.

    Arguments:
        job: the endpoint.
    """
    rates = job.described.requests.by_hour or ()
    return tuple((hour * HOUR, rate) for hour, rate in enumerate(rates))
