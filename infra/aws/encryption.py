"""One key of the stack's own on AWS, with which all that lies still is encrypted.

It is put in as each resource is made, so that what encrypts at rest and is forgotten here fails a
test over all examples, and no store is left with another key in silence.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import pulumi

from infra.aws.customer_key import customer_key
from infra.aws.log_store import LogStore
from infra.builders import Place
from infra.environment import environment
from models.catalog.records import Catalog, UnknownName

KEY = "encryption"  # the part of the stack that the key is
# The services that encrypt in the name of who asks them, as kms:ViaService has them (AWS KMS
# developer guide, "Condition keys", 2026-11-28).
VIA = (
    *("backup", "ec2", "ecr", "elasticfilesystem", "elasticmapreduce", "fsx", "kafka", "kinesis"),
    *("lambda", "s3", "sagemaker", "sqs"),
)
USES = ["kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*",
        "kms:ReEncrypt*"]  # fmt: skip
Properties = Mapping[str, Any]


@dataclass(frozen=True)
class Key:
    """The key, and what it can't be for.

    Arguments:
        arn: of it.
        has_disks: whether an instance type of SageMaker has disks of its own, which it encrypts
            itself; SageMaker then takes no key for its volume.
    """

    arn: pulumi.Output[str]
    has_disks: Callable[[str], bool]


Change = Callable[[Properties, Key], Properties]


class Encryption(pulumi.ComponentResource):
    """A key that rotates, for what is made after it.

    Attributes:
        arn: of the key.
    """

    def __init__(self, place: Place, opts: pulumi.ResourceOptions | None = None) -> None:
        """Build it.

        Arguments:
            place: where the stack is built.
            opts: of the component.
        """
        super().__init__("windtunnel:aws:Encryption", KEY, None, opts)
        key = customer_key(
            KEY,
            place.stack.name,
            place.owner,
            self,
            more=uses(place.owner, place.region),
            # What was encrypted with it is lost without it.
            opts=environment().keeping(self),
        )
        self.arn: pulumi.Output[str] = key.arn
        self._key = Key(self.arn, partial(_has_disks, place.catalog))
        self.register_outputs({"arn": self.arn})

    def encrypt(
        self, args: pulumi.ResourceTransformationArgs
    ) -> pulumi.ResourceTransformationResult | None:
        """Puts the key into what is about to be made, where that encrypts.

        Arguments:
            args: the resource.
        """
        change = BY_TYPE.get(args.type_)
        # S3 writes logs of requests, and load balancers theirs, only where keys of S3 encrypt them.
        if change is None or isinstance(args.opts.parent, LogStore):
            return None
        return pulumi.ResourceTransformationResult(change(args.props, self._key), args.opts)


def _has_disks(catalog: Catalog, name: str) -> bool:
    """Of an instance that is in no catalog it is not known, and it has a volume."""
    try:
        return catalog.instance("aws", name).local_disk > 0
    except UnknownName:
        return False


def encrypt_all(place: Place) -> None:
    """From now on, encrypt with a key of the stack's own what is made; nothing if not wanted.

    Arguments:
        place: where the stack is built.
    """
    if place.stack.encryption == "customer_key":
        pulumi.runtime.register_stack_transformation(Encryption(place).encrypt)


def uses(account: str, region: str) -> list[dict[str, Any]]:
    """Who encrypts with the key: the account by the services of its stores, and no other way.

    Arguments:
        account: that it is in.
        region: that it is in.
    """
    logs = f"arn:aws:logs:{region}:{account}:*"
    whose = {"kms:EncryptionContext:aws:ecs:clusterAccount": account}
    return [
        {
            "Sid": "ByItsServices",
            "Effect": "Allow",
            # Whoever may use a store of the account may have what is in it decrypted there.
            "Principal": {"AWS": "*"},
            "Action": USES,
            "Resource": "*",
            "Condition": {
                "StringEquals": {
                    "kms:CallerAccount": account,
                    "kms:ViaService": [f"{one}.{region}.amazonaws.com" for one in VIA],
                }
            },
        },
        {
            # Amazon CloudWatch Logs user guide, "Encrypt log data in CloudWatch Logs".
            "Sid": "Logs",
            "Effect": "Allow",
            "Principal": {"Service": f"logs.{region}.amazonaws.com"},
            "Action": [one for one in USES if one != "kms:CreateGrant"],
            "Resource": "*",
            "Condition": {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": logs}},
        },
        # Amazon ECS developer guide, "Customer managed keys for Fargate ephemeral storage".
        {
            "Sid": "DisksOfTasks",
            "Effect": "Allow",
            "Principal": {"Service": "fargate.amazonaws.com"},
            "Action": ["kms:GenerateDataKeyWithoutPlaintext"],
            "Resource": "*",
            "Condition": {"StringEquals": whose},
        },
        {
            "Sid": "GrantsOfTasks",
            "Effect": "Allow",
            "Principal": {"Service": "fargate.amazonaws.com"},
            "Action": ["kms:CreateGrant"],
            "Resource": "*",
            "Condition": {
                "StringEquals": whose,
                "ForAllValues:StringEquals": {"kms:GrantOperations": ["Decrypt"]},
            },
        },
    ]


def _with(name: str) -> Change:
    return lambda props, key: {**props, name: key.arn}


def _disks(props: Properties, key: Key) -> Properties:
    disks = [
        {**one, "ebs": {**one["ebs"], "kms_key_id": key.arn}}
        for one in props["block_device_mappings"]
    ]
    return {**props, "block_device_mappings": disks}


def _bucket(props: Properties, key: Key) -> Properties:
    # One key of S3 below it for many objects: far fewer requests.
    how = {"sse_algorithm": "aws:kms", "kms_master_key_id": key.arn}
    rule = {"apply_server_side_encryption_by_default": how, "bucket_key_enabled": True}
    return {**props, "rules": [rule]}


def _queue(props: Properties, key: Key) -> Properties:
    return {**props, "sqs_managed_sse_enabled": None, "kms_master_key_id": key.arn}


def _brokers(props: Properties, key: Key) -> Properties:
    said = {**props["encryption_info"], "encryption_at_rest_kms_key_arn": key.arn}
    return {**props, "encryption_info": said}


def _images(props: Properties, key: Key) -> Properties:
    how = {"encryption_type": "KMS", "kms_key": key.arn}
    return {**props, "encryption_configurations": [how]}


def _tasks(props: Properties, key: Key) -> Properties:
    storage = {"fargate_ephemeral_storage_kms_key_id": key.arn}
    return {**props, "configuration": {"managed_storage_configuration": storage}}


def _servers(props: Properties, key: Key) -> Properties:
    if any(key.has_disks(one["instance_type"]) for one in props["production_variants"]):
        return props
    return {**props, "kms_key_arn": key.arn}


def _job(props: Properties, key: Key) -> Properties:
    instances = props["resource_config"]
    if not key.has_disks(instances["instance_type"]):
        instances = {**instances, "volume_kms_key_id": key.arn}
    output = {**props["output_data_config"], "kms_key_id": key.arn}
    return {**props, "output_data_config": output, "resource_config": instances}


def _jobs(props: Properties, key: Key) -> Properties:
    definition = _job(props["training_job_definition"], key)
    return {**props, "training_job_definition": definition}


def _objects_of_cluster(props: Properties, key: Key) -> Properties:
    """What a cluster writes into buckets; its disks have a key of the stack's own as it is."""

    def written(known: list[str]) -> str:
        said = json.loads(known[0])
        at_rest = said["EncryptionConfiguration"]["AtRestEncryptionConfiguration"]
        at_rest["S3EncryptionConfiguration"] = {"EncryptionMode": "SSE-KMS", "AwsKmsKey": known[1]}
        return json.dumps(said)

    said = pulumi.Output.all(props["configuration"], key.arn).apply(written)
    return {**props, "configuration": said}


