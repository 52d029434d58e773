"""Online serving: requests that pass through stages, as users describe it."""

from typing import Annotated, Literal, get_args

from pydantic import Field, model_validator

from models.description.fields import (
    Count,
    CountOrNone,
    Name,
    Part,
    Positive,
    Precision,
    one_of,
)
from models.description.quantities import (
    Computation,
    Duration,
    Fraction,
    Rate,
    Size,
    rate_unit,
)
from models.description.stack import Workload
from models.laws.model_sizes import (
    linear_computation,
    linear_size,
    nearest_neighbours_computation,
    nearest_neighbours_size,
)
from models.parts.workloads.by_hour import ByHour
from models.parts.workloads.endpoint_containers import Container, Fargate
from models.parts.workloads.endpoint_managed import (
    AiService,
    Authorizer,
    Function,
    ModelServer,
)
from models.parts.workloads.endpoint_served import Application, Certificate
from models.prediction.rate_unit import RateUnit
from models.queueing.distributions import AnyDistribution
from models.queueing.stations import Batch, Scaling

Needs = Literal["vcpus", "memory", "accelerators"]  # of a node
Gateway = Literal["application-load-balancer", "http-api"]


class Requests(Part):
    """How requests come: at a steady rate, by the hour of the day, or as they were recorded."""

    rate: Annotated[Rate, Positive] | None = Field(
        None, description="mean requests in a time, at random"
    )
    by_hour: ByHour | None = Field(
        None, description="24 rates, one an hour of the day, or 168 of the week, instead"
    )
    trace: Annotated[str, Field(min_length=1, max_length=500)] | None = Field(
        None, description="CSV or Parquet file of recorded arrivals, from the folder of the stack"
    )
    response_size: Size = Field(
        0.0,
        description="bytes of a response that leave the cloud for the internet; 0 where clients are"
        " inside of it",
    )
    column: Annotated[str, Field(min_length=1, max_length=100)] = Field(
        "time",
        description="column of the trace that holds the times of arrival: seconds, s, ms, us or ns"
        " since 1970, timestamps, or dates and times (ISO 8601)",
    )

    @property
    def unit(self) -> RateUnit:
        """The unit in which the rates were written."""
        return rate_unit(self.rate if self.by_hour is None else self.by_hour[0])

    @model_validator(mode="after")
    def _one_of_them(self) -> "Requests":
        wrong = one_of(self, "rate", "by_hour", "trace")
        if wrong:
            raise ValueError(wrong)
        return self


Samples = Annotated[int, Field(strict=True, ge=1, le=1_000_000_000_000)]


class NearestNeighbours(Part):
    """A model that keeps all samples that it has seen, and compares a request with each."""

    samples: Samples = Field(description="that it has seen")
    attributes: Count = Field(description="numbers of each sample")
    value: Annotated[Size, Positive] = Field(8.0, description="bytes of one number")


class LinearModel(Part):
    """A model with a weight for each attribute and a constant, for each output."""

    attributes: Count = Field(description="numbers of a request")
    outputs: Count = Field(1, description="numbers of a response")
    value: Annotated[Size, Positive] = Field(8.0, description="bytes of one number")


