"""An endpoint on nodes: a load balancer before them, Gunicorn and Nginx on them."""

import math
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, Never

import pulumi

from infra.aws.container_agent import agent_grants, agent_lines
from infra.aws.container_service import (
    ContainerService,
    ContainerServiceArguments,
    cluster,
)
from infra.aws.image_repository import image_of
from infra.aws.kubernetes_devices import asked_of
from infra.aws.load_balancer import LEAST_ZONES, LoadBalancer, LoadBalancerArguments
from infra.aws.node_group import NodeGroup
from infra.aws.policies import Grant
from infra.aws.served_stages import ServedStage, longest, path_of, served
from infra.aws.site import Site
from infra.aws.tasks_on_nodes import memory_of_task, refuse_two_clusters
from infra.builders import BuiltWorkload, NodeSide, Place, Plan
from infra.kubernetes_containers import Containers
from infra.measures import Answering
from models.parts.workloads.endpoint_containers import Container
from models.parts.workloads.workload_kind import SolvedWorkload
from models.queueing.distributions import mean

LONGEST_START = 300  # seconds until a container answers, where the stage gives none


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
        self._name, self._stages, self._site = name, stages, site
        self._inside = pulumi.ResourceOptions(parent=self)
        self._balancers: dict[str, LoadBalancer] = {}
        callers: list[pulumi.Input[str]] | None = None
        for number, stage in enumerate(stages):
            built = LoadBalancer(
                f"{name}.{stage.balancer}",
                LoadBalancerArguments(
                    site.place.stack.name,
                    site.network,
                    stage.certificate,
                    stage.port,
                    callers,
                    tasks=stage.task is not None,
                    beside=stage.task is not None and stage.task.deployment == "blue-green",
                    longest=longest([one.described for one in stages[number:]]),
                ),
                self._inside,
            )
            self._balancers[stage.name] = built
            callers = [built.node_security_group_id]
        self._services: dict[str, ContainerService] = {}
        if any(one.task is not None for one in stages):
            self._cluster = cluster(name, site.place.stack.name, self._inside)
            self._services = {
                one.name: self._service(one, one.task) for one in stages if one.task is not None
            }
        self._images = {
            one.name: image_of(
                f"{name}.{one.name}",
                site.place.stack.name,
                path_of(name, one.name),
                one.container,
                self._inside,
                by_nodes=True,
            )
            for one in stages
            if one.kubernetes and one.container is not None
        }
        self.register_outputs({"url": self._balancers[stages[0].name].url})

    def outputs(self) -> Mapping[str, Mapping[str, pulumi.Output[Any]]]:
        url = self._balancers[self._stages[0].name].url
        found: dict[str, dict[str, pulumi.Output[Any]]] = {"endpoints": {self._name: url}}
        for stage, service in self._services.items():
            called = f"{self._name}.{stage}"
            if service.repository is not None:
                found.setdefault("repositories", {})[called] = service.repository
            if service.deployment is not None:
                found.setdefault("deployments", {})[called] = service.deployment
        for stage, image in self._images.items():
            if image.repository is not None:
                found.setdefault("repositories", {})[f"{self._name}.{stage}"] = image.repository
        return found

    def grants(self, group: str) -> Iterator[Grant]:
        for stage in self._stages:
            if stage.described.nodes != group:
                continue
            if stage.task is not None:
                yield from agent_grants(self._cluster.arn)
            elif stage.described.application is not None:
                package = stage.described.application.package.removeprefix("s3://")
                yield Grant(
                    f"arn:aws:s3:::{package}",
                    lambda arn: [{"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": arn}],
                )

    def node_side(self, group: str) -> NodeSide:
        on_it = [one for one in self._stages if one.described.nodes == group]
        mine = [one for one in on_it if one.task is None]
        agents = [self._agent(group)] if len(on_it) > len(mine) else []
        return NodeSide(
            target_groups=[self._balancers[one.name].targets for one in mine],
            security_groups=[self._balancers[one.name].node_security_group_id for one in mine],
            startup=[*agents, *(self._startup(one) for one in mine if one.server is not None)],
        )

    def told(self) -> Iterator[pulumi.Output[Containers]]:
        for stage in self._stages:
            if stage.kubernetes:
                known = pulumi.Output.all(image=self._images[stage.name].name, **self._urls(stage))
                yield known.apply(partial(self._containers, stage))

    def _containers(self, stage: ServedStage, known: Mapping[str, str]) -> Containers:
        described, group = stage.described, str(stage.described.nodes)
        assert described.container is not None  # it is of the cluster
        place = self._site.place
        instance = place.catalog.instance("aws", str(place.stack.nodes[group].instance))
        return Containers(
            name=stage.kubernetes,
            group=group,
            account=group,
            image=known["image"],
            replicas=stage.replicas,
            port=described.container.port,
            node_port=stage.port,
            devices=asked_of(instance, round(described.needs("accelerators"))),
            memory=described.memory,
            vcpus=described.vcpus,
            variables={key: value for key, value in known.items() if key != "image"},
        )

    def answering(self) -> Answering:
        return self._balancers[self._stages[0].name].answering()

    def _agent(self, group: str) -> pulumi.Output[str]:
        place = self._site.place
        instance = place.catalog.instance("aws", str(place.stack.nodes[group].instance))
        name: pulumi.Output[str] = self._cluster.name
        return name.apply(lambda known: agent_lines(known, instance.accelerators))

    def _urls(self, stage: ServedStage) -> dict[str, pulumi.Output[str]]:
        """Each stage is told where those after it are called."""
        after = self._stages[self._stages.index(stage) + 1 :]
        return {
            f"{one.name.upper().replace('-', '_')}_URL": self._balancers[one.name].url
            for one in after
        }

    def _startup(self, stage: ServedStage) -> pulumi.Output[str]:
        server = stage.server
        assert server is not None  # it is on the nodes itself
        urls = self._urls(stage)
        return pulumi.Output.all(*urls.values()).apply(
            lambda known: server.startup(dict(zip(urls, known, strict=True)))
        )

    def _service(self, stage: ServedStage, container: Container) -> ContainerService:
        place, described = self._site.place, stage.described
        on_node = memory_of_task(described, place) if described.nodes is not None else 0.0
        startup = LONGEST_START if described.startup is None else 2 * mean(described.startup)
        return ContainerService(
            f"{self._name}.{stage.name}",
            ContainerServiceArguments(
                stack=place.stack.name,
                region=place.region,
                path=path_of(self._name, stage.name),
                container=container,
                replicas=stage.replicas,
                fargate=described.fargate,
                memory=on_node,
                accelerators=round(described.needs("accelerators")),
                cluster=self._cluster.name,
                network=self._site.network,
                balancer=self._balancers[stage.name],
                startup=math.ceil(startup),
            ),
            self._urls(stage),
            self._inside,
        )


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
    stages = served(name, part.described, place)
    refuse_two_clusters(name, part.described, place)
    return Plan(lambda site: BalancedEndpoint(name, stages, site))
