"""Startup scripts, run by bash with the commands of a node stood in for."""

import base64
import gzip
import os
import stat
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pulumi
import pytest
from pydantic import ValidationError

from infra.aws.node_group import user_data
from infra.health import XID, health_lines
from infra.startup import Mount, Start, startup_script
from models.description.setup import Setup

LUSTRE = Mount("data", "fs@tcp:/abcd", "lustre", "rw,flock", package="lustre-client")
SCRATCH = Mount("scratch", "/dev/sdf", "ext4", "defaults", blank=True)
Ran = subprocess.CompletedProcess[str]


class Node:
    """A folder that stands for a node, whose commands do nothing unless they are told.

    Each call of one is a line in `calls`.
    """

    COMMANDS = "mount mkfs.ext4 blkid mountpoint dnf apt-get systemctl nvidia-smi journalctl sleep"

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.bin = folder / "bin"
        self.calls_file = folder / "calls"
        for name in ("bin", "etc/systemd/system", "mnt", "dev", "opt", "run"):
            (folder / name).mkdir(parents=True)
        (folder / "etc" / "fstab").touch()
        for name in self.COMMANDS.split():
            self.command(name)
        self.command("mountpoint", "exit 1")

    def command(self, name: str, does: str = "") -> None:
        path = self.bin / name
        path.write_text(f'#!/bin/bash\necho "{name} $*" >>{self.calls_file}\n{does}\n')
        path.chmod(path.stat().st_mode | stat.S_IXUSR)

    def run(self, script: str) -> Ran:
        for place in ("/etc/", "/mnt/", "/dev/console", "/dev/sdf", "/opt/", "/run/windtunnel"):
            script = script.replace(place, f"{self.folder}{place}")
        return self.run_there(script)

    def run_there(self, script: str) -> Ran:
        """Run what was put on the node, and so knows its paths."""
        environment = {"PATH": f"{self.bin}:{os.environ['PATH']}"}
        return subprocess.run(
            ["bash", "-c", script], env=environment, capture_output=True, text=True, timeout=60
        )

    @property
    def calls(self) -> list[str]:
        return self.calls_file.read_text().splitlines() if self.calls_file.exists() else []


@pytest.fixture
def node(tmp_path: Path) -> Node:
    return Node(tmp_path)


def script(*mounts: Mount, **keys: Any) -> str:
    return startup_script(Start("stack", "trainers", mounts, **keys))


def test_nothing_to_do_is_nothing(node: Node) -> None:
    assert script() == "#!/bin/bash\n# Node group trainers of stack stack.\n"


def test_clients_are_installed_and_stores_mounted_once(node: Node) -> None:
    text = script(LUSTRE, LUSTRE)
    assert node.run(text).returncode == 0
    assert [one for one in node.calls if one.startswith("dnf")] == ["dnf install -y lustre-client"]
    node.command("mountpoint", "exit 0")
    assert node.run(text).returncode == 0
    assert (node.folder / "etc/fstab").read_text().count("fs@tcp:/abcd") == 1
    assert sum(one.startswith("mount ") for one in node.calls) == 2


def test_a_volume_is_formatted_at_its_first_start_alone(node: Node) -> None:
    (node.folder / "dev/sdf").touch()
    node.command("blkid", "exit 2")
    assert node.run(script(SCRATCH)).returncode == 0
    assert any(one.startswith("mkfs.ext4 -q") for one in node.calls)
    node.command("blkid", "exit 0")
    node.calls_file.unlink()
    assert node.run(script(SCRATCH)).returncode == 0
    assert not any(one.startswith("mkfs.ext4") for one in node.calls)


def test_a_mount_that_fails_is_told_and_fails_alone(node: Node) -> None:
    (node.folder / "dev/sdf").touch()
    node.command("mount", '[[ "$1" != *data ]] || exit 32')
    told = f'report() {{ echo "$1" >>{node.folder}/told; }}'
    text = script(LUSTRE, SCRATCH, first=[told], further=["touch /run/windtunnel-started"])
    ran = node.run(text)
    assert ran.returncode == 1
    assert "windtunnel: data is not mounted at" in ran.stderr
    assert (node.folder / "told").read_text().startswith("Failed: data is not mounted at")
    # The other store is there, and nothing runs without what it needs.
    assert any(one.startswith("mount ") and one.endswith("/scratch") for one in node.calls)
    assert not (node.folder / "run/windtunnel-started").exists()


def test_a_client_that_can_t_be_installed_is_told(node: Node) -> None:
    node.command("dnf", "exit 1")
    ran = node.run(script(LUSTRE))
    assert ran.returncode == 1
    assert "windtunnel: lustre-client is not installed" in ran.stderr


def test_what_runs_is_started_once_all_is_there(node: Node) -> None:
    ran = node.run(script(LUSTRE, further=["touch /run/windtunnel-started"]))
    assert ran.returncode == 0
    assert (node.folder / "run/windtunnel-started").exists()


