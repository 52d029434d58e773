"""An object store on AWS: a private, encrypted, versioned S3 bucket."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Never

import pulumi
from pulumi_aws import s3

from infra.access import Granted
from infra.aws.network import Network
from infra.aws.policies import Grant, Statement, allow, said, store_policy
from infra.builders import Admitted, Builder, BuiltStore, Place, Plan
from infra.environment import Environment, environment
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
        environment: how it is kept.
    """

    stack: str
    bucket: str
    environment: Environment


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
            # Under another name it would be another bucket, without what is in this one.
            opts=arguments.environment.keeping(self, ignore_changes=["bucket"]),
        )
        self._bucket, self._arn = bucket, bucket.arn
        self.address = bucket.bucket
        self._block = self._keep_private(bucket)
        self._encrypt(bucket)
        self._keep_versions(bucket, arguments.environment.version_days)
        self.register_outputs({"arn": self._arn, "bucket": self.address})

    def grant(self, granted: Sequence[Granted]) -> Grant:
        """What the policy of an identity says of it.

        Arguments:
            granted: by the identity's permissions.
        """
        return Grant(
            self._arn, lambda arn: [one for each in granted for one in statements_on(arn, each)]
        )

    def admit(self, admitted: Sequence[Admitted]) -> None:
        """Whom it lets in itself, and that nobody comes without TLS.

        Arguments:
            admitted: statements of its policy.
        """
        s3.BucketPolicy(
            self._name,
            bucket=self._bucket.id,
            policy=store_policy(self._arn, only_over_tls, admitted, statements_on),
            # S3 refuses two changes of a bucket's access at the same time.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[self._block]),
        )

    def _keep_private(self, bucket: s3.Bucket) -> s3.BucketPublicAccessBlock:
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
        return block

    def _encrypt(self, bucket: s3.Bucket) -> None:
        # With S3's own keys; a key of one's own would also need a permission for each role.
        s3.BucketServerSideEncryptionConfiguration(
            self._name,
            bucket=bucket.id,
            rules=[{"apply_server_side_encryption_by_default": {"sse_algorithm": "AES256"}}],
            opts=self._inside,
        )

    def _keep_versions(self, bucket: s3.Bucket, days: int) -> None:
        """An overwritten or deleted object can be had back for some days."""
        name = self._name
        versioning = s3.BucketVersioning(
            name,
            bucket=bucket.id,
            versioning_configuration={"status": "Enabled" if days else "Suspended"},
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
                    # Of a bucket that no longer keeps any they are gone on the next day.
                    "noncurrent_version_expiration": {"noncurrent_days": max(days, 1)},
                }
            ],
            opts=pulumi.ResourceOptions(parent=self, depends_on=[versioning]),
        )


def statements_on(arn: str, granted: Granted) -> list[Statement]:
    """What a permission is on a bucket: a statement on itself, and one on its objects.

    Arguments:
        arn: of the bucket.
        granted: by the permission.
    """
    found = []
    if "list" in granted.rights:
        # Who may list some keys may ask for those alone.
        some = None if granted.objects == "*" else ("StringLike", "s3:prefix", granted.objects)
        found.append(said(granted, allow(LIST, ["list"], arn), some))
    if on_objects := [right for right in granted.rights if right in ACTIONS]:
        found.append(said(granted, allow(ACTIONS, on_objects, f"{arn}/{granted.objects}")))
    return found


def only_over_tls(arn: str) -> Statement:
    """Refuses every request to a bucket that is not encrypted on its way.

    Arguments:
        arn: of the bucket.
    """
    return {
        "Sid": "OnlyOverTls",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [arn, f"{arn}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }


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
    arguments = ObjectStoreArguments(place.stack.name, bucket, environment())
    return Plan(lambda network: ObjectStore(name, arguments))


BUILDER = Builder(plan, output="buckets")
