"""Block diagrams against published answers, exact arithmetic and nonsense."""

import math
from fractions import Fraction
from functools import partial
from typing import Any

import mpmath
import numpy as np
import pytest
from repyability import NonRepairableRBD
from surpyval import FixedEventProbability

from models.laws.reliability.blocks import k_of_n
from models.laws.reliability.cut_sets import minimal_cut_sets, minimal_path_sets
from models.laws.reliability.diagram import (
    Block,
    Diagram,
    Graph,
    Identical,
    KOfN,
    Parallel,
    Series,
)
from models.laws.reliability.diagram_compile import compile_diagram
from models.laws.reliability.importance import (
    importances,
    single_points_of_failure,
)

near = partial(pytest.approx, rel=1e-12)
BRIDGE = Graph(
    [("s", "a", "1"), ("a", "t", "2"), ("a", "b", "3"), ("s", "b", "4"), ("b", "t", "5")], "s", "t"
)


def test_three_in_series_of_parts() -> None:
    # SCRAM, bench_core_tests.cc, core/abc: any of three fails the system, 0.496.
    structure = compile_diagram(Series("a", "b", "c"))
    assert structure.unavailability({"a": 0.1, "b": 0.2, "c": 0.3}) == near(0.496)


def test_bridge() -> None:
    # Barlow and Proschan (1975), example 1.2.6: 2p^2 + 2p^3 - 5p^4 + 2p^5.
    structure = compile_diagram(BRIDGE)
    assert structure.chances(dict.fromkeys("12345", 0.1)).work == near(0.97848)
    assert structure.chances(dict.fromkeys("12345", 0.1)).fail == near(0.02152)
    cuts = {frozenset(name for name, _ in one.members) for one in minimal_cut_sets(structure).sets}
    assert cuts == {frozenset(one) for one in ("14", "25", "135", "234")}
    paths = {
        frozenset(name for name, _ in one.members) for one in minimal_path_sets(structure).sets
    }
    assert paths == {frozenset(one) for one in ("12", "45", "135", "234")}
    assert single_points_of_failure(structure) == ()


def test_nested_series_and_parallel() -> None:
    # socratic.com/answers/545519 prints 0.93156.
    diagram = Series(Parallel("a", "b"), "c", Parallel(Series("d", "e"), Series("f", "g")))
    values = {name: 0.1 if name in "ab" else 0.05 for name in "abcdefg"}
    assert compile_diagram(diagram).chances(values).work == near(0.931559371875)
    assert single_points_of_failure(compile_diagram(diagram)) == ("c",)


def test_units_of_which_some_must_work() -> None:
    # Trivedi (2002), section 1.10: 2 of 3 at 0.9.
    for diagram in (Identical(2, 3, "a"), KOfN(2, "a", "b", "c")):
        structure = compile_diagram(diagram)
        values = dict.fromkeys(structure.components, 0.1)
        assert structure.chances(values) == near((0.028, 0.972))


def test_two_trains() -> None:
    # SCRAM, risk_analysis_tests.cc, core two_train: (V1 or P1) and (V2 or P2) fails.
    structure = compile_diagram(Parallel(Series("V1", "P1"), Series("V2", "P2")))
    values = {"V1": 0.4, "V2": 0.5, "P1": 0.6, "P2": 0.7}
    assert structure.unavailability(values) == near(0.646)
    expected = {
        "V1": (0.34, 0.21052631578947367, 1.3157894736842106, 1.2666666666666666),
        "V2": (0.228, 0.17647058823529413, 1.1764705882352942, 1.2142857142857142),
        "P1": (0.51, 0.47368421052631576, 1.3157894736842106, 1.9),
        "P2": (0.38, 0.4117647058823529, 1.1764705882352942, 1.7),
    }
    found = importances(structure, values)
    assert [one.component for one in found] == ["P1", "P2", "V1", "V2"]
    for one in found:
        worths = (one.risk_achievement_worth, one.risk_reduction_worth)
        assert (one.birnbaum, one.criticality, *worths) == near(expected[one.component])
    # Not the diagnostic importance: V1 fails and with it V2 or P2.
    assert found[2].fussell_vesely == near(0.4 * 0.85 / 0.646)


def test_two_hundred_components_in_groups() -> None:
    chances = 0.25 - 0.2 * np.random.default_rng(0).random((10, 20))
    names = [[f"{i}.{j}" for j in range(20)] for i in range(10)]
    diagram = KOfN(8, *(KOfN(16, *group) for group in names))
    values = {names[i][j]: float(chances[i, j]) for i in range(10) for j in range(20)}
    by_rule = k_of_n(8, [k_of_n(16, row) for row in chances.tolist()])
    structure = compile_diagram(diagram)
    assert structure.unavailability(values) == near(by_rule)
    # By RePyability 0.15 and by CUDD.
    assert structure.chances(values).work == near(0.8360980029903774)
    down = structure.unavailability({**values, "3.7": 1.0})
    up = structure.unavailability({**values, "3.7": 0.0})
    assert structure.birnbaum(values)["3.7"] == near(down - up, abs=1e-15)