def test_packages_are_installed_with_their_versions(node: Node) -> None:
    node.command("python3", 'mkdir -p "$3/bin"; cp "$(command -v dnf)" "$3/bin/pip"')
    setup = Setup.model_validate({"packages": ["git", "htop-3.2.1"], "pip": ["torch==2.5.1"]})
    assert node.run(script(setup=setup)).returncode == 0
    assert "dnf install -y git htop-3.2.1" in node.calls
    assert any(one.endswith("install --no-input torch==2.5.1") for one in node.calls)


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"pip": ["torch"]}, "is not pinned; write it with its version, such as 'torch==2.5.1'"),
        ({"pip": ["torch>=2"]}, "is not a package with its version"),
        ({"packages": ["git; reboot"]}, "is not a package"),
        ({"packages": ["--nogpgcheck"]}, "is not a package"),
    ],
)
def test_a_package_is_a_package_and_pinned(keys: Mapping[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Setup.model_validate(keys)


# Accelerators


@pytest.fixture
def check(node: Node) -> Callable[[], Ran]:
    """Looks at eight accelerators that all answer, unless the node is told otherwise."""
    assert node.run(script(health=health_lines(8))).returncode == 0
    node.command("nvidia-smi", '[[ "$1" == --query-gpu* ]] && seq 8')
    text = (node.folder / "opt/windtunnel/health").read_text()
    return lambda: node.run_there(text)


def off(node: Node) -> bool:
    return "systemctl poweroff" in node.calls


def test_a_node_watches_its_accelerators(node: Node, check: Callable[[], Ran]) -> None:
    assert "systemctl enable --now windtunnel-health.timer" in node.calls
    units = node.folder / "etc/systemd/system"
    assert "OnUnitActiveSec=1min" in (units / "windtunnel-health.timer").read_text()
    assert "/opt/windtunnel/health" in (units / "windtunnel-health.service").read_text()
    for _ in range(3):
        assert check().returncode == 0
    assert not off(node)


@pytest.mark.parametrize(
    ("smi", "dmesg", "why"),
    [
        ("[[ $1 == --query-gpu* ]] && seq 7", "", "7 of 8 accelerators answer"),
        ("exit 9", "", "0 of 8 accelerators answer"),
        (
            "[[ $1 == --query-gpu* ]] && seq 8 || { echo No; echo Yes; }",
            "",
            "memory of an accelerator can't be mended",
        ),
        (
            "[[ $1 == --query-gpu* ]] && seq 8",
            "NVRM: Xid (PCI:0000:3b:00): 79, pid=1, GPU has fallen off the bus.",
            "the driver reports Xid (PCI:0000:3b:00): 79,",
        ),
    ],
)
def test_a_broken_accelerator_powers_the_node_off_when_seen_twice(
    node: Node, check: Callable[[], Ran], smi: str, dmesg: str, why: str
) -> None:
    node.command("nvidia-smi", smi)
    node.command("journalctl", f"echo '{dmesg}'")
    assert why in check().stdout
    assert not off(node)
    check()
    assert off(node)


@pytest.mark.parametrize("xid", [13, 31, 43, 45, 63, 94, 179])
def test_what_a_program_does_wrong_is_no_broken_accelerator(
    node: Node, check: Callable[[], Ran], xid: int
) -> None:
    assert xid not in XID
    node.command("journalctl", f"echo 'NVRM: Xid (PCI:0000:3b:00): {xid}, pid=1'")
    check()
    check()
    assert not off(node)


def test_one_that_answers_again_is_not_broken(node: Node, check: Callable[[], Ran]) -> None:
    node.command("nvidia-smi", "exit 9")
    check()
    node.command("nvidia-smi", '[[ "$1" == --query-gpu* ]] && seq 8')
    check()
    node.command("nvidia-smi", "exit 9")
    check()
    assert not off(node)


def test_without_accelerators_nothing_is_watched() -> None:
    assert health_lines(0) == []


def test_what_is_too_long_for_ec2_is_compressed() -> None:
    """EC2 takes 16,384 bytes before base64, and cloud-init uncompresses them."""
    short, long = "#!/bin/bash\ntrue\n", "#!/bin/bash\n" + "mount /mnt/data\n" * 2000
    assert base64.b64decode(user_data("web", short)).decode() == short
    written = base64.b64decode(user_data("web", long))
    assert len(written) <= 16_384
    assert gzip.decompress(written).decode() == long
    assert user_data("web", long) == user_data("web", long)


def test_what_is_too_long_all_the_same_is_refused() -> None:
    noise = "".join(f"{hash((1, one)):x}" for one in range(3000))
    with pytest.raises(pulumi.RunError, match=r"nodes\.web: what its nodes do at their start is"):
        user_data("web", noise)
