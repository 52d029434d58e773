"""A private, encrypted and versioned bucket of S3, which takes no request without TLS."""

from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi_aws import s3

from infra.aws.policies import Statement
from infra.names import tags

REQUESTS = "requests"  # the prefix of the keys of logged requests


@dataclass(frozen=True)
class BucketArguments:
    """What a bucket is made of.

    Arguments:
        stack: name of the stack.
        bucket: its name, unique in the world.
        version_days: that old versions are kept; 0 for not at all.
        logs: bucket that requests to it are logged in, and what must be there before; None for
            the one of the logs.
        days: that an object is kept; None for ever.
    """

    stack: str
    bucket: str
    version_days: int
    logs: "tuple[pulumi.Input[str], pulumi.Resource] | None" = None
    days: int | None = None


class Bucket:
    """The bucket, and all that is set on it but its policy.

    Arguments:
        name: of the part of the stack.
        arguments: what it is made of.
        parent: the component that it belongs to.
        holding: options of the bucket itself.

    Attributes:
        address: its name.
        arn: what policies call it.
    """

    def __init__(
        self,
        name: str,
        arguments: BucketArguments,
        parent: pulumi.Resource,
        holding: pulumi.ResourceOptions,
    ) -> None:
        self._name = name
        self._arguments = arguments
        self._inside = pulumi.ResourceOptions(parent=parent)
        bucket = s3.Bucket(
            name,
            bucket=arguments.bucket,
            # `pulumi destroy` stops at a bucket that still holds data; logs go with their stack.
            force_destroy=arguments.days is not None,
            tags=tags(arguments.stack, name),
            opts=holding,
        )
        self._id = bucket.id
        self.address: pulumi.Output[str] = bucket.bucket
        self.arn: pulumi.Output[str] = bucket.arn
        self._block = self._keep_private()
        self._encrypt()
        self._keep_versions()
        self._log_requests()

    def say(self, policy: pulumi.Input[str]) -> None:
        """Give it its policy, once.

        Arguments:
            policy: a document.
        """
        s3.BucketPolicy(
            self._name,
            bucket=self._id,
            policy=policy,
            # S3 refuses two changes of a bucket's access at the same time.
            opts=self._after(self._block),
        )

    def _after(self, resource: pulumi.Resource) -> pulumi.ResourceOptions:
        only: pulumi.ResourceOptions = pulumi.ResourceOptions.merge(
            self._inside, pulumi.ResourceOptions(depends_on=[resource])
        )
        return only

    def _keep_private(self) -> s3.BucketPublicAccessBlock:
        name = self._name
        block = s3.BucketPublicAccessBlock(
            name,
            bucket=self._id,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            opts=self._inside,
        )
        # Access control lists are off: permissions are in policies alone.
        s3.BucketOwnershipControls(
            name,
            bucket=self._id,
            rule={"object_ownership": "BucketOwnerEnforced"},
            opts=self._inside,
        )
        return block

    def _encrypt(self) -> None:
        # With S3's own keys; a key of one's own would also need a permission for each role.
        s3.BucketServerSideEncryptionConfiguration(
            self._name,
            bucket=self._id,
            rules=[{"apply_server_side_encryption_by_default": {"sse_algorithm": "AES256"}}],
            opts=self._inside,
        )

    def _keep_versions(self) -> None:
        """An overwritten or deleted object can be had back for some days."""
        name, days = self._name, self._arguments.version_days
        versioning = s3.BucketVersioning(
            name,
            bucket=self._id,
            versioning_configuration={"status": "Enabled" if days else "Suspended"},
            opts=self._inside,
        )
        ends = self._arguments.days
        expires: dict[str, Any] = {} if ends is None else {"expiration": {"days": ends}}
        # Old versions and abandoned uploads are invisible, and are billed until they are removed.
        s3.BucketLifecycleConfiguration(
            name,
            bucket=self._id,
            rules=[
                {
                    "id": "remove-what-nobody-sees",
                    "status": "Enabled",
                    "filter": {"prefix": ""},
                    "abort_incomplete_multipart_upload": {"days_after_initiation": 7},
                    # Of a bucket that no longer keeps any they are gone on the next day.
                    "noncurrent_version_expiration": {"noncurrent_days": max(days, 1)},
                    **expires,
                }
            ],
            opts=self._after(versioning),
        )

    def _log_requests(self) -> None:
        if self._arguments.logs is None:
            return
        target, ready = self._arguments.logs
        s3.BucketLogging(
            self._name,
            bucket=self._id,
            target_bucket=target,
            target_prefix=f"{REQUESTS}/{self._name}/",
            # S3 refuses a target that does not let it write yet.
            opts=self._after(ready),
        )


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
