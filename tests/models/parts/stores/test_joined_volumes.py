"""Volumes of a node that RAID makes one of: speed, price, safety, and what is refused."""

from pathlib import Path
from typing import Any

import pytest

from models.catalog.records import Catalog
from models.parts.read_stack import change_stack, read_stack
from models.parts.solve import SolvedStack
from models.reading.faults import InvalidDescription

MIB = 2.0**20


def solved(stacks: Path, catalog: Catalog, **keys: Any) -> SolvedStack:
    """The example on AWS with a volume of 4,000 GiB on each of its four nodes."""
    volume = {"kind": "block", "service": "ebs-gp3", "size": "4000 GiB", "nodes": "trainers"}
    change = {"storage.scratch": {**volume, **keys}}
    file = read_stack(stacks / "resnet50-imagenet-aws.yaml", catalog)
    return change_stack(file, change, catalog).solved


def rates(found: SolvedStack) -> tuple[float, float]:
    speed = found.site.speed("scratch", "trainers")
    return speed.read / 4, speed.write / 4


def monthly(found: SolvedStack) -> float:
    return sum(line.hourly for line in found.cost_lines if line.resource == "scratch") * 730


@pytest.mark.parametrize(
    ("volumes", "level", "read", "write"),
    [
        # Each volume of gp3 that costs no more gives 125 MiB/s.
        (1, "0", 125, 125),
        (4, "0", 500, 500),
        (2, "1", 125, 125),
        (4, "10", 250, 250),
    ],
)
def test_data_disks_of_the_level_set_the_speed(
    volumes: int, level: str, read: float, write: float, stacks: Path, catalog: Catalog
) -> None:
    found = solved(stacks, catalog, volumes=volumes, level=level)
    assert rates(found) == pytest.approx((read * MIB, write * MIB))


def test_each_copy_goes_over_the_link_of_the_node(stacks: Path, catalog: Catalog) -> None:
    # A p4d.24xlarge has 19 Gb/s to its volumes; ten of 1,000 MiB/s ask for more.
    fast = {"bandwidth": "1000 MiB/s", "iops": 4000, "size": "8000 GiB"}
    striped = rates(solved(stacks, catalog, volumes=10, level="0", **fast))
    assert striped == pytest.approx((19e9 / 8, 19e9 / 8))
    mirrored = rates(solved(stacks, catalog, volumes=10, level="10", **fast))
    assert mirrored == pytest.approx((19e9 / 8, 19e9 / 8 / 2))


@pytest.mark.parametrize(
    ("volumes", "level", "gib"),
    [(1, "0", 4000), (4, "0", 4000), (2, "1", 8000), (4, "10", 8000), (3, "0", 3 * 1334)],
)
def test_capacity_is_billed_of_every_volume(
    volumes: int, level: str, gib: int, stacks: Path, catalog: Catalog
) -> None:
    found = solved(stacks, catalog, volumes=volumes, level=level)
    assert monthly(found) == pytest.approx(4 * gib * 0.08)
    assert found.site.stores["scratch"].usable_size == 4000 * 2**30


def test_speed_that_is_bought_is_bought_of_every_volume(stacks: Path, catalog: Catalog) -> None:
    one = solved(stacks, catalog, iops=6000, bandwidth="500 MiB/s")
    four = solved(stacks, catalog, volumes=4, iops=6000, bandwidth="500 MiB/s")
    # 3,000 IOPS and 375 MiB/s more of each, at 0.005 and 0.04 USD.
    assert monthly(four) - monthly(one) == pytest.approx(4 * 3 * (15 + 15))


def test_a_stripe_is_lost_with_each_volume_and_a_mirror_with_both(
    stacks: Path, catalog: Catalog
) -> None:
    def lost(**keys: Any) -> tuple[float, float]:
        found = solved(stacks, catalog, **keys).durability
        [one] = [each for each in found if each.name == "scratch"]
        return one.loss_probability, one.expected_loss / one.capacity

    yearly = lost()[1]  # of one volume
    assert lost(volumes=4) == pytest.approx((1 - (1 - yearly) ** 16, 4 * yearly))
    pair = yearly**2
    assert lost(volumes=4, level="10") == pytest.approx((1 - (1 - pair) ** 8, 2 * pair))


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        ({"volumes": 4, "level": "5"}, r"level: RAID 5 is not built .* parity .* 0 to be faster"),
        ({"volumes": 6, "level": "6"}, r"level: RAID 6 is not built"),
        ({"volumes": 3, "level": "10"}, r"volumes: RAID 10 needs 4 volumes or more, not 3"),
        ({"level": "1"}, r"volumes: RAID 1 needs 2 volumes or more, not 1"),
        ({"volumes": 12}, r"must be at most 11"),
        ({"volumes": 10, "size": "5 GiB"}, r"size: must be at least 10\.7 GB for RAID 0 of 10"),
        ({"volumes": 2, "size": "2 GiB", "iops": 3001}, r"iops: must be 3,000 to 3,000 for"),
    ],
)
def test_what_cannot_be_joined_is_refused(
    keys: dict[str, Any], says: str, stacks: Path, catalog: Catalog
) -> None:
    with pytest.raises(InvalidDescription, match=says):
        solved(stacks, catalog, **keys)
