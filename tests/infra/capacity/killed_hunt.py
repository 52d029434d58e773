"""A hunt in a process of its own, which may kill itself while it writes its journal."""

import itertools
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import boto3  # noqa: F401  # loaded before the process is copied
import google.cloud.compute_v1  # noqa: F401
import requests  # noqa: F401

from infra.capacity.doors import DOORS
from infra.capacity.hunt import Hunt, Terms
from infra.capacity.journal import Journal
from models.capacity.place import Place
from models.capacity.search_order import Prospect, SearchOrder
from models.catalog.load import load_catalog

SHAPES = {"aws": "p4d.24xlarge", "gcp": "a2-highgpu-8g"}
NODES = 2
CATALOG = load_catalog()


class Now:
    """A clock that stands still, on which waiting takes no time."""

    def now(self) -> float:
        return 1_000_000.0

    def sleep(self, seconds: float) -> None:
        pass


@dataclass(frozen=True)
class Run:
    """What a hunt does.

    Arguments:
        cloud: that is asked.
        zones: that may be tried, in order.
        journal: its path.
        reservation: create reservations.
        environment: where the cloud is, and with which credentials.
        dies_at: the line of the journal after which it kills itself; 0 for never.
    """

    cloud: str
    zones: tuple[tuple[str, str], ...]
    journal: Path
    reservation: bool
    environment: dict[str, str]
    dies_at: int = 0


def hunt(run: Run) -> None:
    """Try all zones; the first success is kept."""
    os.environ.update(run.environment)
    shape = SHAPES[run.cloud]
    instance = CATALOG.instances[run.cloud, shape]
    places = [Place(region, zone, shape, "on_demand", "") for region, zone in run.zones]
    with DOORS[run.cloud]({shape: instance}) as door, Journal(run.journal) as journal:
        if run.dies_at:
            journal._write = _deadly(journal._write, run)  # type: ignore[method-assign]
        Hunt(
            order=SearchOrder([Prospect(one, 1.0 + k) for k, one in enumerate(places)]),
            cloud=door.provisioner,
            journal=journal,
            terms=Terms(NODES, 1e6, 3600.0, len(places), run.reservation),
            time=Now(),
            names=(f"wt-{k}" for k in itertools.count(1)),
            price=lambda place: 1.0,
        ).run()


def _deadly(write: Callable[..., None], run: Run) -> Callable[..., None]:
    lines = itertools.count(1)

    def written(event: object) -> None:
        write(event)
        if next(lines) == run.dies_at:
            os.kill(os.getpid(), signal.SIGKILL)

    return written
