"""Examples in the documentation: every console block shows what its commands really print."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
BLOCK = re.compile(r"(?<=^```console\n).*?(?=^```$)", re.MULTILINE | re.DOTALL)
# What may stand behind a prompt, and what it runs here.
COMMANDS = {"windtunnel": (sys.executable, "-m", "windtunnel"), "python": (sys.executable,)}


def with_real_output(text: str) -> str:
    """The page with the output of every command in its console blocks as it is today.

    Arguments:
        text: of the page, Markdown.
    """
    return BLOCK.sub(lambda block: _run_block(block.group()), text)


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
