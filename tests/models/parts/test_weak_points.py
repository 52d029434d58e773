"""The weak points of a stack against its block diagram, brute force and a Markov chain."""

import math
import time
from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.description.quantities import HOUR, YEAR
from models.laws.reliability import blocks
from models.laws.reliability.diagram_compile import compile_diagram
from models.parts.failure import Cause, Component
from models.parts.node_racks import NAME, GroupInRacks, NodeRacks
from models.parts.remedies import Remedy
from models.parts.weak_points import cut_sets, diagram, failures, importances


def component(name: str, required: int, units: int, mttf: float, mttr: float) -> Component:
    cause = Cause("failure", mttf * HOUR, mttr * HOUR)
    return Component(name, required, units, (cause,), False, "a test")


STACK = (
    component("feeds", 1, 2, 1000, 10),
    component("switch", 1, 1, 10_000, 10),
    component("nodes", 14, 16, 5000, 24),
)
STACKS = st.lists(
    st.tuples(st.integers(1, 4), st.integers(0, 3), st.floats(1.0, 1e6), st.floats(1e-3, 100.0)),
    min_size=1,
    max_size=5,
)


def one_more(components: tuple[Component, ...]) -> dict[str, Remedy]:
    return {
        one.name: Remedy("one more", (replace(one, units=one.units + 1),)) for one in components
    }


def built(rows: list[tuple[int, int, float, float]]) -> tuple[Component, ...]:
    return tuple(
        component(f"block {k}", required, required + spare, mttf, mttr)
        for k, (required, spare, mttf, mttr) in enumerate(rows)
    )


@given(STACKS)
@settings(max_examples=50, deadline=None)
def test_the_diagram_is_as_available_as_the_blocks_in_series(
    rows: list[tuple[int, int, float, float]],
) -> None:
    components = built(rows)
    drawn, units = diagram(components)
    assert drawn is not None
    expected = blocks.series(one.result().unavailability for one in components)
    assert compile_diagram(drawn).unavailability(units) == pytest.approx(expected, rel=1e-9)


def test_importances_are_the_derivatives_of_the_unavailability() -> None:
    away = [one.result().unavailability for one in STACK]
    whole = blocks.series(away)
    rows = {row.name: row for row in importances(STACK, one_more(STACK))}
    for position, one in enumerate(STACK):
        down, never = (
            blocks.series([*away[:position], value, *away[position + 1 :]]) for value in (1.0, 0.0)
        )
        row = rows[one.name]
        assert row.birnbaum == pytest.approx(down - never, rel=1e-9)
        assert row.criticality == pytest.approx((down - never) * away[position] / whole, rel=1e-9)
        assert row.fussell_vesely == pytest.approx(away[position] / whole, rel=1e-9)
        assert row.risk_achievement_worth == pytest.approx(down / whole, rel=1e-9)
        assert row.risk_reduction_worth == pytest.approx(whole / never, rel=1e-9)
        more = [*STACK[:position], replace(one, units=one.units + 1), *STACK[position + 1 :]]
        better = blocks.series(part.result().unavailability for part in more)
        assert row.downtime == pytest.approx((whole - better) * YEAR, rel=1e-6)
    assert [row.criticality for row in importances(STACK)] == sorted(
        (row.criticality for row in rows.values()), reverse=True
    )


def test_a_second_of_the_only_block_that_fails_buys_nearly_everything() -> None:
    stack = (component("switch", 1, 1, 990, 10), component("rock", 1, 1, math.inf, 1))
    assert [row.downtime for row in importances(stack)] == [None]  # nothing can be added
    (row,) = importances(stack, one_more(stack))
    assert row.name == "switch"
    assert row.risk_reduction_worth == math.inf
    assert row.risk_achievement_worth == pytest.approx(100.0)
    # Two of unavailability 0.01 are both down for 1e-4 of the time.
    assert row.downtime == pytest.approx((0.01 - 0.0001) * YEAR)


def test_a_stack_where_nothing_fails_has_no_weak_points() -> None:
    rock = (component("rock", 1, 1, math.inf, 1),)
    assert (importances(rock), cut_sets(rock), failures(rock)) == ((), (), 0.0)
    assert diagram(()) == (None, {})
    assert (importances(()), cut_sets(()), failures(())) == ((), (), 0.0)


