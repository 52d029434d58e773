"""Whether AWS has a resource whose creation nobody heard the end of, and what it calls it."""

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

Client = Callable[[str], Any]


class UnknownKind(Exception):
    """A type of resource of which it is not known how AWS is asked for it."""


class Question(NamedTuple):
    """One question to AWS; "$name" in it stands for a property of the resource.

    Arguments:
        service: that is asked.
        operation: of it.
        parameters: of the operation.
        answer: JMESPath of the ID in what comes back; null where there is none.
    """

    service: str
    operation: str
    parameters: Mapping[str, Any]
    answer: str


# What EC2 finds by its tags, of which no two resources of a kind have the same; how IDs begin.
TAGGED = {
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
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": "sgr-",
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": "sgr-",
}
_API = {"ApiId": "$apiId"}
_TABLE = {"RouteTableIds": ["$routeTableId"]}
ASKED = {
    "aws:apigatewayv2/api:Api": Question(
        "apigatewayv2", "get_apis", {}, "Items[?Name=='$name'].ApiId | [0]"
    ),
    "aws:apigatewayv2/authorizer:Authorizer": Question(
        "apigatewayv2", "get_authorizers", _API, "Items[?Name=='$name'].AuthorizerId | [0]"
    ),
    "aws:apigatewayv2/integration:Integration": Question(
        "apigatewayv2",
        "get_integrations",
        _API,
        "Items[?IntegrationUri=='$integrationUri'].IntegrationId | [0]",
    ),
    "aws:apigatewayv2/route:Route": Question(
        "apigatewayv2", "get_routes", _API, "Items[?RouteKey=='$routeKey'].RouteId | [0]"
    ),
    "aws:apigatewayv2/stage:Stage": Question(
        "apigatewayv2", "get_stages", _API, "Items[?StageName=='$name'].StageName | [0]"
    ),
    "aws:autoscaling/group:Group": Question(
        "autoscaling",
        "describe_auto_scaling_groups",
        {"AutoScalingGroupNames": ["$name"]},
        "AutoScalingGroups[0].AutoScalingGroupName",
    ),
    "aws:cloudwatch/logGroup:LogGroup": Question(
        "logs",
        "describe_log_groups",
        {"logGroupNamePrefix": "$name"},
        "logGroups[?logGroupName=='$name'].logGroupName | [0]",
    ),
    "aws:ec2/placementGroup:PlacementGroup": Question(
        "ec2",
        "describe_placement_groups",
        {"Filters": [{"Name": "group-name", "Values": ["$name"]}]},
        "PlacementGroups[?GroupName=='$name'].GroupName | [0]",
    ),
    "aws:ec2/route:Route": Question(
        "ec2",
        "describe_route_tables",
        _TABLE,
        "RouteTables[].Routes[?DestinationCidrBlock=='$destinationCidrBlock'][]"
        ".join('', ['r-$routeTableId-', DestinationCidrBlock]) | [0]",
    ),
    "aws:ec2/routeTableAssociation:RouteTableAssociation": Question(
        "ec2",
        "describe_route_tables",
        _TABLE,
        "RouteTables[].Associations[?SubnetId=='$subnetId'][].RouteTableAssociationId | [0]",
    ),
    "aws:efs/fileSystem:FileSystem": Question(
        "efs",
        "describe_file_systems",
        {},
        "FileSystems[?Name=='$tags.Name'].FileSystemId | [0]",
    ),
    "aws:efs/mountTarget:MountTarget": Question(
        "efs",
        "describe_mount_targets",
        {"FileSystemId": "$fileSystemId"},
        "MountTargets[?SubnetId=='$subnetId'].MountTargetId | [0]",
    ),
    "aws:fsx/lustreFileSystem:LustreFileSystem": Question(
        "fsx",
        "describe_file_systems",
        {},
        "FileSystems[?Tags[?Key=='Name' && Value=='$tags.Name']].FileSystemId | [0]",
    ),
    "aws:emr/cluster:Cluster": Question(
        "emr",
        "list_clusters",
        {"ClusterStates": ["STARTING", "BOOTSTRAPPING", "RUNNING", "WAITING"]},
        "Clusters[?Name=='$name'].Id | [0]",
    ),
    "aws:emr/instanceGroup:InstanceGroup": Question(
        "emr",
        "list_instance_groups",
        {"ClusterId": "$clusterId"},
        "InstanceGroups[?Name=='$name'].Id | [0]",
    ),
    "aws:emr/securityConfiguration:SecurityConfiguration": Question(
        "emr",
        "list_security_configurations",
        {},
        "SecurityConfigurations[?Name=='$name'].Name | [0]",
    ),
    "aws:iam/group:Group": Question(
        "iam", "list_groups", {}, "Groups[?GroupName=='$name'].GroupName | [0]"
    ),
    "aws:iam/instanceProfile:InstanceProfile": Question(
        "iam",
        "list_instance_profiles",
        {},
        "InstanceProfiles[?InstanceProfileName=='$name'].InstanceProfileName | [0]",
    ),
    "aws:iam/role:Role": Question(
        "iam", "list_roles", {}, "Roles[?RoleName=='$name'].RoleName | [0]"
    ),
    "aws:iam/user:User": Question(
        "iam", "list_users", {}, "Users[?UserName=='$name'].UserName | [0]"
    ),
    "aws:kinesis/stream:Stream": Question(
        "kinesis",
        "list_streams",
        {},
        "StreamSummaries[?StreamName=='$name'].StreamARN | [0]",
    ),
    "aws:lambda/function:Function": Question(
        "lambda", "list_functions", {}, "Functions[?FunctionName=='$name'].FunctionName | [0]"
    ),
    "aws:sagemaker/endpoint:Endpoint": Question(
        "sagemaker",
        "list_endpoints",
        {"NameContains": "$name"},
        "Endpoints[?EndpointName=='$name'].EndpointName | [0]",
    ),
    "aws:sagemaker/endpointConfiguration:EndpointConfiguration": Question(
        "sagemaker",
        "list_endpoint_configs",
        {"NameContains": "$name"},
        "EndpointConfigs[?EndpointConfigName=='$name'].EndpointConfigName | [0]",
    ),
    "aws:sagemaker/model:Model": Question(
        "sagemaker",
        "list_models",
        {"NameContains": "$name"},
        "Models[?ModelName=='$name'].ModelName | [0]",
    ),
    "aws:lb/listener:Listener": Question(
        "elbv2",
        "describe_listeners",
        {"LoadBalancerArn": "$loadBalancerArn"},
        "Listeners[?Protocol=='$protocol'].ListenerArn | [0]",
    ),
    "aws:lb/loadBalancer:LoadBalancer": Question(
        "elbv2",
        "describe_load_balancers",
        {},
        "LoadBalancers[?LoadBalancerName=='$name'].LoadBalancerArn | [0]",
    ),
    "aws:lb/targetGroup:TargetGroup": Question(
        "elbv2",
        "describe_target_groups",
        {},
        "TargetGroups[?TargetGroupName=='$name'].TargetGroupArn | [0]",
    ),
    "aws:s3/bucket:Bucket": Question(
        "s3", "list_buckets", {}, "Buckets[?Name=='$bucket'].Name | [0]"
    ),
}
# Settings of something that is there: to set them again does no harm.
SET_AGAIN = frozenset(
    {
        "aws:appautoscaling/policy:Policy",
        "aws:appautoscaling/target:Target",
        "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
        "aws:efs/backupPolicy:BackupPolicy",
        "aws:efs/fileSystemPolicy:FileSystemPolicy",
        "aws:iam/groupPolicy:GroupPolicy",
        "aws:iam/rolePolicy:RolePolicy",
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        "aws:iam/userGroupMembership:UserGroupMembership",
        "aws:iam/userPolicy:UserPolicy",
        "aws:lambda/permission:Permission",
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
