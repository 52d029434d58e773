"""Whether AWS has a resource whose creation nobody heard the end of, and what it calls it."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from infra.aws.asked_machines import MACHINES
from infra.aws.asked_services import SERVICES

Client = Callable[[str], Any]


class UnknownKind(Exception):
    """A type of resource of which it is not known how AWS is asked for it."""


# What EC2 finds by its tags, of which no two resources of a kind have the same; how IDs begin.
TAGGED = {
    "aws:ec2/capacityReservation:CapacityReservation": "cr-",
    "aws:ec2/eip:Eip": "eipalloc-",
    "aws:ec2/flowLog:FlowLog": "fl-",
    "aws:ec2/internetGateway:InternetGateway": "igw-",
    "aws:ec2/launchTemplate:LaunchTemplate": "lt-",
    "aws:ec2/natGateway:NatGateway": "nat-",
    "aws:ec2/routeTable:RouteTable": "rtb-",
    "aws:ec2/securityGroup:SecurityGroup": "sg-",
    "aws:ec2/subnet:Subnet": "subnet-",
    "aws:ec2/vpc:Vpc": "vpc-",
    "aws:ec2/vpcEndpoint:VpcEndpoint": "vpce-",
    "aws:ec2transitgateway/instanceConnectEndpoint:InstanceConnectEndpoint": "eice-",
}
ASKED = {**MACHINES, **SERVICES}
# Settings of something that is there, and what is the same when it is made again by its name: that
# does no harm.
SET_AGAIN = frozenset(
    {
        "aws:appautoscaling/policy:Policy",
        "aws:appautoscaling/target:Target",
        "aws:autoscaling/attachment:Attachment",
        "aws:cloudwatch/dashboard:Dashboard",
        "aws:cloudwatch/metricAlarm:MetricAlarm",
        "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
        "aws:ecr/lifecyclePolicy:LifecyclePolicy",
        "aws:ecs/taskDefinition:TaskDefinition",
        "aws:efs/backupPolicy:BackupPolicy",
        "aws:efs/fileSystemPolicy:FileSystemPolicy",
        "aws:eks/accessPolicyAssociation:AccessPolicyAssociation",
        "aws:iam/groupPolicy:GroupPolicy",
        "aws:iam/rolePolicy:RolePolicy",
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        "aws:iam/userGroupMembership:UserGroupMembership",
        "aws:iam/userPolicy:UserPolicy",
        "aws:lambda/permission:Permission",
        "aws:sns/topic:Topic",
        "aws:sns/topicSubscription:TopicSubscription",
        "aws:sqs/queue:Queue",
        "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
        "aws:s3/bucketLogging:BucketLogging",
        "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
        "aws:s3/bucketPolicy:BucketPolicy",
        "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
        "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
        "aws:s3/bucketVersioning:BucketVersioning",
    }
)


def look_up(kind: str, inputs: Mapping[str, Any], client: Client) -> str | None:
    """The ID of a resource that AWS has; None where it has none, or it may be made again.

    Arguments:
        kind: its type.
        inputs: its properties.
        client: gives a client of AWS by the name of its service.

    Raises:
        UnknownKind: it is not known how to ask.
    """
    if kind in SET_AGAIN:
        return None
    if kind in TAGGED:
        return _by_tags(TAGGED[kind], inputs.get("tags", {}), client("ec2"))
    if kind not in ASKED:
        raise UnknownKind(kind)
    import jmespath

    question = ASKED[kind]
    service = client(question.service)
    sent = _fill(question.parameters, inputs)
    if service.can_paginate(question.operation):
        found = service.get_paginator(question.operation).paginate(**sent).build_full_result()
    else:
        found = getattr(service, question.operation)(**sent)
    identifier: str | None = jmespath.search(_fill(question.answer, inputs), found)
    return identifier


def _by_tags(prefix: str, tags: Mapping[str, str], client: Any) -> str | None:
    found: set[str] | None = None
    for key, value in tags.items():
        asked = [{"Name": "key", "Values": [key]}, {"Name": "value", "Values": [value]}]
        pages = client.get_paginator("describe_tags").paginate(Filters=asked)
        has = {one["ResourceId"] for page in pages for one in page["Tags"]}
        found = has if found is None else found & has
    return min((one for one in found or () if one.startswith(prefix)), default=None)


def _fill(template: Any, properties: Mapping[str, Any]) -> Any:
    if isinstance(template, Mapping):
        return {key: _fill(value, properties) for key, value in template.items()}
    if isinstance(template, list):
        return [_fill(value, properties) for value in template]

    def value_of(path: re.Match[str]) -> str:
        found: Any = properties
        for step in path[1].split("."):
            found = found[step]
        return str(found)

    return re.sub(r"\$(\w+(?:\.\w+)?)", value_of, template)