@given(STACKS)
@settings(max_examples=50, deadline=None)
def test_cut_sets_are_those_of_brute_force(rows: list[tuple[int, int, float, float]]) -> None:
    components = built(rows)
    found = {row.units: row for row in cut_sets(components)}
    for one in components:
        order = one.units - one.required + 1
        name = one.name if one.units == 1 else f"any {order} of {one.units} {one.name}"
        cuts = [
            down
            for size in range(one.units + 1)
            for down in combinations(range(one.units), size)
            if one.units - size < one.required
        ]
        minimal = [cut for cut in cuts if not any(set(other) < set(cut) for other in cuts)]
        assert (found[name].order, found[name].number) == (order, len(minimal))
        unit = blocks.unavailability(one.mttf, one.mttr)
        assert found[name].unavailability == pytest.approx(unit**order, rel=1e-12)


def test_cut_sets_of_a_huge_group_come_without_overflow() -> None:
    (row,) = cut_sets((component("nodes", 10_000, 20_000, 1000, 10),))
    assert row.number == math.comb(20_000, 10_001)
    assert 0.0 <= row.unavailability < 1e-300
    assert component("nodes", 10_000, 20_000, 1000, 10).failure_frequency() < 1e-300


def test_how_often_a_block_fails_is_that_of_its_markov_chain() -> None:
    # Birth and death with every unit repaired at once: binomial, left at k working units.
    one = component("nodes", 14, 16, 5000, 24)
    unit = 24 / 5024
    exactly = math.comb(16, 14) * unit**2 * (1 - unit) ** 14
    assert one.failure_frequency() == pytest.approx(14 / (5000 * HOUR) * exactly, rel=1e-9)
    alone = component("switch", 1, 1, 990, 10)
    assert alone.failure_frequency() == pytest.approx(1 / (1000 * HOUR), rel=1e-12)


def test_what_is_never_up_does_not_fail_again() -> None:
    assert component("nodes", 1, 2, 1e-9, 1e12).failure_frequency() == 0.0
    assert component("nodes", 2, 2, 1e-9, 1e12).failure_frequency() == 0.0


def test_so_many_units_are_not_down_with_more_than_certainty() -> None:
    # Rounding adds up to 1 + 2e-16 here.
    block = component("nodes", 500, 500, 606601962.9463979 / HOUR, 9536743164.0625 / HOUR)
    assert block.result().unavailability == 1.0


@pytest.mark.parametrize("required", [2, 1500, 2900, 2990])
def test_many_equal_units_are_as_many_that_are_not_quite_equal(required: int) -> None:
    # A unit that differs in the last digit leaves the closed form to the dynamic programme.
    away = 0.004
    equal = blocks.k_of_n(required, [away] * 3000)
    nearly = blocks.k_of_n(required, [away] * 2999 + [math.nextafter(away, 1)])
    assert equal == pytest.approx(nearly, rel=1e-9, abs=1e-300)


def test_a_group_with_thousands_of_spares_is_answered_at_once() -> None:
    start = time.perf_counter()
    assert component("nodes", 20_000, 40_000, 1000, 10).result().unavailability < 1e-300
    assert time.perf_counter() - start < 2.0  # minutes by the dynamic programme


def test_how_often_a_series_fails_counts_what_fails_while_the_rest_is_up() -> None:
    pair = (component("a", 1, 1, 990, 10), component("b", 1, 1, 80, 20))
    # 1/MTBF of each, times the availability of the other.
    expected = 1 / (1000 * HOUR) * 0.8 + 1 / (100 * HOUR) * 0.99
    assert failures(pair) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(("required", "sizes"), [(4, (2, 2, 2)), (3, (3, 2)), (5, (4, 3))])
def test_cut_sets_of_racks_and_nodes_are_those_of_brute_force(
    required: int, sizes: tuple[int, ...]
) -> None:
    nodes = component("nodes", required, sum(sizes), 1000, 10)
    switch = (Cause("switch", 5000 * HOUR, 5 * HOUR),)
    racks = NodeRacks(
        NAME, 1, len(sizes), switch, True, "a test", False, (GroupInRacks(nodes, sizes),)
    )
    rack_of = [rack for rack, size in enumerate(sizes) for _ in range(size)]
    parts = [*range(len(rack_of)), *(f"rack {k}" for k in range(len(sizes)))]

    def stops(down: tuple[object, ...]) -> bool:
        up = (k for k, rack in enumerate(rack_of) if k not in down and f"rack {rack}" not in down)
        return len([*up]) < required

    cuts = [set(d) for n in range(len(parts) + 1) for d in combinations(parts, n) if stops(d)]
    minimal = [cut for cut in cuts if not any(other < cut for other in cuts)]
    found = cut_sets((nodes, racks))
    assert sum(row.number for row in found) == len(minimal)
    for order in {row.order for row in found}:
        alike = sum(row.number for row in found if row.order == order)
        assert alike == sum(len(cut) == order for cut in minimal)
    likeliest = [row.number * row.unavailability for row in found]
    assert likeliest == sorted(likeliest, reverse=True)
