"""The stages of an endpoint that nodes answer, each behind a load balancer, as they are built."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from infra.aws.images import pulls
from infra.builders import Place
from infra.names import joined_name
from infra.web_server import WebServer
from models.description.stack import Stack
from models.parts.kubernetes import in_cluster
from models.parts.workloads.endpoint import Endpoint, Stage
from models.parts.workloads.endpoint_containers import Container
from models.queueing.distributions import mean

FIRST_PORT = 8080  # on which the nodes of the first application answer
FIRST_NODE_PORT = 30_080  # likewise of a Kubernetes cluster, which has those from 30,000 to 32,767
LONGEST_NAME = 63  # characters of a service of Kubernetes, or on a node
LONGEST_REQUEST = 60  # seconds, where the stage gives none and takes little
# Of its mean time: of exponential times one of 500 million takes longer.
_SELDOM = 20


@dataclass(frozen=True)
class ServedStage:
    """A stage on nodes, behind a load balancer of its own.

    Arguments:
        name: of it.
        balancer: name of the stage that is its load balancer.
        certificate: of the load balancer.
        described: the stage.
        server: what runs on each of its nodes; None where containers do.
        port: on which it answers.
        replicas: of it.
        kubernetes: what its containers are called in the Kubernetes cluster of the stack; empty
            where they are in ECS.
    """

    name: str
    balancer: str
    certificate: str
    described: Stage
    server: WebServer | None
    port: int
    replicas: int
    kubernetes: str = ""

    @property
    def container(self) -> Container | None:
        """What answers, where it is a container."""
        return self.described.container

    @property
    def task(self) -> Container | None:
        """What answers, where it is a container that ECS runs."""
        return None if self.kubernetes else self.container


def served(workload: str, endpoint: Endpoint, place: Place) -> list[ServedStage]:
    """The stages that nodes answer.

    Arguments:
        workload: name of the endpoint.
        endpoint: as described; nothing is left of it.
        place: where it is built.

    Raises:
        pulumi.RunError: an image that can't be pulled.
    """
    return [
        _served(workload, balancer, stage, endpoint, place) for balancer, stage in _pairs(endpoint)
    ]


def _served(
    workload: str, balancer: str, name: str, endpoint: Endpoint, place: Place
) -> ServedStage:
    before, stage = endpoint.stages[balancer], endpoint.stages[name]
    group = str(stage.nodes)
    application, certificate = stage.application, before.certificate
    assert certificate is not None  # nothing is left of it
    if stage.container is not None:
        port, inside = stage.container.port, _in_cluster(place.stack)
        if (workload, name) in inside:
            port = FIRST_NODE_PORT + inside.index((workload, name))
            made = ServedStage(name, balancer, certificate, stage, None, port, stage.replicas)
            return replace(made, kubernetes=joined_name((workload, name), inside, LONGEST_NAME))
        if stage.container.image is not None:
            pulls(f"{path_of(workload, name)}.image", stage.container.image)
        return ServedStage(name, balancer, certificate, stage, None, port, stage.replicas)
    assert application is not None
    others = _applications(place.stack)
    on_each = math.ceil(stage.replicas / place.stack.nodes[group].count)
    server = WebServer(
        name=joined_name((workload, name), others, LONGEST_NAME),
        package=application.package,
        region=place.region,
        module=application.module,
        workers=on_each * stage.concurrency,
        waiting=stage.queue_limit,
        timeout=longest(_from(endpoint, name)),
        # Endpoints may share nodes.
        port=FIRST_PORT + others.index((workload, name)),
        accepts=application.accepts,
    )
    return ServedStage(name, balancer, certificate, stage, server, server.port, stage.replicas)


def longest(stages: Sequence[Stage]) -> int:
    """How long a request may take in a stage, s: as described, or longer than nearly all take.

    Arguments:
        stages: it, and those that it asks.
    """
    stage, *asked = stages
    if stage.timeout is not None:
        return math.ceil(stage.timeout)
    usual = 0.0 if stage.service is None else mean(stage.service)
    return max(
        LONGEST_REQUEST,
        math.ceil(_SELDOM * usual),
        *(longest(asked[number:]) for number in range(len(asked))),
    )


def _from(endpoint: Endpoint, name: str) -> list[Stage]:
    """A stage, and those that it asks behind their load balancers."""
    names = list(endpoint.stages)
    return [endpoint.stages[one] for one in names[names.index(name) :: 2]]


def _applications(stack: Stack) -> list[tuple[str, str]]:
    """Stages of all endpoints that web servers on nodes answer, each with a port of its own."""
    return [
        (workload, name)
        for workload, one in stack.workloads.items()
        if isinstance(one, Endpoint)
        for name, stage in one.stages.items()
        if stage.application is not None
    ]


def _in_cluster(stack: Stack) -> list[tuple[str, str]]:
    """Stages of all endpoints whose containers are in the cluster, each with a port of its own."""
    groups = in_cluster(stack)
    return [
        (workload, name)
        for workload, one in stack.workloads.items()
        if isinstance(one, Endpoint)
        for name, stage in one.stages.items()
        if stage.nodes in groups and stage.container is not None
    ]


def path_of(workload: str, stage: str) -> str:
    """Where the stack file describes the container of a stage.

    Arguments:
        workload: name of the endpoint.
        stage: its name.
    """
    return f"workloads.{workload}.stages.{stage}.container"


def _pairs(endpoint: Endpoint) -> list[tuple[str, str]]:
    """Names of load balancers and of the stages on nodes behind them."""
    names = list(endpoint.stages)
    return list(zip(names[::2], names[1::2], strict=False))


def left(endpoint: Endpoint) -> str | None:
    """Why an endpoint on nodes is not started; None where it is.

    Arguments:
        endpoint: as described.
    """
    names = list(endpoint.stages)
    stages = list(endpoint.stages.values())
    alternate = len(stages) % 2 == 0 and all(
        _is_balancer(one) if number % 2 == 0 else _answers(one) for number, one in enumerate(stages)
    )
    built = "its node groups and stores are built, and what runs on them is yours to start"
    if not alternate:
        return (
            "of an endpoint on nodes only stages that each stand behind a `gateway:"
            f" application-load-balancer` are started; {built}"
        )
    for name, one in zip(names, stages, strict=True):
        if _is_balancer(one) and one.certificate is None:
            return f"stage '{name}' has no `certificate`, and plain http is never built; {built}"
        if _answers(one) and one.application is None and one.container is None:
            what = "`container`" if one.nodes is None else "`application` or `container`"
            return f"stage '{name}' does not say which {what} answers; {built}"
        if one.scaling is not None:
            return f"nothing lets the replicas of stage '{name}' follow the load yet; {built}"
    return None


def _answers(stage: Stage) -> bool:
    return stage.nodes is not None or stage.fargate is not None


def _is_balancer(stage: Stage) -> bool:
    return stage.gateway == "application-load-balancer"
