"""The four layers of each stack, and who runs them."""

from pathlib import Path

import pytest

from models.catalog.records import Catalog
from models.parts.layers import layers, service_level
from models.parts.read_stack import read_stack

NAMES = ["ML framework", "computing framework", "virtual machine manager", "cluster"]


@pytest.mark.parametrize(
    ("stack", "level", "choices"),
    [
        ("resnet50-imagenet-aws", "IaaS", ["pytorch", "collectives", "EC2", "of p4d.24xlarge"]),
        ("lambda-endpoint", "PaaS", ["not said", "managed functions", "none", "none of its own"]),
        ("akiba-2017", "none: own hardware", ["chainer", "collectives", "bare metal", "128"]),
        ("image-labels", "SaaS", ["of rekognition", "AI services", "none", "none of its own"]),
        ("sagemaker-endpoint", "PaaS", ["not said", "managed model servers", "none", "none"]),
        ("emr-spark", "PaaS", ["Spark MLlib", "run by EMR (emr-7.5.0: Had", "EC2", "core: "]),
        ("kafka-clickstream", "IaaS", ["not said", "Kafka", "EC2", "of "]),
        ("edge-cameras", "none: own hardware", ["TensorRT", "devices", "none", "none"]),
        ("flask-endpoint", "IaaS", ["not said", "replicas of stages", "EC2", "web: 3"]),
        ("grid-search", "IaaS", ["not said", "queue of jobs", "EC2", "1 of c5.18xlarge"]),
    ],
)
def test_each_stack_has_a_choice_for_each_layer(
    stack: str, level: str, choices: list[str], stacks: Path, catalog: Catalog
) -> None:
    described = read_stack(stacks / f"{stack}.yaml", catalog).stack
    found = layers(described)
    assert [one.name for one in found] == NAMES
    for one, choice in zip(found, choices, strict=True):
        assert choice.lower() in one.choice.lower()
    assert service_level(described) == level


@pytest.mark.parametrize(
    ("changes", "manager"),
    [
        ({}, "bare metal"),
        ({"runs_as": "container"}, "containers"),
        ({"runs_as": "virtual-machine", "hosts": {"nodes": 4, "mttf": "1 year", "mttr": "1 d"}},
         "virtual machines, 4 on a host"),
    ],
)  # fmt: skip
def test_nodes_of_ones_own_are_what_the_stack_says(
    changes: dict[str, object], manager: str, stacks: Path, catalog: Catalog
) -> None:
    set_to = {f"nodes.workers.{key}": value for key, value in changes.items()}
    file = read_stack(stacks / "akiba-2017.yaml", catalog, set_to)
    assert manager in layers(file.stack)[2].choice
