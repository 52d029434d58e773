"""From a file that another tool wrote to its resources, before a change and after it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from infra.existing import pulumi_files, terraform_files
from infra.existing.plain_json import read_json
from infra.existing.resource import Program
from infra.existing.running_stack import exported
from models.reading.faults import Fault, InvalidDescription


class Format(Enum):
    """What a file is."""

    PULUMI_PREVIEW = "a preview of Pulumi"
    PULUMI_EXPORT = "an export of a Pulumi stack"
    PULUMI_PROGRAM = "a program of Pulumi that runs"
    TERRAFORM_PLAN = "a plan of Terraform"
    TERRAFORM_STATE = "a state of Terraform"


@dataclass(frozen=True)
class ProgramFile:
    """A file as read.

    Arguments:
        name: as messages call it.
        format: what it is.
        before: the resources that are there.
        after: those that there would be; the same of an export or a state.
    """

    name: str
    format: Format
    before: Program
    after: Program

    @property
    def changes(self) -> bool:
        """It says what would change, and not only what is there."""
        return self.format in (Format.PULUMI_PREVIEW, Format.TERRAFORM_PLAN)


WANTED = (
    "write it with: pulumi preview --json --show-sames, pulumi stack export, or"
    " terraform show -json PLAN"
)


def read_program(path: Path, state: Path | None = None, stack: str | None = None) -> ProgramFile:
    """Read a preview, an export, a plan, a state, or what the backend has of a running stack.

    Arguments:
        path: of the file, or of the folder of a Pulumi project; "-" is standard input.
        state: an export, for what a preview leaves out since it does not change.
        stack: of the project in that folder; None for the one that is selected.

    Raises:
        InvalidDescription: it can't be read, or is none of these.
        StackNotReached: the backend did not give the stack.
    """
    held = None
    if state is not None:
        name, tree = read_json(state)
        held = _read(name, tree, None)
        if held.format is not Format.PULUMI_EXPORT:
            raise _invalid(name, f"is {held.format.value}, not an export", "pulumi stack export")
    if path.is_dir():
        name, tree = exported(path, stack)
    elif stack is not None:
        hint = "name the folder of its Pulumi project"
        raise _invalid(str(path), f"is a file, which holds no stack '{stack}'", hint)
    else:
        name, tree = read_json(path)
    found = _read(name, tree, held.after if held else None)
    if not (found.before.resources or found.after.resources):
        raise _invalid(name, f"is {found.format.value} without a resource", "")
    return found


def _read(name: str, tree: Any, state: Program | None) -> ProgramFile:
    if isinstance(tree, list) and any(_is_event(one) for one in tree):
        return ProgramFile(name, Format.PULUMI_PREVIEW, *pulumi_files.events(tree, state))
    if not isinstance(tree, Mapping):
        raise _invalid(
            name, "is JSON, but neither a preview, an export, a plan nor a state", WANTED
        )
    if _is_event(tree):
        return ProgramFile(name, Format.PULUMI_PREVIEW, *pulumi_files.events([tree], state))
    if isinstance(tree.get("steps"), list):
        return ProgramFile(name, Format.PULUMI_PREVIEW, *pulumi_files.preview(tree, state))
    if "deployment" in tree or "checkpoint" in tree or "latest" in tree:
        if not isinstance(tree.get("version", 3), int) or tree.get("version", 3) > 3:
            told = "is an export of a version that is not known"
            raise _invalid(name, told, "versions 1 to 3 are read")
        program = pulumi_files.export(tree)
        return ProgramFile(name, Format.PULUMI_EXPORT, program, program)
    if "planned_values" in tree:
        return ProgramFile(name, Format.TERRAFORM_PLAN, *terraform_files.plan(tree))
    if "terraform_version" in tree and isinstance(tree.get("values"), Mapping):
        program = terraform_files.state(tree)
        return ProgramFile(name, Format.TERRAFORM_STATE, program, program)
    if "terraform_version" in tree and "resources" in tree:
        told = "is a state as Terraform keeps it"
        raise _invalid(name, told, "terraform show -json > state.json makes one that is read")
    raise _invalid(name, "is JSON, but neither a preview, an export, a plan nor a state", WANTED)


def _is_event(tree: Any) -> bool:
    return isinstance(tree, Mapping) and bool(
        {"resourcePreEvent", "preludeEvent", "summaryEvent"} & set(tree)
    )


def _invalid(name: str, message: str, hint: str) -> InvalidDescription:
    return InvalidDescription(name, [Fault((), message, hint)])
