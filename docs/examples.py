"""Examples in the documentation: what their commands and expressions show is what they show."""

import contextlib
import doctest
import io
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
BLOCK = re.compile(r"(?<=^```console\n).*?(?=^```$)", re.MULTILINE | re.DOTALL)
SESSION = re.compile(r"(?<=^```pycon\n).*?(?=^```$)", re.MULTILINE | re.DOTALL)
# What may stand behind a prompt, and what it runs here.
COMMANDS = {"windtunnel": (sys.executable, "-m", "windtunnel"), "python": (sys.executable,)}


def with_real_output(text: str) -> str:
    """The page with the output of every command and every expression as it is today.

    Arguments:
        text: of the page, Markdown.
    """
    return BLOCK.sub(lambda block: _run_block(block.group()), with_real_sessions(text))


def with_real_sessions(text: str) -> str:
    """The page with what its sessions of Python show today; they go on from block to block.

    Arguments:
        text: of the page, Markdown.
    """
    names: dict[str, object] = {}
    return SESSION.sub(lambda block: _run_session(block.group(), names), text)


def _run_session(block: str, names: dict[str, object]) -> str:
    shown = []
    for example in doctest.DocTestParser().get_examples(block):
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(example.source, "<documentation>", "single"), names)
        first, *more = example.source.splitlines()
        shown += [f">>> {first}", *(f"... {line}".rstrip() for line in more)]
        shown += printed.getvalue().splitlines()
    return "".join(f"{line}\n" for line in shown)


def _run_block(block: str) -> str:
    commands = [line for line in block.splitlines() if line.startswith("$ ")]
    return "".join(f"{line}\n{_output(line.removeprefix('$ '))}" for line in commands)


def _output(line: str) -> str:
    program, *arguments = shlex.split(line)
    command = COMMANDS.get(program, (program,))
    # A make inside a make says where it is; a reader's does not.
    environment = {name: value for name, value in os.environ.items() if "MAKE" not in name}
    done = subprocess.run(
        (*command, *arguments),
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    # Blanks at the end of a line show nowhere, but differ.
    return "".join(f"{shown.rstrip()}\n" for shown in done.stdout.splitlines())


def pages() -> list[Path]:
    """Pages with examples."""
    return [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