def test_fifteen_nines() -> None:
    structure = compile_diagram(Parallel(Series("a", "b"), Series("c", Identical(3, 5, "d"))))
    values = {"a": 1e-9, "b": 3e-8, "c": 2e-9, "d": 1e-4}
    exact = {name: Fraction(value) for name, value in values.items()}
    left = 1 - (1 - exact["a"]) * (1 - exact["b"])
    d = sum(math.comb(5, k) * exact["d"] ** k * (1 - exact["d"]) ** (5 - k) for k in (3, 4, 5))
    whole = left * (1 - (1 - exact["c"]) * (1 - d))
    assert 1e-17 < whole < 1e-15
    assert structure.unavailability(values) == near(float(whole))


def test_tiny_unavailability_of_shared_parts() -> None:
    # 2 of 3 trains; two of them need one pump.
    diagram = KOfN(2, Series("p", "a"), Series("p", "b"), Series("q", "c"))
    values = {"p": 1e-15, "q": 1e-15, "a": 2e-8, "b": 1e-8, "c": 3e-8}
    exact = {name: Fraction(value) for name, value in values.items()}
    works = {name: 1 - value for name, value in exact.items()}
    third = works["q"] * works["c"]
    both = works["a"] * works["b"]
    enough = works["p"] * (both + (works["a"] + works["b"] - 2 * both) * third)
    found = compile_diagram(diagram).chances(values)
    assert found.fail == near(float(1 - enough))
    assert found.work == near(float(enough))


def test_bridge_of_fifteen_nines() -> None:
    values = dict(zip("12345", (1e-8, 3e-8, 0.5, 2e-8, 5e-9), strict=True))
    exact = {name: Fraction(value) for name, value in values.items()}
    a, b, c, d, e = (1 - exact[name] for name in "12345")
    with_link = (1 - (1 - a) * (1 - d)) * (1 - (1 - b) * (1 - e))
    without = 1 - (1 - a * b) * (1 - d * e)
    whole = 1 - c * with_link - (1 - c) * without
    assert 1e-16 < whole < 1e-14
    assert compile_diagram(BRIDGE).unavailability(values) == near(float(whole))


@pytest.mark.parametrize(("required", "units"), [(2, 3), (14, 16), (45, 50), (60, 64), (900, 1024)])
@pytest.mark.parametrize("chance", [1e-12, 1e-4, 0.05, 0.5, 1 - 1e-3])
def test_many_identical_units(required: int, units: int, chance: float) -> None:
    structure = compile_diagram(Identical(required, units, "node"))
    with mpmath.workdps(60):
        q = mpmath.mpf(chance)
        w = 1 - q
        lost = mpmath.fsum(
            mpmath.binomial(units, k) * q**k * w ** (units - k)
            for k in range(units - required + 1, units + 1)
        )
        slope = (
            mpmath.binomial(units - 1, required - 1) * q ** (units - required) * w ** (required - 1)
        )
    fail, work = structure.chances({"node": chance})
    if lost > 1e-300:
        assert fail == pytest.approx(float(lost), rel=1e-9)
    if 1 - lost > 1e-300:
        assert work == pytest.approx(float(1 - lost), rel=1e-9)
    if slope > 1e-300:
        assert structure.birnbaum({"node": chance})["node"] == pytest.approx(float(slope), rel=1e-9)


def test_availability_that_one_minus_would_lose() -> None:
    structure = compile_diagram(Parallel("a", "b"))
    found = structure.chances({"a": 1.0, "b": 1.0}, {"a": 1e-20, "b": 2e-20})
    assert found.work == near(3e-20)


def test_common_parts_against_repyability() -> None:
    # One power supply in both branches.
    diagram = Parallel(Series("a", "psu"), Series("b", "psu"))
    unit = FixedEventProbability.from_params(0.1)
    peer = NonRepairableRBD(
        [("in", "a"), ("a", "psu"), ("psu", "out"), ("in", "b"), ("b", "again"), ("again", "out")],
        {"a": unit, "b": unit, "psu": unit, "again": "psu"},
    )
    structure = compile_diagram(diagram)
    assert structure.chances(dict.fromkeys(structure.components, 0.1)).work == near(peer.sf())
    assert single_points_of_failure(structure) == ("psu",)


def test_one_component() -> None:
    assert compile_diagram(Block("a")).unavailability({"a": 0.25}) == 0.25
    assert compile_diagram(Series("a", "a")).unavailability({"a": 0.25}) == 0.25
    assert compile_diagram(Parallel("a", Series("a", "b"))).birnbaum({"a": 0.2, "b": 0.3}) == {
        "a": 1.0,
        "b": 0.0,
    }


