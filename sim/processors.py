"""How many processors this process may use."""

import math
import os
from pathlib import Path

_GROUPS = Path("/sys/fs/cgroup")
_OWN = Path("/proc/self/cgroup")


def processors(groups: Path = _GROUPS, own: Path = _OWN) -> int:
    """Processors that this process may use at once: those of the machine are not all ours.

    A scheduler of a cluster binds a process to some of them; a container is given a share of time.

    Arguments:
        groups: where Linux shows its control groups.
        own: the file that says which of them this process is in.
    """
    affinity = getattr(os, "sched_getaffinity", None)
    count = len(affinity(0)) if affinity else os.cpu_count() or 1
    return max(1, math.ceil(min(count, _share(groups, own))))


def _share(groups: Path, own: Path) -> float:
    """Processors whose time the control groups of this process share; infinite without a limit."""
    try:
        lines = own.read_text(encoding="utf-8").splitlines()
    except OSError:
        return math.inf
    limits = [math.inf]
    for line in lines:
        _, controllers, path = line.split(":", 2)
        if not controllers:  # version 2, where all controllers are in one tree
            limits += [_of_version_2(folder) for folder in _upwards(groups, path)]
        elif "cpu" in controllers.split(","):
            trees = (groups / controllers, groups / "cpu")
            limits += [_of_version_1(one) for tree in trees for one in _upwards(tree, path)]
    return min(limits)


def _upwards(tree: Path, path: str) -> list[Path]:
    """A control group and those that it is in; in a container its own may be the root."""
    group = tree / path.strip("/")
    return [group, *(parent for parent in group.parents if parent.is_relative_to(tree))]


def _of_version_2(folder: Path) -> float:
    try:
        quota, period = (folder / "cpu.max").read_text(encoding="utf-8").split()
        return math.inf if quota == "max" else int(quota) / int(period)
    except (OSError, ValueError, ZeroDivisionError):
        return math.inf


def _of_version_1(folder: Path) -> float:
    try:
        quota = int((folder / "cpu.cfs_quota_us").read_text(encoding="utf-8"))
        period = int((folder / "cpu.cfs_period_us").read_text(encoding="utf-8"))
        return math.inf if quota < 0 else quota / period
    except (OSError, ValueError, ZeroDivisionError):
        return math.inf
