"""A training that nodes start: its parameter, its role, its script, and how people come in."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from .example_graphs import ROOT, graph_of
from .mock_cloud import ACCOUNT, Run, run_program

EXAMPLE = ROOT / "stacks" / "llama3-8b-finetune-aws.yaml"
INGRESS = "vpc/securityGroupIngressRule:SecurityGroupIngressRule"


@pytest.fixture(scope="module")
def run() -> Run:
    return graph_of(EXAMPLE)


def statements(run: Run) -> list[dict[str, Any]]:
    [policy] = run.of("iam/rolePolicy:RolePolicy")
    found: list[dict[str, Any]] = json.loads(policy.inputs["policy"])["Statement"]
    return found


def script(run: Run) -> str:
    [template] = run.of("ec2/launchTemplate:LaunchTemplate")
    return base64.b64decode(template.inputs["userData"]).decode()


def test_its_state_is_a_parameter_that_the_nodes_alone_change(run: Run) -> None:
    [parameter] = run.of("ssm/parameter:Parameter")
    name = parameter.inputs["name"]
    assert run.outputs["states"] == {"train": name}
    assert parameter.inputs["insecureValue"] == "Described"
    about = [one for one in statements(run) if "ssm:PutParameter" in one["Action"]]
    assert [one["Resource"] for one in about] == [
        f"arn:aws:ssm:us-east-1:{ACCOUNT}:parameter{name}"
    ]
    assert run.outputs["not_started"] == {}


def test_the_script_has_the_command_the_stores_and_fits(run: Run) -> None:
    text = script(run)
    assert "torchrun --nnodes $NODES --node-rank $RANK" in text
    assert f"STORE_CORPUS=s3://{run.outputs['buckets']['corpus']}" in text
    assert "STORE_SCRATCH=/mnt/scratch" in text
    # EC2 user guide, "Run commands on your Linux instance at launch": 16 KB.
    assert len(text) < 16_000
    # Who may be told of a mount that fails is known before anything is mounted.
    assert text.index("aws ssm put-parameter") < text.index("mount_store scratch")


def test_the_package_alone_is_read_of_another_bucket(run: Run) -> None:
    package = "arn:aws:s3:::example-releases/finetune-1.0.tar.gz"
    [about] = [one for one in statements(run) if package in one["Resource"]]
    assert about["Action"] == ["s3:GetObject"]


def test_sessions_need_no_port_and_no_parameter_of_the_account(run: Run) -> None:
    [sessions] = [one for one in statements(run) if "ssmmessages:OpenDataChannel" in one["Action"]]
    assert {one.partition(":")[2] for one in sessions["Action"]} == {
        "UpdateInstanceInformation",
        "CreateControlChannel",
        "CreateDataChannel",
        "OpenControlChannel",
        "OpenDataChannel",
    }


def test_ssh_comes_from_the_endpoint_alone(run: Run) -> None:
    [endpoint] = run.of("ec2transitgateway/instanceConnectEndpoint:InstanceConnectEndpoint")
    [group] = endpoint.inputs["securityGroupIds"]
    ssh = [one.inputs for one in run.of(INGRESS) if one.inputs.get("fromPort") == 22]
    assert [(one["referencedSecurityGroupId"], one["securityGroupId"]) for one in ssh] == [
        (group, "SecurityGroup-nodes")
    ]
    assert endpoint.inputs["subnetId"] == "Subnet-private-us-east-1a"
    assert run.outputs["instance_connect"] == "InstanceConnectEndpoint-ways"


def test_services_are_reached_inside_of_the_network(run: Run) -> None:
    [endpoint] = [
        one.inputs
        for one in run.of("ec2/vpcEndpoint:VpcEndpoint")
        if one.inputs["vpcEndpointType"] == "Interface"
    ]
    assert endpoint["serviceName"] == "com.amazonaws.us-east-1.ec2"
    assert endpoint["privateDnsEnabled"] is True
    assert endpoint["subnetIds"] == ["Subnet-private-us-east-1a", "Subnet-private-us-east-1b"]


def test_without_them_nobody_comes_in_and_nothing_is_started(tmp_path: Path) -> None:
    tree = yaml.safe_load(EXAMPLE.read_text())
    del tree["network"], tree["workloads"]["train"]["program"]
    tree["workloads"]["train"]["transformer"] = {
        "layers": 32, "hidden": 4096, "heads": 32, "vocabulary": 128256, "sequence": 8192,
    }  # fmt: skip
    path = tmp_path / "stack.yaml"
    path.write_text(yaml.safe_dump(tree))
    config = {"windtunnel:enforce": "false", "windtunnel:replications": "2"}
    run = run_program({"windtunnel:stack": str(path), **config}, zones=("us-east-1a", "us-east-1b"))
    assert [one for one in run.of(INGRESS) if one.inputs.get("fromPort") == 22] == []
    assert not any("ssm" in action for one in statements(run) for action in one["Action"])
    assert run.of("ssm/parameter:Parameter") == []
    assert "say what they start, as its `program`" in run.outputs["not_started"]["train"]
