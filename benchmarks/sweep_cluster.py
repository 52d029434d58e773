"""A sweep on a Dask cluster of two workers, of which one is killed in the middle.

python -m benchmarks.sweep_cluster [--rows 10000]
"""

import argparse
import hashlib
import importlib
import math
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

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


def main() -> int:
    """Print it; gives how many targets were missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000, help="of the table")
    rows = parser.parse_args().rows
    distributed: Any = importlib.import_module("distributed")  # which has no types
    catalog, document, axes = load_catalog(), read_document(STACK), parse_variations(VARIED)
    every = list(combinations(axes))
    changes = [every[k * len(every) // rows] for k in range(rows)]
    years, verdicts = replications_for(rows), Verdicts()

    def swept(backend: Backend, told: Callable[[int, int], None]) -> tuple[str, float]:
        begun = time.perf_counter()
        found = sweep(
            document,
            axes,
            changes,
            catalog,
            seed=1,
            replications=years,
            backend=backend,
            progress=told,
        )
        took = time.perf_counter() - begun
        return hashlib.sha256(as_csv(found)).hexdigest(), took

    with (
        distributed.LocalCluster(
            n_workers=WORKERS, processes=True, threads_per_worker=1, dashboard_address=":0"
        ) as cluster,
        distributed.Client(cluster.scheduler_address) as client,
    ):
        backend = Backend("dask", cluster.scheduler_address)
        client.run(_load)
        with distributed.get_task_stream(client) as stream:
            whole, took = swept(backend, lambda done, of: None)
        computed = math.fsum(
            one["stop"] - one["start"]
            for task in stream.data
            for one in task["startstops"]
            if one["action"] == "compute"
        )
        share = computed / (WORKERS * took)
        print(f"{rows:,} rows of {years} years on {WORKERS} workers: {took:.1f} s, of which they")
        print(f"compute for {share:.1%}; asked: {EFFICIENT:.0%}; {verdicts.of(share >= EFFICIENT)}")
        killed: list[int] = []

        def kill(done: int, of: int) -> None:
            if not killed and 2 * done >= of:
                killed.append(next(iter(client.run(os.getpid).values())))
                os.kill(killed[0], signal.SIGKILL)

        again, took = swept(backend, kill)
    same = verdicts.of(bool(killed) and again == whole)
    print(f"with one of them killed in the middle: {took:.1f} s; the same bytes: {same}")
    alone, took = swept(Backend(workers=WORKERS), lambda done, of: None)
    print(f"without a cluster: {took:.1f} s; the same bytes: {verdicts.of(alone == whole)}")
    return verdicts.missed


def _load() -> Any:
    """Let a worker import what it will run, as one does that is there for longer."""
    import sim.choosing.sweep

    return sim.choosing.sweep.__name__


if __name__ == "__main__":
    sys.exit(min(main(), 1))