BY_TYPE: dict[str, Change] = {
    "aws:backup/vault:Vault": _with("kms_key_arn"),
    "aws:cloudwatch/logGroup:LogGroup": _with("kms_key_id"),
    "aws:ec2/launchTemplate:LaunchTemplate": _disks,
    "aws:ecr/repository:Repository": _images,
    "aws:ecs/cluster:Cluster": _tasks,
    "aws:efs/fileSystem:FileSystem": _with("kms_key_id"),
    "aws:emr/securityConfiguration:SecurityConfiguration": _objects_of_cluster,
    "aws:fsx/lustreFileSystem:LustreFileSystem": _with("kms_key_id"),
    "aws:kinesis/stream:Stream": _with("kms_key_id"),
    "aws:lambda/function:Function": _with("kms_key_arn"),
    "aws:msk/cluster:Cluster": _brokers,
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": (
        _bucket
    ),
    "aws:sagemaker/endpointConfiguration:EndpointConfiguration": _servers,
    "aws:sagemaker/hyperParameterTuningJob:HyperParameterTuningJob": _jobs,
    "aws:sagemaker/notebookInstance:NotebookInstance": _with("kms_key_id"),
    "aws:sagemaker/trainingJob:TrainingJob": _job,
    "aws:sqs/queue:Queue": _queue,
}
