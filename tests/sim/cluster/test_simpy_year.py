"""The year in SimPy is the readable one: the compiled one must tell the same story."""

import math
from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.description.quantities import DAY, HOUR
from models.laws.reliability.blocks import series
from models.parts.failure import Cause, Component
from models.parts.node_racks import NAME, GroupInRacks, NodeRacks
from sim.cluster.cluster_contract import NoProgress, Run, YearResult
from sim.cluster.kernel import compiled_year as compiled
from sim.cluster.reference import simpy_year


@st.composite
def causes(draw: st.DrawFn) -> tuple[Cause, ...]:
    one = st.builds(
        Cause,
        st.just("cause"),
        st.one_of(st.floats(10 * HOUR, 300 * HOUR), st.just(math.inf)),
        st.one_of(st.floats(60.0, 100 * HOUR), st.just(0.0)),
        st.sampled_from([0.0, 120.0]),
    )
    return tuple(draw(st.lists(one, min_size=1, max_size=3)))


@st.composite
def clusters(draw: st.DrawFn) -> tuple[Component, ...]:
    components = []
    for position in range(draw(st.integers(1, 4))):
        required, spares = draw(st.integers(1, 8)), draw(st.integers(0, 4))
        components.append(
            Component(
                f"component {position}",
                required,
                required + spares,
                draw(causes()),
                draw(st.booleans()),
                "test",
            )
        )
    if draw(st.booleans()):
        components.append(draw(in_racks(components[: draw(st.integers(1, len(components)))])))
    return tuple(components)


