"""A service of ECS: containers on Fargate or on nodes of the stack, behind a load balancer."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi_aws import ecs, vpc

from infra.aws.blue_green import BlueGreen
from infra.aws.deployment import start_command, warn_of_what_waits
from infra.aws.image_repository import image_of
from infra.aws.load_balancer import LoadBalancer
from infra.aws.log_group import log_group, writes
from infra.aws.network import EVERYWHERE, Network
from infra.aws.policies import Grant
from infra.aws.security_group import HTTPS
from infra.aws.service_role import ServiceRole
from infra.names import plain_name, tags
from models.parts.workloads.endpoint_containers import Container, Fargate

TASKS = "ecs-tasks.amazonaws.com"
CONTAINER = "answers"  # the one of a task
LONGEST_NAME = 255  # characters of a service, a family and a repository
_MIB_IN_GIB, _UNITS = 1024, 1024  # a vCPU is 1,024 units
# Of what a node has, what its agent and system take is left out (Amazon ECS developer guide,
# "Container instance memory management": tens of MiB; assumption: a sixteenth).
_LEFT = 15 / 16


@dataclass(frozen=True)
class ContainerServiceArguments:
    """What a service is made of.

    Arguments:
        stack: name of the stack.
        region: where it runs.
        path: of the container in the stack file.
        container: as described.
        replicas: of it.
        fargate: size of a task; None where it runs on nodes.
        memory: of a task on a node, bytes.
        accelerators: of a task on a node.
        cluster: name of the cluster.
        network: of the stack.
        balancer: that sends it requests.
        startup: longest time until a new task answers, s.
    """

    stack: str
    region: str
    path: str
    container: Container
    replicas: int
    fargate: Fargate | None
    memory: float
    accelerators: int
    cluster: pulumi.Input[str]
    network: Network
    balancer: LoadBalancer
    startup: int


class ContainerService(pulumi.ComponentResource):
    """A task definition and as many tasks of it as were predicted.

    Attributes:
        repository: where images are pushed; None where the image is in another.
        deployment: how CodeDeploy lets what is described answer; None where it is not asked for.
    """

    def __init__(
        self,
        name: str,
        arguments: ContainerServiceArguments,
        urls: Mapping[str, pulumi.Output[str]],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Build it.

        Arguments:
            name: of the endpoint and the stage.
            arguments: what it is made of.
            urls: where the stages behind it are called, by variable.
            opts: of the component.
        """
        super().__init__("windtunnel:aws:ContainerService", name, None, opts)
        self._name, self._arguments = name, arguments
        self._tags = tags(arguments.stack, name)
        self._inside = pulumi.ResourceOptions(parent=self)
        self.deployment: pulumi.Output[dict[str, str]] | None = None
        beside = arguments.container.deployment == "blue-green"
        image = image_of(name, arguments.stack, arguments.path, arguments.container, self._inside)
        self.repository = image.repository
        task = self._task_definition(image.name, image.rights, urls)
        service = self._service(task, beside)
        if beside:
            self.deployment = self._deployment(task, service)
        self.register_outputs({"service": service.name})

    def _deployment(
        self, task: ecs.TaskDefinition, service: ecs.Service
    ) -> pulumi.Output[dict[str, str]]:
        arguments = self._arguments
        deployed = BlueGreen(
            self._name,
            arguments.stack,
            arguments.cluster,
            service.name,
            self._execution,
            arguments.balancer,
            self,
        )
        pulumi.Output.all(task.arn, service.task_definition).apply(
            lambda known: warn_of_what_waits(self._name, *known)
        )
        port = {CONTAINER: arguments.container.port}
        return pulumi.Output.all(deployed.group, task.arn).apply(
            lambda known: {
                "group": known[0],
                "task_definition": known[1],
                "start": start_command(known[0], arguments.region, known[1], port),
            }
        )

    def _task_definition(
        self,
        image: pulumi.Input[str],
        rights: Sequence[Grant],
        urls: Mapping[str, pulumi.Output[str]],
    ) -> ecs.TaskDefinition:
        arguments, fargate = self._arguments, self._arguments.fargate
        logs = log_group(
            self._name, f"/aws/ecs/{plain_name(arguments.stack, self._name, longest=200)}",
            arguments.stack, self._inside,
        )  # fmt: skip
        execution = ServiceRole(
            f"{self._name}-start", arguments.stack, TASKS, [*rights, writes(logs)], self._inside
        )
        self._execution = execution.arn
        if fargate is None:
            size: dict[str, Any] = {"requires_compatibilities": ["EC2"]}
        else:
            size = {
                "requires_compatibilities": ["FARGATE"],
                "cpu": str(round(fargate.vcpus * _UNITS)),
                "memory": str(fargate.gibibytes * _MIB_IN_GIB),
            }
        known = pulumi.Output.all(image=image, group=logs.name, **urls)
        return ecs.TaskDefinition(
            self._name,
            family=plain_name(arguments.stack, self._name, longest=LONGEST_NAME),
            network_mode="awsvpc",
            # It starts the task; the container itself has no role and may do nothing.
            execution_role_arn=execution.arn,
            container_definitions=known.apply(self._containers),
            tags=self._tags,
            opts=self._inside,
            **size,
        )

    def _containers(self, known: Mapping[str, Any]) -> str:
        arguments = self._arguments
        variables = [
            {"name": key, "value": value}
            for key, value in known.items()
            if key not in ("image", "group")
        ]
        container: dict[str, Any] = {
            "name": CONTAINER,
            "image": known["image"],
            "essential": True,
            "portMappings": [{"containerPort": arguments.container.port, "protocol": "tcp"}],
            "environment": variables,
            # No process of it becomes more than it is.
            "linuxParameters": {"initProcessEnabled": True},
            "privileged": False,
            "logConfiguration": {
                "logDriver": "awslogs",
                "options": {
                    "awslogs-group": known["group"],
                    "awslogs-region": arguments.region,
                    "awslogs-stream-prefix": "answers",
                },
            },
        }
        if arguments.fargate is None:
            container["memory"] = round(arguments.memory * _LEFT / 2**20)
            if arguments.accelerators:
                count = str(arguments.accelerators)
                container["resourceRequirements"] = [{"type": "GPU", "value": count}]
        return json.dumps([container])

    def _service(self, task: ecs.TaskDefinition, beside: bool) -> ecs.Service:
        arguments = self._arguments
        container = arguments.container
        # With CodeDeploy it is that which changes these from then on.
        kept = ["taskDefinition", "loadBalancers"] if beside else None
        rolling: dict[str, Any] = {
            "deployment_circuit_breaker": {"enable": True, "rollback": True},
            "deployment_maximum_percent": 200 if arguments.fargate is not None else 100,
            "deployment_minimum_healthy_percent": 100 if arguments.fargate is not None else 50,
        }
        # The load balancer listens to nothing before its listener is there, and a service is
        # refused by target groups without one.
        listener = pulumi.Output.from_input(arguments.balancer.listener)
        targets = pulumi.Output.all(arguments.balancer.targets, listener).apply(lambda one: one[0])
        return ecs.Service(
            self._name,
            name=plain_name(arguments.stack, self._name, longest=LONGEST_NAME),
            cluster=arguments.cluster,
            task_definition=task.arn,
            desired_count=arguments.replicas,
            launch_type="FARGATE" if arguments.fargate is not None else "EC2",
            platform_version="LATEST" if arguments.fargate is not None else None,
            deployment_controller={"type": "CODE_DEPLOY" if beside else "ECS"},
            network_configuration={
                "subnets": arguments.network.private_subnet_ids,
                "security_groups": [self._security_group()],
                "assign_public_ip": False,
            },
            load_balancers=[
                {
                    "target_group_arn": targets,
                    "container_name": CONTAINER,
                    "container_port": container.port,
                }
            ],
            health_check_grace_period_seconds=arguments.startup,
            propagate_tags="SERVICE",
            # Images are pushed after the repository is there, and so after the service.
            wait_for_steady_state=False,
            tags=self._tags,
            opts=pulumi.ResourceOptions(
                parent=self, ignore_changes=kept, depends_on=[arguments.network]
            ),
            **({} if beside else rolling),
        )

    def _security_group(self) -> pulumi.Output[str]:
        """Of the tasks: that of what the load balancer speaks to, with a way out by https."""
        group = self._arguments.balancer.node_security_group_id
        vpc.SecurityGroupEgressRule(
            f"{self._name}-https",
            security_group_id=group,
            cidr_ipv4=EVERYWHERE,
            **HTTPS.rule(),
            tags=tags(self._arguments.stack, f"{self._name}-https"),
            opts=self._inside,
        )
        return group


def cluster(name: str, stack: str, opts: pulumi.ResourceOptions) -> ecs.Cluster:
    """What holds the services of an endpoint.

    Arguments:
        name: of the endpoint.
        stack: name of the stack.
        opts: of the resource.
    """
    return ecs.Cluster(
        name,
        name=plain_name(stack, name, longest=LONGEST_NAME),
        # What it measures is what the load balancer measures already, and is billed.
        settings=[{"name": "containerInsights", "value": "disabled"}],
        tags=tags(stack, name),
        opts=opts,
    )
