"""How well the shares beyond a time are known: as well as by so many independent customers."""

import math

import numpy as np
import pytest
from scipy.stats import gamma, norm, t

from models.queueing.asked import Asked
from sim.backends import Backend
from sim.queueing.arrays.tally import bin_edges
from sim.queueing.replication import Engine
from sim.queueing.simulate_network import simulate
from sim.queueing.tail_spread import TailSpread
from tests.sim.queueing.test_pooled_runs import m_m_1

PLACES = bin_edges()[::8]


def pieces(values: np.ndarray) -> np.ndarray:
    """One coarse histogram, whose rows are as of a tally."""
    counts = np.zeros((1, len(PLACES)), np.int64)
    np.add.at(counts[0], np.searchsorted(PLACES, values, side="right") - 1, 1)
    return counts


def spread_of(parts: list[np.ndarray], windows: bool = False) -> TailSpread:
    spread = TailSpread(windows)
    for values in parts:
        spread.add(pieces(values))
    return spread


def test_independent_customers_count_each() -> None:
    """The variance of a share a of n is a (1 - a) / n, so that they count as a n / (1 - a)."""
    random = np.random.default_rng(1)
    parts = [random.exponential(1, 2000) for _ in range(2000)]
    assert spread_of(parts).clumps(0, 0.99) == pytest.approx(0.01 / 0.99 * 4e6, rel=0.08)


@pytest.mark.parametrize("share", [0.02, 0.5, 0.99])
def test_ten_together_count_as_one(share: float) -> None:
    random = np.random.default_rng(1)
    parts = [random.exponential(1, 200) for _ in range(2000)]
    one, ten = spread_of(parts), spread_of([np.repeat(values, 10) for values in parts])
    assert ten.clumps(0, share) == pytest.approx(one.clumps(0, share), rel=1e-9)
    beyond = min(share, 1 - share)
    assert one.clumps(0, share) == pytest.approx(beyond / (1 - beyond) * 4e5, rel=0.1)


def test_windows_that_hang_together_know_less() -> None:
    random = np.random.default_rng(1)
    parts = [random.exponential(1, 1000) for _ in range(200) for _ in range(2)]
    doubled = [one for one in parts[::2] for _ in range(2)]  # each window is as the one before
    apart, together = spread_of(doubled), spread_of(doubled, windows=True)
    # Of two alike in turn the correlation with the next is a half: three times the variance.
    assert together.clumps(0, 0.9) == pytest.approx(apart.clumps(0, 0.9) / 3, rel=0.3)


def test_parts_that_are_all_alike_have_no_width() -> None:
    values = np.linspace(1, 2, 500)
    spread = spread_of([values, values, values])
    assert spread.clumps(0, 0.9) == math.inf
    assert spread.ends(0, 0.9) == (0.9, 0.9)


def test_one_part_says_nothing() -> None:
    spread = spread_of([np.linspace(1, 2, 500)])
    assert math.isnan(spread.clumps(0, 0.9))
    assert spread.ends(0, 0.9) is None


@pytest.mark.parametrize("share", [0.01, 0.99])
@pytest.mark.parametrize("size", [60, 40_000])
def test_ends_are_those_of_a_rare_count(share: float, size: int) -> None:
    """Garwood's limits (1936), of fewer where the runs are few, as Korn and Graubard say (1998)."""
    random = np.random.default_rng(3)
    spread = spread_of([random.exponential(1, size) for _ in range(16)])
    count = spread.clumps(0, share) * (norm.ppf(0.975) / t.ppf(0.975, 15)) ** 2
    fewer, more = gamma.ppf(0.025, count) / count, gamma.ppf(0.975, count + 1) / count
    expected = (1 - 0.01 * more, 1 - 0.01 * fewer) if share > 0.5 else (0.01 * fewer, 0.01 * more)
    assert spread.ends(0, share) == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize(("engine", "visits"), [("compiled", 20_000), ("simpy", 2000)])
@pytest.mark.parametrize("replications", [1, 16])
def test_a_percentile_of_few_bad_times_is_said_to_be_one(
    engine: Engine, visits: int, replications: int
) -> None:
    asked, local = Asked((), (99.9,)), Backend(workers=1)
    sizes = {"replications": replications, "visits": visits, "engine": engine}
    answer = simulate(m_m_1(0.9), asked=asked, backend=local, **sizes)
    assert any("P99.9 came in about" in note or "their P99.9:" in note for note in answer.notes)
    for found in answer.classes[0].response_time_percentiles.values():
        assert found.low < found.mean < found.high


@pytest.mark.parametrize("antithetic", [False, True])
def test_a_light_load_has_no_bad_times(antithetic: bool) -> None:
    answer = simulate(m_m_1(0.3), antithetic=antithetic, visits=100_000, backend=Backend(workers=1))
    assert answer.notes == ()
    for share, found in answer.classes[0].response_time_percentiles.items():
        exact = -math.log(1 - share / 100) / 0.7
        assert found.low - 0.01 * exact < exact < found.high + 0.01 * exact