@st.composite
def in_racks(draw: st.DrawFn, groups: list[Component]) -> NodeRacks:
    """Racks of one size, which groups fill one after the other."""
    slots, first, placed = draw(st.integers(1, 6)), 0, []
    count = -(-sum(one.units for one in groups) // slots)
    for one in groups:
        counts = Counter(place // slots for place in range(first, first + one.units))
        placed.append(GroupInRacks(one, tuple(counts[rack] for rack in range(count))))
        first += one.units
    return NodeRacks(NAME, 1, count, draw(causes()), True, "test", False, tuple(placed))


@st.composite
def runs(draw: st.DrawFn) -> Run:
    interval = draw(st.one_of(st.floats(60.0, 7200.0), st.just(math.inf)))
    work = st.floats(60.0, 100 * HOUR if math.isfinite(interval) else HOUR)
    return Run(
        work=draw(st.one_of(work, st.just(math.inf))),
        interval=interval,
        write_time=draw(st.floats(0.1, 300.0)),
        startup=draw(st.floats(0.0, 600.0)),
        restart=draw(st.floats(0.0, 600.0)),
        detection=draw(st.sampled_from([0.0, 30.0, 1800.0])),
        needs=frozenset(
            f"component {position}" for position in draw(st.sets(st.integers(0, 3), min_size=1))
        ),
        flush_time=draw(st.sampled_from([0.0, 60.0, min(interval, 1800.0)])),
    )


def both(
    what: Run,
    components: tuple[Component, ...],
    horizon: float,
    seed: int = 1,
    start: float = 0.0,
) -> tuple[YearResult, YearResult]:
    year = np.random.default_rng(seed).bytes(32)
    one, other = (
        engine.simulate_year(what, components, year, horizon, start)
        for engine in (compiled, simpy_year)
    )
    return one, other


def assert_same(one: YearResult, other: YearResult) -> None:
    assert one.restarts == other.restarts
    assert one.yearly_restarts == other.yearly_restarts
    for name in (
        "time_to_train",
        "yearly_productive",
        "availability",
        "needs_availability",
        "unit_time",
    ):
        assert getattr(one, name) == pytest.approx(getattr(other, name), rel=1e-9, abs=1e-12)


@settings(max_examples=100, deadline=None)
@given(
    runs(),
    clusters(),
    st.floats(HOUR, 60 * DAY),
    st.integers(0, 2**32 - 1),
    st.one_of(st.just(0.0), st.floats(1.0, 30 * DAY)),
)
def test_both_engines_tell_the_same_story(
    what: Run, components: tuple[Component, ...], horizon: float, seed: int, start: float
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        for engine in (compiled, simpy_year):
            patch.setattr(engine, "MOST_FAILURES", 5000)  # or some runs would take minutes
            patch.setattr(engine, "MOST_INTERRUPTIONS", 1000)
        try:
            one, other = both(what, components, horizon, seed, start)
        except NoProgress as error:
            year = np.random.default_rng(seed).bytes(32)
            with pytest.raises(NoProgress, match=str(error)):
                simpy_year.simulate_year(what, components, year, horizon, start)
            return
    assert_same(one, other)


@pytest.mark.parametrize("seed", range(20))
def test_a_reclaim_announced_during_the_last_checkpoint_ends_the_run(seed: int) -> None:
    reclaim = (Cause("reclaim", HOUR, 60.0, notice=7200.0),)
    nodes = Component("nodes", 1, 1, reclaim, True, "test")
    what = Run(60.0, math.inf, 7200.0, 0.0, 30.0, 0.0, frozenset({"nodes"}))
    one, other = both(what, (nodes,), DAY, seed)
    assert_same(one, other)
    # An hour passes, in the mean, until the reclaim; without one, the checkpoint takes two.
    assert one.time_to_train <= 7260.0 or one.restarts > 1


def test_both_tell_the_same_story_of_a_thousand_servers() -> None:
    causes = (Cause("crash", 200 * DAY, 2 * HOUR), Cause("breakage", 100 * DAY, 3 * DAY))
    servers = Component("servers", 1000, 1050, causes, True, "test")
    switches = Component("switches", 40, 40, (Cause("failure", 900 * DAY, DAY),), False, "test")
    needs = frozenset({"servers", "switches"})
    what = Run(60 * DAY, 1200.0, 20.0, 600.0, 900.0, 60.0, needs)
    one, other = both(what, (servers, switches), 90 * DAY)
    assert_same(one, other)
    assert one.yearly_restarts > 800
    assert 0.5 < one.availability < 1


@pytest.mark.parametrize("engine", [compiled, simpy_year])
def test_both_refuse_a_run_that_never_advances(
    engine: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "MOST_INTERRUPTIONS", 1000)
    components = (Component("nodes", 1, 1, (Cause("failure", 60.0, 1.0),), True, "test"),)
    what = Run(10 * HOUR, math.inf, 5.0, 30.0, 60.0, 10.0, frozenset({"nodes"}))
    with pytest.raises(NoProgress, match="the run is interrupted"):
        engine.simulate_year(what, components, np.random.default_rng(1).bytes(32), 1.0)


@pytest.mark.parametrize("engine", [compiled, simpy_year])
def test_both_refuse_units_that_fail_without_end(
    engine: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "MOST_FAILURES", 1000)
    components = (Component("nodes", 1, 1, (Cause("failure", 1.0, 1.0),), True, "test"),)
    what = Run(1.0, math.inf, 5.0, 30.0, 60.0, 10.0, frozenset())
    with pytest.raises(NoProgress, match=r"units fail .* the last of nodes"):
        engine.simulate_year(what, components, np.random.default_rng(1).bytes(32))


@pytest.mark.parametrize(("required", "sizes"), [(4, (2, 2, 2)), (5, (3, 3, 2)), (5, (4, 4))])
def test_racks_that_spares_fill_are_down_as_long_as_the_law_says(
    required: int, sizes: tuple[int, ...]
) -> None:
    nodes = Component(
        "nodes", required, sum(sizes), (Cause("failure", 300 * HOUR, 20 * HOUR),), True, "test"
    )
    causes = (Cause("switch", 900 * HOUR, 10 * HOUR),)
    placed = (GroupInRacks(nodes, sizes),)
    racks = NodeRacks(NAME, 1, len(sizes), causes, True, "test", False, placed)
    law = series([nodes.result().unavailability, racks.result().unavailability])
    run = Run(math.inf, math.inf, 0.0, 0.0, 0.0, 0.0, frozenset({"nodes", NAME}))
    years = np.random.default_rng(2)
    seen = [
        compiled.simulate_year(run, (nodes, racks), years.bytes(32), 200_000 * HOUR)
        for _ in range(100)
    ]
    away = [1 - one.needs_availability for one in seen]
    half = 4 * np.std(away, ddof=1) / math.sqrt(len(away))
    assert np.mean(away) == pytest.approx(law, abs=half)
    assert half < 0.05 * law
    # How often the run stops: any node in use, and a rack of which the run may use any node.
    stops = np.mean([one.yearly_restarts for one in seen]) / (200_000 * HOUR)
    assert stops <= nodes.interruption_rate() + racks.interruption_rate()
    assert stops == pytest.approx(nodes.interruption_rate() + racks.interruption_rate(), rel=0.25)
