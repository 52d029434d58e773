"""An endpoint as a queueing network: one station a stage, one class of requests."""

import math
from dataclasses import dataclass
from typing import Any

from models.description.quantities import HOUR, format_scaled
from models.parts.node_group import Hardware
from models.parts.site import Site
from models.parts.workloads.endpoint import Endpoint, Requests, ServedModel, Stage
from models.parts.workloads.workload_kind import Impossible
from models.queueing import check_network
from models.queueing.batch_times import full_batch_time
from models.queueing.distributions import (
    AnyDistribution,
    Deterministic,
    mean,
    stretched,
)
from models.queueing.network import (
    AnyArrivals,
    CustomerClass,
    Interval,
    Network,
    Poisson,
    TimeVarying,
    Trace,
)
from models.queueing.stations import Batch, Station
from models.reading.faults import PathInFile

REQUESTS = "requests"  # the class of customers
_PARTS = 48  # of a trace, of which the busiest is its highest load: half hours of a day
_MOST_SERVERS = 1_000_000  # of a station
_MANY = 100  # requests of a part on average, so that chance adds little to the busiest


@dataclass(frozen=True)
class SolvedStage:
    """A stage and what follows from its hardware.

    Arguments:
        name: of the stage.
        described: by the user.
        place: what it runs on, for people.
        service: time of a request, or of a batch of one.
        batch: how requests are served together; None where they are not.
        replicas: copies there are; the most where they follow the load.
        capacity: requests/s that all of them can serve.
        source: where the time comes from, for people.
        readable: requests of a batch up to which reading takes longest, by the roofline;
            1 where nothing is known of it, infinite where it always does.
    """

    name: str
    described: Stage
    place: str
    service: AnyDistribution
    batch: Batch | None
    replicas: int
    capacity: float
    source: str
    readable: float = 1.0

    @property
    def servers(self) -> int:
        """Requests, or batches, that are served at once."""
        function = self.described.function
        return (
            self.replicas * self.described.concurrency if function is None else function.concurrency
        )

    @property
    def limited(self) -> bool:
        """It refuses requests, or they give up there, so that its queue stays short in overload."""
        return self.described.queue_limit is not None or self.described.timeout is not None

    @property
    def startup(self) -> AnyDistribution | None:
        """Time until a new replica serves; None where nothing says it."""
        scaling = self.described.scaling
        return self.described.startup if scaling is None else scaling.startup

    @property
    def of_replica(self) -> float:
        """Requests/s that one replica can serve."""
        return self.capacity / self.replicas

    @property
    def units(self) -> int:
        """What there can be more of: replicas, or requests at once of what is managed."""
        return self.replicas if self.described.replicated else self.servers

    @property
    def counted_by(self) -> str:
        """The key of the workload that says how many there are."""
        if self.described.function is not None:
            return f"stages.{self.name}.function.concurrency"
        if not self.described.replicated:
            return f"stages.{self.name}.concurrency"
        ending = "scaling.maximum" if self.described.scaling else "replicas"
        return f"stages.{self.name}.{ending}"

    @property
    def of_unit(self) -> float:
        """Requests/s that one of them can serve."""
        return self.capacity / self.units


def solved_stage(name: str, stage: Stage, site: Site) -> SolvedStage:
    """Look up what a stage runs on, and how long it takes for a request.

    Arguments:
        name: of the stage.
        stage: its description.
        site: that it runs on.

    Raises:
        Impossible: its nodes have no accelerator, or none whose rate is known.
    """
    service, batch, source, readable = _service(name, stage, site)
    if stage.nodes is not None and site.groups[stage.nodes].speed != 1:
        slower = 1 / site.groups[stage.nodes].speed
        service, batch = stretched(service, slower), _stretched_batch(batch, slower)
        source += f", less {site.groups[stage.nodes].described.overhead:.3g} of the speed"
    replicas = stage.scaling.maximum if stage.scaling else stage.replicas
    place = _place(stage)
    unbound = stage.gateway is not None or stage.ai_service is not None
    if unbound and "concurrency" not in stage.model_fields_set:
        return SolvedStage(name, stage, place, service, None, 1, math.inf, source)
    servers = replicas * stage.concurrency
    if stage.function is not None:
        servers, replicas = stage.function.concurrency, 1
    if servers > _MOST_SERVERS:
        text = f"serves {servers:,} requests at once; more than {_MOST_SERVERS:,} are not simulated"
        raise Impossible((("stages", name), text))
    capacity = servers * _rate(service, batch)
    return SolvedStage(name, stage, place, service, batch, replicas, capacity, source, readable)


