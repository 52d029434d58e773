"""Backed-up power against hand calculation, matrix exponentials and outages played out."""

import math

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.laws.backup_power import Generators, backed_up
from models.laws.reliability.redundant_systems import group_cycle
from models.laws.reliability.repairable import Repaired

HOUR = 3600.0
UTILITY = Repaired.of_times(4478.5 * HOUR, 1.32 * HOUR)


def test_a_battery_alone_holds_short_outages() -> None:
    # An exponential outage of 1.32 h outlasts a quarter of an hour with e^(-0.25/1.32).
    power = backed_up(UTILITY, 0.0, 0.25 * HOUR)
    assert power.losses == pytest.approx(math.exp(-0.25 / 1.32), rel=1e-12)
    assert power.cycle.mean_down_time == pytest.approx(1.32 * HOUR, rel=1e-12)


def test_without_anything_the_load_sees_the_utility() -> None:
    power = backed_up(UTILITY)
    assert power.cycle.mean_up_time == pytest.approx(UTILITY.mean_up_time, rel=1e-12)
    assert power.cycle.mean_down_time == pytest.approx(UTILITY.mean_down_time, rel=1e-12)


def test_one_generator_and_a_battery_by_hand() -> None:
    # Starts with 0.9865, fails once in 1,500 h, fuel for 24 h, outages of 1.32 h.
    generators = Generators(1, 1, 0.0135, 1 / (1500 * HOUR), 15.0, 24 * HOUR)
    power = backed_up(UTILITY, 1e-4, 600.0, generators)
    a, g = 1 / 1.32, 1 / 1500
    running = 0.9865 * math.exp(-15 / 3600 * a)
    beyond = (1 - 1e-4) * math.exp(-600 / 3600 * a) + 1e-4
    assert power.not_started == pytest.approx(0.0135 * beyond, rel=1e-12)
    assert power.stopped == pytest.approx(
        running * g / (g + a) * -math.expm1(-24 * (g + a)), rel=1e-12
    )
    assert power.out_of_fuel == pytest.approx(running * math.exp(-24 * (g + a)), rel=1e-12)
    assert power.not_bridged == pytest.approx(0.9865 * 1e-4, rel=1e-12)


@settings(max_examples=30, deadline=None)
@given(
    st.integers(1, 4),
    st.integers(0, 3),
    st.floats(0, 1),
    st.floats(1e-9, 1e-3),
    st.floats(600, 1e6),
)
def test_stopped_and_out_of_fuel_are_the_integrals(
    required: int, spare: int, start_failure: float, rate: float, fuel: float
) -> None:
    units, mean = required + spare, UTILITY.mean_down_time
    power = backed_up(
        UTILITY, 0.0, 60.0, Generators(required, units, start_failure, rate, 60.0, fuel)
    )
    stopped = dry = mpmath.mpf(0)
    with mpmath.workdps(40):
        p, g, a = mpmath.mpf(start_failure), mpmath.mpf(rate), 1 / mpmath.mpf(mean)
        for j in range(required, units + 1):
            chance = mpmath.binomial(units, j) * (1 - p) ** j * p ** (units - j)
            # Failures of j generators one after the other, ended by the end of the outage.
            step = mpmath.matrix(j - required + 2, j - required + 2)
            for i in range(j - required + 1):
                leaves = (j - i) * g
                step[i, i], step[i, i + 1] = -leaves - a, leaves
            moved = mpmath.expm(step * fuel)
            stopped += chance * moved[0, j - required + 1]
            dry += chance * sum(moved[0, i] for i in range(j - required + 1))
        still_out = mpmath.exp(-60 * a)
        stopped, dry = stopped * still_out, dry * still_out
    assert power.stopped == pytest.approx(float(stopped), rel=1e-9, abs=1e-300)
    assert power.out_of_fuel == pytest.approx(float(dry), rel=1e-9, abs=1e-300)


def simulated(
    ups_away: float, autonomy: float, generators: Generators, random: np.random.Generator
) -> tuple[float, float]:
    """Losses and time down of one outage of the utility, played out."""
    ends = random.exponential(UTILITY.mean_down_time)
    battery = 0.0 if random.random() < ups_away else autonomy
    started = random.binomial(generators.units, 1 - generators.start_failure)
    if random.random() < generators.none_starts:
        started = 0
    if started < generators.required:
        return (1.0, ends - battery) if ends > battery else (0.0, 0.0)
    losses = down = 0.0
    if battery < min(ends, generators.start_time):
        losses, down = 1.0, min(ends, generators.start_time) - battery
    lives = np.sort(random.exponential(1 / generators.failure_rate, started))
    carried = min(float(lives[started - generators.required]), generators.fuel)
    stops = generators.start_time + carried
    return (losses + 1, down + ends - stops) if ends > stops else (losses, down)


@pytest.mark.parametrize("autonomy", [5.0, 600.0])
def test_played_outages_agree(autonomy: float) -> None:
    random = np.random.default_rng(7)
    generators = Generators(2, 3, 0.1, 1 / (4 * HOUR), 30.0, 2 * HOUR, 0.05)
    power = backed_up(UTILITY, 0.2, autonomy, generators)
    outages = np.array([simulated(0.2, autonomy, generators, random) for _ in range(40_000)])
    error = outages.std(axis=0) / math.sqrt(len(outages))
    down = power.cycle.unavailability / UTILITY.failure_frequency
    assert abs(outages[:, 0].mean() - power.losses) < 4 * error[0]
    assert abs(outages[:, 1].mean() - down) < 4 * error[1]


def test_a_utility_that_never_fails_costs_nothing() -> None:
    never = Repaired.of_times(math.inf, 5.0)
    assert backed_up(never, 0.1, 60.0).cycle.mean_up_time == math.inf
    assert backed_up(never, 0.1, 60.0).cycle.unavailability == 0


def test_every_addition_helps() -> None:
    one = Generators(1, 1, 0.0135, 1 / (1500 * HOUR), 15.0, 24 * HOUR)
    two = Generators(1, 2, 0.0135, 1 / (1500 * HOUR), 15.0, 24 * HOUR)
    chain = [
        backed_up(UTILITY),
        backed_up(UTILITY, 1e-4, 600.0),
        backed_up(UTILITY, 1e-4, 600.0, one),
        backed_up(UTILITY, 1e-4, 600.0, two),
        backed_up(group_cycle(1, 2, UTILITY), 1e-4, 600.0, two),
    ]
    values = [power.cycle.unavailability for power in chain]
    assert values == sorted(values, reverse=True)
    assert values[0] > 100 * values[3]


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (lambda: Generators(2, 1, 0.1, 0.0, 1.0), "units is 1"),
        (lambda: Generators(1, 1, 1.2, 0.0, 1.0), "start_failure is 1.2"),
        (lambda: Generators(1, 1, 0.1, 0.0, 1.0, 0.0), "fuel lasts 0.0 s"),
        (lambda: backed_up(UTILITY, 1.1), "ups_unavailability is 1.1"),
        (lambda: backed_up(UTILITY, 0.1, -1.0), "autonomy is -1.0"),
    ],
)
def test_nonsense_is_refused(wrong: object, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        wrong()  # type: ignore[operator]
