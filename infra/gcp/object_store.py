"""An object store on Google Cloud: a private, versioned bucket."""

from dataclasses import dataclass

import pulumi
from pulumi_gcp import storage

from infra.names import labels
from models.catalog.records import StorageService


@dataclass(frozen=True)
class ObjectStoreArguments:
    """What a bucket is made of.

    Arguments:
        stack: name of the stack.
        service: the storage service of the catalog.
        bucket: its name, unique in the world.
        region: where it is.
    """

    stack: str
    service: StorageService
    bucket: str
    region: str


class ObjectStore(pulumi.ComponentResource):
    """A bucket that nobody but the service accounts of the stack may use.

    Cloud Storage encrypts every object with Google's keys, and a bucket has no setting for it;
    its API is https alone.

    Attributes:
        bucket: its name.
    """

    def __init__(
        self, name: str, arguments: ObjectStoreArguments, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("windtunnel:gcp:ObjectStore", name, None, opts)
        bucket = storage.Bucket(
            name,
            name=arguments.bucket,
            location=arguments.region.upper(),
            storage_class=arguments.service.type,
            # Permissions are in policies alone, and none may ever name the public.
            uniform_bucket_level_access=True,
            public_access_prevention="enforced",
            # `pulumi destroy` stops at a bucket that still holds data.
            force_destroy=False,
            versioning={"enabled": True},
            # Old versions and abandoned uploads are invisible, and are billed until removed.
            lifecycle_rules=[
                {
                    "action": {"type": "AbortIncompleteMultipartUpload"},
                    "condition": {"age": 7},
                },
                {
                    "action": {"type": "Delete"},
                    "condition": {"days_since_noncurrent_time": 30, "with_state": "ARCHIVED"},
                },
            ],
            labels=labels(arguments.stack, name),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.bucket = bucket.name
        self.register_outputs({"bucket": self.bucket})