class ServedModel(Part):
    """A model whose time for a request follows from the hardware, by roofline.

    A neural network says its computation and its weights; those of other kinds follow.
    """

    computation: Annotated[Computation, Positive] | None = Field(
        None, description="computation of one request of a network, such as '4.1 GFLOP'"
    )
    weights: Annotated[Size, Positive] | None = Field(
        None, description="bytes of a network that are read once for each batch: the parameters"
    )
    neighbours: NearestNeighbours | None = Field(
        None, description="nearest neighbours, instead of a network"
    )
    linear: LinearModel | None = Field(None, description="a linear model, instead of a network")
    moved: Size = Field(0.0, description="bytes that are moved for each request beside them")
    precision: Precision = Field("fp16", description="precision of the computation")
    efficiency: Annotated[Fraction, Positive] = Field(
        0.5, description="share of the peak rate that the computation reaches; an assumption"
    )
    bandwidth_efficiency: Annotated[Fraction, Positive] = Field(
        0.8, description="share of the memory's bandwidth that is reached; an assumption"
    )

    @model_validator(mode="after")
    def _one_kind(self) -> "ServedModel":
        network = [key for key in ("computation", "weights") if getattr(self, key) is not None]
        other = [key for key in ("neighbours", "linear") if getattr(self, key) is not None]
        if len(other) > 1 or (other and network):
            raise ValueError(f"has {' and '.join([*network, *other])}; it is of one kind")
        if not other and len(network) < 2:
            raise ValueError("needs computation and weights, or neighbours, or linear")
        return self

    @property
    def operations(self) -> float:
        """Of one request."""
        if self.neighbours is not None:
            one = self.neighbours
            return nearest_neighbours_computation(one.samples, one.attributes)
        if self.linear is not None:
            return linear_computation(self.linear.attributes, self.linear.outputs)
        assert self.computation is not None  # it is of one kind
        return self.computation

    @property
    def size(self) -> float:
        """Bytes that it has, which are read once for each batch."""
        if self.neighbours is not None:
            one = self.neighbours
            return nearest_neighbours_size(one.samples, one.attributes, one.value)
        if self.linear is not None:
            return linear_size(self.linear.attributes, self.linear.outputs, self.linear.value)
        assert self.weights is not None  # as above
        return self.weights

    @property
    def sized_by(self) -> str:
        """The key that says how large it is."""
        given = [key for key in ("neighbours", "linear") if getattr(self, key) is not None]
        return given[0] if given else "weights"