def _place(stage: Stage) -> str:
    if stage.sagemaker is not None:
        return stage.sagemaker.instance
    if stage.fargate is not None:
        return f"Fargate, {stage.fargate.vcpus:g} vCPU"
    return stage.nodes or stage.gateway or stage.ai_service or "function"


def _stretched_batch(batch: Batch | None, factor: float) -> Batch | None:
    if batch is None:
        return None
    each = {name: factor * getattr(batch, name) for name in ("per_customer", "least_per_customer")}
    return batch.model_copy(update=each)


def _rate(service: AnyDistribution, batch: Batch | None) -> float:
    """Requests/s that one server can serve, in full batches."""
    size = batch.size if batch else 1
    time = full_batch_time(batch, service) if batch else mean(service)
    return size / time if time > 0 else math.inf


def _service(
    name: str, stage: Stage, site: Site
) -> tuple[AnyDistribution, Batch | None, str, float]:
    """Time of a request, batches, where these come from, and the batch that reads the longest."""
    if stage.service is not None:
        return stage.service, stage.batch, "given in the stack file", 1.0
    if stage.rate is not None:
        # Measured of a replica with all of its concurrency busy.
        time = stage.concurrency / stage.rate
        return (
            Deterministic.model_construct(value=time),
            stage.batch,
            "by the rate in the stack file",
            1.0,
        )
    assert stage.model is not None  # the description demands one of the three
    hardware = site.groups[str(stage.nodes)].hardware
    reading, moving, computing = _roofline(name, stage, stage.model, hardware)
    batch = stage.batch
    if batch is not None:
        each = {"per_customer": moving, "least_per_customer": computing}
        batch = batch.model_copy(update=each)
    source = f"roofline of {hardware.accelerator.name if hardware.accelerator else 'nothing'}"
    if stage.model.sized_by != "weights":
        sizes = format_scaled(stage.model.size, "B"), format_scaled(stage.model.operations, "op")
        source += f", a model of {sizes[0]} and {sizes[1]} a request"
    # Where one request computes for longer than it reads, so does every batch.
    service = Deterministic.model_construct(value=max(reading, computing))
    readable = (reading - moving) / (computing - moving) if computing > moving else math.inf
    return service, batch, source, max(1.0, readable)


def _roofline(
    name: str, stage: Stage, model: ServedModel, hardware: Hardware
) -> tuple[float, float, float]:
    """Time to read for one request, for each further one, and to compute each of them, s.

    A batch computes, or it reads the weights and moves what is of its requests, whichever takes
    longer.

    Source: Williams, Waterman and Patterson (2009), Roofline.
    """
    place: PathInFile = ("stages", name, "model")
    accelerator = hardware.accelerator
    if accelerator is None:
        raise Impossible((place, f"the nodes of {stage.nodes} have no accelerator"))
    peak = accelerator.peak_flops.get(model.precision)
    if peak is None:
        known = ", ".join(accelerator.peak_flops)
        text = f"no {model.precision} rate of {accelerator.name} is known; known: {known}"
        raise Impossible(((*place, "precision"), text))
    devices = max(1, stage.accelerators)
    memory = devices * hardware.accelerator_memory
    if model.size > memory:
        text = f"{format_scaled(model.size, 'B')} do not fit the {format_scaled(memory, 'B')} of"
        raise Impossible(((*place, model.sized_by), f"{text} {devices} {accelerator.name}"))
    computing = model.operations / (devices * peak * model.efficiency)
    bandwidth = devices * accelerator.memory_bandwidth * model.bandwidth_efficiency
    return (model.size + model.moved) / bandwidth, model.moved / bandwidth, computing


def arrivals(requests: Requests, factor: float = 1.0) -> AnyArrivals:
    """How requests come, as a queueing network has it.

    Arguments:
        requests: of the description.
        factor: of all rates.
    """
    if requests.rate is not None:
        return Poisson.model_construct(rate=factor * requests.rate)
    if requests.by_hour is not None:
        intervals = tuple(
            Interval.model_construct(start=hour * HOUR, rate=factor * rate)
            for hour, rate in enumerate(requests.by_hour)
        )
        return TimeVarying.model_construct(
            kind="time-varying", period=len(intervals) * HOUR, intervals=intervals
        )
    return Trace(kind="trace", file=str(requests.trace), column=requests.column)


