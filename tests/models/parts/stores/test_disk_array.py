"""Arrays of disks in a stack: what they hold, when they are lost, what a failed disk costs."""

import math
from functools import partial
from pathlib import Path

import pytest

from models.catalog.records import Catalog
from models.description.quantities import HOUR
from models.parts.facts import Facts
from models.parts.read_stack import change_stack, read_stack

from ..asked import store
from ..every_store import components_of, durability_of, states_of, with_store

near = partial(pytest.approx, rel=1e-9, abs=0)


@pytest.mark.parametrize(
    ("level", "groups", "disks"),
    [("0", 1, 8), ("10", 1, 4), ("01", 1, 4), ("4", 1, 7), ("5", 1, 7), ("6", 1, 6),
     ("50", 2, 6), ("60", 2, 4), ("7+1", 1, 7), ("2+2", 2, 4)],
)  # fmt: skip
def test_usable_disks_of_eight(
    level: str, groups: int, disks: int, stacks: Path, catalog: Catalog
) -> None:
    # Patterson, Gibson and Katz (1988), tables II to VI, of 1 TB each.
    stack = with_store("raid", stacks, catalog, level=level, groups=groups, disk="textbook-hdd")
    assert store.usable_size(stack.storage["extra"], stack, Facts(catalog)) == near(disks * 1e12)


def test_an_array_is_lost_as_its_exact_chain_says(stacks: Path, catalog: Catalog) -> None:
    # RAID 5 of 8 disks, MTTF 1,000,000 h, MTTR 24 h: ((2n - 1) la + mu) / (n (n - 1) la^2);
    # the textbook's mttf^2 / (n (n - 1) mttr) is 7.44e8 h, for RAID 6 5.17e12 h.
    raid_5 = with_store("raid", stacks, catalog, level=5, disk="textbook-hdd")
    (part,) = components_of(raid_5, catalog).values()
    causes = {cause.name: cause for cause in part.causes}
    assert causes["data loss"].mttf / HOUR == near(744315476.1904762)
    assert causes["data loss"].mttr / HOUR == near(24)
    assert causes["data loss"].mttf / HOUR == pytest.approx(7.44e8, rel=1e-3)
    raid_6 = with_store("raid", stacks, catalog, level=6, disk="textbook-hdd")
    (part,) = components_of(raid_6, catalog).values()
    causes = {cause.name: cause for cause in part.causes}
    assert causes["data loss"].mttf / HOUR == pytest.approx(5.17e12, rel=1e-3)


def test_bits_that_cannot_be_read_lose_sectors_and_not_the_array(
    stacks: Path, catalog: Catalog
) -> None:
    stack = with_store("raid", stacks, catalog, level=5, disk="textbook-hdd")
    durable, (part,) = durability_of(stack, catalog), components_of(stack, catalog).values()
    # RAID 5: (n la + (n-1) la + mu) / (n la ((n-1) la + mu h)), h = 1 - (1 - UBER)^(8 C (n-1)).
    failing, mending = 1 / 1e6, 1 / 24
    unreadable = -math.expm1(8 * 7e12 * math.log1p(-1e-14))
    mttdl = (15 * failing + mending) / (8 * failing * (7 * failing + mending * unreadable))
    assert durable.mttdl is not None
    assert durable.mttdl / HOUR == near(mttdl)
    assert durable.mttdl < part.causes[1].mttf
    assert durable.capacity == near(7e12)
    assert durable.method == "exact"
    assert "1e-14 a bit" in durable.law
    assert "serial repair" in durable.law
    # A sector is little against an array.
    assert durable.normalized_loss < 1e-3 * durable.loss_probability


