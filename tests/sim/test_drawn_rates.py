"""Rates that are drawn once a replication."""

import math
from statistics import NormalDist, fmean, stdev

import numpy as np
import pytest

from models.parts.failure import Cause, Component
from sim.cluster.cluster_contract import NoProgress, Run, YearResult, simulator
from sim.drawn_rates import drawn

HOUR = 3600.0


def nodes(name: str, rate: str = "node", spread: float = 0.7, mttf: float = 1e6) -> Component:
    cause = Cause("failure", mttf, HOUR, rate=rate, spread=spread)
    return Component(name, 2, 3, (cause, Cause("card", 1e9, HOUR)), True, "test")


def seeds(count: int) -> list[bytes]:
    random = np.random.default_rng(1)
    return [random.bytes(32) for _ in range(count)]


def test_one_rate_is_the_same_for_all_and_another_is_its_own() -> None:
    for seed in seeds(20):
        one, same, other = drawn((nodes("a"), nodes("b"), nodes("c", "spot")), seed)
        assert one.causes[0].mttf == same.causes[0].mttf != other.causes[0].mttf
        assert one.spreads() == {}
        assert one.causes[1] == nodes("a").causes[1]
        assert drawn((nodes("a"),), seed) == (one,)
    certain = (nodes("a").typical(),)
    assert drawn(certain, seeds(1)[0]) is certain


def test_what_is_drawn_is_log_normal() -> None:
    logs = [math.log(1e6 / drawn((nodes("a"),), seed)[0].causes[0].mttf) for seed in seeds(4000)]
    # A normal cut off at z on both sides has the variance 1 - 2 z phi(z) / (2 Phi(z) - 1).
    normal, z = NormalDist(), NormalDist().inv_cdf(0.995)
    wanted = 0.7 * math.sqrt(1 - 2 * z * normal.pdf(z) / 0.99)
    assert fmean(logs) == pytest.approx(0.0, abs=3 * wanted / math.sqrt(4000))
    assert stdev(logs) == pytest.approx(wanted, rel=0.04)
    assert max(map(abs, logs)) <= 0.7 * z


def given_up(engine: str, run: Run, group: Component, horizon: float) -> YearResult | None:
    with pytest.raises(NoProgress) as raised:
        simulator(engine)(run, (group,), seeds(1)[0], horizon)
    return raised.value.so_far


@pytest.mark.parametrize("horizon", [1.0, 1e9])
def test_a_run_that_is_given_up_has_lasted_as_long_in_both_engines(
    horizon: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("sim.cluster.kernel.compiled_year", "sim.cluster.reference.simpy_year"):
        monkeypatch.setattr(f"{module}.MOST_INTERRUPTIONS", 200)
    run = Run(10 * HOUR, math.inf, 1.0, 0.0, 1.0, 1.0, frozenset({"nodes"}))
    group = nodes("nodes", mttf=600.0).typical()
    one, other = (given_up(engine, run, group, horizon) for engine in ("compiled", "simpy"))
    assert one is not None
    assert other is not None
    assert not one.complete
    assert one.restarts == other.restarts == 201
    for name in ("time_to_train", "unit_time", "yearly_productive", "yearly_restarts"):
        assert getattr(one, name) == pytest.approx(getattr(other, name), rel=1e-9), name
    assert one.availability == pytest.approx(other.availability)
    assert one.time_to_train > 200 * 100