def check(network: Network) -> None:
    """What the engines run: nothing that the check of a network file would refuse.

    Arguments:
        network: of an endpoint.

    Raises:
        Impossible: a name that is taken, or what does not go together.
    """
    faults = [(fault.path[1], fault.message) for fault in check_network.check(network)]
    inner = ((name, one.inconsistency()) for name, one in network.stations.items())
    wrong = [*faults, *((name, text) for name, text in inner if text)]
    if wrong:
        raise Impossible(*((("stages", name), text) for name, text in wrong))


def network(
    name: str,
    endpoint: Endpoint,
    stages: tuple[SolvedStage, ...],
    came: AnyArrivals | None = None,
    replicas: dict[str, int] | None = None,
    plain: bool = False,
) -> Network:
    """The queueing network of an endpoint.

    Arguments:
        name: of the workload.
        endpoint: its description.
        stages: of it.
        came: how requests come, instead of as described.
        replicas: of stages that have fewer for the time being.
        plain: nobody is refused or gives up, nothing is cold, and a full batch is served at the
            rate of its requests one by one: what the laws of most networks need.
    """
    fewer = replicas or {}
    requests = CustomerClass.model_construct(
        arrivals=came or arrivals(endpoint.requests),
        service={stage.name: _plain_service(stage) if plain else stage.service for stage in stages},
        patience={} if plain else _patience(stages),
        route=tuple(stage.name for stage in stages),
        target=endpoint.target,
        routing={},
    )
    return Network.model_construct(
        name=name,
        stations={stage.name: _station(stage, fewer.get(stage.name), plain) for stage in stages},
        classes={REQUESTS: requests},
    )


def _patience(stages: tuple[SolvedStage, ...]) -> dict[str, AnyDistribution]:
    return {
        stage.name: Deterministic.model_construct(value=stage.described.timeout)
        for stage in stages
        if stage.described.timeout is not None
    }


def _plain_service(stage: SolvedStage) -> AnyDistribution:
    if stage.batch is None:
        return stage.service
    return Deterministic.model_construct(value=stage.servers / stage.capacity)


def _station(stage: SolvedStage, replicas: int | None, plain: bool) -> Station:
    described = stage.described
    if not math.isfinite(stage.capacity):
        return Station.model_construct(servers="infinite")
    servers = stage.servers if replicas is None else replicas * described.concurrency
    keys: dict[str, Any] = {"servers": servers}
    if described.scaling is not None and replicas is None:
        scaling = described.scaling.model_copy(update={"concurrency": described.concurrency})
        keys = {"scaling": scaling}
    if plain:
        return Station.model_construct(None, **keys)
    if described.queue_limit is not None:
        keys["capacity"] = servers + described.queue_limit
    if stage.batch is not None:
        keys["batch"] = stage.batch
    if described.cold_start is not None:
        keys["setup"], keys["keep_warm"] = described.cold_start, described.keep_warm
    return Station.model_construct(None, **keys)


def rates(requests: Requests, recorded: tuple[float, ...] = ()) -> tuple[float, float]:
    """Mean and highest rate of the requests, 1/s; of a trace, that of its busiest part.

    Arguments:
        requests: of the description.
        recorded: times of a trace, s.
    """
    if requests.rate is not None:
        return requests.rate, requests.rate
    if requests.by_hour is not None:
        return math.fsum(requests.by_hour) / len(requests.by_hour), max(requests.by_hour)
    span = recorded[-1] - recorded[0]
    rate = (len(recorded) - 1) / span
    return rate, max(rate, _busiest(recorded, span))


def _busiest(recorded: tuple[float, ...], span: float) -> float:
    """Rate of the busiest of equal parts of a trace, each with many requests on average, 1/s."""
    parts = min(_PARTS, len(recorded) // _MANY)
    if parts < 2:
        return 0.0
    counts = [0] * parts
    for time in recorded:
        counts[min(parts - 1, int((time - recorded[0]) / span * parts))] += 1
    return max(counts) * parts / span
