"""Arrays under a mix, degraded and rebuilding: the textbook, enumeration, conservation."""

import itertools
from collections.abc import Callable
from fractions import Fraction
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.laws.storage.raid import ErasureCode, Layout, Raid
from models.laws.storage.raid_rates import (
    accesses,
    declustered_rebuild_time,
    host_rate,
    rebuild_time,
    rebuilding_bandwidth,
    rebuilding_rate,
)

near = partial(pytest.approx, rel=1e-9)
R = 100.0


@pytest.mark.parametrize(
    ("array", "penalty"),
    [
        (Raid("0", 8), 1),
        (Raid("1", 8), 2),
        (Raid("10", 8), 2),
        (Raid("01", 8), 2),
        (Raid("5", 8), 4),
        (Raid("50", 8, 2), 4),
        (Raid("6", 8), 6),
        (Raid("60", 8, 2), 6),
    ],
)
@pytest.mark.parametrize("reads", [0.0, 0.3, 0.7, 1.0])
def test_mix_of_reads_and_writes(array: Layout, penalty: int, reads: float) -> None:
    # N d / (r + w P), Operating Systems: Three Easy Pieces, chapter 38, for a mix.
    assert host_rate(array, R, reads) == near(8 * R / (reads + (1 - reads) * penalty))


def test_a_parity_disk_is_the_bottleneck() -> None:
    # Operating Systems: Three Easy Pieces, chapter 38: RAID 4 writes at R/2, whatever its size.
    assert host_rate(Raid("4", 8), R, 0.0) == near(R / 2)
    assert host_rate(Raid("4", 80), R, 0.0) == near(R / 2)
    assert host_rate(Raid("4", 8), R, 1.0) == near(7 * R)


@pytest.mark.parametrize("disks", [3, 4, 8, 20])
def test_degraded_raid_5(disks: int) -> None:
    # Every second access of a read rebuilds: N R/2; writes (N-1) R/(1 + 4(N-2)/N).
    array = Raid("5", disks)
    assert host_rate(array, R, 1.0, failed=1) == near(disks * R / 2)
    writes = (disks - 1) * R / (1 + 4 * (disks - 2) / disks)
    assert host_rate(array, R, 0.0, failed=1) == near(writes)


def test_degraded_mirrors() -> None:
    # The disk that is left of a pair serves all of the pair's reads.
    assert host_rate(Raid("10", 8), R, 1.0, failed=1) == near(8 * R / 2)
    assert host_rate(Raid("10", 8), R, 0.0, failed=1) == near(8 * R / 2)
    # A side of four disks is left.
    assert host_rate(Raid("01", 8), R, 1.0, failed=1) == near(4 * R)
    assert host_rate(Raid("01", 8), R, 0.0, failed=1) == near(4 * R)
    # Three copies of which one is lost.
    assert host_rate(ErasureCode(1, 2), R, 1.0, failed=1) == near(2 * R)


def enumerated(data: int, parity: int, failed: int) -> tuple[Fraction, Fraction]:
    """Accesses by going through every set of lost disks and every rotation of a stripe."""
    pieces, read, write, cases = data + parity, 0, 0, 0
    for lost in itertools.combinations(range(pieces), failed):
        for turn in range(pieces):
            for piece in range(data):
                cases += 1
                target = (piece + turn) % pieces
                others = [(i + turn) % pieces for i in range(data) if i != piece]
                parities = [(i + turn) % pieces for i in range(data, pieces)]
                kept = [one for one in parities if one not in lost]
                read += data if target in lost else 1
                if target not in lost:
                    write += 2 + 2 * len(kept) if kept else 1
                elif any(one in lost for one in others):
                    write += data + len(kept)
                else:
                    write += data - 1 + len(kept)
    return Fraction(read, cases), Fraction(write, cases)


@pytest.mark.parametrize(
    ("data", "parity", "failed"),
    [(2, 1, 1), (7, 1, 1), (2, 2, 2), (4, 2, 1), (4, 2, 2), (5, 3, 2), (4, 4, 3), (3, 3, 3)],
)
def test_accesses_by_enumeration(data: int, parity: int, failed: int) -> None:
    exact = enumerated(data, parity, failed)
    assert accesses(data, parity, failed) == near(tuple(map(float, exact)))


