"""What EMR itself may do for a cluster: start and end nodes in its subnet, and nothing else."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from infra.aws.policies import Statement, document

# EMR puts the tags of a cluster on all that it makes for it, so that this one tells them apart.
TAG = "for-use-with-amazon-emr-managed-policies"
ASSUMED_BY_EMR = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "elasticmapreduce.amazonaws.com"},
                "Action": "sts:AssumeRole",
            }
        ],
    }
)
_LAUNCH = ("RunInstances", "CreateFleet", "CreateLaunchTemplate", "CreateLaunchTemplateVersion")
_MADE = ("instance", "volume", "network-interface", "launch-template")
# What no ARN stands for: EC2 lists all or nothing.
_DESCRIBE = (
    "AccountAttributes", "CapacityReservations", "DhcpOptions", "Images", "InstanceTypeOfferings",
    "Instances", "LaunchTemplates", "NetworkAcls", "NetworkInterfaces", "PlacementGroups",
    "RouteTables", "SecurityGroups", "Subnets", "VolumeStatus", "Volumes", "VpcAttribute",
    "VpcEndpoints", "Vpcs",
)  # fmt: skip
# To read and write volumes that a key encrypts (Amazon EBS user guide, "EBS encryption").
KEY_USE = (
    "kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey",
    "kms:GenerateDataKeyWithoutPlaintext", "kms:ReEncryptFrom", "kms:ReEncryptTo",
)  # fmt: skip


@dataclass(frozen=True)
class Around:
    """What the cluster of a service role is made in.

    Arguments:
        subnet: ARN of its subnet.
        security_groups: ARNs of its security groups.
        nodes_role: ARN of the role of its nodes.
        key: ARN of the key of its disks.
    """

    subnet: str
    security_groups: Sequence[str]
    nodes_role: str
    key: str


def service_policy(around: Around, region: str, account: str) -> str:
    """The policy of the service role, as narrow as a cluster in one subnet lets it be.

    Arguments:
        around: what the cluster is made in.
        region: of it.
        account: that it is in.

    Source: AWS managed policy AmazonEMRServicePolicy_v2, of whose tagged networks the ARNs of one
    take the place, without its placement groups, endpoints and Auto Scaling.
    """

    def every(kind: str) -> str:
        return f"arn:aws:ec2:{region}:{account}:{kind}/*"

    made = [every(kind) for kind in _MADE]
    tagged = {"StringEquals": {f"aws:ResourceTag/{TAG}": "true"}}
    asked = {"StringEquals": {f"aws:RequestTag/{TAG}": "true"}}
    network = [around.subnet, *around.security_groups]
    return document(
        [
            _ec2((*_LAUNCH, "CreateNetworkInterface"), network),
            _ec2(_LAUNCH, [every("fleet"), f"arn:aws:ec2:{region}::image/ami-*"]),
            _ec2(("RunInstances", "CreateFleet"), [every("network-interface")]),
            _ec2(
                ("RunInstances", "CreateFleet", "CreateLaunchTemplateVersion"),
                [every("launch-template")],
                tagged,
            ),
            _ec2(("CreateLaunchTemplate",), [every("launch-template")], asked),
            _ec2(("RunInstances", "CreateFleet"), [every("instance"), every("volume")], asked),
            _ec2(("CreateNetworkInterface",), [every("network-interface")], asked),
            _ec2(
                ("CreateTags",),
                made,
                {"StringEquals": {"ec2:CreateAction": [*_LAUNCH[:3], "CreateNetworkInterface"]}},
            ),
            _ec2(("CreateTags", "DeleteTags"), made, tagged),
            _ec2(
                (
                    "CreateLaunchTemplateVersion",
                    "DeleteLaunchTemplate",
                    "DeleteNetworkInterface",
                    "ModifyInstanceAttribute",
                    "TerminateInstances",
                ),
                made,
                tagged,
            ),
            _ec2(tuple(f"Describe{one}" for one in _DESCRIBE), ["*"]),
            # EMR adds what it misses among the rules of its groups, and needs to look only.
            _ec2(
                tuple(
                    f"{verb}SecurityGroup{way}"
                    for verb in ("Authorize", "Revoke")
                    for way in ("Egress", "Ingress")
                ),
                around.security_groups,
            ),
            {
                "Effect": "Allow",
                "Action": "iam:PassRole",
                "Resource": around.nodes_role,
                "Condition": {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}},
            },
            {"Effect": "Allow", "Action": list(KEY_USE), "Resource": around.key},
            {
                "Effect": "Allow",
                "Action": "kms:CreateGrant",
                "Resource": around.key,
                "Condition": {"Bool": {"kms:GrantIsForAWSResource": "true"}},
            },
        ]
    )


def _ec2(
    operations: Sequence[str], resources: Sequence[str], when: dict[str, Any] | None = None
) -> Statement:
    actions = [f"ec2:{one}" for one in operations]
    condition = {} if when is None else {"Condition": when}
    return {"Effect": "Allow", "Action": actions, "Resource": list(resources), **condition}
