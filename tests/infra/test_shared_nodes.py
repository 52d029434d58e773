"""Stages that share nodes on AWS: ports, memory, clusters and network interfaces."""

import base64
import json
import re
from pathlib import Path
from typing import Any

import pulumi
import pytest
import yaml

from .example_graphs import graph_of
from .mock_cloud import Run

CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/11111111-2222-3333-4444-555555555555"
TIME = {"distribution": "exponential", "mean": "10 ms"}
PACKAGE = {"package": "s3://releases/web.tar.gz"}
CONTAINER = {"tag": "1"}


def on_nodes(**more: Any) -> dict[str, Any]:
    return {"nodes": "web", "replicas": 4, "service": TIME, "startup": TIME, **more}


def built(folder: Path, endpoints: dict[str, list[dict[str, Any]]]) -> Run:
    """Endpoints on two m5.4xlarge, whose stages each stand behind a load balancer."""
    balancer = {
        "gateway": "application-load-balancer",
        "certificate": CERTIFICATE,
        "service": TIME,
    }
    workloads = {}
    for name, answering in endpoints.items():
        stages: dict[str, Any] = {}
        for number, stage in enumerate(answering):
            stages |= {f"balancer-{number}": balancer, f"stage-{number}": stage}
        requests = {"rate": "1/s"}
        workloads[name] = {"kind": "endpoint", "requests": requests, "stages": stages}
    tree = {
        "name": "shared",
        "cloud": "aws",
        "region": "us-east-1",
        "zones": ["us-east-1a", "us-east-1b"],
        "nodes": {"web": {"instance": "m5.4xlarge", "count": 2}},
        "workloads": workloads,
    }
    path = folder / "shared.yaml"
    path.write_text(yaml.safe_dump(tree, sort_keys=False))
    return graph_of(path)


def memories(run: Run) -> dict[str, int]:
    return {
        one.name: json.loads(one.inputs["containerDefinitions"])[0]["memory"]
        for one in run.of("ecs/taskDefinition:TaskDefinition")
    }


def test_web_servers_of_several_endpoints_listen_on_ports_of_their_own(tmp_path: Path) -> None:
    names = ("a", "a-stage-0")
    run = built(tmp_path, {key: [on_nodes(application=PACKAGE)] for key in names})
    [template] = run.of("ec2/launchTemplate:LaunchTemplate")
    text = base64.b64decode(template.inputs["userData"]).decode()
    ports = re.findall(r"listen (\d+);", text)
    assert len(set(ports)) == 2
    targets = [one.inputs["port"] for one in run.of("lb/targetGroup:TargetGroup")]
    assert sorted(map(str, map(round, targets))) == sorted(ports)


def test_tasks_share_the_memory_of_a_node(tmp_path: Path) -> None:
    """Of 64 GiB, two of 8 GiB leave 48 to four others, of each of which a sixteenth is left out."""
    described = on_nodes(container=CONTAINER, memory="8 GiB")
    run = built(tmp_path, {"a": [described, on_nodes(container=CONTAINER, replicas=8)]})
    share = 12 * 1024
    expected = {"a.stage-0": round(8192 * 15 / 16), "a.stage-1": round(share * 15 / 16)}
    assert memories(run) == expected


def test_nodes_are_in_the_cluster_of_one_endpoint_alone(tmp_path: Path) -> None:
    stages = [on_nodes(container=CONTAINER, replicas=2)]
    with pytest.raises(pulumi.RunError, match=r"workloads\.b: .* as those of 'a' do"):
        built(tmp_path, {"a": stages, "b": stages})


def test_each_task_needs_a_network_interface(tmp_path: Path) -> None:
    """The instance type has four, of which one is the node's own."""
    few = built(tmp_path, {"a": [on_nodes(container=CONTAINER, replicas=6)]})
    assert [one for one in few.warnings if "network interface" in one] == []
    (tmp_path / "more").mkdir()
    more = built(tmp_path / "more", {"a": [on_nodes(container=CONTAINER, replicas=8)]})
    [said] = [one for one in more.warnings if "network interface" in one]
    assert "each of 4 tasks on a node" in said
    assert "m5.4xlarge has 3 for them" in said
