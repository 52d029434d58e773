"""Requests of one disk, simulated one by one."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from models.catalog.records import Catalog
from models.raid.array_answer import DiskRuns, DiskTimes
from models.raid.read_array import read_array
from models.raid.solve_array import solve
from sim.raid import simulate_disk

ARRAYS = Path(__file__).parents[3] / "arrays"


def both(catalog: Catalog, name: str, **changes: Any) -> tuple[DiskTimes, DiskRuns]:
    """What the laws say, and what the simulation says."""
    moved = {path.replace("__", "."): value for path, value in changes.items()}
    read = read_array(ARRAYS / f"{name}.yaml", catalog, moved)
    times = solve(read.description, read.disk, catalog).times
    requests = read.description.requests
    assert times is not None
    assert requests is not None
    runs = simulate_disk.simulate_requests(
        read.description.disk, read.disk, requests, times, catalog
    )
    return times, runs


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("disk-7200", {}),
        ("disk-arm", {"requests__rate": "55/s"}),
        ("disk-arm", {"requests__rate": "55/s", "requests__locality": 0.3}),
    ],
)
def test_the_law_is_met_where_it_is_exact(
    name: str, changes: dict[str, Any], catalog: Catalog
) -> None:
    times, runs = both(catalog, name, **changes)
    assert runs.response is not None
    assert times.response is not None
    assert runs.service.mean == pytest.approx(times.service, rel=3e-3)
    assert runs.response.mean == pytest.approx(times.response, rel=0.02)
    assert runs.response_p95 is not None
    assert runs.response_p95.mean > 2 * runs.response.mean


def test_without_arrivals_nobody_waits_and_the_same_seed_is_the_same(catalog: Catalog) -> None:
    _, runs = both(catalog, "disk-arm")
    assert runs.response is None
    assert runs == both(catalog, "disk-arm")[1]


@pytest.mark.parametrize("order", ["scan", "sstf"])
def test_a_disk_that_chooses_is_known_nearly(
    order: str, catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(simulate_disk, "RUNS", 2)
    monkeypatch.setattr(simulate_disk, "_CHOICES", 2 * 16 * 10_000)
    times, runs = both(catalog, "disk-arm", requests__order=order, requests__queue_depth=16)
    assert times.method == "approximation"
    assert runs.service.mean == pytest.approx(times.service, rel=0.03)


def test_a_queue_of_one_is_no_choice(catalog: Catalog) -> None:
    times, _ = both(catalog, "disk-arm", requests__order="sstf", requests__queue_depth=1)
    assert times.method == "exact"


def test_who_waits_by_hand() -> None:
    service, between = np.array([3.0, 2.0, 1.0]), np.array([0.0, 1.0, 5.0])
    assert list(simulate_disk._waiting(service, between)) == [0.0, 2.0, 0.0]
