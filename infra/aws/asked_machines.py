"""How AWS is asked for what nodes, networks and stores are made of."""

from infra.aws.question import Question

_TABLE = {"RouteTableIds": ["$routeTableId"]}


def _rule(way: str) -> Question:
    """A rule of a security group: of one name there may be one in each direction.

    Arguments:
        way: what is true of its direction, as JMESPath.
    """
    return Question(
        "ec2",
        "describe_security_group_rules",
        {"Filters": [{"Name": "group-id", "Values": ["$securityGroupId"]}]},
        f"SecurityGroupRules[?{way} && Tags[?Key=='Name' && Value=='$tags.Name']]"
        ".SecurityGroupRuleId | [0]",
    )


MACHINES = {
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": _rule("IsEgress"),
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": _rule("!IsEgress"),
    "aws:autoscaling/group:Group": Question(
        "autoscaling",
        "describe_auto_scaling_groups",
        {"AutoScalingGroupNames": ["$name"]},
        "AutoScalingGroups[0].AutoScalingGroupName",
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
