"""The graph as a plan of Terraform: types, names of blocks, references."""

from typing import Any

import pytest

from infra.existing.terraform_types import TYPES

from .example_graphs import ROOT, graph_of
from .terraform_plan import plan, snake, terraform_type


def planned(example: str) -> dict[str, dict[str, Any]]:
    """Values of each resource, by its address."""
    tree = plan(graph_of(ROOT / "stacks" / f"{example}.yaml").clouds)
    listed = tree["planned_values"]["root_module"]["resources"]
    assert {one["address"] for one in listed} == {
        one["address"] for one in tree["resource_changes"]
    }
    found = {one["address"]: one["values"] for one in listed}
    assert len(found) == len(listed)
    return found


@pytest.mark.parametrize(
    ("token", "name"),
    [
        *((token, name) for name, token in TYPES.items() if name.startswith("aws_")),
        ("aws:codedeploy/application:Application", "aws_codedeploy_app"),
        ("aws:ec2/flowLog:FlowLog", "aws_flow_log"),
        (
            "aws:ec2transitgateway/instanceConnectEndpoint:InstanceConnectEndpoint",
            "aws_ec2_instance_connect_endpoint",
        ),
        (
            "aws:eks/podIdentityAssociation:PodIdentityAssociation",
            "aws_eks_pod_identity_association",
        ),
        ("aws:lb/loadBalancer:LoadBalancer", "aws_lb"),
        ("aws:lb/targetGroup:TargetGroup", "aws_lb_target_group"),
        (
            "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
            "aws_vpc_security_group_ingress_rule",
        ),
    ],
)
def test_types_are_called_as_terraform_calls_them(token: str, name: str) -> None:
    assert terraform_type(token) == name


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("sqsManagedSseEnabled", "sqs_managed_sse_enabled"),
        ("cidrIpv4", "cidr_ipv4"),
        ("mapPublicIpOnLaunch", "map_public_ip_on_launch"),
    ],
)
def test_properties_are_in_snake_case(name: str, wanted: str) -> None:
    assert snake(name) == wanted


def test_blocks_are_in_the_singular_but_for_some() -> None:
    found = planned("eks-endpoint")
    assert found["aws_lb_listener.vision_gateway"]["default_action"][0]["type"] == "forward"
    template = found["aws_launch_template.gpus_kubernetes"]
    assert template["block_device_mappings"][0]["ebs"]["encrypted"] == "true"
    assert found["aws_s3_bucket_lifecycle_configuration.models"]["rule"]


def test_keys_of_the_user_stay_as_they_are() -> None:
    tags = planned("eks-endpoint")["aws_eks_cluster.kubernetes"]["tags"]
    assert tags["Name"] == "eks-endpoint-kubernetes"
    assert "managed-by" in tags


def test_what_refers_to_a_resource_says_so() -> None:
    found = planned("eks-endpoint")
    assert found["aws_s3_bucket_versioning.models"]["bucket"] == "aws_s3_bucket.models.id"
    subnets = found["aws_eks_cluster.kubernetes"]["vpc_config"]["subnet_ids"]
    assert subnets[0] == "aws_subnet.private-us-east-1a.id"
    interface = found["aws_launch_template.gpus_kubernetes"]["network_interfaces"][0]
    assert "aws_security_group.nodes.id" in interface["security_groups"]
    role = found["aws_iam_role_policy_attachment.kubernetes-AmazonEKSClusterPolicy"]["role"]
    assert role == "aws_iam_role.kubernetes.id"
