"""What the account that deploys must be allowed, by the type of what is registered.

The actions with which the provider makes, reads, changes and ends a resource of the type, by the
Service Authorization Reference of AWS.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Actions:
    """What a type of resource needs.

    Arguments:
        actions: with the prefix of the service.
        on: ARN of what they are on, with `{name}` for the name in the cloud or its beginning,
            `{region}` and `{account}`; "*" where AWS knows the ARN only after it is made.
    """

    actions: frozenset[str]
    on: tuple[str, ...] = ("*",)


def _of(service: str, words: str) -> frozenset[str]:
    return frozenset(f"{service}:{word}" for word in words.split())


def _ec2(words: str) -> Actions:
    return Actions(_of("ec2", words))


def _tagged(words: str) -> Actions:
    return _ec2(f"CreateTags DeleteTags {words}")


def _balancers(words: str) -> Actions:
    return Actions(
        _of("elasticloadbalancing", f"AddTags DescribeTags RemoveTags {words}"),
    )


def _bucket(words: str) -> Actions:
    return Actions(_of("s3", words), ("arn:aws:s3:::{name}",))


def _iam(kind: str, words: str) -> Actions:
    return Actions(_of("iam", words), (f"arn:aws:iam::{{account}}:{kind}/{{name}}*",))


def _rule(direction: str) -> Actions:
    return _tagged(
        f"AuthorizeSecurityGroup{direction} RevokeSecurityGroup{direction}"
        " ModifySecurityGroupRules DescribeSecurityGroupRules DescribeSecurityGroups"
    )


def _stores(service: str, words: str, on: str) -> Actions:
    # They put network interfaces into the subnets in the name of who asks.
    interfaces = _of("ec2", "CreateNetworkInterface DescribeNetworkInterfaces DescribeSubnets")
    return Actions(_of(service, words) | interfaces, (on,))


def _api(words: str) -> Actions:
    # Its actions are the verbs of HTTP, on paths.
    return Actions(_of("apigateway", words), ("arn:aws:apigateway:{region}::/*",))


def _sagemaker(kind: str, words: str) -> Actions:
    """SageMaker writes names in small letters in its ARNs, and the engine adds to names."""
    tags = "AddTags DeleteTags ListTags"
    on = f"arn:aws:sagemaker:{{region}}:{{account}}:{kind}/*"
    return Actions(_of("sagemaker", f"{words} {tags}"), (on,))


def _ecs(on: str, words: str) -> Actions:
    own = _of("ecs", f"{words} DescribeClusters ListTagsForResource TagResource UntagResource")
    return Actions(own, (f"arn:aws:ecs:{{region}}:{{account}}:{on}",))


def _ecr(words: str) -> Actions:
    return Actions(_of("ecr", words), ("arn:aws:ecr:{region}:{account}:repository/{name}*",))


def _eks(words: str) -> Actions:
    """Of what belongs to a cluster, whose name the program makes itself."""
    own = _of("eks", f"{words} DescribeCluster ListTagsForResource TagResource UntagResource")
    return Actions(own, ("arn:aws:eks:{region}:{account}:*",))


def _codedeploy(on: str, words: str) -> Actions:
    tags = "ListTagsForResource TagResource UntagResource"
    where = f"arn:aws:codedeploy:{{region}}:{{account}}:{on}"
    return Actions(_of("codedeploy", f"{words} {tags}"), (where,))


def _backup(on: str, words: str) -> Actions:
    tags = "ListTags TagResource UntagResource"
    where = f"arn:aws:backup:{{region}}:{{account}}:{on}"
    return Actions(_of("backup", f"{words} {tags}"), (where,))


_EFS = "arn:aws:elasticfilesystem:{region}:{account}:file-system/*"
_FSX = "arn:aws:fsx:{region}:{account}:*"
_FUNCTION = ("arn:aws:lambda:{region}:{account}:function:{name}*",)
BY_TYPE: dict[str, Actions] = {
    "aws:apigatewayv2/api:Api": _api("DELETE GET PATCH POST PUT TagResource UntagResource"),
    "aws:apigatewayv2/authorizer:Authorizer": _api("DELETE GET PATCH POST"),
    "aws:apigatewayv2/integration:Integration": _api("DELETE GET PATCH POST"),
    "aws:apigatewayv2/route:Route": _api("DELETE GET PATCH POST"),
    "aws:apigatewayv2/stage:Stage": Actions(
        _of("apigateway", "DELETE GET PATCH POST TagResource UntagResource")
        # A stage that writes a log of its requests has it delivered in the name of who asks.
        | _of("logs", "CreateLogDelivery DeleteLogDelivery GetLogDelivery UpdateLogDelivery"),
        ("*",),
    ),
    "aws:appautoscaling/policy:Policy": Actions(
        _of(
            "application-autoscaling",
            "DeleteScalingPolicy DescribeScalingPolicies PutScalingPolicy",
        )
        # The alarms that it makes are made in the name of who asks.
        | _of("cloudwatch", "DeleteAlarms DescribeAlarms PutMetricAlarm")
    ),
    "aws:appautoscaling/target:Target": Actions(
        _of(
            "application-autoscaling",
            "DeregisterScalableTarget DescribeScalableTargets ListTagsForResource"
            " RegisterScalableTarget TagResource UntagResource",
        )
        | _of("iam", "CreateServiceLinkedRole")
    ),
    "aws:autoscaling/group:Group": Actions(
        _of(
            "autoscaling",
            "CancelInstanceRefresh CreateAutoScalingGroup CreateOrUpdateTags"
            " DeleteAutoScalingGroup DeleteTags DescribeAutoScalingGroups"
            " DescribeInstanceRefreshes DescribeScalingActivities DisableMetricsCollection"
            " EnableMetricsCollection StartInstanceRefresh UpdateAutoScalingGroup",
        )
        # Who makes a group must be allowed what the group does.
        | _of("ec2", "CreateTags DescribeInstances DescribeLaunchTemplateVersions RunInstances")
        | _of("iam", "CreateServiceLinkedRole")
    ),
    "aws:backup/plan:Plan": _backup(
        "backup-plan:*",
        "CreateBackupPlan DeleteBackupPlan GetBackupPlan UpdateBackupPlan",
    ),
    "aws:backup/selection:Selection": _backup(
        "backup-plan:*", "CreateBackupSelection DeleteBackupSelection GetBackupSelection"
    ),
    # A vault is told which key it encrypts with, in the name of who asks.
    "aws:backup/vault:Vault": Actions(
        _of(
            "backup",
            "CreateBackupVault DeleteBackupVault DescribeBackupVault ListTags TagResource"
            " UntagResource",
        )
        | _of("backup-storage", "MountCapsule")
        | _of("kms", "CreateGrant Decrypt DescribeKey GenerateDataKey RetireGrant")
    ),
    "aws:autoscaling/attachment:Attachment": Actions(
        _of(
            "autoscaling",
            "AttachLoadBalancerTargetGroups DescribeAutoScalingGroups"
            " DetachLoadBalancerTargetGroups",
        )
    ),
    "aws:budgets/budget:Budget": Actions(
        _of("budgets", "ListTagsForResource ModifyBudget TagResource UntagResource ViewBudget"),
        ("arn:aws:budgets::{account}:budget/{name}",),
    ),
    "aws:cloudwatch/dashboard:Dashboard": Actions(
        _of("cloudwatch", "DeleteDashboards GetDashboard PutDashboard"),
        ("arn:aws:cloudwatch::{account}:dashboard/{name}",),
    ),
    "aws:cloudwatch/metricAlarm:MetricAlarm": Actions(
        _of(
            "cloudwatch",
            "DeleteAlarms DescribeAlarms ListTagsForResource PutMetricAlarm TagResource"
            " UntagResource",
        ),
        ("arn:aws:cloudwatch:{region}:{account}:alarm:{name}",),
    ),
    "aws:cloudwatch/logGroup:LogGroup": Actions(
        _of(
            "logs",
            "CreateLogGroup DeleteLogGroup DeleteRetentionPolicy DescribeLogGroups"
            " ListTagsForResource PutRetentionPolicy TagResource UntagResource",
        ),
        ("arn:aws:logs:{region}:{account}:log-group:*",),
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
        _of("ec2", "CreateFlowLogs CreateTags DeleteFlowLogs DeleteTags DescribeFlowLogs")
        | _of("logs", "CreateLogDelivery DeleteLogDelivery")
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
    "aws:efs/fileSystem:FileSystem": Actions(
        _of(
            "elasticfilesystem",
            "CreateFileSystem DeleteFileSystem DescribeFileSystems DescribeLifecycleConfiguration"
            " ListTagsForResource PutLifecycleConfiguration TagResource UntagResource"
            " UpdateFileSystem",
        ),
        (_EFS,),
    ),
    "aws:efs/fileSystemPolicy:FileSystemPolicy": Actions(
        _of(
            "elasticfilesystem",
            "DeleteFileSystemPolicy DescribeFileSystemPolicy PutFileSystemPolicy",
        ),
        (_EFS,),
    ),
    "aws:efs/mountTarget:MountTarget": _stores(
        "elasticfilesystem",
        "CreateMountTarget DeleteMountTarget DescribeMountTargets"
        " DescribeMountTargetSecurityGroups ModifyMountTargetSecurityGroups",
        "*",
    ),
    "aws:emr/cluster:Cluster": Actions(
        _of(
            "elasticmapreduce",
            "AddTags DescribeCluster ListBootstrapActions ListInstanceGroups ListInstances"
            " ModifyInstanceGroups PutAutoTerminationPolicy RemoveTags RunJobFlow"
            " SetTerminationProtection TerminateJobFlows",
        )
        | _of("iam", "CreateServiceLinkedRole")
    ),
    "aws:emr/instanceGroup:InstanceGroup": Actions(
        _of("elasticmapreduce", "AddInstanceGroups ListInstanceGroups ModifyInstanceGroups")
    ),
    "aws:emr/securityConfiguration:SecurityConfiguration": Actions(
        _of(
            "elasticmapreduce",
            "CreateSecurityConfiguration DeleteSecurityConfiguration DescribeSecurityConfiguration",
        )
    ),
    "aws:fsx/lustreFileSystem:LustreFileSystem": Actions(
        _of(
            "fsx",
            "CreateFileSystem DeleteFileSystem DescribeFileSystems ListTagsForResource"
            " TagResource UntagResource UpdateFileSystem",
        ),
        (_FSX,),
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
        _of(
            "eks",
            "CreateCluster DeleteCluster DescribeCluster DescribeUpdate ListTagsForResource"
            " TagResource UntagResource UpdateClusterConfig UpdateClusterVersion",
        )
        # It looks at the network, and keeps secrets with the key, in the name of who asks.
        | _of("ec2", "DescribeSecurityGroups DescribeSubnets DescribeVpcs")
        | _of("kms", "CreateGrant DescribeKey")
        | _of("iam", "CreateServiceLinkedRole")
    ),
    "aws:eks/nodeGroup:NodeGroup": Actions(
        _of(
            "eks",
            "CreateNodegroup DeleteNodegroup DescribeNodegroup DescribeUpdate ListTagsForResource"
            " TagResource UntagResource UpdateNodegroupConfig UpdateNodegroupVersion",
        )
        # Who makes a group must be allowed what the group does.
        | _of("ec2", "CreateTags DescribeLaunchTemplateVersions RunInstances")
        | _of("iam", "CreateServiceLinkedRole")
    ),
    "aws:eks/podIdentityAssociation:PodIdentityAssociation": _eks(
        "CreatePodIdentityAssociation DeletePodIdentityAssociation DescribePodIdentityAssociation"
        " UpdatePodIdentityAssociation",
    ),
    "aws:iam/group:Group": _iam("group", "CreateGroup DeleteGroup GetGroup UpdateGroup"),
    "aws:iam/groupPolicy:GroupPolicy": _iam(
        "group", "DeleteGroupPolicy GetGroupPolicy PutGroupPolicy"
    ),
    "aws:iam/instanceProfile:InstanceProfile": _iam(
        "instance-profile",
        "AddRoleToInstanceProfile CreateInstanceProfile DeleteInstanceProfile GetInstanceProfile"
        " RemoveRoleFromInstanceProfile TagInstanceProfile UntagInstanceProfile",
    ),
    "aws:iam/role:Role": _iam(
        "role",
        "CreateRole DeleteRole GetRole ListAttachedRolePolicies ListInstanceProfilesForRole"
        " ListRolePolicies PassRole TagRole UntagRole UpdateAssumeRolePolicy UpdateRole",
    ),
    "aws:iam/rolePolicy:RolePolicy": _iam("role", "DeleteRolePolicy GetRolePolicy PutRolePolicy"),
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": _iam(
        "role", "AttachRolePolicy DetachRolePolicy ListAttachedRolePolicies"
    ),
    "aws:iam/user:User": _iam(
        "user", "CreateUser DeleteUser GetUser ListGroupsForUser TagUser UntagUser UpdateUser"
    ),
    "aws:iam/userGroupMembership:UserGroupMembership": Actions(
        _of("iam", "AddUserToGroup ListGroupsForUser RemoveUserFromGroup"),
        ("arn:aws:iam::{account}:user/{name}*", "arn:aws:iam::{account}:group/*"),
    ),
    "aws:iam/userPolicy:UserPolicy": _iam("user", "DeleteUserPolicy GetUserPolicy PutUserPolicy"),
    "aws:kinesis/stream:Stream": Actions(
        _of(
            "kinesis",
            "AddTagsToStream CreateStream DeleteStream DescribeStreamSummary ListTagsForStream"
            " RemoveTagsFromStream StartStreamEncryption StopStreamEncryption UpdateShardCount",
        ),
        ("arn:aws:kinesis:{region}:{account}:stream/{name}",),
    ),
    "aws:kms/key:Key": Actions(
        _of(
            "kms",
            "CreateKey DescribeKey EnableKeyRotation GetKeyPolicy GetKeyRotationStatus"
            " ListResourceTags PutKeyPolicy ScheduleKeyDeletion TagResource UntagResource"
            " UpdateKeyDescription",
        )
    ),
    "aws:lambda/function:Function": Actions(
        _of(
            "lambda",
            "CreateFunction DeleteFunction DeleteFunctionConcurrency GetFunction"
            " GetFunctionCodeSigningConfig GetFunctionConfiguration ListVersionsByFunction"
            " PutFunctionConcurrency TagResource UntagResource UpdateFunctionCode"
            " UpdateFunctionConfiguration",
        ),
        _FUNCTION,
    ),
    "aws:lambda/permission:Permission": Actions(
        _of("lambda", "AddPermission GetPolicy RemovePermission"),
        ("arn:aws:lambda:{region}:{account}:function:*",),
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
    "aws:s3/bucket:Bucket": _bucket(
        "CreateBucket DeleteBucket GetAccelerateConfiguration GetBucketAcl GetBucketCORS"
        " GetBucketLocation GetBucketLogging GetBucketObjectLockConfiguration GetBucketPolicy"
        " GetBucketRequestPayment GetBucketTagging GetBucketVersioning GetBucketWebsite"
        " GetEncryptionConfiguration GetLifecycleConfiguration GetReplicationConfiguration"
        " ListBucket PutBucketTagging"
    ),
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": _bucket(
        "GetLifecycleConfiguration PutLifecycleConfiguration"
    ),
    "aws:s3/bucketLogging:BucketLogging": _bucket("GetBucketLogging PutBucketLogging"),
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": _bucket(
        "GetBucketOwnershipControls PutBucketOwnershipControls"
    ),
    "aws:s3/bucketPolicy:BucketPolicy": _bucket(
        "DeleteBucketPolicy GetBucketPolicy PutBucketPolicy"
    ),
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": _bucket(
        "GetBucketPublicAccessBlock PutBucketPublicAccessBlock"
    ),
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": (
        _bucket("GetEncryptionConfiguration PutEncryptionConfiguration")
    ),
    "aws:s3/bucketVersioning:BucketVersioning": _bucket("GetBucketVersioning PutBucketVersioning"),
    "aws:sagemaker/endpoint:Endpoint": _sagemaker(
        "endpoint", "CreateEndpoint DeleteEndpoint DescribeEndpoint UpdateEndpoint"
    ),
    "aws:sagemaker/endpointConfiguration:EndpointConfiguration": _sagemaker(
        "endpoint-config", "CreateEndpointConfig DeleteEndpointConfig DescribeEndpointConfig"
    ),
    "aws:sagemaker/hyperParameterTuningJob:HyperParameterTuningJob": _sagemaker(
        "hyper-parameter-tuning-job",
        "CreateHyperParameterTuningJob DeleteHyperParameterTuningJob"
        " DescribeHyperParameterTuningJob StopHyperParameterTuningJob",
    ),
    "aws:sagemaker/notebookInstance:NotebookInstance": _sagemaker(
        "notebook-instance",
        "CreateNotebookInstance DeleteNotebookInstance DescribeNotebookInstance"
        " StartNotebookInstance StopNotebookInstance UpdateNotebookInstance",
    ),
    # It stops a job that runs, and takes away network interfaces that such a job leaves.
    "aws:sagemaker/trainingJob:TrainingJob": _sagemaker(
        "training-job",
        "CreateTrainingJob DeleteTrainingJob DescribeTrainingJob StopTrainingJob UpdateTrainingJob",
    ),
    "aws:sagemaker/model:Model": _sagemaker("model", "CreateModel DeleteModel DescribeModel"),
    "aws:msk/cluster:Cluster": Actions(
        _of(
            "kafka",
            "CreateCluster CreateClusterV2 DeleteCluster DescribeCluster DescribeClusterOperation"
            " DescribeClusterV2 GetBootstrapBrokers ListTagsForResource TagResource UntagResource"
            " UpdateBrokerCount UpdateBrokerStorage UpdateBrokerType UpdateClusterConfiguration"
            " UpdateClusterKafkaVersion UpdateConnectivity UpdateMonitoring UpdateSecurity",
        )
        # Brokers are put into the network, and their logs delivered, in the name of who asks.
        | _of(
            "ec2",
            "CreateVpcEndpoint DescribeRouteTables DescribeSecurityGroups DescribeSubnets"
            " DescribeVpcAttribute DescribeVpcEndpoints DescribeVpcs",
        )
        | _of("kms", "CreateGrant DescribeKey")
        | _of("logs", "CreateLogDelivery DeleteLogDelivery GetLogDelivery UpdateLogDelivery")
        | _of("iam", "CreateServiceLinkedRole")
    ),
    "aws:msk/configuration:Configuration": Actions(
        _of(
            "kafka",
            "CreateConfiguration DeleteConfiguration DescribeConfiguration"
            " DescribeConfigurationRevision UpdateConfiguration",
        )
    ),
    "aws:ec2transitgateway/instanceConnectEndpoint:InstanceConnectEndpoint": Actions(
        _of(
            "ec2",
            "CreateInstanceConnectEndpoint CreateNetworkInterface CreateTags"
            " DeleteInstanceConnectEndpoint DeleteTags DescribeInstanceConnectEndpoints"
            " DescribeNetworkInterfaces DescribeSubnets",
        )
        | _of("iam", "CreateServiceLinkedRole")
    ),
    "aws:ecs/cluster:Cluster": _ecs("cluster/{name}*", "CreateCluster DeleteCluster UpdateCluster"),
    "aws:ecs/service:Service": _ecs(
        "service/*", "CreateService DeleteService DescribeServices UpdateService"
    ),
    # AWS knows no resource of these.
    "aws:ecs/taskDefinition:TaskDefinition": Actions(
        _of(
            "ecs",
            "DeregisterTaskDefinition DescribeTaskDefinition ListTagsForResource"
            " RegisterTaskDefinition TagResource UntagResource",
        )
    ),
    "aws:ecr/repository:Repository": _ecr(
        "CreateRepository DeleteRepository DescribeRepositories ListTagsForResource"
        " PutImageScanningConfiguration PutImageTagMutability TagResource UntagResource"
    ),
    "aws:ecr/lifecyclePolicy:LifecyclePolicy": _ecr(
        "DeleteLifecyclePolicy GetLifecyclePolicy PutLifecyclePolicy"
    ),
    "aws:codedeploy/application:Application": _codedeploy(
        "application:{name}*",
        "CreateApplication DeleteApplication GetApplication UpdateApplication",
    ),
    "aws:codedeploy/deploymentGroup:DeploymentGroup": _codedeploy(
        "deploymentgroup:*",
        "CreateDeploymentGroup DeleteDeploymentGroup GetDeploymentGroup UpdateDeploymentGroup",
    ),
    "aws:sqs/queue:Queue": Actions(
        _of(
            "sqs",
            "CreateQueue DeleteQueue GetQueueAttributes GetQueueUrl ListQueueTags"
            " SetQueueAttributes TagQueue UntagQueue",
        ),
        ("arn:aws:sqs:{region}:{account}:{name}*",),
    ),
    "aws:ssm/parameter:Parameter": Actions(
        _of(
            "ssm",
            "AddTagsToResource DeleteParameter GetParameter GetParameters ListTagsForResource"
            " PutParameter RemoveTagsFromResource",
        ),
        ("arn:aws:ssm:{region}:{account}:parameter/windtunnel/*",),
    ),
    "aws:sns/topic:Topic": Actions(
        _of(
            "sns",
            "CreateTopic DeleteTopic GetTopicAttributes ListTagsForResource SetTopicAttributes"
            " TagResource UntagResource",
        ),
        ("arn:aws:sns:{region}:{account}:{name}",),
    ),
    "aws:sns/topicSubscription:TopicSubscription": Actions(
        _of("sns", "GetSubscriptionAttributes SetSubscriptionAttributes Subscribe Unsubscribe"),
        ("arn:aws:sns:{region}:{account}:*",),
    ),
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": _rule("Egress"),
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": _rule("Ingress"),
}
# To delete a bucket with what is in it.
EMPTIED = Actions(
    _of("s3", "DeleteObject DeleteObjectVersion ListBucketVersions"),
    ("arn:aws:s3:::{name}", "arn:aws:s3:::{name}/*"),
)
# To make what a key of the stack's own encrypts: services are told so in the name of who asks.
ENCRYPTING = Actions(
    _of("kms", "CreateGrant Decrypt Encrypt GenerateDataKey GenerateDataKeyWithoutPlaintext")
)
# What the program asks before it registers anything.
BY_FUNCTION: dict[str, frozenset[str]] = {
    "aws:index/getCallerIdentity:getCallerIdentity": _of("sts", "GetCallerIdentity"),
    "aws:index/getRegion:getRegion": _of("ec2", "DescribeRegions"),
    "aws:index/getAvailabilityZones:getAvailabilityZones": _of("ec2", "DescribeAvailabilityZones"),
    "aws:ec2/getAmi:getAmi": _of("ec2", "DescribeImages"),
    "aws:ec2/getInstanceTypeOfferings:getInstanceTypeOfferings": _of(
        "ec2", "DescribeInstanceTypeOfferings"
    ),
    "aws:iam/getSessionContext:getSessionContext": _of("iam", "GetRole"),
    "aws:servicequotas/getServiceQuota:getServiceQuota": _of(
        "servicequotas",
        # Those of SageMaker are found by their names.
        "GetAWSDefaultServiceQuota GetServiceQuota ListAWSDefaultServiceQuotas ListServiceQuotas",
    ),
}
