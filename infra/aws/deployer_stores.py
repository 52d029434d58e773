"""What whoever deploys needs for what holds data, and for its keys and backups."""

from infra.aws.allowed_actions import Actions, of


def _bucket(words: str) -> Actions:
    return Actions(of("s3", words), ("arn:aws:s3:::{name}",))


def _stores(service: str, words: str, on: str) -> Actions:
    # They put network interfaces into the subnets in the name of who asks.
    interfaces = of("ec2", "CreateNetworkInterface DescribeNetworkInterfaces DescribeSubnets")
    return Actions(of(service, words) | interfaces, (on,))


def _ecr(words: str) -> Actions:
    return Actions(of("ecr", words), ("arn:aws:ecr:{region}:{account}:repository/{name}*",))


def _backup(on: str, words: str) -> Actions:
    tags = "ListTags TagResource UntagResource"
    where = f"arn:aws:backup:{{region}}:{{account}}:{on}"
    return Actions(of("backup", f"{words} {tags}"), (where,))


_EFS = "arn:aws:elasticfilesystem:{region}:{account}:file-system/*"
_FSX = "arn:aws:fsx:{region}:{account}:*"
STORES: dict[str, Actions] = {
    "aws:backup/plan:Plan": _backup(
        "backup-plan:*",
        "CreateBackupPlan DeleteBackupPlan GetBackupPlan UpdateBackupPlan",
    ),
    "aws:backup/selection:Selection": _backup(
        "backup-plan:*", "CreateBackupSelection DeleteBackupSelection GetBackupSelection"
    ),
    # A vault is told which key it encrypts with, in the name of who asks.
    "aws:backup/vault:Vault": Actions(
        of(
            "backup",
            "CreateBackupVault DeleteBackupVault DescribeBackupVault ListTags TagResource"
            " UntagResource",
        )
        | of("backup-storage", "MountCapsule")
        | of("kms", "CreateGrant Decrypt DescribeKey GenerateDataKey RetireGrant")
    ),
    "aws:efs/fileSystem:FileSystem": Actions(
        of(
            "elasticfilesystem",
            "CreateFileSystem DeleteFileSystem DescribeFileSystems DescribeLifecycleConfiguration"
            " ListTagsForResource PutLifecycleConfiguration TagResource UntagResource"
            " UpdateFileSystem",
        ),
        (_EFS,),
    ),
    "aws:efs/fileSystemPolicy:FileSystemPolicy": Actions(
        of(
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
    "aws:fsx/lustreFileSystem:LustreFileSystem": Actions(
        of(
            "fsx",
            "CreateFileSystem DeleteFileSystem DescribeFileSystems ListTagsForResource"
            " TagResource UntagResource UpdateFileSystem",
        ),
        (_FSX,),
    ),
    "aws:kinesis/stream:Stream": Actions(
        of(
            "kinesis",
            "AddTagsToStream CreateStream DeleteStream DescribeStreamSummary ListTagsForStream"
            " RemoveTagsFromStream StartStreamEncryption StopStreamEncryption UpdateShardCount",
        ),
        ("arn:aws:kinesis:{region}:{account}:stream/{name}",),
    ),
    "aws:kms/key:Key": Actions(
        of(
            "kms",
            "CreateKey DescribeKey EnableKeyRotation GetKeyPolicy GetKeyRotationStatus"
            " ListResourceTags PutKeyPolicy ScheduleKeyDeletion TagResource UntagResource"
            " UpdateKeyDescription",
        )
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
    "aws:msk/cluster:Cluster": Actions(
        of(
            "kafka",
            "CreateCluster CreateClusterV2 DeleteCluster DescribeCluster DescribeClusterOperation"
            " DescribeClusterV2 GetBootstrapBrokers ListTagsForResource TagResource UntagResource"
            " UpdateBrokerCount UpdateBrokerStorage UpdateBrokerType UpdateClusterConfiguration"
            " UpdateClusterKafkaVersion UpdateConnectivity UpdateMonitoring UpdateSecurity",
        )
        # Brokers are put into the network, and their logs delivered, in the name of who asks.
        | of(
            "ec2",
            "CreateVpcEndpoint DescribeRouteTables DescribeSecurityGroups DescribeSubnets"
            " DescribeVpcAttribute DescribeVpcEndpoints DescribeVpcs",
        )
        | of("kms", "CreateGrant DescribeKey")
        | of("logs", "CreateLogDelivery DeleteLogDelivery GetLogDelivery UpdateLogDelivery")
        | of("iam", "CreateServiceLinkedRole")
    ),
    "aws:msk/configuration:Configuration": Actions(
        of(
            "kafka",
            "CreateConfiguration DeleteConfiguration DescribeConfiguration"
            " DescribeConfigurationRevision UpdateConfiguration",
        )
    ),
    "aws:ecr/repository:Repository": _ecr(
        "CreateRepository DeleteRepository DescribeRepositories ListTagsForResource"
        " PutImageScanningConfiguration PutImageTagMutability TagResource UntagResource"
    ),
    "aws:ecr/lifecyclePolicy:LifecyclePolicy": _ecr(
        "DeleteLifecyclePolicy GetLifecyclePolicy PutLifecyclePolicy"
    ),
    "aws:sqs/queue:Queue": Actions(
        of(
            "sqs",
            "CreateQueue DeleteQueue GetQueueAttributes GetQueueUrl ListQueueTags"
            " SetQueueAttributes TagQueue UntagQueue",
        ),
        ("arn:aws:sqs:{region}:{account}:{name}*",),
    ),
}
