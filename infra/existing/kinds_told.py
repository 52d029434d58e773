"""Resources that make no part of a stack: which change no figure, and which belong to workloads."""

from infra.existing.found import Fate
from infra.existing.terraform_types import camel


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# By the names of their classes, of any cloud; with the module before it where that tells.
_NETWORK = _words(
    """
    address defaultNetworkAcl defaultRouteTable defaultSecurityGroup egress
    egressOnlyInternetGateway eip eipAssociation firewall flowLog globalAddress
    instanceConnectEndpoint internetGateway mainRouteTableAssociation natGateway network
    networkAcl networkAclRule networkEndpointGroup networkInterface networkInterfaceAttachment
    networkPeering route router routerInterface routerNat routerPeer routeTable
    routeTableAssociation securityGroup securityGroupEgressRule securityGroupIngressRule
    securityGroupRule subnet subnetwork transitGateway transitGatewayVpcAttachment vpc
    vpcDhcpOptions vpcDhcpOptionsAssociation vpcEndpoint vpcEndpointRouteTableAssociation
    vpcEndpointSubnetAssociation vpcIpv4CidrBlockAssociation vpcPeeringConnection vpnGateway
    """
)
_BESIDE = _words(
    """
    accessEntry accessKey accessPoint accessPolicyAssociation account addon alias association
    attachment backup backupPolicy bucketAcl bucketAclV2 bucketIAMBinding bucketIamBinding
    bucketIamMember bucketIAMMember bucketIntelligentTieringConfiguration
    bucketLifecycleConfiguration bucketLifecycleConfigurationV2 bucketLogging bucketLoggingV2
    bucketNotification bucketObject bucketObjectv2 bucketOwnershipControls bucketPolicy
    bucketPublicAccessBlock bucketServerSideEncryptionConfiguration
    bucketServerSideEncryptionConfigurationV2 bucketVersioning bucketVersioningV2 budget
    capacityProvider clusterCapacityProviders dashboard document fileSystemPolicy group
    groupPolicy groupPolicyAttachment healthCheck iamBinding iamMember iamPolicy
    identityProviderConfig instanceProfile instanceTemplate key keyPair kmsKey launchConfiguration
    launchTemplate lifecycleHook logGroup metricAlarm mountTarget notification object
    openIdConnectProvider parameter placementGroup plan podIdentityAssociation policy
    policyAttachment projectIamMember projectService random record regionInstanceTemplate
    resourcePolicy resourcePolicyAttachment
    role rolePoliciesExclusive rolePolicy rolePolicyAttachment schedule secret secretPolicy
    secretVersion selection serviceAccount serviceAccountKey ssmParameter topic topicSubscription
    user userGroupMembership userPolicy userPolicyAttachment vault zone
    """
)
_WORKLOAD = _words(
    """
    alb api apiGateway application authorizer autoscaler backendService branch broker certificate
    cluster clusterInstance computeEnvironment configuration connection crawler database dataset
    dbInstance deployment deploymentGroup distribution domain domainName dynamodbTable ecsCluster
    ecsService ecsTaskDefinition emrCluster endpoint endpointConfiguration eventSourceMapping
    fargateProfile featureStore firehoseDeliveryStream forwardingRule function
    globalForwardingRule instanceGroup instanceGroupManagerAutoscaler integration job
    jobDefinition jobQueue kinesisStream lambdaFunction lb lbListener lbTargetGroup
    lbTargetGroupAttachment listener listenerRule loadBalancer managedSslCertificate model
    mskCluster notebookInstance permission policies queue rdsCluster regionBackendService
    replicationGroup repository restApi route53Record rule sagemakerEndpoint scalingPolicy
    scheduledAction serverlessCluster service sqsQueue stage stream streamConsumer subscription
    table target targetGroup targetGroupAttachment targetHttpProxy targetHttpsProxy targetPool
    taskDefinition tensorboard trail urlMap workflow
    """
)
_INNER = frozenset({"pulumi", "random", "tls", "null", "time", "command", "local", "kubernetes"})


def fate_of(kind: str) -> tuple[Fate, str]:
    """What becomes of a resource that no part of a stack was made of.

    Arguments:
        kind: its type, as a class of Pulumi or as Terraform names it.
    """
    cloud, names = _names(kind)
    if names & _NETWORK:
        return Fate.ASIDE, "the network of a stack has what its nodes need"
    if names & _BESIDE or cloud in _INNER:
        return Fate.ASIDE, "no figure depends on it"
    if names & _WORKLOAD:
        return Fate.WORKLOAD, "how it is used is not in the file"
    return Fate.LEFT_OUT, "no part of a stack is made of this type yet"


def is_component(kind: str) -> bool:
    """Whether it only holds other resources, such as awsx:ec2:Vpc.

    Arguments:
        kind: its type.
    """
    parts = kind.split(":")
    return kind == "pulumi:pulumi:Stack" or (len(parts) == 3 and "/" not in parts[1])


def _names(kind: str) -> tuple[str, set[str]]:
    """The cloud, and the names that a type may be listed by."""
    if ":" in kind:
        cloud, module, name = [*kind.split(":"), "", ""][:3]
        service = module.partition("/")[0]
        lower = name[:1].lower() + name[1:]
        return cloud, {lower, service + name}
    cloud, _, rest = kind.partition("_")
    words = rest.split("_")
    # The module is before the class in many names of Terraform: aws_s3_bucket_policy.
    return cloud, {camel("_".join(words[at:])) for at in range(min(2, len(words)))}
