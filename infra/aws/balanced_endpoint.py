"""An endpoint on nodes: a load balancer before them, Gunicorn and Nginx on them."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Never

import pulumi

from infra.aws.load_balancer import LEAST_ZONES, LoadBalancer, LoadBalancerArguments
from infra.aws.node_group import NodeGroup
from infra.aws.policies import Grant
from infra.aws.site import Site
from infra.builders import Answering, BuiltWorkload, NodeSide, Place, Plan
from infra.web_server import WebServer
from models.parts.workloads.endpoint import Endpoint, Stage
from models.parts.workloads.endpoint_served import Application
from models.parts.workloads.workload_kind import SolvedWorkload

FIRST_PORT = 8080  # on which the nodes of the first stage answer
LONGEST_REQUEST = 60  # seconds, where the stage gives none


@dataclass(frozen=True)
class ServedStage:
    """A stage on nodes, behind a load balancer of its own.

    Arguments:
        name: of it.
        balancer: name of the stage that is its load balancer.
        certificate: of the load balancer.
        group: its nodes.
        server: what runs on each of them.
        application: that is served, for whose package the role of the nodes is let in.
    """

    name: str
    balancer: str
    certificate: str
    group: str
    server: WebServer
    application: Application


class BalancedEndpoint(BuiltWorkload[Grant, NodeGroup]):
    """Stages on nodes, each behind its load balancer; the internet calls the first alone."""

    def __init__(
        self,
        name: str,
        stages: list[ServedStage],
        site: Site,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Build the load balancers; nodes join them by their group.

        Arguments:
            name: of the workload.
            stages: in the order in which a request passes them.
            site: where it is built.
            opts: of the component.
        """
        super().__init__("windtunnel:aws:BalancedEndpoint", name, None, opts)
        self._name, self._stages = name, stages
        self._balancers: dict[str, LoadBalancer] = {}
        callers: list[pulumi.Input[str]] | None = None
        for stage in stages:
            built = LoadBalancer(
                f"{name}-{stage.balancer}",
                LoadBalancerArguments(
                    site.place.stack.name,
                    site.network,
                    stage.certificate,
                    stage.server.port,
                    callers,
                ),
                pulumi.ResourceOptions(parent=self),
            )
            self._balancers[stage.name] = built
            callers = [built.node_security_group_id]
        self.register_outputs({"url": self._balancers[stages[0].name].url})

    def outputs(self) -> Mapping[str, Mapping[str, pulumi.Output[Any]]]:
        return {"endpoints": {self._name: self._balancers[self._stages[0].name].url}}

    def grants(self, group: str) -> Iterator[Grant]:
        for stage in self._stages:
            if stage.group == group:
                package = stage.application.package.removeprefix("s3://")
                yield Grant(
                    f"arn:aws:s3:::{package}",
                    lambda arn: [{"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": arn}],
                )

    def node_side(self, group: str) -> NodeSide:
        mine = [one for one in self._stages if one.group == group]
        return NodeSide(
            target_groups=[self._balancers[one.name].targets for one in mine],
            security_groups=[self._balancers[one.name].node_security_group_id for one in mine],
            startup=[self._startup(one) for one in mine],
        )

    def answering(self) -> Answering:
        return self._balancers[self._stages[0].name].answering()

    def _startup(self, stage: ServedStage) -> pulumi.Output[str]:
        """Its lines; each stage is told where those after it are called."""
        after = self._stages[self._stages.index(stage) + 1 :]
        urls = [self._balancers[one.name].url for one in after]
        keys = [f"{one.name.upper().replace('-', '_')}_URL" for one in after]

        def lines(known: list[str]) -> str:
            return stage.server.startup(dict(zip(keys, known, strict=True)))

        return pulumi.Output.all(*urls).apply(lines)


def plan(name: str, part: SolvedWorkload, place: Place) -> Plan[Site, BalancedEndpoint, Never]:
    """An endpoint on nodes behind load balancers.

    Arguments:
        name: of the workload.
        part: as solved; nothing is left of it.
        place: where it is built.

    Raises:
        pulumi.RunError: there are fewer zones than a load balancer stands in.
    """
    if len(place.zones) < LEAST_ZONES:
        raise pulumi.RunError(
            f"zones: a load balancer of AWS stands in {LEAST_ZONES} zones at least, and"
            f" workloads.{name} has one; name {LEAST_ZONES} or more"
        )
    pairs = _pairs(part.described)
    stages = [
        _served(name, balancer, stage, number, part.described, place)
        for number, (balancer, stage) in enumerate(pairs)
    ]
    return Plan(lambda site: BalancedEndpoint(name, stages, site))


def _served(
    workload: str, balancer: str, name: str, number: int, endpoint: Endpoint, place: Place
) -> ServedStage:
    before, stage = endpoint.stages[balancer], endpoint.stages[name]
    group = str(stage.nodes)
    application, certificate = stage.application, before.certificate
    assert application is not None  # nothing is left of it
    assert certificate is not None
    on_each = math.ceil(stage.replicas / place.stack.nodes[group].count)
    server = WebServer(
        name=f"{workload}-{name}",
        package=application.package,
        region=place.region,
        module=application.module,
        workers=on_each * stage.concurrency,
        waiting=stage.queue_limit,
        timeout=LONGEST_REQUEST if stage.timeout is None else math.ceil(stage.timeout),
        port=FIRST_PORT + number,
    )
    return ServedStage(name, balancer, certificate, group, server, application)


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
        _is_balancer(one) if number % 2 == 0 else one.nodes is not None
        for number, one in enumerate(stages)
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
        if one.nodes is not None and one.application is None:
            return f"stage '{name}' does not say which `application` answers; {built}"
        if one.scaling is not None:
            return f"nothing lets the replicas of stage '{name}' follow the load yet; {built}"
    return None


def _is_balancer(stage: Stage) -> bool:
    return stage.gateway == "application-load-balancer"
