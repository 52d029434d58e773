"""Arrays with a failed disk under large requests, and the share of time in each state."""

import math
from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.laws.reliability.markov_chain import steady_state
from models.laws.storage.degraded_states import degraded_sequential, one_away
from models.laws.storage.raid import ErasureCode, Layout, Raid

HOUR = 3600.0
near = partial(pytest.approx, rel=1e-9, abs=0)


@pytest.mark.parametrize(
    ("layout", "disks"),
    [
        (Raid("1", 2), 1),
        (Raid("10", 8), 4),
        (Raid("01", 8), 4),
        (Raid("4", 8), 7),
        (Raid("5", 8), 7),
        (Raid("6", 8), 6),
        (Raid("50", 12, 2), 10),
        (ErasureCode(17, 3), 17),
    ],
)
def test_whole_stripes_are_as_fast_with_a_failed_disk(layout: Layout, disks: int) -> None:
    # As many disks' worth as hold data: Operating Systems: Three Easy Pieces, chapter 38.
    assert degraded_sequential(layout, 100e6) == near(disks * 100e6)


def test_nothing_is_read_of_an_array_that_lost_data() -> None:
    assert degraded_sequential(Raid("0", 8), 100e6) == 0.0
    assert degraded_sequential(Raid("6", 8), 100e6, failed=3) == 0.0
    assert degraded_sequential(Raid("6", 8), 100e6, failed=2) == near(600e6)


def test_two_disks_against_the_chain_of_their_states() -> None:
    # Each disk works, waits for its replacement, or is rebuilt, by itself.
    fail, replaced, rebuilt = 1 / (1000 * HOUR), 1 / (20 * HOUR), 1 / (4 * HOUR)
    one = np.array([[0, fail, 0], [0, 0, replaced], [rebuilt, 0, 0]])
    both = np.kron(one, np.eye(3)) + np.kron(np.eye(3), one)
    shares = steady_state(both).reshape(3, 3)
    working, waiting, mending = one_away(2, 1000 * HOUR, [20 * HOUR, 4 * HOUR])
    assert working == near(shares[0, 0])
    assert waiting == near(shares[0, 1] + shares[1, 0])
    assert mending == near(shares[0, 2] + shares[2, 0])


def test_a_single_unit_is_never_away_with_another() -> None:
    assert math.fsum(one_away(1, 1000.0, [20.0, 4.0])) == near(1)
    assert one_away(1, 1000.0, [0.0]) == (1.0, 0.0)


@given(
    units=st.integers(1, 1000),
    mttf=st.floats(1e3, 1e10),
    phases=st.lists(st.floats(0, 1e6), min_size=1, max_size=3),
)
def test_shares_of_time_are_shares(units: int, mttf: float, phases: list[float]) -> None:
    shares = one_away(units, mttf, phases)
    assert all(0 <= share <= 1 for share in shares)
    assert math.fsum(shares) <= 1 + 1e-9
    # The rest is two units or more away at once.
    away = sum(phases) / (mttf + sum(phases))
    assert 1 - math.fsum(shares) <= (units * away) ** 2 + 1e-9


def test_nonsense_is_refused() -> None:
    with pytest.raises(ValueError, match="units is 0"):
        one_away(0, 1.0, [1.0])
    with pytest.raises(ValueError, match="mttf is 0"):
        one_away(1, 0.0, [1.0])
    with pytest.raises(ValueError, match=r"phases\[1\] is -1"):
        one_away(1, 1.0, [1.0, -1.0])
    with pytest.raises(ValueError, match="rate is 0"):
        degraded_sequential(Raid("5", 3), 0.0)
    with pytest.raises(ValueError, match="failed is -1"):
        degraded_sequential(Raid("5", 3), 1.0, failed=-1)