def test_a_store_s_own_disks_take_the_place_of_the_catalog_s(
    stacks: Path, catalog: Catalog
) -> None:
    # Field data: 3 % of disks replaced a year, against under 0.9 % on data sheets (Schroeder and
    # Gibson 2007). RAID 5 of 8: ((2n - 1) la + mu) / (n (n - 1) la^2).
    own = {"level": 5, "disk": "textbook-hdd", "mttf": "292000 h"}
    stack = with_store("raid", stacks, catalog, **own, unrecoverable_bit_error_rate=0.0)
    failing, mending = 1 / 292000, 1 / 24
    mttdl = (15 * failing + mending) / (56 * failing**2)
    durable = durability_of(stack, catalog)
    assert durable.mttdl is not None
    assert durable.mttdl / HOUR == near(mttdl)
    assert "a bit" not in durable.law
    assert components_of(stack, catalog)["extra"].causes[1].mttf / HOUR == near(mttdl)
    assert states_of(stack, catalog)["whole"].share == near((292000 / 292024) ** 8)


def test_a_rebuild_that_takes_longer_than_the_catalog_s_day_counts(
    stacks: Path, catalog: Catalog
) -> None:
    # 16 TB at 261 MB/s, 30 % of it for the rebuild.
    slow = states_of(with_store("raid", stacks, catalog, disk="nearline-hdd"), catalog)
    assert set(slow) == {"whole", "rebuilding"}
    assert slow["rebuilding"].duration == near(16e12 / (261e6 * 0.3))
    # 6.4 TB at 2.4 GB/s: what is left of the day is waiting.
    quick = states_of(with_store("raid", stacks, catalog), catalog)
    assert quick["rebuilding"].duration == near(6.4e12 / (2.4e9 * 0.3))
    waiting = quick["one disk failed"].duration
    assert waiting + quick["rebuilding"].duration == near(24 * HOUR)
    own = with_store("raid", stacks, catalog, replacement="2 h", rebuild="50 %")
    assert states_of(own, catalog)["one disk failed"].duration == near(2 * HOUR)
    assert states_of(own, catalog)["rebuilding"].duration == near(6.4e12 / (2.4e9 * 0.5))
    spare = with_store("raid", stacks, catalog, replacement="0 s")
    assert set(states_of(spare, catalog)) == {"whole", "rebuilding"}


def test_a_failed_disk_halves_the_small_reads_of_raid_5_and_a_rebuild_takes_its_share(
    stacks: Path, catalog: Catalog
) -> None:
    # Muntz and Lui (1990): N R / 2; whole stripes stay as fast.
    stack = with_store("raid", stacks, catalog, level=5, bandwidth="900 GB/s")
    found = states_of(stack, catalog)
    normal, failed, rebuilding = (
        found[name].speed for name in ("whole", "one disk failed", "rebuilding")
    )
    assert normal.requests == near(8 * 840e3)
    assert failed.requests == near(8 * 840e3 / 2)
    assert failed.read == normal.read == near(7 * 3.5e9)
    assert rebuilding.read == near(0.7 * 7 * 3.5e9)
    assert rebuilding.write == near(0.7 * 7 * 2.4e9)
    assert rebuilding.requests == near(0.7 * 8 * 840e3 / 2)


def test_shares_of_time_are_those_of_independent_disks(stacks: Path, catalog: Catalog) -> None:
    found = states_of(with_store("raid", stacks, catalog, level=5), catalog)
    away = 24 / (2e6 + 24)
    assert found["whole"].share == near((1 - away) ** 8)
    one = sum(state.share for name, state in found.items() if name != "whole")
    assert one == near(8 * away * (1 - away) ** 7)


def test_raid_0_with_a_failed_disk_gives_nothing(stacks: Path, catalog: Catalog) -> None:
    found = states_of(with_store("raid", stacks, catalog, level=0), catalog)
    assert set(found) == {"whole", "one disk failed"}
    lost = found["one disk failed"].speed
    assert (lost.read, lost.write, lost.requests) == (0, 0, 0)


def test_own_repair_times_lengthen_the_absence_of_a_disk(stacks: Path, catalog: Catalog) -> None:
    stack_file = read_stack(stacks / "akiba-2017.yaml", catalog)
    changes = {"failure_rates": {"disk-replacement": {"mttr": "10 d"}}}
    stack = change_stack(stack_file, changes, catalog).stack
    described = stack.storage["checkpoints"]
    found = store.states(described, stack, Facts(catalog, stack.failure_rates), 1, 1e9)
    assert sum(state.duration for state in found) == near(10 * 24 * HOUR)
