"""The compiled year against closed forms, and the rules of failures and restarts."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.description.quantities import DAY, HOUR, YEAR
from models.laws.checkpointing import failure_free_time, optimal_interval
from models.laws.reliability.blocks import k_of_n, series, unavailability
from models.laws.spares import shortage_of_hot_spares
from models.laws.training_failures import FailingRun, expected_failures, expected_wall_time
from models.parts.failure import Cause, Component
from sim.cluster.cluster_contract import NoProgress, Run, YearResult
from sim.cluster.kernel.compiled_year import simulate_year
from sim.experiment import mean_estimate, streams


def nodes(
    mttf: float, mttr: float = HOUR, count: int = 1, spares: int = 0, notice: float = 0.0
) -> Component:
    cause = Cause("failure", mttf, mttr, notice)
    return Component("nodes", count, count + spares, (cause,), True, "test")


def run(work: float, interval: float = 600.0, write: float = 5.0, restart: float = 60.0) -> Run:
    return Run(work, interval, write, 30.0, restart, 10.0, frozenset({"nodes"}))


def years(
    what: Run, components: tuple[Component, ...], count: int, horizon: float = YEAR, seed: int = 1
) -> list[YearResult]:
    return [
        simulate_year(what, components, r.bytes(32), horizon) for r in streams(seed, 0, count=count)
    ]


@settings(max_examples=60, deadline=None)
@given(
    st.floats(1, 1e7),
    st.one_of(st.floats(1, 1e5), st.just(math.inf)),
    st.floats(1e-3, 1e3),
    st.sampled_from([0.0, 0.5, 1.0]),
)
def test_without_failures_the_simulation_is_the_closed_form(
    work: float, interval: float, write: float, flushed: float
) -> None:
    flush = flushed * min(interval, 3600.0)
    what = replace(run(work, interval, write), flush_time=flush)
    result = simulate_year(what, (nodes(math.inf),), np.random.default_rng(1).bytes(32))
    exact = failure_free_time(work, interval, write, what.startup, flush)
    assert result.time_to_train == pytest.approx(exact, rel=1e-9)
    assert result.restarts == 0
    assert result.availability == 1.0
    assert result.unit_time == (pytest.approx(exact, rel=1e-9),)


def test_availability_of_mttf_1000_h_and_mttr_10_h_is_within_its_interval() -> None:
    component = nodes(1000 * HOUR, 10 * HOUR)
    observed = [y.availability for y in years(run(1.0), (component,), 200, 10 * YEAR)]
    estimate = mean_estimate(observed)
    # The exact mean over a horizon that starts with the unit up lies a hair above the limit.
    rate = 1 / (1000 * HOUR) + 1 / (10 * HOUR)
    exact = 1000 / 1010 + (10 / 1010) * -math.expm1(-rate * 10 * YEAR) / (rate * 10 * YEAR)
    assert estimate.low < exact < estimate.high
    assert estimate.low < 0.990099 < estimate.high


def test_availability_of_groups_with_spares_is_the_law_s() -> None:
    parts = (
        nodes(50 * HOUR, 10 * HOUR, count=4, spares=2),
        Component("switches", 1, 2, (Cause("failure", 200 * HOUR, 20 * HOUR),), False, "test"),
        Component("store", 1, 1, (Cause("outage", 400 * HOUR, 4 * HOUR),), False, "test"),
    )
    observed = [y.availability for y in years(run(1.0), parts, 60, 2 * YEAR)]
    law = series(k_of_n(c.required, [unavailability(c.mttf, c.mttr)] * c.units) for c in parts)
    estimate = mean_estimate(observed)
    assert estimate.low < 1 - law < estimate.high


@pytest.mark.parametrize("flush", [0.0, 1500.0])
@pytest.mark.parametrize("detection", [0.0, 240.0])
@pytest.mark.parametrize("interval", [1200.0, math.inf])
def test_expected_time_and_failures_are_the_law_s_where_repair_is_instant(
    detection: float, interval: float, flush: float
) -> None:
    mttf, write, startup, restart = 5 * HOUR, 120.0, 400.0, 300.0
    work = 100.5 * HOUR if math.isfinite(interval) else 8 * HOUR
    interval = optimal_interval(write, mttf) if math.isfinite(interval) else interval
    what = Run(work, interval, write, startup, restart, detection, frozenset({"nodes"}), flush)
    observed = years(what, (nodes(mttf, 1e-9),), 4000, horizon=1.0)
    law = FailingRun(work, interval, write, mttf, startup, restart, detection, flush_time=flush)
    times = mean_estimate([year.time_to_train for year in observed])
    assert times.low < expected_wall_time(law) < times.high
    restarts = mean_estimate([float(year.restarts) for year in observed])
    assert restarts.low < expected_failures(law) < restarts.high


def test_a_run_on_4096_servers_takes_what_the_law_says() -> None:
    # As many failures a server, spares and minutes of a restart as AIReSim assumes by default:
    # a failure every 35 min, and 23 min to go on.
    servers = nodes(100 * DAY, 40 * HOUR, count=4096, spares=264)
    what = Run(64 * DAY, 600.0, 10.0, 1380.0, 1380.0, 0.0, frozenset({"nodes"}))
    times = mean_estimate([y.time_to_train for y in years(what, (servers,), 100, DAY)])
    law = FailingRun(64 * DAY, 600.0, 10.0, 100 * DAY / 4096, 1380.0, 1380.0)
    assert times.low < expected_wall_time(law) < times.high
    assert 0.43 < 64 * DAY / times.mean < 0.45


def test_time_with_too_few_nodes_is_the_binomial_shortage() -> None:
    # 64 nodes and 3 spares, a failure in 200 days, two days to repair.
    component = nodes(200 * DAY, 2 * DAY, count=64, spares=3)
    observed = [1 - y.availability for y in years(run(1.0), (component,), 400, 2 * YEAR)]
    estimate = mean_estimate(observed)
    law = shortage_of_hot_spares(64, 3, 1 / (200 * DAY), 2 * DAY)
    assert estimate.low < law < estimate.high


def test_each_cause_has_its_share_and_its_repair() -> None:
    causes = (
        Cause("crash", 100 * HOUR, HOUR),
        Cause("never", math.inf, 1e6 * HOUR),
        Cause("breakage", 300 * HOUR, 40 * HOUR),
    )
    component = Component("nodes", 2, 2, causes, True, "test")
    observed = [1 - y.availability for y in years(run(1.0), (component,), 400)]
    away = 1 / 100 + 40 / 300
    unit = away / (1 + away)
    estimate = mean_estimate(observed)
    assert estimate.low < 1 - (1 - unit) ** 2 < estimate.high


def test_what_fails_depends_neither_on_the_run_nor_on_other_components() -> None:
    node, other = nodes(20 * HOUR, count=4), replace(nodes(50 * HOUR), name="other")

    def simulated(what: Run, *components: Component) -> YearResult:
        return simulate_year(what, components, np.random.default_rng(1).bytes(32))

    alone = simulated(run(1e6), node)
    assert simulated(run(1e6, restart=600.0), node).availability == alone.availability
    first, second = simulated(run(1e6), other, node), simulated(run(1e6), node, other)
    assert first.time_to_train == second.time_to_train == alone.time_to_train
    assert first.unit_time == second.unit_time[::-1]
    assert second.unit_time[0] == alone.unit_time[0]


def test_goodput_falls_short_of_ideal_under_failures_and_reaches_it_without() -> None:
    faulty = simulate_year(run(1e6), (nodes(20 * HOUR),), np.random.default_rng(1).bytes(32))
    ideal = simulate_year(run(1e6), (nodes(math.inf),), np.random.default_rng(1).bytes(32))
    assert faulty.yearly_productive < ideal.yearly_productive
    assert faulty.time_to_train > ideal.time_to_train
    assert faulty.restarts > 0


def test_spares_shorten_the_wait_but_not_the_restart() -> None:
    def mean_time(spares: int) -> float:
        component = nodes(100 * HOUR, 24 * HOUR, count=8, spares=spares)
        return float(np.mean([y.time_to_train for y in years(run(5e5), (component,), 60)]))

    assert mean_time(4) < 0.5 * mean_time(0)


def test_a_failed_idle_spare_interrupts_nothing() -> None:
    # One unit of two is needed; only failures of the unit in use restart the run.
    restarts = [
        y.yearly_restarts for y in years(run(1e6), (nodes(100 * HOUR, HOUR, 1, 1),), 40, YEAR / 10)
    ]
    estimate = mean_estimate([float(r) for r in restarts])
    assert estimate.low < YEAR / 10 / (100 * HOUR) < estimate.high


def test_an_announced_reclaim_loses_no_work() -> None:
    # Without periodic checkpoints only an announced interruption can be survived with progress.
    what = run(100 * HOUR, math.inf, write=5.0, restart=0.0)
    announced = nodes(10 * HOUR, 60.0, notice=120.0)
    time = np.mean([y.time_to_train for y in years(what, (announced,), 30, horizon=1.0)])
    assert time < 1.05 * 100 * HOUR


def test_a_reclaim_is_announced_in_time_if_a_checkpoint_can_be_made_safe() -> None:
    def restarts(notice: float) -> float:
        what = replace(run(20 * HOUR, math.inf, write=5.0, restart=0.0), flush_time=100.0)
        announced = nodes(10 * HOUR, 60.0, notice=notice)
        return float(np.mean([y.restarts for y in years(what, (announced,), 40, horizon=1.0)]))

    # Twice in 20 h where nothing is lost; e^2 - 1 times where all is.
    assert restarts(105.0) < 3 < 5 < restarts(104.0)


def test_a_part_that_the_run_does_not_need_leaves_it_alone() -> None:
    other = Component("other", 1, 1, (Cause("failure", HOUR, HOUR),), True, "test")
    result = simulate_year(run(1e5), (nodes(math.inf), other), np.random.default_rng(1).bytes(32))
    assert result.restarts == 0
    assert result.availability == pytest.approx(0.5, abs=0.05)


def test_a_run_that_never_advances_is_refused() -> None:
    what = run(10 * HOUR, math.inf)
    with pytest.raises(NoProgress, match="interrupted"):
        simulate_year(what, (nodes(60.0, 1.0),), np.random.default_rng(1).bytes(32), horizon=1.0)


def test_units_that_fail_without_end_are_refused_in_finite_time() -> None:
    with pytest.raises(NoProgress, match="units fail"):
        simulate_year(run(1.0), (nodes(1.0, 1.0),), np.random.default_rng(1).bytes(32))


def test_same_stream_same_year() -> None:
    component = nodes(20 * HOUR, count=4, spares=1)
    assert years(run(1e6), (component,), 5) == years(run(1e6), (component,), 5)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"work": 0.0}, "work 0.0 s"),
        ({"interval": 0.0}, "interval 0.0 s"),
        ({"write_time": -1.0}, "write_time is -1.0 s"),
        ({"detection": math.nan}, "detection is nan s"),
        ({"flush_time": 601.0}, "no longer than the interval, 600.0 s"),
    ],
)
def test_a_run_without_sense_is_refused(changes: dict[str, float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        simulate_year(
            replace(run(1.0), **changes), (nodes(HOUR),), np.random.default_rng(1).bytes(32)
        )


def test_a_run_that_only_saves_is_refused() -> None:
    with pytest.raises(NoProgress, match="saves after every 1e-300 s of work, more than 1,000,"):
        simulate_year(run(1.0, 1e-300), (nodes(HOUR),), np.random.default_rng(1).bytes(32))


@pytest.mark.parametrize(
    ("components", "message"),
    [
        ((nodes(HOUR), nodes(HOUR)), "two components are called nodes"),
        ((replace(nodes(HOUR), required=2),), "requires 2 of 1 units"),
        ((nodes(HOUR, math.inf),), "mttr inf s"),
        ((nodes(0.0),), "mttf is 0.0 s"),
    ],
)
def test_components_without_sense_are_refused(
    components: tuple[Component, ...], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        simulate_year(run(1.0), components, np.random.default_rng(1).bytes(32))


def test_a_cluster_where_nothing_can_fail_has_no_components() -> None:
    what = replace(run(1e5), needs=frozenset())
    result = simulate_year(what, (), np.random.default_rng(1).bytes(32))
    assert result.time_to_train == pytest.approx(failure_free_time(1e5, 600.0, 5.0, 30.0))


def test_a_run_that_starts_later_sees_the_same_year() -> None:
    # Failures do not depend on the run: what starts at the end of another goes on in its year.
    seed, components = np.random.default_rng(3).bytes(32), (nodes(20 * HOUR),)
    first = simulate_year(run(1e5), components, seed)
    later = simulate_year(run(1e5), components, seed, start=first.time_to_train)
    both = simulate_year(run(1e5), components, seed, start=0.0)
    assert both == first
    assert later.time_to_train != first.time_to_train
    # One run of all the work has as many restarts as both, if none falls on the seam.
    whole = simulate_year(replace(run(2e5), startup=0.0), components, seed)
    assert abs(whole.restarts - first.restarts - later.restarts) <= 1


def test_what_never_ends_is_as_available_as_what_it_needs() -> None:
    endless = Run(math.inf, math.inf, 0.0, 0.0, 0.0, 0.0, frozenset({"nodes"}))
    other = Component("others", 1, 1, (Cause("failure", 50 * HOUR, HOUR),), False, "test")
    result = simulate_year(endless, (nodes(20 * HOUR), other), np.random.default_rng(5).bytes(32))
    assert result.time_to_train == 0.0
    assert result.availability < result.needs_availability < 1.0
