"""What whoever deploys needs for machines, networks and what stands before them."""

from infra.aws.allowed_actions import Actions, of


def _ec2(words: str) -> Actions:
    return Actions(of("ec2", words))


def _tagged(words: str) -> Actions:
    return _ec2(f"CreateTags DeleteTags {words}")


def _balancers(words: str) -> Actions:
    return Actions(
        of("elasticloadbalancing", f"AddTags DescribeTags RemoveTags {words}"),
    )


def _rule(direction: str) -> Actions:
    return _tagged(
        f"AuthorizeSecurityGroup{direction} RevokeSecurityGroup{direction}"
        " ModifySecurityGroupRules DescribeSecurityGroupRules DescribeSecurityGroups"
    )


def _eks(words: str) -> Actions:
    """Of what belongs to a cluster, whose name the program makes itself."""
    own = of("eks", f"{words} DescribeCluster ListTagsForResource TagResource UntagResource")
    return Actions(own, ("arn:aws:eks:{region}:{account}:*",))


MACHINES: dict[str, Actions] = {
    "aws:autoscaling/group:Group": Actions(
        of(
            "autoscaling",
            "CancelInstanceRefresh CreateAutoScalingGroup CreateOrUpdateTags"
            " DeleteAutoScalingGroup DeleteTags DescribeAutoScalingGroups"
            " DescribeInstanceRefreshes DescribeScalingActivities DisableMetricsCollection"
            " EnableMetricsCollection StartInstanceRefresh UpdateAutoScalingGroup",
        )
        # Who makes a group must be allowed what the group does.
        | of("ec2", "CreateTags DescribeInstances DescribeLaunchTemplateVersions RunInstances")
        | of("iam", "CreateServiceLinkedRole")
    ),
    "aws:autoscaling/attachment:Attachment": Actions(
        of(
            "autoscaling",
            "AttachLoadBalancerTargetGroups DescribeAutoScalingGroups"
            " DetachLoadBalancerTargetGroups",
        )
    ),
    "aws:ec2/capacityReservation:CapacityReservation": _tagged(
        "CancelCapacityReservation CreateCapacityReservation DescribeCapacityReservations"
        " ModifyCapacityReservation"
    ),
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": _tagged(
        "AuthorizeSecurityGroupEgress AuthorizeSecurityGroupIngress DescribeSecurityGroups"
        " RevokeSecurityGroupEgress RevokeSecurityGroupIngress"
    ),
    "aws:ec2/eip:Eip": _tagged(
        "AllocateAddress DescribeAddresses DescribeAddressesAttribute DisassociateAddress"
        " ReleaseAddress"
    ),
    "aws:ec2/flowLog:FlowLog": Actions(
        of("ec2", "CreateFlowLogs CreateTags DeleteFlowLogs DeleteTags DescribeFlowLogs")
        | of("logs", "CreateLogDelivery DeleteLogDelivery")
    ),
    "aws:ec2/internetGateway:InternetGateway": _tagged(
        "AttachInternetGateway CreateInternetGateway DeleteInternetGateway"
        " DescribeInternetGateways DetachInternetGateway"
    ),
    "aws:ec2/launchTemplate:LaunchTemplate": _tagged(
        "CreateLaunchTemplate CreateLaunchTemplateVersion DeleteLaunchTemplate"
        " DescribeLaunchTemplates DescribeLaunchTemplateVersions ModifyLaunchTemplate"
    ),
    "aws:ec2/natGateway:NatGateway": _tagged(
        "CreateNatGateway DeleteNatGateway DescribeNatGateways"
    ),
    "aws:ec2/placementGroup:PlacementGroup": _tagged(
        "CreatePlacementGroup DeletePlacementGroup DescribePlacementGroups"
    ),
    "aws:ec2/route:Route": _ec2("CreateRoute DeleteRoute DescribeRouteTables ReplaceRoute"),
    "aws:ec2/routeTable:RouteTable": _tagged(
        "CreateRouteTable DeleteRouteTable DescribeRouteTables"
    ),
    "aws:ec2/routeTableAssociation:RouteTableAssociation": _ec2(
        "AssociateRouteTable DescribeRouteTables DisassociateRouteTable"
        " ReplaceRouteTableAssociation"
    ),
    "aws:ec2/securityGroup:SecurityGroup": _tagged(
        "CreateSecurityGroup DeleteSecurityGroup DescribeNetworkInterfaces DescribeSecurityGroups"
        " RevokeSecurityGroupEgress"
    ),
    "aws:ec2/subnet:Subnet": _tagged(
        "CreateSubnet DeleteSubnet DescribeNetworkInterfaces DescribeSubnets ModifySubnetAttribute"
    ),
    "aws:ec2/vpc:Vpc": _tagged(
        "CreateVpc DeleteVpc DescribeNetworkAcls DescribeRouteTables DescribeSecurityGroups"
        " DescribeVpcAttribute DescribeVpcs ModifyVpcAttribute"
    ),
    "aws:ec2/vpcEndpoint:VpcEndpoint": _tagged(
        "CreateVpcEndpoint DeleteVpcEndpoints DescribePrefixLists DescribeVpcEndpoints"
        " ModifyVpcEndpoint"
    ),
    "aws:eks/accessEntry:AccessEntry": _eks(
        "CreateAccessEntry DeleteAccessEntry DescribeAccessEntry UpdateAccessEntry"
    ),
    "aws:eks/accessPolicyAssociation:AccessPolicyAssociation": _eks(
        "AssociateAccessPolicy DisassociateAccessPolicy ListAssociatedAccessPolicies",
    ),
    "aws:eks/addon:Addon": _eks(
        "CreateAddon CreatePodIdentityAssociation DeleteAddon DeletePodIdentityAssociation"
        " DescribeAddon DescribeAddonConfiguration DescribeAddonVersions DescribeUpdate"
        " UpdateAddon UpdatePodIdentityAssociation",
    ),
    "aws:eks/cluster:Cluster": Actions(
        of(
            "eks",
            "CreateCluster DeleteCluster DescribeCluster DescribeUpdate ListTagsForResource"
            " TagResource UntagResource UpdateClusterConfig UpdateClusterVersion",
        )
        # It looks at the network, and keeps secrets with the key, in the name of who asks.
        | of("ec2", "DescribeSecurityGroups DescribeSubnets DescribeVpcs")
        | of("kms", "CreateGrant DescribeKey")
        | of("iam", "CreateServiceLinkedRole")
    ),
    "aws:eks/nodeGroup:NodeGroup": Actions(
        of(
            "eks",
            "CreateNodegroup DeleteNodegroup DescribeNodegroup DescribeUpdate ListTagsForResource"
            " TagResource UntagResource UpdateNodegroupConfig UpdateNodegroupVersion",
        )
        # Who makes a group must be allowed what the group does.
        | of("ec2", "CreateTags DescribeLaunchTemplateVersions RunInstances")
        | of("iam", "CreateServiceLinkedRole")
    ),
    "aws:eks/podIdentityAssociation:PodIdentityAssociation": _eks(
        "CreatePodIdentityAssociation DeletePodIdentityAssociation DescribePodIdentityAssociation"
        " UpdatePodIdentityAssociation",
    ),
    "aws:lb/listener:Listener": _balancers(
        "CreateListener DeleteListener DescribeListeners DescribeListenerAttributes ModifyListener"
        " ModifyListenerAttributes"
    ),
    "aws:lb/loadBalancer:LoadBalancer": _balancers(
        "CreateLoadBalancer DeleteLoadBalancer DescribeLoadBalancers DescribeLoadBalancerAttributes"
        " DescribeCapacityReservation ModifyLoadBalancerAttributes SetIpAddressType"
        " SetSecurityGroups SetSubnets"
    ),
    "aws:lb/targetGroup:TargetGroup": _balancers(
        "CreateTargetGroup DeleteTargetGroup DescribeTargetGroups DescribeTargetGroupAttributes"
        " ModifyTargetGroup ModifyTargetGroupAttributes"
    ),
    "aws:ec2transitgateway/instanceConnectEndpoint:InstanceConnectEndpoint": Actions(
        of(
            "ec2",
            "CreateInstanceConnectEndpoint CreateNetworkInterface CreateTags"
            " DeleteInstanceConnectEndpoint DeleteTags DescribeInstanceConnectEndpoints"
            " DescribeNetworkInterfaces DescribeSubnets",
        )
        | of("iam", "CreateServiceLinkedRole")
    ),
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": _rule("Egress"),
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": _rule("Ingress"),
}