class Stage(Part):
    """One thing that every request passes: a gateway, web workers, a model server, a function."""

    nodes: Name | None = Field(None, description="the node group that its replicas run on")
    function: Function | None = Field(None, description="a managed function, instead of nodes")
    gateway: Gateway | None = Field(
        None, description="a managed gateway or load balancer, instead of nodes"
    )
    sagemaker: ModelServer | None = Field(
        None, description="instances of SageMaker, a replica on each, instead of nodes"
    )
    fargate: Fargate | None = Field(
        None, description="tasks of ECS on Fargate, a replica on each, instead of nodes"
    )
    container: Container | None = Field(
        None, description="what answers on its nodes, or on Fargate, as a service of ECS"
    )
    ai_service: AiService | None = Field(
        None, description="a service that answers by itself and is billed by the call"
    )
    authorizer: Authorizer | None = Field(
        None,
        description="whose tokens let callers of an HTTP API in; identities of the cloud that sign"
        " their requests if not given",
    )
    certificate: Certificate | None = Field(
        None,
        description="ARN of what a load balancer shows to its callers; plain http is never built",
    )
    application: Application | None = Field(
        None, description="what answers on its nodes, with `concurrency` workers of a replica"
    )
    replicas: Count = Field(1, description="copies of it, spread evenly over its nodes")
    concurrency: Count = Field(
        1,
        description="requests that one replica serves at once; a gateway and a service that answers"
        " by itself have no bound by default",
    )
    service: AnyDistribution | None = Field(
        None, description="time that it takes for a request, or for a batch of one, durations"
    )
    model: ServedModel | None = Field(
        None, description="a network whose time follows from the hardware, instead of service"
    )
    rate: Annotated[Rate, Positive] | None = Field(
        None, description="requests that one replica was measured to serve in a time, instead"
    )
    vcpus: Count | None = Field(None, description="hardware threads of one replica")
    memory: Annotated[Size, Positive] | None = Field(None, description="memory of one replica")
    accelerators: CountOrNone = Field(
        0, description="accelerators of one replica; one at the least where it has a model"
    )
    batch: Batch | None = Field(
        None, description="requests are served together, as on a GPU; one by one if not given"
    )
    queue_limit: CountOrNone | None = Field(
        None, description="requests that may wait; the next is refused; no limit if not given"
    )
    timeout: Annotated[Duration, Positive] | None = Field(
        None, description="longest wait before a request gives up; no limit if not given"
    )
    wait_target: Annotated[Duration, Positive] | None = Field(
        None, description="time of waiting that its requests should be within, as for calls"
    )
    cold_start: AnyDistribution | None = Field(
        None, description="time that an idle replica needs before it serves, durations"
    )
    keep_warm: Duration = Field(
        0.0, description="time that an idle replica stays warm, before the next start is cold"
    )
    startup: AnyDistribution | None = Field(
        None,
        description="time until a new replica serves, as after one is lost, durations; not known"
        " if not given; where replicas follow the load, scaling.startup says it",
    )
    scaling: Scaling | None = Field(
        None, description="replicas follow the load, instead of a fixed number; counts replicas"
    )

    @model_validator(mode="after")
    def _consistent(self) -> "Stage":
        places = one_of(self, "nodes", "function", "gateway", "sagemaker", "fargate", "ai_service")
        times = one_of(self, "service", "model", "rate")
        if places or times:
            raise ValueError("; ".join(filter(None, (places, times))))
        if self.authorizer is not None and self.gateway != "http-api":
            raise ValueError("has an authorizer, which goes with `gateway: http-api`")
        if self.model is not None and self.nodes is None:
            raise ValueError("has a model, whose time follows from the hardware of nodes")
        if self.model is not None and self.concurrency > 1:
            raise ValueError(
                "has a model and concurrency; requests that share an accelerator are a batch"
            )
        special = [one for one in ("batch", "scaling") if getattr(self, one) is not None]
        if self.cold_start is not None and special:
            where = "; a new replica takes scaling.startup" if "scaling" in special else ""
            raise ValueError(f"has cold_start and {special[0]}; a stage has one of them{where}")
        unbound = self.gateway is not None or self.ai_service is not None
        nobody_waits = unbound and "concurrency" not in self.model_fields_set
        useless = [
            one
            for one in ("queue_limit", "timeout", "cold_start")
            if getattr(self, one) is not None
        ]
        if nobody_waits and useless:
            raise ValueError(f"has {useless[0]}, which goes with its concurrency")
        if self.keep_warm and self.cold_start is None:
            raise ValueError("has keep_warm, which goes with a cold_start")
        of_a_node = {"vcpus", "accelerators", "memory"}
        of_replicas = {"replicas", "batch", "scaling", "startup"}
        wanting = of_a_node if self.replicated else of_a_node | of_replicas
        wrong = sorted(wanting & self.model_fields_set)
        if self.nodes is None and wrong:
            raise ValueError(f"has {wrong[0]}, which goes with nodes")
        if self.certificate is not None and self.gateway != "application-load-balancer":
            raise ValueError("has certificate, which goes with gateway: application-load-balancer")
        if self.application is not None and self.nodes is None:
            raise ValueError("has application, which goes with nodes")
        if self.container is not None and self.nodes is None and self.fargate is None:
            raise ValueError("has container, which goes with nodes or fargate")
        if self.container is not None and self.application is not None:
            raise ValueError("has application and container; give one of them")
        if self.scaling is not None and "concurrency" in self.scaling.model_fields_set:
            raise ValueError("has scaling.concurrency; a stage says it itself, as concurrency")
        if self.scaling is not None and self.startup is not None:
            raise ValueError("has startup and scaling; write it as scaling.startup")
        if self.function is not None and "concurrency" in self.model_fields_set:
            raise ValueError("has concurrency; of a function write function.concurrency")
        if self.scaling is not None and "replicas" in self.model_fields_set:
            raise ValueError("has replicas and scaling; scaling says how many there are")
        return self

    @property
    def replicated(self) -> bool:
        """It has replicas, on nodes or on instances of a service."""
        own = (self.nodes, self.sagemaker, self.fargate)
        return any(one is not None for one in own)

    @property
    def says_what_it_needs(self) -> bool:
        """Something says how much of a node a replica takes."""
        return any(map(self.needs, get_args(Needs)))

    def needs(self, what: Needs) -> float:
        """What one replica takes of its node; a model takes one accelerator at the least.

        Arguments:
            what: it takes.
        """
        least = int(what == "accelerators" and self.model is not None)
        return max(least, getattr(self, what) or 0)


class Endpoint(Workload):
    """An online service: requests pass its stages in their order and are answered."""

    kind: Literal["endpoint"]
    requests: Requests = Field(description="how requests come")
    target: Annotated[Duration, Positive] | None = Field(
        None, description="response time that requests should be within"
    )
    stages: Annotated[dict[Name, Stage], Field(min_length=1, max_length=20)] = Field(
        description="what every request passes, in this order"
    )
    warning: Fraction = Field(
        0.8, description="utilization of a stage above which a warning is given"
    )
