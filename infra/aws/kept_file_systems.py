"""File systems that are there: a change that would end one with its data is refused."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pulumi
from pulumi_aws import resourcegroupstaggingapi

from infra.environment import Environment

_TAG = "made-as"
_ASKED = ("elasticfilesystem:file-system", "fsx:file-system")


@dataclass(frozen=True)
class Made:
    """What of a file system never changes, or never shrinks: other values are another one.

    Arguments:
        service: of AWS, as ARNs have it.
        words: what it is made with, for people too.
        capacity: that it is made with, GiB; 0 where it has none.
    """

    service: str
    words: tuple[str, ...]
    capacity: int = 0

    def tag(self) -> dict[str, str]:
        """As its tags have it, so that a later update knows."""
        return {_TAG: " ".join([*self.words, str(self.capacity)])}


@dataclass(frozen=True)
class Found:
    """A file system that is there.

    Arguments:
        store: its name in the stack file.
        arn: of it.
        made: as its tags say; empty of one that has no such tag.
    """

    store: str
    arn: str
    made: str


def refuse_to_lose(described: Mapping[str, Made], where: Environment) -> None:
    """Stop where the engine would end a file system of this Pulumi stack.

    Arguments:
        described: file systems by the names of their stores.
        where: whose they are, and what of them may be lost.

    Raises:
        pulumi.RunError: with each that would go, and why.
    """
    found = [one for one in _there(where) if one.store not in where.expendable]
    lost = [(one, why) for one in found if (why := _why_lost(one, described.get(one.store)))]
    if lost:
        told = "\n".join(f"storage.{one.store}: {why}: {one.arn}" for one, why in lost)
        first = lost[0][0].store
        raise pulumi.RunError(
            f"a change would end file systems with their data:\n{told}\n"
            "Undo it, or copy the data, then say that they may go (also of one that you have ended"
            " minutes ago, which AWS still lists):\n"
            f"  pulumi config set --path 'windtunnel:expendable[0]' {first}"
        )


def _there(where: Environment) -> Iterator[Found]:
    mine = {"project": where.project, "environment": where.name}
    try:
        listed = resourcegroupstaggingapi.get_resources(
            resource_type_filters=list(_ASKED),
            tag_filters=[{"key": key, "values": [value]} for key, value in mine.items()],
        ).resource_tag_mapping_lists
    except Exception as error:  # the SDK raises no narrower type
        reason = str(error).rpartition("returned an error: ")[2].strip()
        pulumi.log.warn(
            "AWS did not say which file systems there are, so that it is not known whether this"
            f" ends one of them: {reason}"
        )
        return
    for one in listed:
        tags = dict(one.tags)
        store = tags.get("Name", "").removeprefix(f"{tags.get('stack')}-")
        yield Found(store, one.resource_arn, tags.get(_TAG, ""))


def _why_lost(found: Found, described: Made | None) -> str:
    """Why the engine would end a file system; empty where it would not."""
    if described is None:
        return "is no file system of the stack any more"
    if found.arn.split(":")[2] != described.service:
        return "would be one of another service"
    before, _, capacity = found.made.rpartition(" ")
    if not before:  # it was made before tags said how
        return ""
    now = " ".join(described.words)
    if before != now:
        return f"was made as '{before}', and would be made anew as '{now}'"
    if described.capacity < int(capacity):
        return f"has {capacity} GiB, and does not shrink to {described.capacity}"
    return ""
