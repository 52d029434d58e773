"""What the parts are called in a cloud, refused before anything is registered if it cannot be."""

import re
from collections import Counter
from collections.abc import Iterable

import pulumi

from models.description.stack import Stack

# The names that both S3 and Cloud Storage take, without dots: those break TLS certificates.
_BUCKET = re.compile(r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]")
LONGEST_LABEL = 63  # characters of a value on Google Cloud
_RESERVED = re.compile(r"^(xn--|sthree-|amzn-s3-demo-|goog)|google|(-s3alias|--ol-s3|--x-s3)$")


def tags(stack: str, part: str) -> dict[str, str]:
    """Tags on every resource: what it is, which stack it belongs to and who looks after it.

    Arguments:
        stack: name of the stack.
        part: name of the part of the stack.
    """
    return {"Name": f"{stack}-{part}", "windtunnel-stack": stack, "managed-by": "windtunnel"}


def labels(stack: str, part: str) -> dict[str, str]:
    """The same on Google Cloud, where label keys are lower-case and values are short.

    Arguments:
        stack: name of the stack.
        part: name of the part of the stack.
    """
    return {key.lower(): value[:LONGEST_LABEL] for key, value in tags(stack, part).items()}


def bucket_name(stack: str, store: str, owner: str, region: str) -> str:
    """A globally unique name of a bucket: bucket names are shared by all customers of a cloud.

    Arguments:
        stack: name of the stack.
        store: name of the object store.
        owner: account or project, which no one else has.
        region: where the bucket is.

    Raises:
        pulumi.RunError: the cloud would refuse the name.
    """
    name = f"{stack}-{store}-{owner}-{region}"
    if not _BUCKET.fullmatch(name) or _RESERVED.search(name):
        why = f"{len(name)} characters, 63 at most" if len(name) > 63 else "not a valid bucket name"
        raise pulumi.RunError(
            f"storage.{store}: its bucket would be called '{name}': {why}; "
            "rename the stack or the store"
        )
    return name


def refuse_duplicates(what: str, names: Iterable[str]) -> None:
    """Stop where two resources of one kind would have the same name.

    Arguments:
        what: kind of resource, for the message.
        names: all names of that kind.

    Raises:
        pulumi.RunError: with the names that occur more than once.
    """
    twice = sorted(name for name, count in Counter(names).items() if count > 1)
    if twice:
        raise pulumi.RunError(f"two {what} would be called '{twice[0]}'; rename one of them")


def role_names(stack: Stack) -> dict[str, str]:
    """Name of the role of each node group: that of its identity, or one that may do nothing.

    Arguments:
        stack: the description.

    Raises:
        pulumi.RunError: two roles would share a name.
    """
    roles = {one.nodes: name for name, one in stack.identities.items() if one.nodes}
    names = {group: roles.get(group, f"{group}-no-permissions") for group in stack.nodes}
    refuse_duplicates("roles", names.values())
    return names
