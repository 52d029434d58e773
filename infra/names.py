"""What the parts are called in a cloud, refused before anything is registered if it cannot be."""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence

import pulumi

from infra.environment import environment
from models.description.stack import Stack

LONGEST_BUCKET = 63  # characters, on both clouds
LONGEST_LABEL = 63  # characters of a value on Google Cloud
DIGEST = 10  # hexadecimal digits
ENGINE_ADDS = 8  # characters to the logical name of what is given no other: a hyphen and digits
_NOT_IN_LABELS = re.compile(r"[^a-z0-9_-]")
# Without dots, which break TLS certificates of buckets.
_NOT_IN_NAMES = re.compile(r"[^a-z0-9-]")
_RESERVED = re.compile(r"^(xn--|sthree-|amzn-s3-demo-|goog)|google|(-s3alias|--ol-s3|--x-s3)$")


def tags(stack: str, part: str) -> dict[str, str]:
    """Tags on every resource: what it is, whose it is, who pays for it and who looks after it.

    Arguments:
        stack: name of the stack.
        part: name of the part of the stack.
    """
    where = environment()
    named = {
        "Name": f"{stack}-{part}",
        "project": where.project,
        "stack": stack,
        "environment": where.name,
        "owner": where.owner,
        "cost-center": where.cost_center,
        "managed-by": "windtunnel",
    }
    return {key: value for key, value in named.items() if value}


def labels(stack: str, part: str) -> dict[str, str]:
    """The same on Google Cloud, whose labels are short and lower-case.

    Arguments:
        stack: name of the stack.
        part: name of the part of the stack.
    """
    return {
        key.lower(): _NOT_IN_LABELS.sub("-", value.lower())[:LONGEST_LABEL]
        for key, value in tags(stack, part).items()
    }


def unique_name(stack: str, part: str, *of: str, longest: int) -> str:
    """A name that no other part, stack file or Pulumi stack has, and that people can read.

    Names joined by hyphens would not do: part c of stack a-b is not part b-c of stack a.

    Arguments:
        stack: name of the stack.
        part: name of the part of the stack.
        of: what else sets it apart, such as an account.
        longest: characters that the cloud takes.
    """
    where = environment()
    readable = f"{stack}-{part}-{_NOT_IN_NAMES.sub('-', where.name.lower())}"
    return _with_digest(readable, [where.project, where.name, stack, part, *of], longest)


def _with_digest(readable: str, told: Sequence[str], longest: int) -> str:
    digest = hashlib.sha256(json.dumps(told).encode()).hexdigest()[:DIGEST]
    return f"{readable[: longest - DIGEST - 1].rstrip('-')}-{digest}"


def joined_name(parts: Sequence[str], others: Iterable[Sequence[str]], longest: int) -> str:
    """Parts joined by hyphens, with digits where others would be joined alike or it is too long.

    Arguments:
        parts: names that are joined.
        others: parts of all names of that kind, these among them.
        longest: characters that may be.
    """
    joined = "-".join(parts)
    alike = sum("-".join(one) == joined for one in others)
    if len(joined) <= longest and alike <= 1:
        return joined
    return _with_digest(joined, parts, longest)


def plain_name(stack: str, part: str, *of: str, longest: int) -> str:
    """A unique name of letters, digits and hyphens alone, where the cloud takes no dots.

    Arguments:
        stack: name of the stack.
        part: name of the part of the stack, with a dot between those of a workload and its part.
        of: what else sets it apart.
        longest: characters that the cloud takes.
    """
    return unique_name(stack, part.replace(".", "-"), part, *of, longest=longest)


def fitting_name(stack: str, part: str, longest: int) -> str | None:
    """A unique name where the engine's own would be too long; None where it makes one that fits.

    Arguments:
        stack: name of the stack.
        part: name of the part of the stack, which the engine adds digits to.
        longest: characters that the cloud takes.
    """
    if len(part) + ENGINE_ADDS <= longest:
        return None
    return plain_name(stack, part, longest=longest)


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
    name = unique_name(stack, store, owner, region, longest=LONGEST_BUCKET)
    if _RESERVED.search(name):
        raise pulumi.RunError(
            f"storage.{store}: its bucket would be called '{name}', which is reserved; "
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
