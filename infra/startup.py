"""What a node does when it starts: it mounts what its role may use, and starts what runs on it."""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from models.description.setup import Setup

HOME = "/opt/windtunnel"
PYTHON = f"{HOME}/python"
_FUNCTIONS = f"""\
try_often() {{  # a file system or a volume may become ready after the node
    for attempt in $(seq 30); do
        if "$@"; then return 0; fi
        sleep 10
    done
    return 1
}}

install() {{  # packages
    if command -v dnf; then dnf install -y "$@"
    else apt-get update && apt-get install -y "$@"
    fi
}}

install_python() {{  # requirements
    if ! command -v dnf; then install python3-venv || return 1; fi
    [ -x {PYTHON}/bin/pip ] || python3 -m venv {PYTHON} || return 1
    {PYTHON}/bin/pip install --no-input "$@"
}}

format_once() {{  # device
    try_often test -e "$1" && {{ blkid "$1" || mkfs.ext4 -q "$1"; }}
}}

mount_store() {{  # source, path, type, options
    mkdir -p "$2" || return 1
    grep -q " $2 " /etc/fstab || echo "$1 $2 $3 $4 0 0" >>/etc/fstab
    mountpoint -q "$2" || try_often mount "$2"
}}

report() {{ :; }}  # state: who may be told is told below

failed=""
fail() {{  # what: the rest is tried all the same
    failed="${{failed:+$failed; }}$1"
    echo "windtunnel: $1" | tee /dev/console >&2
}}
"""


class Mounted(Protocol):
    """Storage that a node mounts at /mnt/<store>, whatever it takes."""

    @property
    def package(self) -> str:
        """Of what it takes; empty if nothing is needed."""
        ...

    def lines(self) -> list[str]:
        """It is mounted, or said that it is not."""
        ...


@dataclass(frozen=True)
class Mount:
    """Storage that a node mounts at /mnt/<store>.

    Arguments:
        store: name of the store.
        source: what is mounted: a device or the address of a file system.
        type: of the file system, as mount names it.
        options: mount options.
        package: of the client; empty if none is needed.
        blank: the source is a new volume, formatted at the first start.
    """

    store: str
    source: str
    type: str
    options: str
    package: str = ""
    blank: bool = False

    def lines(self) -> list[str]:
        """It is mounted, or said that it is not."""
        path = f"/mnt/{self.store}"
        mounted = f"mount_store {self.source} {path} {self.type} {self.options}"
        if self.blank:
            mounted = f"format_once {self.source} && {mounted}"
        return [f"{mounted} || fail '{self.store} is not mounted at {path}'"]


@dataclass(frozen=True)
class Start:
    """What the nodes of a group do at their start.

    Arguments:
        stack: name of the stack.
        group: name of the node group.
        mounts: what they mount.
        setup: what is put on them; None for nothing.
        first: lines before all else, such as how to report.
        health: lines that watch the hardware from then on.
        further: lines of what runs on them, once they have all they need.
    """

    stack: str
    group: str
    mounts: Sequence[Mounted]
    setup: Setup | None = None
    first: Sequence[str] = ()
    health: Sequence[str] = field(default=())
    further: Sequence[str] = ()


def startup_script(start: Start) -> str:
    """A script that may run at every start: what is done already is not done again.

    What fails is said, on the console and to whom it is reported, and keeps nothing else from
    being tried; what runs on the nodes is only started where nothing failed.

    Arguments:
        start: what they do.
    """
    setup = start.setup or Setup()
    clients = dict.fromkeys(mount.package for mount in start.mounts if mount.package)
    lines = [
        *start.first,
        *start.health,
        *(f"try_often install {one} || fail '{one} is not installed'" for one in clients),
        *(line for mount in start.mounts for line in mount.lines()),
    ]
    if setup.packages:
        wanted = shlex.join(setup.packages)
        lines.append(f"try_often install {wanted} || fail 'packages are not installed'")
    if setup.pip:
        wanted = shlex.join(setup.pip)
        lines.append(f"try_often install_python {wanted} || fail 'Python is not set up'")
    head = ["#!/bin/bash", f"# Node group {start.group} of stack {start.stack}."]
    if not lines and not start.further:
        return "\n".join(head) + "\n"
    stop = 'if [ -n "$failed" ]; then report "Failed: $failed"; exit 1; fi'
    further = ["set -e", *start.further] if start.further else []
    return "\n".join([*head, "set -uo pipefail", "", _FUNCTIONS, *lines, stop, *further]) + "\n"