def test_hundreds_of_components_with_a_shared_one() -> None:
    # The first disks of all pairs hang on one controller.
    pairs = [Parallel(Series("controller", f"a{k}"), f"b{k}") for k in range(600)]
    structure = compile_diagram(Series(*pairs))
    values = dict.fromkeys(structure.components, 1e-6) | {"controller": 1e-3}
    with mpmath.workdps(50):
        q, c = mpmath.mpf(1e-6), mpmath.mpf(1e-3)
        works = c * (1 - q) ** 600 + (1 - c) * (1 - q * q) ** 600
    assert structure.unavailability(values) == pytest.approx(float(1 - works), rel=1e-12)


def test_diagrams_are_values() -> None:
    assert Series("a", Parallel("b", "c")) == Series(Block("a"), Parallel(Block("b"), Block("c")))
    assert len({Series("a", "b"), Series("a", "b"), Parallel("a", "b")}) == 2
    assert hash(BRIDGE) == hash(Graph(BRIDGE.edges, "s", "t"))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Series(), "Series needs at least one part"),
        (lambda: Parallel(), "Parallel needs at least one part"),
        (lambda: KOfN(1), "KOfN needs at least one part"),
        (lambda: KOfN(3, "a", "b"), "required is 3; there are only 2"),
        (lambda: KOfN(0, "a", "b"), "required is 0; it must be a whole number, 1 or more"),
        (lambda: Identical(17, 16, "node"), "required is 17; there are only 16"),
        (lambda: Identical(1, 0, "node"), "units is 0"),
        (lambda: Block(""), "a component needs a name"),
        (lambda: Series("a", None), "None is neither a diagram nor the name"),
        (
            lambda: compile_diagram(Series("node", Identical(1, 2, "node"))),
            "'node' stands as .* must be written out as blocks",
        ),
        (
            lambda: compile_diagram(Series(Identical(2, 3, "node"), Identical(1, 3, "node"))),
            "'node' stands as ",
        ),
        (lambda: compile_diagram(Graph([("s", "t")], "s", "t")), "no component that could fail"),
    ],
)
def test_nonsense(make: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()


def test_parts_in_parts_in_parts() -> None:
    diagram: Diagram = Block("0")
    for k in range(1, 201):
        diagram = (Series, Parallel)[k % 2](diagram, str(k))
    structure = compile_diagram(diagram)
    # The last is in series with what needs one of two, and so on inwards.
    lost = 0.5
    for k in range(1, 201):
        lost = lost / 2 if k % 2 else 1 - (1 - lost) / 2
    assert structure.unavailability(dict.fromkeys(structure.components, 0.5)) == near(lost)
    with pytest.raises(ValueError, match="nested more than 200 deep"):
        compile_diagram(Series(diagram, "more"))


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"disk a": 0.1}, "no figures are given for 'disk b'"),
        ({"disk a": 0.1, "disk b": 0.1, "disk c": 0.1}, "'disk c' is no component.*'disk b' is"),
        ({"disk a": 1.2, "disk b": 0.1}, "unavailability of 'disk a' is 1.2; it must lie between"),
        ({"disk a": math.nan, "disk b": 0.1}, "'disk a' is nan"),
        ({"disk a": [0.1, -0.1], "disk b": 0.1}, "'disk a' is "),
    ],
)
def test_figures_that_are_wrong(values: dict[str, Any], message: str) -> None:
    structure = compile_diagram(Series("disk a", "disk b"))
    with pytest.raises(ValueError, match=message):
        structure.unavailability(values)


def test_system_that_cannot_fail_has_no_importances() -> None:
    structure = compile_diagram(Series("a", "b"))
    with pytest.raises(ValueError, match="unavailability is 0"):
        importances(structure, {"a": 0.0, "b": 0.0})


def test_worth_of_the_only_cause_is_infinite() -> None:
    [first, second] = importances(compile_diagram(Parallel("a", "b")), {"a": 0.1, "b": 0.2})
    assert math.isinf(first.risk_reduction_worth)
    assert math.isinf(second.risk_reduction_worth)


def test_worth_where_a_difference_would_cancel() -> None:
    diagram = Series("a", Parallel("b", "c"))
    [first, *_] = importances(compile_diagram(diagram), {"a": 1e-3, "b": 1e-9, "c": 1e-9})
    assert first.component == "a"
    assert first.risk_reduction_worth == near((1e-3 + (1 - 1e-3) * 1e-18) / 1e-18)


def test_too_many_sets() -> None:
    structure = compile_diagram(KOfN(10, *(str(k) for k in range(20))))
    with pytest.raises(ValueError, match="more than 1,000 minimal cut sets"):
        minimal_cut_sets(structure, most=1000)
    assert minimal_cut_sets(structure, max_order=3).sets == ()
    assert not minimal_cut_sets(structure, max_order=3).complete
    with pytest.raises(ValueError, match="max_order is 0"):
        minimal_path_sets(structure, max_order=0)


def test_diagrams_of_one_kind() -> None:
    diagram: Diagram = Series(Identical(14, 16, "node"), "switch")
    structure = compile_diagram(diagram)
    assert structure.components == ("node", "switch")
    assert structure.units == (16, 1)
    found = minimal_cut_sets(structure)
    assert [(str(one), one.ways) for one in found.sets] == [("switch", 1), ("3 x node", 560)]
