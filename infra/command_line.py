"""How the commands of this room begin and end: the state that is piped in, and who leaves early."""

import json
import os
import signal
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any, NoReturn, TextIO

BAD_INPUT, REFUSED, INTERRUPTED = 2, 3, 130
_NO_STATE = "no state: pipe `pulumi stack export` into this"


def refuse(text: str, code: int = BAD_INPUT) -> NoReturn:
    """Say why a command ends, and end it.

    Arguments:
        text: why.
        code: of the exit.
    """
    print(text, file=sys.stderr)
    sys.exit(code)


def run(command: Callable[[], None]) -> None:
    """Run a command; one that is interrupted, or that nobody reads to the end, is no defect.

    Arguments:
        command: what it does.
    """
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, _interrupted)
    try:
        command()
        sys.stdout.flush()
    except BrokenPipeError:  # `| head`: what is left must not be written at the end either
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        refuse(f"{error.filename or 'output'}: {error.strerror or error}", REFUSED)


def _interrupted(number: int, frame: FrameType | None) -> NoReturn:
    """End at once: a callback of Pulumi would lose an exception, and its threads wait for ever."""
    os.write(sys.stderr.fileno(), b"interrupted\n")
    os._exit(INTERRUPTED)


def read_state(source: TextIO, *, empty: bool = False) -> dict[str, Any]:
    """A state as `pulumi stack export` has it; what is none ends the command.

    Arguments:
        source: that it is read from.
        empty: nothing at all is a state without resources.
    """
    try:
        text = "" if source.isatty() else source.read()
        state = {"deployment": {}} if empty and not text.strip() else json.loads(text)
        deployment = state["deployment"]
        for key in ("resources", "pending_operations"):
            deployment[key] = deployment.get(key) or []
        operations = deployment["pending_operations"]
        for one in (*deployment["resources"], *(each["resource"] for each in operations)):
            _check(one)
        if not all(isinstance(one["type"], str) for one in operations):
            raise TypeError
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        refuse(_NO_STATE)
    return dict(state)


def _check(resource: dict[str, Any]) -> None:
    named = isinstance(resource["urn"], str) and isinstance(resource["type"], str)
    values = (resource.get("inputs") or {}, resource.get("outputs") or {})
    if not named or not all(isinstance(one, dict) for one in values):
        raise TypeError
