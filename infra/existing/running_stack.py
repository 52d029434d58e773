"""A Pulumi stack that runs: what its backend has of it, through Pulumi's Automation API."""

import json
from pathlib import Path
from typing import Any

from models.reading.faults import Fault, InvalidDescription

PROJECT_FILES = ("Pulumi.yaml", "Pulumi.yml", "Pulumi.json")


class StackNotReached(Exception):
    """The backend, or the Pulumi CLI, did not give the stack; the message is what it said."""


def exported(folder: Path, stack: str | None) -> tuple[str, Any]:
    """What messages call a stack, and its export; secrets stay as they are kept, encrypted.

    Arguments:
        folder: of the Pulumi project.
        stack: its name; None for the one that is selected there.

    Raises:
        InvalidDescription: no Pulumi project is there.
        StackNotReached: there is no CLI, no credential, or no such stack.
    """
    if not any((folder / one).is_file() for one in PROJECT_FILES):
        fault = Fault((), "is a folder without a Pulumi.yaml", "name a file, or a Pulumi project")
        raise InvalidDescription(str(folder), [fault])
    try:
        from pulumi.automation import CommandError, PulumiCommand
    except ImportError:
        raise StackNotReached(
            'running stacks are read through the Pulumi SDK: pip install "windtunnel[cloud]"'
        ) from None
    named = [] if stack is None else ["--stack", stack]
    try:
        result = PulumiCommand().run(["stack", "export", *named], str(folder), {})
    except FileNotFoundError:
        raise StackNotReached(f"{folder}: no Pulumi CLI is on the path") from None
    except CommandError as error:
        raise StackNotReached(f"{folder}: {_last_words(str(error))}") from None
    return f"{folder} ({stack or 'the selected stack'})", json.loads(result.stdout)


def _last_words(said: str) -> str:
    """The error among all that the CLI printed."""
    told = [line.partition("error:")[2].strip() for line in said.splitlines()]
    return next((one for one in reversed(told) if one), " ".join(said.split()))
