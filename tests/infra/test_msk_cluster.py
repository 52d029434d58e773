"""Brokers of Amazon MSK: as many as were predicted, private, over TLS, for roles alone."""

import json
from pathlib import Path

import pytest
import yaml

from infra.aws.msk_cluster import server_properties
from models.catalog.load import load_catalog
from models.parts.read_stack import read_stack
from models.parts.workloads.stream import Kafka

from .example_graphs import ROOT, graph_of
from .mock_cloud import ACCOUNT, Run, run_program
from .strict_schema import violations

EXAMPLE = ROOT / "stacks" / "msk-clickstream.yaml"
INGRESS = "vpc/securityGroupIngressRule:SecurityGroupIngressRule"


@pytest.fixture(scope="module")
def run() -> Run:
    return graph_of(EXAMPLE)


def test_brokers_are_those_that_were_predicted(run: Run) -> None:
    cluster = run.one("msk/cluster:Cluster", "clicks").inputs
    assert cluster["numberOfBrokerNodes"] == 3
    nodes = cluster["brokerNodeGroupInfo"]
    assert nodes["instanceType"] == "kafka.m5.large"
    # 400 GB in whole GiB, as they are billed.
    assert nodes["storageInfo"]["ebsStorageInfo"]["volumeSize"] == 373
    file = read_stack(EXAMPLE, load_catalog())
    lines = {one.item: one for one in file.solved.cost_lines if one.resource == "clicks log"}
    assert lines["broker, kafka.m5.large"].quantity == 3
    assert lines["broker-storage"].quantity == pytest.approx(3 * 373 * 2**30 / 1e9)
    assert run.one("ec2/securityGroup:SecurityGroup", "clicks-brokers").inputs["tags"]["stack"]
    assert [text for one in run.clouds for text in violations(one.type, one.inputs)] == []


def test_a_broker_stands_in_the_private_subnet_of_each_zone(run: Run) -> None:
    nodes = run.one("msk/cluster:Cluster").inputs["brokerNodeGroupInfo"]
    assert nodes["clientSubnets"] == [f"Subnet-private-us-east-1{zone}" for zone in "abc"]
    assert nodes["connectivityInfo"] == {"publicAccess": {"type": "DISABLED"}}
    into = [one.inputs for one in run.of(INGRESS) if "clicks-brokers" in one.name]
    assert [(one["fromPort"], one["toPort"], one.get("cidrIpv4")) for one in into] == [
        (9098, 9098, None)
    ]


def test_nothing_is_in_the_clear_and_nobody_comes_without_a_role(run: Run) -> None:
    cluster = run.one("msk/cluster:Cluster").inputs
    transit = cluster["encryptionInfo"]["encryptionInTransit"]
    assert transit == {"clientBroker": "TLS", "inCluster": True}
    assert cluster["clientAuthentication"] == {"sasl": {"iam": True}, "unauthenticated": False}
    assert cluster["loggingInfo"]["brokerLogs"]["cloudwatchLogs"]["enabled"] is True


def test_topics_are_made_as_they_were_predicted() -> None:
    """Apache Kafka documentation, "Broker Configs"."""
    kafka = Kafka.model_validate(
        {
            "service": "msk",
            "brokers": {"instance": "kafka.m5.large", "count": 3, "size": "400 GB"},
            "partitions": 12,
            "in_sync": 2,
            "append": "10 ms",
            "retention": "24 h",
        }
    )
    assert dict(line.split("=") for line in server_properties(kafka).splitlines()) == {
        "auto.create.topics.enable": "true",
        "default.replication.factor": "3",
        "log.retention.ms": "86400000",
        "min.insync.replicas": "2",
        "num.partitions": "12",
        "unclean.leader.election.enable": "false",
    }


def test_a_change_of_topics_is_a_revision_that_brokers_get(run: Run) -> None:
    told = run.one("msk/cluster:Cluster").inputs["configurationInfo"]
    assert told["revision"] == 1
    assert told["arn"].startswith(f"arn:aws:kafka:us-east-1:{ACCOUNT}:configuration/msk-click")


def test_its_readers_alone_may_read_its_topics(tmp_path: Path) -> None:
    """Service Authorization Reference, Apache Kafka APIs for Amazon MSK: ARNs of topics, groups."""
    tree = yaml.safe_load(EXAMPLE.read_text())
    tree["nodes"]["others"] = {"instance": "m5.2xlarge", "count": 1}
    path = tmp_path / "stack.yaml"
    path.write_text(yaml.safe_dump(tree))
    config = {"windtunnel:enforce": "false", "windtunnel:replications": "2"}
    run = run_program({"windtunnel:stack": str(path), **config})
    [policy] = run.of("iam/rolePolicy:RolePolicy")
    assert "workers" in policy.name
    said = json.loads(policy.inputs["policy"])["Statement"]
    name = run.one("msk/cluster:Cluster").inputs["clusterName"]
    where = f"arn:aws:kafka:us-east-1:{ACCOUNT}"
    assert {one["Resource"]: set(one["Action"]) for one in said} == {
        f"{where}:cluster/{name}/1-2": {
            "kafka-cluster:Connect",
            "kafka-cluster:DescribeCluster",
        },
        f"{where}:topic/{name}/1-2/shop": {
            "kafka-cluster:CreateTopic",
            "kafka-cluster:DescribeTopic",
            "kafka-cluster:ReadData",
        },
        f"{where}:group/{name}/1-2/*": {
            "kafka-cluster:AlterGroup",
            "kafka-cluster:DescribeGroup",
        },
    }


def test_people_are_told_where_brokers_are_and_what_is_theirs_to_start(run: Run) -> None:
    assert run.outputs["brokers"] == {"clicks": "b-1.example.kafka.us-east-1.amazonaws.com:9098"}
    assert set(run.outputs["broker_arns"]) == {"clicks"}
    assert "the brokers of its log are built" in run.outputs["not_started"]["clicks"]
