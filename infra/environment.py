"""What sets a Pulumi stack of a stack file apart from the others: development, production."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pulumi

from infra.settings import structured

ROOT = Path(__file__).resolve().parents[1]
MOST_VERSION_DAYS = 3650
_TAG_VALUE = re.compile(r"[\w .:/=+@-]{1,200}")  # what AWS takes everywhere, and no more of it


@dataclass(frozen=True)
class Environment:
    """How a Pulumi stack is kept, and who answers for it.

    Arguments:
        project: the Pulumi project.
        name: the Pulumi stack, such as dev or prod.
        owner: who answers for it; empty if not said.
        cost_center: who pays; empty if not said.
        protect: stores are neither deleted nor replaced.
        version_days: how long old versions of objects are kept; 0 for not at all.
        roll: running nodes are replaced where their description changes.
        newest_images: nodes start from the newest image, and no longer from the one they have.
        expendable: stores that a change may end with their data.
    """

    project: str
    name: str
    owner: str = ""
    cost_center: str = ""
    protect: bool = False
    version_days: int = 30
    roll: bool = True
    newest_images: bool = False
    expendable: tuple[str, ...] = ()

    def keeping(self, parent: pulumi.Resource, **others: Any) -> pulumi.ResourceOptions:
        """Options of what holds data: where it is protected, the engine refuses to end it.

        Arguments:
            parent: the component that it belongs to.
            others: further options.
        """
        return pulumi.ResourceOptions(parent=parent, protect=self.protect or None, **others)


def environment() -> Environment:
    """The environment of the Pulumi stack that runs.

    Raises:
        pulumi.RunError: a setting that can't be.
    """
    config = pulumi.Config("windtunnel")
    days = config.get_int("versionDays", 30)
    if days is None or not 0 <= days <= MOST_VERSION_DAYS:
        raise pulumi.RunError(
            f"windtunnel:versionDays must be from 0 to {MOST_VERSION_DAYS}, not {days}"
        )
    return Environment(
        pulumi.get_project(),
        pulumi.get_stack(),
        _tag_value(config, "owner"),
        _tag_value(config, "costCenter"),
        bool(config.get_bool("protect", False)),
        days,
        bool(config.get_bool("roll", True)),
        bool(config.get_bool("newestImages", False)),
        _expendable(),
    )


def _expendable() -> tuple[str, ...]:
    form = (
        "be a list of names, such as [scratch]:"
        " pulumi config set --path 'windtunnel:expendable[0]' scratch"
    )
    listed = structured("expendable", list, form)
    if not all(isinstance(one, str) for one in listed):
        raise pulumi.RunError(f"windtunnel:expendable must {form}")
    return tuple(listed)


def _tag_value(config: pulumi.Config, key: str) -> str:
    value = config.get(key) or ""
    if value and not _TAG_VALUE.fullmatch(value):
        raise pulumi.RunError(
            f"windtunnel:{key}: {value!r} can't be a tag; write letters, digits, spaces and"
            " . : / = + @ - _, 200 at most"
        )
    return value


def beside_stack(file: str) -> Path:
    """What a stack file names, from its own folder.

    Arguments:
        file: as the stack file has it.
    """
    return (ROOT / pulumi.Config("windtunnel").require("stack")).parent / file
