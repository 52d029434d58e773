"""An object store on AWS: a private, encrypted, versioned S3 bucket."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Never

import pulumi

from infra.access import Granted
from infra.aws.bucket import Bucket, BucketArguments, only_over_tls
from infra.aws.log_store import LogStore
from infra.aws.network import Network
from infra.aws.policies import Grant, Statement, allow, said, store_policy
from infra.builders import Admitted, Builder, BuiltStore, Place, Plan
from infra.environment import Environment, environment
from infra.measures import Filling, Metric
from infra.names import bucket_name
from models.parts.stores.object_store import ObjectStore as Description

ACTIONS = {
    "read": ["s3:GetObject"],
    # An abandoned part of an upload is billed, so who may write may also abort.
    "write": ["s3:PutObject", "s3:AbortMultipartUpload"],
}
DAY = 86_400  # seconds: so often S3 measures a bucket
LIST = {"list": ["s3:ListBucket"]}


@dataclass(frozen=True)
class ObjectStoreArguments:
    """What a bucket is made of.

    Arguments:
        stack: name of the stack.
        bucket: its name, unique in the world.
        size: that was predicted to be in it, bytes.
        environment: how it is kept.
        logs: where requests to it are logged.
    """

    stack: str
    bucket: str
    size: float
    environment: Environment
    logs: LogStore


class ObjectStore(BuiltStore[Grant]):
    """A bucket that nobody but the roles of the stack may use, and only over TLS.

    Attributes:
        address: its name.
    """

    def __init__(
        self, name: str, arguments: ObjectStoreArguments, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("windtunnel:aws:ObjectStore", name, None, opts)
        where, self._size = arguments.environment, arguments.size
        self._bucket = Bucket(
            name,
            BucketArguments(
                arguments.stack,
                arguments.bucket,
                where.version_days,
                logs=(arguments.logs.address, arguments.logs),
            ),
            self,
            # Under another name it would be another bucket, without what is in this one.
            where.keeping(self, ignore_changes=["bucket"]),
        )
        self.address = self._bucket.address
        self.register_outputs({"arn": self._bucket.arn, "bucket": self.address})

    def grant(self, granted: Sequence[Granted]) -> Grant:
        """What the policy of an identity says of it.

        Arguments:
            granted: by the identity's permissions.
        """
        return Grant(
            self._bucket.arn,
            lambda arn: [one for each in granted for one in statements_on(arn, each)],
        )

    def filling(self) -> Filling:
        """More is in it than was described, old versions too."""
        dimensions: dict[str, pulumi.Input[str]]
        dimensions = {"BucketName": self.address, "StorageType": "StandardStorage"}
        metric = Metric("AWS/S3", "BucketSizeBytes", dimensions, "Average", DAY)
        return Filling(metric, self._size)

    def admit(self, admitted: Sequence[Admitted]) -> None:
        """Whom it lets in itself, and that nobody comes without TLS.

        Arguments:
            admitted: statements of its policy.
        """
        arn = self._bucket.arn
        self._bucket.say(store_policy(arn, only_over_tls, admitted, statements_on))


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
    kept = environment()
    return Plan(
        lambda network: ObjectStore(
            name, ObjectStoreArguments(place.stack.name, bucket, store.size, kept, network.logs)
        )
    )


BUILDER = Builder(plan, output="buckets")
