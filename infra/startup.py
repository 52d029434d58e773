"""What a node does when it starts: it mounts what its role may use, and starts what runs on it."""

from collections.abc import Sequence
from dataclasses import dataclass

_FUNCTIONS = """\
try_often() {  # a file system or a volume may become ready after the node
    for attempt in $(seq 30); do
        if "$@"; then return 0; fi
        sleep 10
    done
    return 1
}

install_client() {  # package
    if command -v dnf; then dnf install -y "$1"
    else apt-get update && apt-get install -y "$1"
    fi
}

format_once() {  # device
    try_often test -e "$1"
    blkid "$1" || mkfs.ext4 -q "$1"
}

mount_store() {  # source, path, type, options
    mkdir -p "$2"
    grep -q " $2 " /etc/fstab || echo "$1 $2 $3 $4 0 0" >>/etc/fstab
    mountpoint -q "$2" || try_often mount "$2"
}
"""


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


def startup_script(
    stack: str, group: str, mounts: Sequence[Mount], further: Sequence[str] = ()
) -> str:
    """A script that may run at every start: what is done already is not done again.

    Arguments:
        stack: name of the stack.
        group: name of the node group.
        mounts: what its nodes mount.
        further: lines of what runs on its nodes, once all is mounted.
    """
    lines = ["#!/bin/bash", f"# Node group {group} of stack {stack}."]
    if mounts or further:
        lines += ["set -euo pipefail", "", _FUNCTIONS]
    lines += [
        f"try_often install_client {package}"
        for package in dict.fromkeys(mount.package for mount in mounts if mount.package)
    ]
    for mount in mounts:
        if mount.blank:
            lines.append(f"format_once {mount.source}")
        path = f"/mnt/{mount.store}"
        lines.append(f"mount_store {mount.source} {path} {mount.type} {mount.options}")
    return "\n".join([*lines, *further]) + "\n"
