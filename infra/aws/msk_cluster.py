"""The log of a stream on AWS: brokers of Amazon MSK, private, over TLS, for roles alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi_aws import ec2, msk

from infra.aws.log_group import log_group
from infra.aws.network import Network
from infra.aws.node_group import NodeGroup
from infra.aws.policies import Grant, Statement, allow
from infra.aws.security_group import Between, Traffic, described_once
from infra.builders import BuiltWorkload
from infra.names import plain_name, tags
from models.parts.billing import whole_gib
from models.parts.workloads.stream import BoughtBrokers, Kafka

LONGEST_NAME = 64  # characters of a cluster
# Amazon MSK developer guide, "Supported Apache Kafka versions": the one it recommends (2026-11-27).
VERSION = "3.8.x"
# Where clients come that prove their role by IAM (Amazon MSK developer guide, "Port information").
CLIENTS = Traffic("Kafka over TLS, by roles", 9098)
ACTIONS = {
    "cluster": ["kafka-cluster:Connect", "kafka-cluster:DescribeCluster"],
    # The first who asks for a topic makes it.
    "topic": [
        "kafka-cluster:CreateTopic",
        "kafka-cluster:DescribeTopic",
        "kafka-cluster:ReadData",
    ],
    "group": ["kafka-cluster:AlterGroup", "kafka-cluster:DescribeGroup"],
}


@dataclass(frozen=True)
class MskClusterArguments:
    """What the brokers of a stream are.

    Arguments:
        stack: name of the stack.
        kafka: the log as described.
        brokers: that are bought.
        network: that they are in.
        readers: node groups whose operators read it, by source.
    """

    stack: str
    kafka: Kafka
    brokers: BoughtBrokers
    network: Network
    readers: Mapping[str, frozenset[str]]


class MskCluster(BuiltWorkload[Grant, NodeGroup]):
    """Brokers over the zones of the stack, set to the topics that were predicted."""

    def __init__(
        self,
        name: str,
        arguments: MskClusterArguments,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Build it.

        Arguments:
            name: of the workload.
            arguments: what it is made of.
            opts: of the component.
        """
        super().__init__("windtunnel:aws:MskCluster", name, None, opts)
        self._name, self._arguments = name, arguments
        self._tags = tags(arguments.stack, name)
        self._inside = pulumi.ResourceOptions(parent=self)
        self._called = plain_name(arguments.stack, name, longest=LONGEST_NAME)
        # Below this path the service may write without a policy for each group.
        path = f"/aws/vendedlogs/msk/{self._called}"
        logs = log_group(name, path, arguments.stack, self._inside)
        self._cluster = self._brokers(self._security_group(), self._configuration(), logs.name)
        self.register_outputs({"arn": self._cluster.arn})

    def outputs(self) -> Mapping[str, Mapping[str, pulumi.Output[Any]]]:
        return {
            "brokers": {self._name: self._cluster.bootstrap_brokers_sasl_iam},
            "broker_arns": {self._name: self._cluster.arn},
        }

    def grants(self, group: str) -> Iterator[Grant]:
        read = [source for source, groups in self._arguments.readers.items() if group in groups]
        if read:
            yield Grant(self._cluster.arn, lambda arn: list(reads(arn, read)))

    def _security_group(self) -> pulumi.Output[str]:
        """Nodes reach the brokers; who of them may do what is for their roles to say."""
        stack, network = self._arguments.stack, self._arguments.network
        name = f"{self._name}-brokers"
        group = ec2.SecurityGroup(
            name,
            description=f"Brokers of {self._name} of {stack}",
            vpc_id=network.vpc_id,
            tags=tags(stack, name),
            opts=described_once(self._inside),
        )
        Between(stack, network.node_security_group_id, group.id, self).allow(name, CLIENTS)
        identifier: pulumi.Output[str] = group.id
        return identifier

    def _configuration(self) -> msk.Configuration:
        return msk.Configuration(
            self._name,
            name=self._called,
            description=f"Topics of {self._name} of {self._arguments.stack}",
            kafka_versions=[VERSION],
            server_properties=server_properties(self._arguments.kafka),
            opts=self._inside,
        )

    def _brokers(
        self,
        group: pulumi.Output[str],
        configuration: msk.Configuration,
        logs: pulumi.Output[str],
    ) -> msk.Cluster:
        brokers = self._arguments.brokers
        return msk.Cluster(
            self._name,
            cluster_name=self._called,
            kafka_version=VERSION,
            number_of_broker_nodes=brokers.count,
            broker_node_group_info={
                "instance_type": brokers.instance,
                "client_subnets": self._arguments.network.private_subnet_ids,
                "security_groups": [group],
                "storage_info": {
                    "ebs_storage_info": {"volume_size": int(whole_gib(brokers.size) / 2**30)}
                },
                "connectivity_info": {"public_access": {"type": "DISABLED"}},
            },
            client_authentication={"sasl": {"iam": True}, "unauthenticated": False},
            # At rest with the key that AWS keeps for MSK, which needs no permission of a role.
            encryption_info={"encryption_in_transit": {"client_broker": "TLS", "in_cluster": True}},
            configuration_info={
                "arn": configuration.arn,
                "revision": configuration.latest_revision,
            },
            logging_info={"broker_logs": {"cloudwatch_logs": {"enabled": True, "log_group": logs}}},
            tags=self._tags,
            opts=self._inside,
        )


def reads(arn: str, topics: list[str]) -> Iterator[Statement]:
    """What whoever reads topics needs of a cluster.

    Arguments:
        arn: of the cluster.
        topics: their names.
    """

    def of(kind: str, name: str) -> str:
        return f"{arn.replace(':cluster/', f':{kind}/')}/{name}"

    yield allow(ACTIONS, ["cluster"], arn)
    for topic in topics:
        yield allow(ACTIONS, ["topic"], of("topic", topic))
    # Whoever reads names its group, which is not in the stack.
    yield allow(ACTIONS, ["group"], of("group", "*"))


def server_properties(kafka: Kafka) -> str:
    """What brokers are set to, so that a topic is as it was predicted whoever makes it.

    Arguments:
        kafka: the log as described.
    """
    said = {
        "auto.create.topics.enable": "true",
        "default.replication.factor": str(kafka.replicas),
        "log.retention.ms": str(round(1e3 * kafka.retention)),
        "min.insync.replicas": str(kafka.in_sync),
        "num.partitions": str(kafka.partitions),
        "unclean.leader.election.enable": str(kafka.unclean_election).lower(),
    }
    return "".join(f"{key}={value}\n" for key, value in said.items())