def dedicated(data: int, failed: bool) -> tuple[list[Fraction], list[Fraction]]:
    """Accesses of each disk of a RAID 4 for a read and for a write, parity last; disk 0 fails."""
    reads, writes = ([Fraction(0)] * (data + 1) for _ in range(2))
    share = Fraction(1, data)
    for target in range(data):
        rest = [i for i in range(data) if i != target]
        if failed and target == 0:
            for i in (*rest, data):
                reads[i] += share
                writes[i] += share
        else:
            reads[target] += share
            writes[target] += 2 * share
            writes[data] += 2 * share
    return reads, writes


@pytest.mark.parametrize("data", [2, 3, 7])
@pytest.mark.parametrize("failed", [0, 1])
@pytest.mark.parametrize("reads", [0.0, 0.4, 0.9, 1.0])
def test_parity_disk_by_enumeration(data: int, failed: int, reads: float) -> None:
    of_reads, of_writes = dedicated(data, bool(failed))
    busiest = max(
        reads * float(one) + (1 - reads) * float(other)
        for one, other in zip(of_reads, of_writes, strict=True)
    )
    assert host_rate(Raid("4", data + 1), R, reads, failed) == near(R / busiest)


def test_the_group_with_the_failed_disk_sets_the_rate() -> None:
    assert host_rate(Raid("50", 24, 3), R, 0.7, 1) == near(3 * host_rate(Raid("5", 8), R, 0.7, 1))


@given(
    st.integers(1, 12), st.integers(1, 5), st.integers(1, 3), st.floats(0, 1), st.data()
)  # fmt: skip
def test_failures_never_help_reads(
    data: int, parity: int, groups: int, reads: float, draw: st.DataObject
) -> None:
    array = ErasureCode(data, parity, groups)
    failed = draw.draw(st.integers(0, parity))
    rate = host_rate(array, R, reads, failed)
    assert 0 < rate <= array.disks * R * (1 + 1e-12)
    assert host_rate(array, R, 1.0, failed) <= host_rate(array, R, 1.0) * (1 + 1e-12)
    assert rebuilding_rate(array, R, reads, 0.25, max(1, failed)) == near(
        0.75 * host_rate(array, R, reads, max(1, failed))
    )


def test_large_requests_lose_only_what_the_rebuild_takes() -> None:
    array = Raid("6", 10)
    assert rebuilding_bandwidth(array, 200e6, 0.0) == near(array.sequential(200e6)) == near(1.6e9)
    assert rebuilding_bandwidth(array, 200e6, 0.3) == near(0.7 * 1.6e9)


def test_rebuild() -> None:
    # 16 TB at 200 MB/s with half of the time: 160,000 s; 8 + 2 over 100 disks: 9/99 of it.
    assert rebuild_time(16e12, 200e6, 0.5) == near(160_000)
    assert declustered_rebuild_time(16e12, 200e6, 8, 100, 0.5) == near(160_000 * 9 / 99)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: host_rate(Raid("0", 8), R, 0.5, 1), "failed is 1; this array .* tolerates 0"),
        (lambda: host_rate(Raid("6", 8), R, 0.5, 3), "failed is 3; .* tolerates 2"),
        (lambda: host_rate(Raid("6", 8), R, 1.5), "read_share is 1.5"),
        (lambda: host_rate(Raid("6", 8), 0.0, 0.5), "disk_rate is 0"),
        (lambda: accesses(4, 1, 2), "1 pieces of parity make up for 1 at most"),
        (lambda: rebuilding_rate(Raid("6", 8), R, 0.5, 2.0), "share is 2"),
        (lambda: rebuilding_rate(Raid("6", 8), R, 0.5, 0.5, 0), "failed is 0"),
        (lambda: rebuilding_bandwidth(Raid("0", 8), 1e8, 0.5), "nothing to rebuild from"),
        (lambda: rebuilding_bandwidth(Raid("6", 8), 1e8, 1.5), "share is 1.5"),
        (lambda: rebuild_time(1e12, 1e8, 0.0), "share is 0"),
        (lambda: rebuild_time(0, 1e8), "capacity is 0"),
        (lambda: declustered_rebuild_time(1e12, 1e8, 8, 8), "pool is 8 disks"),
    ],
)
def test_nonsense_is_refused(make: Callable[[], object], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        make()
