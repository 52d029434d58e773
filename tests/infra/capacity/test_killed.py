"""A hunt that is killed at every call, and at every line of its journal, leaves nothing unknown."""

import multiprocessing
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from infra.capacity.cleaning import Remover, clean, resume
from infra.capacity.doors import DOORS, Door
from infra.capacity.journal import Journal, State
from models.catalog.records import Catalog
from tests.infra.capacity.killed_hunt import NODES, SHAPES, Now, Run, hunt
from tests.infra.capacity.loopback import Loopback, World

ZONES = {
    "aws": ("us-east-1", ["us-east-1a", "us-east-1b", "us-east-1c", "us-east-1d"]),
    "gcp": ("us-central1", ["us-central1-a", "us-central1-b", "us-central1-c", "us-central1-f"]),
}
# A refusal that leaves a part behind, then one that does not, the success, and one too much.
REFUSALS = {"aws": "InsufficientInstanceCapacity", "gcp": "VM_MIN_COUNT_NOT_REACHED"}
NAMES = ("AWS_", "GOOGLE_", "CLOUDSDK_")
processes = multiprocessing.get_context("forkserver")
# What takes long is loaded once, in the process that all of them are copies of.
processes.set_forkserver_preload(["pytest", "tests.infra.capacity.killed_hunt"])


def world(cloud: str) -> World:
    region, zones = ZONES[cloud]
    found = World({region: zones}, (SHAPES[cloud],))
    first, second, *_ = zones
    found.refusals[first] = [(REFUSALS[cloud], "two few")]
    found.free[second, SHAPES[cloud]] = 0
    found.partly = 1
    return found


class Killing:
    """Hunts against a server on this machine, which are killed in the middle."""

    def __init__(self, cloud: str, start: Callable[..., Any], reservation: bool, folder: Path):
        self.cloud, self.reservation, self.folder = cloud, reservation, folder
        self.world = world(cloud)
        self.server, self.loopback = start(self.world)
        self.count = 0

    def run(self, kill_at: int = 0, after: bool = False, dies_at: int = 0) -> tuple[int, Path]:
        """The exit code of a hunt that is killed, and its journal."""
        self.count += 1
        self.world.living.clear()
        if self.cloud == "gcp":
            self.server.ids.clear()
        journal = self.folder / f"{self.count}.jsonl"
        environment = {k: v for k, v in os.environ.items() if k.startswith(NAMES)}
        region, all_of = ZONES[self.cloud]
        zones = tuple((region, one) for one in all_of)
        run = Run(self.cloud, zones, journal, self.reservation, environment, dies_at)
        process = processes.Process(target=hunt, args=(run,))
        self.loopback.asked = 0

        def kill(number: int) -> None:
            if number == kill_at and process.pid is not None:
                os.kill(process.pid, signal.SIGKILL)

        self.loopback.before = kill if not after else (lambda number: None)
        self.loopback.after = kill if after else (lambda number: None)
        process.start()
        process.join(60.0)
        code = process.exitcode
        process.close()
        assert code is not None
        self.loopback.settle()
        self.loopback.before = self.loopback.after = lambda number: None
        return code, journal


def living(has: World) -> set[str]:
    return {name for name, several in has.living.items() if several}


def check(killing: Killing, path: Path, door: Door) -> None:
    """The journal knows of all that exists; it is adopted where it is whole, else deleted."""
    has = killing.world
    if not path.exists():
        assert living(has) == set()
        return
    with Journal(path) as journal:
        may_exist = {one.name for one in journal.creations.values() if one.may_exist}
        assert living(has) <= may_exist
        remover = Remover(door.provisioner, journal, Now())
        kept = set(resume(remover))
        assert living(has) == kept
        assert len(kept) <= 1
        for name in kept:
            whole = 1 if killing.reservation else NODES
            assert len(has.living[name]) == whole
        assert {one.state for one in journal.creations.values()} <= {State.KEPT, State.GONE}
        clean(remover)
        assert living(has) == set()


@pytest.mark.parametrize("reservation", [False, True])
@pytest.mark.parametrize("cloud", ["aws", "gcp"])
def test_killed_anywhere(
    cloud: str,
    reservation: bool,
    request: pytest.FixtureRequest,
    catalog: Catalog,
    tmp_path: Path,
) -> None:
    start: Callable[..., tuple[Any, Loopback]] = request.getfixturevalue(cloud)
    killing = Killing(cloud, start, reservation, tmp_path)
    shape = SHAPES[cloud]
    with DOORS[cloud]({shape: catalog.instances[cloud, shape]}) as door:
        code, path = killing.run()
        assert code == 0
        calls, lines = killing.loopback.asked, len(path.read_text().splitlines())
        assert calls >= 8
        assert killing.world.nodes == (1 if reservation else NODES)
        for number in range(1, calls + 1):
            for after in (False, True):
                code, path = killing.run(kill_at=number, after=after)
                assert code == -signal.SIGKILL, (number, after)
                check(killing, path, door)
        for number in range(1, 1 if reservation else lines + 1):  # the same lines
            code, path = killing.run(dies_at=number)
            assert code == -signal.SIGKILL, number
            check(killing, path, door)
