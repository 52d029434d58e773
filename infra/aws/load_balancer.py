"""A load balancer on AWS: https alone, and nodes that answer `/ping`."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import ec2, lb, vpc

from infra.aws.log_store import BALANCERS
from infra.aws.network import EVERYWHERE, Network
from infra.aws.security_group import Between, Traffic
from infra.environment import environment
from infra.measures import Answering, Metric
from infra.names import plain_name, tags

LONGEST_NAME = 32  # characters of a load balancer or a target group
LEAST_ZONES = 2  # a load balancer stands in
# Seconds without a byte: by default, and at the most (Elastic Load Balancing user guide,
# "Connection idle timeout", 2026-11-28).
IDLE, MOST_IDLE = 60, 4000
# TLS 1.2 and 1.3 alone (Elastic Load Balancing user guide, "Security policies for your ALB").
TLS = "ELBSecurityPolicy-TLS13-1-2-2021-06"
HTTP, SECURE = 80, 443
_CALLS = Traffic("Requests over TLS", SECURE)
_REDIRECTED = Traffic("Requests that are sent on to TLS", HTTP)


@dataclass(frozen=True)
class LoadBalancerArguments:
    """What a load balancer is made of.

    Arguments:
        stack: name of the stack.
        network: that it stands in.
        certificate: ARN of what it shows to its callers.
        port: on which its nodes answer.
        callers: security groups of nodes that alone may call it; the internet may where None.
        tasks: those behind it are tasks with addresses of their own, and not nodes.
        beside: there is a second group of targets, to which requests can go over.
        longest: time that those behind it may take for a request, s.
    """

    stack: str
    network: Network
    certificate: str
    port: int
    callers: Sequence[pulumi.Input[str]] | None
    tasks: bool = False
    beside: bool = False
    longest: int = IDLE


class LoadBalancer(pulumi.ComponentResource):
    """A load balancer over the zones of the stack, its listeners and the nodes behind it.

    Attributes:
        url: where it is called; its certificate may be of another name, which then leads to it.
        targets: ARN of the target group of its nodes or tasks.
        target_groups: names of that and of the one beside it.
        listener: ARN of what listens to requests; once it is there, targets can be.
        node_security_group_id: of the nodes that answer, to which it alone speaks.
    """

    def __init__(
        self,
        name: str,
        arguments: LoadBalancerArguments,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Build it.

        Arguments:
            name: of the load balancer.
            arguments: what it is made of.
            opts: of the component.
        """
        super().__init__("windtunnel:aws:LoadBalancer", name, None, opts)
        self._name, self._arguments = name, arguments
        self._inside = pulumi.ResourceOptions(parent=self)
        self._unique = plain_name(arguments.stack, name, longest=LONGEST_NAME)
        own, nodes = self._group("calls"), self._group("answers")
        self._let_in(own.id)
        answers = Traffic("Requests and health checks", arguments.port)
        Between(arguments.stack, own.id, nodes.id, self).allow(f"{name}-answers", answers)
        balancer, targets = self._balancer(own.id), self._targets(name, self._unique)
        groups = [targets]
        if arguments.beside:
            green = f"{name}.green"
            unique = plain_name(arguments.stack, green, longest=LONGEST_NAME)
            groups.append(self._targets(green, unique))
        self.target_groups: list[pulumi.Output[str]] = [one.name for one in groups]
        self.listener = self._listen(balancer, targets)
        self.url = pulumi.Output.concat("https://", balancer.dns_name)
        self._arn_suffix = balancer.arn_suffix
        self.targets: pulumi.Output[str] = targets.arn
        self.node_security_group_id: pulumi.Output[str] = nodes.id
        self.register_outputs({"url": self.url})

    def answering(self) -> Answering:
        """How its answers are measured."""

        def metric(name: str, statistic: str) -> Metric:
            dimensions = {"LoadBalancer": self._arn_suffix}
            return Metric("AWS/ApplicationELB", name, dimensions, statistic)

        return Answering(
            metric("TargetResponseTime", "Average"),
            1.0,
            [metric(f"HTTPCode_{who}_5XX_Count", "Sum") for who in ("ELB", "Target")],
            metric("RequestCount", "Sum"),
        )

    def _group(self, part: str) -> ec2.SecurityGroup:
        name = f"{self._name}-{part}"
        return ec2.SecurityGroup(
            name,
            description=f"{part} of {self._name}",
            vpc_id=self._arguments.network.vpc_id,
            tags=tags(self._arguments.stack, name),
            opts=self._inside,
        )

    def _let_in(self, own: pulumi.Output[str]) -> None:
        stack, callers = self._arguments.stack, self._arguments.callers
        if callers is not None:
            for number, caller in enumerate(callers):
                Between(stack, caller, own, self).allow(f"{self._name}-calls-{number}", _CALLS)
            return
        for traffic in (_CALLS, _REDIRECTED):
            name = f"{self._name}-{traffic.first_port}"
            vpc.SecurityGroupIngressRule(
                name,
                security_group_id=own,
                cidr_ipv4=EVERYWHERE,
                **traffic.rule(),
                tags=tags(stack, name),
                opts=self._inside,
            )

    def _balancer(self, group: pulumi.Output[str]) -> lb.LoadBalancer:
        network, internal = self._arguments.network, self._arguments.callers is not None
        return lb.LoadBalancer(
            self._name,
            name=self._unique,
            load_balancer_type="application",
            internal=internal,
            subnets=network.private_subnet_ids if internal else network.public_subnet_ids,
            security_groups=[group],
            drop_invalid_header_fields=True,
            desync_mitigation_mode="strictest",
            # It waits for an answer for so long, and then says that there is none.
            idle_timeout=min(MOST_IDLE, max(IDLE, self._arguments.longest)),
            enable_deletion_protection=environment().protect,
            access_logs={"enabled": True, "bucket": network.logs.address, "prefix": BALANCERS},
            tags=tags(self._arguments.stack, self._name),
            # It is refused where its logs may not be written yet.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[network]),
        )

    def _targets(self, name: str, unique: str) -> lb.TargetGroup:
        return lb.TargetGroup(
            name,
            name=unique,
            port=self._arguments.port,
            protocol="HTTP",
            target_type="ip" if self._arguments.tasks else "instance",
            vpc_id=self._arguments.network.vpc_id,
            # What is under way is answered before a node goes.
            deregistration_delay=60,
            # A slow node gets no more than it works off.
            load_balancing_algorithm_type="least_outstanding_requests",
            health_check={
                "path": "/ping",
                "matcher": "200",
                "interval": 10,
                "timeout": 5,
                "healthy_threshold": 2,
                "unhealthy_threshold": 3,
            },
            tags=tags(self._arguments.stack, name),
            opts=self._inside,
        )

    def _listen(self, balancer: lb.LoadBalancer, targets: lb.TargetGroup) -> pulumi.Output[str]:
        # Where there are two groups, who deploys says which of them gets requests.
        kept = ["defaultActions"] if self._arguments.beside else None
        listener = lb.Listener(
            self._name,
            load_balancer_arn=balancer.arn,
            port=SECURE,
            protocol="HTTPS",
            ssl_policy=TLS,
            certificate_arn=self._arguments.certificate,
            default_actions=[{"type": "forward", "target_group_arn": targets.arn}],
            tags=tags(self._arguments.stack, self._name),
            opts=pulumi.ResourceOptions(parent=self, ignore_changes=kept),
        )
        if self._arguments.callers is None:
            name = f"{self._name}.redirect"
            to = {"port": str(SECURE), "protocol": "HTTPS", "status_code": "HTTP_301"}
            lb.Listener(
                name,
                load_balancer_arn=balancer.arn,
                port=HTTP,
                protocol="HTTP",
                default_actions=[{"type": "redirect", "redirect": to}],
                tags=tags(self._arguments.stack, name),
                opts=self._inside,
            )
        arn: pulumi.Output[str] = listener.arn
        return arn
