"""Flash that is written: published amplification, simulated collection, data sheets."""

import math
from collections.abc import Callable
from functools import partial

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.laws.storage import flash_wear as wear

near = partial(pytest.approx, rel=1e-9)
DAY = 86_400.0


@pytest.mark.parametrize(
    ("spare", "greedy", "agarwal"),
    [(0.2, 3.1877759651472526, 3.0), (0.5, 1.7158202148587192, 1.5)],
)
def test_write_amplification(spare: float, greedy: float, agarwal: float) -> None:
    # Xiang and Kurkoski (2012) and Agarwal and Marrow (2010).
    assert wear.write_amplification(spare) == near(greedy)
    assert wear.agarwal_write_amplification(spare) == near(agarwal)


def test_published_write_amplification() -> None:
    # Xiang and Kurkoski (2012), abstract: 2.36 where the older estimate has 2.17, simulated 2.35.
    assert wear.write_amplification(0.3) == pytest.approx(2.36, abs=0.005)
    assert wear.agarwal_write_amplification(0.3) == pytest.approx(2.17, abs=0.005)


@given(st.floats(1e-6, 50))
def test_write_amplification_by_lambert_w(spare: float) -> None:
    with mpmath.workdps(40):
        a = 1 + mpmath.mpf(spare)
        exact = a / (a + mpmath.lambertw(-a * mpmath.exp(-a)))
    assert wear.write_amplification(spare) == near(float(exact))


def test_small_blocks_amplify_less() -> None:
    limit = wear.write_amplification(0.3)
    found = [wear.write_amplification(0.3, pages) for pages in (4, 16, 64, 256, 1_000_000)]
    assert found == sorted(found)
    assert found[-1] == pytest.approx(limit, rel=1e-4)
    # Two pages: all blocks wait for one invalid page, or some for both; 10/13 of the pages valid.
    assert wear.write_amplification(0.3, 2) == near(1.4)
    assert wear.write_amplification(10.0, 4) == 1.0


def collected(pages: int, spare: float, blocks: int, host_pages: int, seed: int) -> float:
    """Programs a page of the host, in a disk that collects the block with the fewest valid."""
    random = np.random.default_rng(seed)
    logical = round(blocks * pages / (1 + spare))
    place, owner = [-1] * logical, [-1] * ((blocks + 1) * pages)
    valid, free = [0] * (blocks + 1), list(range(1, blocks + 1))
    of_count: list[dict[int, None]] = [{} for _ in range(pages + 1)]
    current, fill, programs = 0, 0, 0
    asked = [*range(logical), *random.integers(logical, size=logical + host_pages).tolist()]
    for written, page in enumerate(asked):
        programs = 0 if written == 2 * logical else programs
        if place[page] >= 0:
            old = place[page] // pages
            owner[place[page]] = -1
            if old in of_count[valid[old]]:
                del of_count[valid[old]][old]
                of_count[valid[old] - 1][old] = None
            valid[old] -= 1
        place[page], owner[current * pages + fill] = current * pages + fill, page
        valid[current] += 1
        fill += 1
        programs += 1
        if fill < pages:
            continue
        of_count[valid[current]][current] = None
        if free:
            current, fill = free.pop(), 0
            continue
        victim = next(iter(next(blocks_ for blocks_ in of_count if blocks_)))
        del of_count[valid[victim]][victim]
        kept = [one for one in owner[victim * pages : (victim + 1) * pages] if one >= 0]
        for i in range(pages):
            owner[victim * pages + i] = kept[i] if i < len(kept) else -1
        for i, one in enumerate(kept):
            place[one] = victim * pages + i
        current, fill = victim, len(kept)
        programs += fill
    return programs / host_pages


def test_greedy_collection_of_small_blocks_simulated() -> None:
    # Five independent disks of 3,000 blocks; the mean-field law must lie in the interval, widened
    # by the block that is being written, one in 3,000.
    found = [collected(8, 0.3, 3000, 60_000, seed) for seed in range(5)]
    half = 4.604 * np.std(found, ddof=1) / math.sqrt(5)  # Student, 99 %, 4 degrees of freedom
    law = wear.write_amplification(0.3, 8)
    assert abs(float(np.mean(found)) - law) < half + law / 300


def test_endurance() -> None:
    assert wear.sustained_write_rate(100_000, 2.5) == near(40_000)
    # 1 TB of flash, 3,000 cycles at an amplification of 3 is 1,000 TB written; 5 years at 960 GB.
    written = wear.bytes_written_in_life(1e12, 3000, 3.0)
    assert written == near(1e15)
    assert wear.drive_writes_per_day(written, 0.96e12, 1825 * DAY) == near(1e15 / 0.96e12 / 1825)
    assert wear.life(written, 1e12 / DAY) == near(1000 * DAY)
    assert wear.life(written, 0.0) == math.inf


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: wear.write_amplification(0), "over_provisioning is 0"),
        (lambda: wear.write_amplification(math.nan), "over_provisioning is nan"),
        (lambda: wear.write_amplification(1e-7), "over_provisioning is 1e-07; .* 1e-06 or more"),
        (lambda: wear.agarwal_write_amplification(-0.1), "over_provisioning is -0.1"),
        (lambda: wear.write_amplification(0.3, 1), "pages_per_block is 1"),
        (lambda: wear.write_amplification(0.3, 10**7), "leave it out"),
        (lambda: wear.sustained_write_rate(1e5, 0.5), "write_amplification is 0.5"),
        (lambda: wear.life(1e15, -1), "write_rate is -1"),
        (lambda: wear.drive_writes_per_day(1e15, 1e12, 0), "warranty is 0"),
    ],
)
def test_impossible_flash(make: Callable[[], object], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        make()
