"""The real engine with a Kubernetes cluster: what runs in it, and its upgrade."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import moto_eks
import pytest
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


def add_ons(eks: Any, cluster: str) -> dict[str, str]:
    """The versions of the add-ons of a cluster."""
    listed = eks.list_addons(clusterName=cluster)["addons"]
    described = (eks.describe_addon(clusterName=cluster, addonName=one)["addon"] for one in listed)
    return {one["addonName"]: one["addonVersion"] for one in described}


def test_a_cluster_is_upgraded_opened_and_its_nodes_are_replaced(
    example: Callable[[Path], Example], aws: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    stack = example(ROOT / "stacks" / "eks-endpoint.yaml")
    stack.change(lambda tree: tree["kubernetes"].update(version="1.34"))
    stack.engine.up()
    outputs = stack.engine.outputs()
    name, eks = outputs["kubernetes"]["cluster"], aws("eks")
    group = outputs["kubernetes"]["node_groups"]["gpus"]
    assert running(aws, group) == {"g4dn.xlarge": 2}
    assert add_ons(eks, name) == dict.fromkeys(moto_eks.ADD_ONS, "v1.34.0-eksbuild.1")
    assert len(eks.list_access_entries(clusterName=name)["accessEntries"]) == 1
    [pods] = eks.list_pod_identity_associations(clusterName=name)["associations"]
    told = {one["kind"]: one for one in yaml.safe_load_all(outputs["manifest"])}
    assert told["ServiceAccount"]["metadata"]["name"] == pods["serviceAccount"]
    assert told["Namespace"]["metadata"]["name"] == pods["namespace"]

    def change(tree: dict[str, Any]) -> None:
        tree["kubernetes"].update(version="1.35", open_to=["203.0.113.0/24"])
        tree["kubernetes"]["add_ons"] = {"coredns": "v1.35.0-eksbuild.3"}
        tree["nodes"]["gpus"].update(instance="g5.xlarge", count=3)

    # What EKS takes by itself is another version by now, which the cluster does not hear of.
    monkeypatch.setattr(moto_eks, "DEFAULT_BUILD", 2)
    assert {step["op"] for step in stack.engine.preview("--show-sames")["steps"]} == {"same"}
    stack.change(change)
    changes = stack.engine.up()
    assert set(changes) == {"same", "update", "create", "delete"}
    assert changes["create"] == changes["delete"] == 1  # what keeps the versions of add-ons
    fitting = dict.fromkeys(moto_eks.ADD_ONS, "v1.35.0-eksbuild.2")
    assert add_ons(eks, name) == {**fitting, "coredns": "v1.35.0-eksbuild.3"}
    cluster = eks.describe_cluster(name=name)["cluster"]
    assert cluster["version"] == "1.35"
    assert cluster["resourcesVpcConfig"]["publicAccessCidrs"] == ["203.0.113.0/24"]
    assert running(aws, group) == {"g5.xlarge": 3}
    stack.engine.destroy()
    assert eks.list_clusters()["clusters"] == []
