"""File systems of clouds against the rates that their providers publish, with credits."""

from pathlib import Path

import pytest

from models.catalog.records import Catalog
from models.parts.read_stack import change_stack, read_stack
from models.parts.workloads.training_job import TrainingJob

from ..every_store import speed_of, with_store

MIB, TIB = 2.0**20, 2.0**40


@pytest.mark.parametrize(
    ("service", "read", "write"),
    [
        # AWS, performance of SSD storage of FSx for Lustre, MB/s a TiB of disk throughput, which
        # is 1,000 GiB there: 4.8 TiB, sold as 4,800 GiB, of 50 MB/s a TiB have 240 MB/s.
        ("fsx-lustre-scratch-2", 200e6, 100e6),
        ("fsx-lustre-persistent-2-125", 125e6, 125e6),
        ("fsx-lustre-persistent-2-250", 250e6, 250e6),
        ("fsx-lustre-persistent-2-500", 500e6, 500e6),
        ("fsx-lustre-persistent-2-1000", 1000e6, 1000e6),
    ],
)
def test_lustre_reads_and_writes_by_the_tebibyte(
    service: str, read: float, write: float, stacks: Path, catalog: Catalog
) -> None:
    stack = with_store("fsx", stacks, catalog, service=service, size="12000 GiB")
    speed = speed_of(stack, catalog, 100, 10e9)
    assert speed.read == pytest.approx(12 * read)
    assert speed.write == pytest.approx(12 * write)
    assert speed.reading(1.0) == speed.read  # bursts of unknown length don't count


@pytest.mark.parametrize(
    ("size", "baseline", "burst", "minutes"),
    [
        # AWS, EFS in bursting mode: 50 KiB/s a GiB and 100 MiB/s a TiB, at least 1 and 100 MiB/s,
        # written; 100 GiB burst for 386 min from the first 2.1 TiB of credits.
        ("100 GiB", 5 * MIB, 100 * MIB, 2.1 * TIB / (95.1171875 * MIB) / 60),
        ("4 TiB", 200 * MIB, 400 * MIB, 4 * 2.1 * TIB / (200 * MIB) / 60),
        ("1 GiB", MIB, 100 * MIB, 2.1 * TIB / (99 * MIB) / 60),
    ],
)
def test_a_file_system_that_bursts(
    size: str, baseline: float, burst: float, minutes: float, stacks: Path, catalog: Catalog
) -> None:
    stack = with_store("efs", stacks, catalog, service="efs-bursting", size=size)
    speed = speed_of(stack, catalog, 10, 10e9)
    assert speed.write == pytest.approx(baseline, rel=0.03)
    assert speed.read == pytest.approx(3 * baseline, rel=0.03)  # metered at a third
    assert speed.writing(1e9) == pytest.approx(burst, rel=1e-4)
    assert speed.burst_time() / 60 == pytest.approx(minutes, rel=0.01)


def test_a_run_reads_at_what_its_credits_allow_on_average(stacks: Path, catalog: Catalog) -> None:
    def rate(epochs: int, **changes: str) -> float:
        file = read_stack(stacks / "resnet50-imagenet-aws.yaml", catalog)
        store = {"kind": "nas", "service": "efs-bursting", "size": "200 GiB", **changes}
        new = {"storage.imagenet": store, "workloads.train.epochs": epochs, "identities": {}}
        answer: TrainingJob = change_stack(file, new, catalog).solved.workloads["train"].answer
        return answer.stages[0].rate * 110e3  # bytes/s

    # 200 GiB read 31.5 MB/s (3 times 50 KiB/s a GiB), 315 MB/s from 6.93 TB of credits.
    baseline, credits = 157.286e6 * 200 / 1024, 6.3 * TIB
    assert rate(10) == pytest.approx(314.573e6)
    data = 90 * 1_281_167 * 110e3
    assert rate(90) == pytest.approx(baseline * data / (data - credits))
    assert rate(900_000) == pytest.approx(baseline, rel=1e-3)
