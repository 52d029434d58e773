"""The real engine with a Kubernetes cluster: what runs in it, and its upgrade."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml
from examples import ROOT, Example

Client = Callable[[str], Any]


def running(aws: Client, group: str) -> Counter[str]:
    """The instances of a node group that run, by type."""
    [found] = aws("autoscaling").describe_auto_scaling_groups(AutoScalingGroupNames=[group])[
        "AutoScalingGroups"
    ]
    ids = [one["InstanceId"] for one in found["Instances"]]
    reservations = aws("ec2").describe_instances(InstanceIds=ids)["Reservations"]
    instances = [one for reservation in reservations for one in reservation["Instances"]]
    return Counter(one["InstanceType"] for one in instances if one["State"]["Name"] == "running")


def test_a_cluster_is_upgraded_opened_and_its_nodes_are_replaced(
    example: Callable[[Path], Example], aws: Client
) -> None:
    stack = example(ROOT / "stacks" / "eks-endpoint.yaml")
    stack.change(lambda tree: tree["kubernetes"].update(version="1.34"))
    stack.engine.up()
    outputs = stack.engine.outputs()
    name, eks = outputs["kubernetes"]["cluster"], aws("eks")
    group = outputs["kubernetes"]["node_groups"]["gpus"]
    assert running(aws, group) == {"g4dn.xlarge": 2}
    assert len(eks.list_addons(clusterName=name)["addons"]) == 5
    assert len(eks.list_access_entries(clusterName=name)["accessEntries"]) == 1
    [pods] = eks.list_pod_identity_associations(clusterName=name)["associations"]
    told = {one["kind"]: one for one in yaml.safe_load_all(outputs["manifest"])}
    assert told["ServiceAccount"]["metadata"]["name"] == pods["serviceAccount"]
    assert told["Namespace"]["metadata"]["name"] == pods["namespace"]

    def change(tree: dict[str, Any]) -> None:
        tree["kubernetes"].update(version="1.35", open_to=["203.0.113.0/24"])
        tree["nodes"]["gpus"].update(instance="g5.xlarge", count=3)

    stack.change(change)
    changes = stack.engine.up()
    assert set(changes) == {"same", "update"}
    cluster = eks.describe_cluster(name=name)["cluster"]
    assert cluster["version"] == "1.35"
    assert cluster["resourcesVpcConfig"]["publicAccessCidrs"] == ["203.0.113.0/24"]
    assert running(aws, group) == {"g5.xlarge": 3}
    stack.engine.destroy()
    assert eks.list_clusters()["clusters"] == []
