"""An identity on Google Cloud: the service account of a node group."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi_gcp import serviceaccount, storage

from infra.names import unique_name

LONGEST_ACCOUNT = 30
# Neither lets a node delete; objectUser, which is both at once, would.
ROLES = {
    "list": "roles/storage.legacyBucketReader",
    "read": "roles/storage.objectViewer",  # which lists, too
    "write": "roles/storage.objectCreator",
}


@dataclass(frozen=True)
class Grant:
    """What a service account may do with one bucket.

    Arguments:
        store: name of the store.
        bucket: name of the bucket.
        access: list, read and write, or some of them.
    """

    store: str
    bucket: pulumi.Input[str]
    access: Sequence[str]


@dataclass(frozen=True)
class IdentityArguments:
    """What a service account is made of.

    Arguments:
        stack: name of the stack.
        grants: all that it may do.
    """

    stack: str
    grants: Sequence[Grant]


class Identity(pulumi.ComponentResource):
    """A service account without keys, which only the nodes use, and its roles on single buckets.

    It has no role in the project, so it may do nothing that is not listed.

    Attributes:
        email: what the instance template of the nodes names.
    """

    def __init__(
        self, name: str, arguments: IdentityArguments, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("windtunnel:gcp:Identity", name, None, opts)
        inside = pulumi.ResourceOptions(parent=self)
        account = serviceaccount.Account(
            name,
            account_id=account_id(arguments.stack, name),
            display_name=f"{arguments.stack} {name}",
            description=f"Nodes of {arguments.stack}, managed by windtunnel",
            opts=inside,
        )
        for grant in arguments.grants:
            for right in grant.access:
                if right == "list" and "read" in grant.access:
                    continue
                storage.BucketIAMMember(
                    f"{name}.{grant.store}.{right}",
                    bucket=grant.bucket,
                    role=ROLES[right],
                    member=account.email.apply(lambda email: f"serviceAccount:{email}"),
                    opts=inside,
                )
        self.email = account.email
        self.register_outputs({"email": self.email})


def account_id(stack: str, name: str) -> str:
    """Name of a service account, of 30 characters at most and different for each Pulumi stack.

    Arguments:
        stack: name of the stack.
        name: of the identity.
    """
    return unique_name(name, stack, longest=LONGEST_ACCOUNT)
