"""An object store on AWS: a private, encrypted, versioned S3 bucket."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Never

import pulumi
from pulumi_aws import s3

from infra.aws.identity import Grant, Statement, allow
from infra.aws.network import Network
from infra.builders import Builder, BuiltStore, Place, Plan
from infra.names import bucket_name, tags
from models.parts.stores.object_store import ObjectStore as Description

ACTIONS = {
    "read": ["s3:GetObject"],
    # An abandoned part of an upload is billed, so who may write may also abort.
    "write": ["s3:PutObject", "s3:AbortMultipartUpload"],
}
LIST = {"list": ["s3:ListBucket"]}


@dataclass(frozen=True)
class ObjectStoreArguments:
    """What a bucket is made of.

    Arguments:
        stack: name of the stack.
        bucket: its name, unique in the world.
    """

    stack: str
    bucket: str


class ObjectStore(BuiltStore[Grant]):
    """A bucket that nobody but the roles of the stack may use, and only over TLS.

    Attributes:
        address: its name.
    """

    def __init__(
        self, name: str, arguments: ObjectStoreArguments, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("windtunnel:aws:ObjectStore", name, None, opts)
        self._name = name
        self._inside = pulumi.ResourceOptions(parent=self)
        bucket = s3.Bucket(
            name,
            bucket=arguments.bucket,
            # `pulumi destroy` stops at a bucket that still holds data.
            force_destroy=False,
            tags=tags(arguments.stack, name),
            opts=self._inside,
        )
        self._arn = bucket.arn
        self.address = bucket.bucket
        self._keep_private(bucket)
        self._encrypt(bucket)
        self._keep_versions(bucket)
        self.register_outputs({"arn": self._arn, "bucket": self.address})

    def grant(self, rights: Sequence[str]) -> Grant:
        """What lets a role use it.

        Arguments:
            rights: list, read and write, or some of them.
        """

        def statements(arn: str) -> list[Statement]:
            on_objects = [right for right in rights if right in ACTIONS]
            found = [allow(LIST, ["list"], arn)] if "list" in rights else []
            return [*found, allow(ACTIONS, on_objects, f"{arn}/*")] if on_objects else found

        return Grant(self._arn, statements)

    def _keep_private(self, bucket: s3.Bucket) -> None:
        name = self._name
        block = s3.BucketPublicAccessBlock(
            name,
            bucket=bucket.id,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            opts=self._inside,
        )
        # Access control lists are off: permissions are in policies alone.
        s3.BucketOwnershipControls(
            name,
            bucket=bucket.id,
            rule={"object_ownership": "BucketOwnerEnforced"},
            opts=self._inside,
        )
        s3.BucketPolicy(
            name,
            bucket=bucket.id,
            policy=bucket.arn.apply(only_over_tls),
            # S3 refuses two changes of a bucket's access at the same time.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[block]),
        )

    def _encrypt(self, bucket: s3.Bucket) -> None:
        # With S3's own keys; a key of one's own would also need a permission for each role.
        s3.BucketServerSideEncryptionConfiguration(
            self._name,
            bucket=bucket.id,
            rules=[{"apply_server_side_encryption_by_default": {"sse_algorithm": "AES256"}}],
            opts=self._inside,
        )

    def _keep_versions(self, bucket: s3.Bucket) -> None:
        """An overwritten or deleted object can be had back for 30 days."""
        name = self._name
        versioning = s3.BucketVersioning(
            name,
            bucket=bucket.id,
            versioning_configuration={"status": "Enabled"},
            opts=self._inside,
        )
        # Old versions and abandoned uploads are invisible, and are billed until they are removed.
        s3.BucketLifecycleConfiguration(
            name,
            bucket=bucket.id,
            rules=[
                {
                    "id": "remove-what-nobody-sees",
                    "status": "Enabled",
                    "filter": {"prefix": ""},
                    "abort_incomplete_multipart_upload": {"days_after_initiation": 7},
                    "noncurrent_version_expiration": {"noncurrent_days": 30},
                }
            ],
            opts=pulumi.ResourceOptions(parent=self, depends_on=[versioning]),
        )


def only_over_tls(arn: str) -> str:
    """Policy that refuses every request to a bucket that is not encrypted on its way.

    Arguments:
        arn: of the bucket.
    """
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "OnlyOverTls",
                    "Effect": "Deny",
                    "Principal": "*",
                    "Action": "s3:*",
                    "Resource": [arn, f"{arn}/*"],
                    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
                }
            ],
        }
    )


def plan(name: str, store: Description, place: Place) -> Plan[Network, ObjectStore, Never]:
    """A bucket whose name S3 takes.

    Arguments:
        name: of the store.
        store: as described.
        place: where it is built.

    Raises:
        pulumi.RunError: S3 would refuse the name.
    """
    bucket = bucket_name(place.stack.name, name, place.owner, place.region)
    arguments = ObjectStoreArguments(place.stack.name, bucket)
    return Plan(lambda network: ObjectStore(name, arguments))


BUILDER = Builder(plan, output="buckets")
