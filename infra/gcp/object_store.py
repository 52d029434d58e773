"""An object store on Google Cloud: a private, versioned bucket."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Never

import pulumi
from pulumi_gcp import storage

from infra.access import Granted
from infra.builders import Builder, BuiltStore, Place, Plan
from infra.environment import Environment, environment
from infra.gcp.identity import Grant
from infra.gcp.network import Network
from infra.names import bucket_name, labels
from models.catalog.records import StorageService
from models.parts.stores.object_store import ObjectStore as Description


@dataclass(frozen=True)
class ObjectStoreArguments:
    """What a bucket is made of.

    Arguments:
        stack: name of the stack.
        service: the storage service of the catalog.
        bucket: its name, unique in the world.
        region: where it is.
        environment: how it is kept.
    """

    stack: str
    service: StorageService
    bucket: str
    region: str
    environment: Environment


class ObjectStore(BuiltStore[Grant]):
    """A bucket that nobody but the service accounts of the stack may use.

    Cloud Storage encrypts every object with Google's keys, and a bucket has no setting for it;
    its API is https alone.

    Attributes:
        address: its name.
    """

    def __init__(
        self, name: str, arguments: ObjectStoreArguments, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("windtunnel:gcp:ObjectStore", name, None, opts)
        self._name = name
        days = arguments.environment.version_days
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
            versioning={"enabled": days > 0},
            # Old versions and abandoned uploads are invisible, and are billed until removed.
            lifecycle_rules=[
                {
                    "action": {"type": "AbortIncompleteMultipartUpload"},
                    "condition": {"age": 7},
                },
                {
                    "action": {"type": "Delete"},
                    "condition": {
                        "days_since_noncurrent_time": max(days, 1),
                        "with_state": "ARCHIVED",
                    },
                },
            ],
            labels=labels(arguments.stack, name),
            # Under another name it would be another bucket, without what is in this one.
            opts=arguments.environment.keeping(self, ignore_changes=["name"]),
        )
        self.address = bucket.name
        self.register_outputs({"bucket": self.address})

    def grant(self, granted: Sequence[Granted]) -> Grant:
        """What lets a service account use it.

        Arguments:
            granted: by the permissions of the role, all of which allow at any time.
        """
        return Grant(self._name, self.address, [one for each in granted for one in each.rights])


def plan(name: str, store: Description, place: Place) -> Plan[Network, ObjectStore, Never]:
    """A bucket whose name Cloud Storage takes.

    Arguments:
        name: of the store.
        store: as described.
        place: where it is built.

    Raises:
        pulumi.RunError: Cloud Storage would refuse the name.
    """
    arguments = ObjectStoreArguments(
        stack=place.stack.name,
        service=place.service(store.service),
        bucket=bucket_name(place.stack.name, name, place.owner, place.region),
        region=place.region,
        environment=environment(),
    )
    return Plan(lambda network: ObjectStore(name, arguments))


BUILDER = Builder(plan, output="buckets")
