"""With a key of the stack's own every store of every example is encrypted with it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml
from pulumi import _types

from infra.aws.encryption import BY_TYPE, KEY, USES, VIA

from .example_graphs import ROOT, built, graph_of
from .mock_cloud import ACCOUNT, Registered, Run
from .security_rows import ROWS
from .strict_schema import _arguments_of, _fields

EXAMPLES = built("aws")
ARN = f"arn:aws:kms:::key/{KEY}-1a2b3c4"
# What could have a key and has none of the stack's, and why.
WITHOUT = {
    "aws:ecs/service:Service": "its tasks have no volumes but those of their cluster",
    "aws:ecs/taskDefinition:TaskDefinition": "what it mounts encrypts itself",
    "aws:emr/cluster:Cluster": "its disks have a key of their own, and the bucket of logs none",
    "aws:s3/bucket:Bucket": "a resource of its own says how it encrypts",
    "aws:sns/topic:Topic": "has a key of its own, which alarms may use",
}


def encrypted(path: Path) -> Run:
    return graph_of(path, ("encryption", "customer_key"))


def names_of_keys(cls: type, depth: int = 4) -> Iterator[str]:
    """Properties of a resource, nested too, that could name a key."""
    for name, type_ in _fields(cls).items():
        if "kms" in name.lower():
            yield name
        for part in _parts(type_):
            if depth and isinstance(part, type) and _types.is_input_type(part):
                yield from names_of_keys(part, depth - 1)


def _parts(type_: Any) -> Iterator[Any]:
    yield type_
    for part in get_args(type_):
        yield from _parts(part)


def values(tree: Any) -> Iterator[Any]:
    if isinstance(tree, dict | list):
        for one in tree.values() if isinstance(tree, dict) else tree:
            yield from values(one)
    else:
        yield tree


def on_own_disks(one: Registered) -> bool:
    """An ml.g5.xlarge has disks that it encrypts itself, and SageMaker takes no key for those."""
    variants = one.inputs.get("productionVariants", [])
    return any(variant["instanceType"] == "ml.g5.xlarge" for variant in variants)


def of_logs(one: Registered) -> bool:
    """S3 and load balancers write logs only where keys of S3 encrypt them."""
    return one.parent.split("::")[-1] == "logs" and "LogStore" in one.parent


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_no_store_of_an_example_is_left_out_and_no_row_of_security_fails(path: Path) -> None:
    run, left = encrypted(path), []
    for one in run.clouds:
        if one.type in BY_TYPE:
            excused = of_logs(one) or on_own_disks(one)
            if not excused and not any(ARN in str(v) for v in values(one.inputs)):
                left.append(one.urn)
        elif one.type != "aws:kms/key:Key" and set(names_of_keys(_arguments_of(one.type))):
            assert one.type in WITHOUT, one.type
    assert left == []
    assert {row.number for row in ROWS if row.finds and list(row.finds(run))} == set()


def test_each_disk_of_a_node_is_encrypted_with_it() -> None:
    run = encrypted(ROOT / "stacks" / "kafka-clickstream.yaml")
    for template in run.of("LaunchTemplate"):
        for disk in template.inputs["blockDeviceMappings"]:
            assert disk["ebs"]["kmsKeyId"] == ARN
            assert disk["ebs"]["encrypted"] == "true"


def test_instances_with_disks_of_their_own_take_no_key_for_a_volume() -> None:
    path, of = ROOT / "stacks" / "sagemaker-endpoint.yaml", "endpointConfiguration"
    with_disks = encrypted(path).one(f"{of}:EndpointConfiguration")
    assert "kmsKeyArn" not in with_disks.inputs
    model = "workloads.classify.stages.model.sagemaker.instance"
    changes = (("encryption", "customer_key"), (model, "ml.m5.xlarge"))
    assert graph_of(path, *changes).one(f"{of}:EndpointConfiguration").inputs["kmsKeyArn"] == ARN
    path = ROOT / "stacks" / "sagemaker-training.yaml"
    changes = (("encryption", "customer_key"), ("nodes.train.instance", "ml.g4dn.xlarge"))
    job = graph_of(path, *changes).one("trainingJob:TrainingJob").inputs
    assert "volumeKmsKeyId" not in job["resourceConfig"]
    assert job["outputDataConfig"]["kmsKeyId"] == ARN


def test_the_key_is_used_by_services_of_this_account_alone() -> None:
    key = encrypted(ROOT / "stacks" / "kafka-clickstream.yaml").one("kms/key:Key", KEY).inputs
    assert key["enableKeyRotation"] is True
    own, by_services, *others = json.loads(key["policy"])["Statement"]
    assert own["Principal"] == {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
    assert by_services["Action"] == USES
    assert by_services["Condition"] == {
        "StringEquals": {
            "kms:CallerAccount": ACCOUNT,
            "kms:ViaService": [f"{one}.us-east-1.amazonaws.com" for one in VIA],
        }
    }
    assert all(one["Condition"] and "Service" in one["Principal"] for one in others)


def test_without_being_asked_for_there_is_none() -> None:
    for path in EXAMPLES:
        if yaml.safe_load(path.read_text()).get("encryption") is None:
            assert not [one for one in graph_of(path).of("kms/key:Key") if one.name == KEY]
