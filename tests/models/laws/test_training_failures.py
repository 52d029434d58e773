"""Training runs under failures against published clusters, Daly's law and brute force."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.description.quantities import DAY, HOUR
from models.laws import training_failures as law
from models.laws.checkpointing import expected_time, failure_free_time, young_interval
from models.laws.reliability.blocks import unavailability
from models.laws.training_failures import FailingRun

MINUTE = 60.0


@pytest.mark.parametrize(
    ("failure_rate", "write", "interval", "ratio"),
    [
        # Kokolis et al. (2024): 12,000 GPUs on 1,500 nodes, restart 5 min, failures a node-day.
        (6.5e-3, 5.0, 38.43075691322091, 0.7397917500667334),
        (1.0e-3, 5.0, 97.97958971132712, 0.8979379273840343),
        (6.5e-3, 1 / 6, 7.016464154456234, 0.9205263144379506),
    ],
)
def test_effective_training_time_of_12000_gpus(
    failure_rate: float, write: float, interval: float, ratio: float
) -> None:
    mttf = law.mttf_of_units(1500, failure_rate / DAY)
    best = young_interval(write * MINUTE, mttf)
    assert best / MINUTE == pytest.approx(interval, rel=1e-9)
    assert law.first_order_effective_training_time_ratio(
        best, write * MINUTE, 5 * MINUTE, mttf
    ) == pytest.approx(ratio, rel=1e-9)


def test_131072_gpus_run_a_quarter_of_an_hour() -> None:
    # Kokolis et al. (2024), section 3: 8 GPUs a node, 6.50 failures per 1,000 node-days: 0.23 h.
    mttf = law.mttf_of_units(131_072 / 8, 6.5e-3 / DAY)
    assert mttf / HOUR == pytest.approx(0.22536057692307693, rel=1e-9)


def test_the_exact_ratio_is_above_the_first_order() -> None:
    # M = 185 min, w = 1 min, R = 10 min, t = 19 min; Daly's cost function by hand.
    times = (19 * MINUTE, MINUTE, 10 * MINUTE, 185 * MINUTE)
    assert law.effective_training_time_ratio(*times) == pytest.approx(0.8522389544243922, rel=1e-9)
    assert law.first_order_effective_training_time_ratio(*times) == pytest.approx(
        0.8498648648648649, rel=1e-9
    )


@given(st.floats(1e4, 1e9))
def test_first_order_and_exact_agree_where_failures_are_rare(mttf: float) -> None:
    times = (600.0, 10.0, 60.0)
    exact = law.effective_training_time_ratio(*times, mttf)
    first = law.first_order_effective_training_time_ratio(*times, mttf)
    assert abs(exact - first) < 2 * (670 / mttf) ** 2 + 10 / mttf


def test_availability_of_a_node_that_fails_6_5_times_in_1000_days() -> None:
    # 1/(1 + r_f MTTR): 0.9989 for a repair of 4 h, 0.9871 for 48 h.
    for hours, available in ((4, 0.9989178390077417), (48, 0.987166831194472)):
        assert 1 - unavailability(DAY / 6.5e-3, hours * HOUR) == pytest.approx(available, rel=1e-9)


# Llama 3 405B: 419 unexpected and 47 planned interruptions in 54 days on 16,384 H100
# (Llama team (2024), The Llama 3 Herd of Models, section 3.3.4 and table 5).
LLAMA_MTTF = 54 * DAY / 419


def test_llama_3_is_interrupted_every_3_hours() -> None:
    unexpected = law.observed_failure_rate(419, 1, 54 * DAY)
    assert 1 / unexpected / HOUR == pytest.approx(3.0930787589498805, rel=1e-9)
    rate = law.observed_failure_rate(419, 16_384 / 8, 54 * DAY)
    assert 1000 * rate * DAY == pytest.approx(3.788700810185185, rel=1e-9)
    assert law.mttf_of_units(2048, rate) == pytest.approx(LLAMA_MTTF, rel=1e-12)
    with_planned = law.observed_failure_rate(419 + 47, 1, 54 * DAY)
    assert 1 / with_planned / HOUR == pytest.approx(2.781115879828326, rel=1e-9)
    # 148 faulty GPUs, 72 HBM3, 19 SRAM, 17 processors, 6 silent corruptions, 6 thermal.
    of_gpus = 148 + 72 + 19 + 17 + 6 + 6
    assert of_gpus / 419 == pytest.approx(0.639618138424821, rel=1e-9)
    yearly = law.observed_failure_rate(of_gpus, 16_384, 54 * DAY) * 365 * DAY
    assert yearly == pytest.approx(0.1105640552662037, rel=1e-9)


def test_llama_3_trains_more_than_90_percent_of_its_54_days() -> None:
    # The paper gives the share, not what a restart takes. With a checkpoint that stalls for 10 s,
    # it takes 10 min to find a failure and restart, planned interruptions included.
    write = 10.0
    run = FailingRun(
        work=0.9 * 54 * DAY,
        interval=young_interval(write, LLAMA_MTTF),
        write_time=write,
        mttf=LLAMA_MTTF,
        restart=8 * MINUTE,
        detection=2 * MINUTE,
        planned=47,
        planned_outage=0.0,
    )
    assert law.expected_wall_time(run) < 54 * DAY
    assert law.expected_failures(run) == pytest.approx(419, rel=0.02)
    # With half an hour a restart it would not have been possible.
    assert law.expected_wall_time(replace(run, restart=30 * MINUTE)) > 54 * DAY


@given(
    st.integers(1, 500), st.floats(60, 7200), st.floats(0.1, 300), st.floats(0, 1800),
    st.floats(3600, 1e9),
)  # fmt: skip
def test_whole_intervals_without_a_startup_are_daly_s_law(
    count: int, interval: float, write: float, restart: float, mttf: float
) -> None:
    run = FailingRun(count * interval, interval, write, mttf, restart=restart)
    assert law.expected_wall_time(run) == pytest.approx(
        expected_time(run.work, interval, write, restart, mttf), rel=1e-9
    )


@given(st.floats(1e3, 1e6), st.floats(60, 1e6), st.floats(0.1, 300), st.floats(0, 1800))
def test_without_failures_it_is_the_failure_free_time(
    work: float, interval: float, write: float, startup: float
) -> None:
    run = FailingRun(work, interval, write, math.inf, startup, restart=60.0)
    exact = failure_free_time(work, interval, write, startup)
    assert law.expected_wall_time(run) == pytest.approx(exact, rel=1e-12)
    assert law.expected_failures(run) == 0.0
    nearly = law.expected_wall_time(replace(run, mttf=1e16))
    assert nearly == pytest.approx(exact, rel=1e-6)


def test_the_last_segment_may_be_shorter() -> None:
    # 1,000 s in parts of 400, 400 and 200 s, each segment by its own renewal equation.
    mttf, write, startup, restart = 500.0, 20.0, 50.0, 30.0

    def attempts(first: float, again: float) -> float:
        # E = M (1 - e^(-f/M)) + (1 - e^(-f/M)) E', E' = M (e^(a/M) - 1).
        failed = -math.expm1(-first / mttf)
        return mttf * failed + failed * mttf * math.expm1(again / mttf)

    exact = (
        attempts(startup + 420, restart + 420)
        + attempts(420, restart + 420)
        + attempts(220, restart + 220)
    )
    run = FailingRun(1000.0, 400.0, write, mttf, startup, restart)
    assert law.expected_wall_time(run) == pytest.approx(exact, rel=1e-12)
    each = law.expected_wall_time(replace(run, detection=7.0, replacement=3.0)) - exact
    assert each == pytest.approx(10 * law.expected_failures(run), rel=1e-9)


@pytest.mark.parametrize("flush", [50.0, 200.0, 300.0])
def test_a_failure_while_a_checkpoint_is_flushed_repeats_its_interval(flush: float) -> None:
    # 1,000 s in parts of 400, 400 and 200 s; each waits 20 s and is safe a flush later, while the
    # next is worked on. The times between two safe checkpoints by their own renewal equations.
    mttf, stall, startup, restart = 500.0, 20.0, 50.0, 30.0

    def attempts(first: float, again: float) -> float:
        failed = -math.expm1(-first / mttf)
        return mttf * failed + failed * mttf * math.expm1(again / mttf)

    exact = (
        attempts(startup + 420 + flush, restart + 420 + flush)
        + attempts(420, restart + 420 + flush)
        # The last 200 s are over before a flush of 300 s is: the last wait begins after it.
        + attempts(max(200, flush) + 20, restart + 220 + flush)
    )
    run = FailingRun(1000.0, 400.0, stall, mttf, startup, restart, flush_time=flush)
    assert law.expected_wall_time(run) == pytest.approx(exact, rel=1e-12)
    undisturbed = 50 + 1000 + 3 * 20 + flush + max(0, flush - 200)
    assert law.expected_wall_time(replace(run, mttf=math.inf)) == undisturbed
    # Of a long run, the flush counts to the restart.
    long = FailingRun(400.0 * 10_000, 400.0, stall, mttf, restart=restart, flush_time=flush)
    ratio = law.effective_training_time_ratio(400.0, stall, restart + flush, mttf)
    assert long.work / law.expected_wall_time(long) == pytest.approx(ratio, rel=1e-3)


def test_a_flush_is_no_longer_than_the_interval() -> None:
    with pytest.raises(ValueError, match=r"flush_time is 401.0 s; .* the interval, 400.0 s"):
        FailingRun(1000.0, 400.0, 20.0, 500.0, flush_time=401.0)


def test_a_planned_interruption_costs_its_outage_and_a_restart() -> None:
    run = FailingRun(1e5, 1000.0, 10.0, math.inf, restart=60.0)
    planned = replace(run, planned=3, planned_outage=500.0)
    assert law.expected_wall_time(planned) - law.expected_wall_time(run) == pytest.approx(3 * 560)
    # With failures, a restart itself may fail: M (e^(R/M) - 1).
    run, planned = replace(run, mttf=100.0), replace(planned, mttf=100.0)
    more = law.expected_failures(planned) - law.expected_failures(run)
    assert more == pytest.approx(3 * math.expm1(0.6), rel=1e-5)


def test_a_run_that_only_ever_restarts_takes_forever() -> None:
    assert law.expected_wall_time(FailingRun(1e6, 1e5, 10.0, 1.0)) == math.inf


@pytest.mark.parametrize(
    ("name", "value"),
    [("work", 0.0), ("interval", -1.0), ("write_time", -1.0), ("mttf", 0.0), ("startup", math.nan),
     ("restart", math.inf), ("detection", -1.0), ("replacement", -1.0), ("planned", -1.0),
     ("planned_outage", math.nan), ("flush_time", -1.0)],
)  # fmt: skip
def test_nonsense_is_refused(name: str, value: float) -> None:
    with pytest.raises(ValueError, match=f"{name} is {value}"):
        replace(FailingRun(1e6, 600.0, 5.0, 1e4), **{name: value})


def test_first_order_is_refused_where_it_breaks_down() -> None:
    # 131,072 GPUs fail every 13.5 min; a restart and half an interval take 20.
    with pytest.raises(ValueError, match="use effective_training_time_ratio"):
        law.first_order_effective_training_time_ratio(1200.0, 10.0, 600.0, 811.3)
    assert 0 < law.effective_training_time_ratio(1200.0, 10.0, 600.0, 811.3) < 1


@pytest.mark.parametrize("arguments", [(0.0, 1.0), (1.0, -1.0), (math.inf, 1.0), (1.0, math.nan)])
def test_units_and_rates_out_of_range(arguments: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="must be"):
        law.mttf_of_units(*arguments)


def test_no_failures_are_observed_as_none() -> None:
    assert law.observed_failure_rate(0, 10, DAY) == 0.0
    assert law.mttf_of_units(10, 0.0) == math.inf
    with pytest.raises(ValueError, match="time is 0"):
        law.observed_failure_rate(1, 10, 0.0)
