"""What the account that deploys must be allowed, by the type of what is registered.

The actions with which the provider makes, reads, changes and ends a resource of the type, by the
Service Authorization Reference of AWS.
"""

from infra.aws.allowed_actions import Actions, of
from infra.aws.deployer_identities import IDENTITIES
from infra.aws.deployer_machines import MACHINES
from infra.aws.deployer_services import SERVICES
from infra.aws.deployer_stores import STORES

BY_TYPE: dict[str, Actions] = {**IDENTITIES, **MACHINES, **SERVICES, **STORES}
# To delete a bucket with what is in it.
EMPTIED = Actions(
    of("s3", "DeleteObject DeleteObjectVersion ListBucketVersions"),
    ("arn:aws:s3:::{name}", "arn:aws:s3:::{name}/*"),
)
# To make what a key of the stack's own encrypts: services are told so in the name of who asks.
ENCRYPTING = Actions(
    of("kms", "CreateGrant Decrypt Encrypt GenerateDataKey GenerateDataKeyWithoutPlaintext")
)
# What the program asks: all but the nodes of a group before it registers anything.
BY_FUNCTION: dict[str, frozenset[str]] = {
    "aws:index/getCallerIdentity:getCallerIdentity": of("sts", "GetCallerIdentity"),
    "aws:index/getRegion:getRegion": of("ec2", "DescribeRegions"),
    "aws:index/getAvailabilityZones:getAvailabilityZones": of("ec2", "DescribeAvailabilityZones"),
    "aws:ec2/getAmi:getAmi": of("ec2", "DescribeImages"),
    "aws:ec2/getInstanceTypeOfferings:getInstanceTypeOfferings": of(
        "ec2", "DescribeInstanceTypeOfferings"
    ),
    "aws:ec2/getInstanceType:getInstanceType": of("ec2", "DescribeInstanceTypes"),
    "aws:ec2/getInstances:getInstances": of("ec2", "DescribeInstances"),
    "aws:eks/getAddonVersion:getAddonVersion": of("eks", "DescribeAddonVersions"),
    "aws:iam/getSessionContext:getSessionContext": of("iam", "GetRole"),
    "aws:resourcegroupstaggingapi/getResources:getResources": of("tag", "GetResources"),
    "aws:servicequotas/getServiceQuota:getServiceQuota": of(
        "servicequotas",
        # Those of SageMaker are found by their names.
        "GetAWSDefaultServiceQuota GetServiceQuota ListAWSDefaultServiceQuotas ListServiceQuotas",
    ),
}
