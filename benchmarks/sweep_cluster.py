"""A sweep on clusters of two workers, one of which is killed in the middle: Dask and Ray.

python -m benchmarks.sweep_cluster [--rows 10000] [--on dask|ray]
"""

import argparse
import contextlib
import hashlib
import importlib
import importlib.util
import math
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.verdicts import Verdicts
from models.catalog.load import load_catalog
from models.reading.document import read_document
from models.reading.variations import combinations, parse_variations
from reports.row_table import as_csv
from sim.backends import Backend
from sim.choosing.sweep import sweep
from sim.choosing.variants import replications_for

STACK = Path(__file__).parents[1] / "stacks" / "resnet50-imagenet-aws.yaml"
VARIED = (
    "nodes.trainers.count=1..50",
    "nodes.trainers.spares=0..3",
    "workloads.train.checkpoint.interval="
    + ",".join(f"{minutes} min" for minutes in range(10, 60)),
)
WORKERS = 2
EFFICIENT = 0.9
SETTLED = 3.0  # s


class Cluster(NamedTuple):
    """Two workers.

    Arguments:
        backend: that uses them.
        busy: for how long all of them have computed in tasks so far, s.
        worker: process of one of them.
    """

    backend: Backend
    busy: Callable[[], float]
    worker: Callable[[], int]


def main() -> int:
    """Print it; gives 1 where a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000, help="of the table")
    parser.add_argument("--on", choices=sorted(CLUSTERS), help="one of them; all if not given")
    asked = parser.parse_args()
    verdicts = Verdicts()
    swept = _Swept(asked.rows)
    alone, took = swept(Backend(workers=WORKERS), lambda done, of: None)
    print(f"{asked.rows:,} rows of {swept.years} years without a cluster: {took:.1f} s")
    for name in [asked.on] if asked.on else sorted(CLUSTERS):
        if importlib.util.find_spec(PACKAGES[name]) is None:
            print(f"{name}: not installed")
            continue
        with CLUSTERS[name]() as cluster:
            _measure(name, cluster, swept, alone, verdicts)
    return min(verdicts.missed, 1)


def _measure(name: str, cluster: Cluster, swept: "_Swept", alone: str, verdicts: Verdicts) -> None:
    before = cluster.busy()
    whole, took = swept(cluster.backend, lambda done, of: None)
    share = (cluster.busy() - before) / (WORKERS * took)
    print(f"{name}, {WORKERS} workers: {took:.1f} s; the same bytes: {verdicts.of(whole == alone)}")
    print(
        f"they compute for {share:.1%}; asked: {EFFICIENT:.0%}; {verdicts.of(share >= EFFICIENT)}"
    )
    killed: list[int] = []

    def kill(done: int, of: int) -> None:
        if not killed and 2 * done >= of:
            killed.append(cluster.worker())
            os.kill(killed[0], signal.SIGKILL)

    again, took = swept(cluster.backend, kill)
    same = verdicts.of(bool(killed) and again == alone)
    print(f"with one of them killed in the middle: {took:.1f} s; the same bytes: {same}")


class _Swept:
    """The sweep on a backend: the digest of its table, and the time that it took, s."""

    def __init__(self, rows: int) -> None:
        self.catalog, self.document = load_catalog(), read_document(STACK)
        self.axes, self.years = parse_variations(VARIED), replications_for(rows)
        every = list(combinations(self.axes))
        self.changes = [every[k * len(every) // rows] for k in range(rows)]

    def __call__(self, backend: Backend, told: Callable[[int, int], None]) -> tuple[str, float]:
        begun = time.perf_counter()
        found = sweep(
            self.document,
            self.axes,
            self.changes,
            self.catalog,
            seed=1,
            replications=self.years,
            backend=backend,
            progress=told,
        )
        took = time.perf_counter() - begun
        return hashlib.sha256(as_csv(found)).hexdigest(), took


@contextlib.contextmanager
def _dask() -> Iterator[Cluster]:
    distributed: Any = importlib.import_module("distributed")  # which has no types
    with (
        distributed.LocalCluster(
            n_workers=WORKERS, processes=True, threads_per_worker=1, dashboard_address=":0"
        ) as cluster,
        distributed.Client(cluster.scheduler_address) as client,
    ):
        client.run(_load)
        client.get_task_stream()  # from now on what they do is remembered

        def busy() -> float:
            return math.fsum(
                one["stop"] - one["start"]
                for task in client.get_task_stream()
                for one in task["startstops"]
                if one["action"] == "compute"
            )

        yield Cluster(
            Backend("dask", cluster.scheduler_address),
            busy,
            lambda: next(iter(client.run(os.getpid).values())),
        )


@contextlib.contextmanager
def _ray() -> Iterator[Cluster]:
    ray: Any = importlib.import_module("ray")  # which need not be installed
    ray.init(num_cpus=WORKERS, include_dashboard=False, log_to_driver=False)
    try:
        loaded = ray.remote(_load_slowly)
        processes = set(ray.get([loaded.remote() for _ in range(4 * WORKERS)]))

        def busy() -> float:
            time.sleep(SETTLED)  # until the workers have told what they did
            return math.fsum(
                one["dur"] / 1e6 for one in ray.timeline() if one["cat"] == "task:execute"
            )

        yield Cluster(Backend("ray"), busy, lambda: min(processes))
    finally:
        ray.shutdown()


def _load_slowly() -> int:
    _load()
    time.sleep(0.5)  # so that the other worker takes the next
    return os.getpid()


def _load() -> Any:
    """Let a worker import what it will run, as one does that is there for longer."""
    import sim.choosing.sweep

    return sim.choosing.sweep.__name__


CLUSTERS = {"dask": _dask, "ray": _ray}
PACKAGES = {"dask": "distributed", "ray": "ray"}

if __name__ == "__main__":
    sys.exit(main())
