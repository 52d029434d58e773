"""Block diagrams from files: answers that are published, or follow by hand."""

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from models.prediction import Estimate
from models.reliability.diagram_answer import DiagramAnswer
from models.reliability.judge_diagram import judge
from models.reliability.read_diagram import DiagramFile, read_diagram
from models.reliability.solve_diagram import solve

Read = Callable[[str], DiagramFile]
DIAGRAMS = Path(__file__).parents[3] / "diagrams"
HOUR, YEAR = 3600.0, 8760 * 3600.0


def shipped(name: str) -> DiagramAnswer:
    return solve(read_diagram(DIAGRAMS / f"{name}.yaml").description)


def value(estimate: Estimate | None) -> float:
    assert estimate is not None
    assert estimate.method == "exact"
    return estimate.mean


@pytest.mark.parametrize(
    ("name", "fails", "within"),
    [
        ("bridge", 1 - 0.97848, 1e-12),  # 2p^2 + 2p^3 - 5p^4 + 2p^5 at 0.9
        ("series-parallel", 1 - 0.931559371875, 1e-12),  # prints 0.93156
        ("two-trains", 0.646, 1e-12),  # SCRAM, tests/risk_analysis_tests.cc
        ("three-trains", 0.0430803730612224, 1e-12),  # SCRAM, bench_core_tests.cc: 0.04308
    ],
)
def test_probabilities_that_are_printed_elsewhere(name: str, fails: float, within: float) -> None:
    answer = shipped(name)
    assert answer.mission is None
    assert value(answer.measures.unavailability) == pytest.approx(fails, abs=within)


def test_importances_of_two_trains() -> None:
    # SCRAM, tests/risk_analysis_tests.cc: MIF, CIF, RAW and RRW.
    ranked = {one.name: one for one in shipped("two-trains").importances}
    for name, birnbaum, criticality, achievement, reduction in (
        ("pump-1", 0.51, 0.4737, 1.316, 1.9),
        ("valve-2", 0.228, 0.1765, 1.176, 1.214),
        ("valve-1", 0.34, 0.2105, 1.316, 1.267),
        ("pump-2", 0.38, 0.4118, 1.176, 1.7),
    ):
        one = ranked[name]
        assert one.birnbaum == pytest.approx(birnbaum, abs=1e-12)
        assert one.criticality == pytest.approx(criticality, abs=1e-4)
        assert one.risk_achievement_worth == pytest.approx(achievement, abs=1e-3)
        assert one.risk_reduction_worth == pytest.approx(reduction, abs=1e-3)
    assert next(iter(ranked)) == "pump-1"


def test_cut_sets_and_single_points() -> None:
    answer = shipped("bridge")
    assert {one.members for one in answer.cut_sets} == {
        "lower-left, upper-left",
        "lower-right, upper-right",
        "lower-left, middle, upper-right",
        "lower-right, middle, upper-left",
    }
    assert answer.cut_sets[0].probability == pytest.approx(0.01)
    assert answer.single_points == ()
    assert shipped("series-parallel").single_points == ("switch",)
    # One of the causes is enough, whatever else works.
    assert shipped("three-trains").single_points == ("all-pumps", "all-valves")


def test_three_of_four_with_one_crew() -> None:
    # Exact birth-death chain of MTBF 5,000 h and MTTR 24 h; failures go on while it is down.
    measures = shipped("three-of-four").measures
    assert value(measures.unavailability) == pytest.approx(0.0002738132987163336, rel=1e-9)
    assert value(measures.failure_frequency) * HOUR == pytest.approx(1.12998878245671e-05, rel=1e-9)
    assert value(measures.mean_up_time) / HOUR == pytest.approx(88472.22222222222, rel=1e-9)
    assert value(measures.mean_down_time) / HOUR == pytest.approx(24.23150592, rel=1e-9)


@pytest.mark.parametrize(
    ("crews", "required", "units", "unavailability"),
    [
        ("", 3, 4, 0.00013605183553635705),
        ("crews: 4", 3, 4, 0.00013605183553635705),  # as many as units
        ("crews: 1", 8, 10, 7.844607962209639e-05),
    ],
)
def test_groups_and_crews(
    crews: str, required: int, units: int, unavailability: float, read: Read
) -> None:
    text = f"""
name: nodes
components: {{node: {{mttf: 5000 h, mttr: 24 h}}}}
diagram: {{group: {{component: node, required: {required}, units: {units}}}}}
{crews}
"""
    answer = solve(read(text).description)
    assert value(answer.measures.unavailability) == pytest.approx(unavailability, rel=1e-9)


def test_cold_standby() -> None:
    # Erlang-3 survival: 0.9196986029286058 after 1,000 h at 0.001/h; MTTF 3,000 h.
    answer = shipped("cold-standby")
    assert value(answer.measures.unreliability) == pytest.approx(1 - 0.9196986029286058, abs=1e-12)
    assert value(answer.measures.mttf) == pytest.approx(3000 * HOUR)
    assert "of 3 units of unit, the others in standby" in answer.law


def test_two_hundred_components_in_groups(read: Read) -> None:
    # Ten groups of 16 of 20 that all differ, of which eight are needed: dynamic programming over
    # the counts, which binary decision diagrams confirm to 1e-15.
    chances = 0.75 + 0.2 * np.random.default_rng(0).random((10, 20))
    names = [[f"c-{k}-{j}" for j in range(20)] for k in range(10)]
    components = "\n".join(
        f"  {name}: {{availability: {float(p)!r}}}"
        for row, some in zip(names, chances, strict=True)
        for name, p in zip(row, some, strict=True)
    )
    groups = "\n".join(
        f"      - k_of_n: {{required: 16, parts: [{', '.join(row)}]}}" for row in names
    )
    text = f"""
name: two-hundred
components:
{components}
diagram:
  k_of_n:
    required: 8
    parts:
{groups}
"""
    answer = solve(read(text).description)
    assert value(answer.measures.unavailability) == pytest.approx(1 - 0.8360980029903774, abs=1e-12)
    assert not answer.all_cut_sets
    assert any("cut sets, which are not listed" in note for note in answer.notes)
    assert len(answer.importances) == 200


@pytest.mark.parametrize(
    ("diagram", "reliability", "mttf"),
    [
        # Exponential, 1,000 h each, after 500 h: Rausand and Høyland (2004), chapter 4.
        ("series: [a, b]", math.exp(-1), 500.0),
        ("parallel: [a, b]", 1 - (1 - math.exp(-0.5)) ** 2, 1500.0),
        (
            "k_of_n: {required: 2, parts: [a, b, c]}",
            3 * math.exp(-1) - 2 * math.exp(-1.5),
            1000 * (1 / 3 + 1 / 2),
        ),
    ],
)
def test_what_is_not_repaired(diagram: str, reliability: float, mttf: float, read: Read) -> None:
    names = [name for name in "abc" if f"{name}," in diagram or f"{name}]" in diagram]
    components = "\n".join(f"  {name}: {{mttf: 1000 h}}" for name in names)
    text = f"name: x\ncomponents:\n{components}\ndiagram: {{{diagram}}}\nmission: 500 h\n"
    answer = solve(read(text).description)
    assert value(answer.measures.unreliability) == pytest.approx(1 - reliability, abs=1e-12)
    assert value(answer.measures.mttf) == pytest.approx(mttf * HOUR, rel=1e-9)
    assert answer.measures.unavailability is None


def test_a_repaired_unit_over_its_mission(read: Read) -> None:
    # U(t) = l/(l + m) (1 - e^-(l + m)t), of which the mean over 100 h is by hand; failures
    # in it are the mean time up times the rate, plus what the beginning adds.
    text = "name: x\ncomponents: {a: {failure_rate: 0.01/h, repair_rate: 0.09/h}}\ndiagram: a\n"
    measures = solve(read(text + "mission: 100 h\n").description).measures
    down = 0.1 * (1 - (1 - math.exp(-10)) / 10)
    assert value(measures.unavailability) == pytest.approx(0.1)
    assert value(measures.mission_unavailability) == pytest.approx(down, rel=1e-9)
    assert value(measures.mission_failures) == pytest.approx(0.01 * 100 * (1 - down), rel=1e-9)
    assert value(measures.unreliability) == pytest.approx(1 - math.exp(-1), rel=1e-9)
    assert value(measures.mttf) == pytest.approx(100 * HOUR)


def test_a_repaired_pair_until_it_fails(read: Read) -> None:
    # MTTF of a parallel pair: (3 l + m) / (2 l^2), Trivedi (2002), chapter 8.
    text = "name: x\ncomponents: {a: {mttf: 100 h, mttr: 10 h}, b: {mttf: 100 h, mttr: 10 h}}\n"
    measures = solve(read(text + "diagram: {parallel: [a, b]}\n").description).measures
    rate, repair = 0.01, 0.1
    assert value(measures.mttf) / HOUR == pytest.approx((3 * rate + repair) / (2 * rate**2))
    assert value(measures.unavailability) == pytest.approx((10 / 110) ** 2)


def test_only_means_matter_in_the_long_run(read: Read) -> None:
    text = """
name: x
components:
  a:
    lifetime: {distribution: weibull, scale: 1000 h, shape: 2}
    repair: {distribution: lognormal, mean: 10 h, scv: 3}
diagram: a
"""
    answer = solve(read(text).description)
    life = 1000 * math.gamma(1.5)
    assert value(answer.measures.unavailability) == pytest.approx(10 / (10 + life))
    assert answer.measures.mission_unavailability is None
    assert "not all exponential" in answer.notes[0]


def test_units_replaced_at_an_age(read: Read) -> None:
    # A life that never varies and ends before the age is never stopped; one that ends after it
    # always is: 1 h in 101 h.
    for age, down in (("200 h", 10 / 160), ("100 h", 1 / 101)):
        text = f"""
name: x
components: {{a: {{lifetime: 150 h, repair: 10 h, maintenance: {{age: {age}, duration: 1 h}}}}}}
diagram: a
"""
        answer = solve(read(text).description)
        assert value(answer.measures.unavailability) == pytest.approx(down)


@pytest.mark.parametrize(
    ("causes", "fails"),
    [
        ("beta: 20 %", 0.02 + 0.98 * 0.08**2 * (3 - 2 * 0.08)),
        # All of beta goes to all three.
        ("letters: [20 %, 100 %]", 0.02 + 0.98 * 0.08**2 * (3 - 2 * 0.08)),
        # Of pairs alone, each with 0.2 x 0.1 / 2: three pairs, any of which fails two of three.
        ("letters: [20 %, 0 %]", 1 - (1 - 0.01) ** 3 * (1 - 0.08**2 * (3 - 2 * 0.08))),
    ],
)
@pytest.mark.parametrize("grouped", [False, True])
def test_common_causes(causes: str, fails: float, grouped: bool, read: Read) -> None:
    if grouped:
        components, named = "pump: {unavailability: 10 %}", "[pump]"
        diagram = "{group: {component: pump, required: 2, units: 3}}"
    else:
        components = ", ".join(f"{name}: {{unavailability: 10 %}}" for name in "abc")
        named, diagram = "[a, b, c]", "{k_of_n: {required: 2, parts: [a, b, c]}}"
    text = f"""
name: x
components: {{{components}}}
diagram: {diagram}
common_causes: {{all: {{components: {named}, {causes}}}}}
"""
    answer = solve(read(text).description)
    assert value(answer.measures.unavailability) == pytest.approx(fails, rel=1e-12)


def test_a_common_cause_of_rates_is_repaired_too(read: Read) -> None:
    text = """
name: x
components: {pump: {mttf: 100 h, mttr: 10 h}}
diagram: {group: {component: pump, required: 1, units: 2}}
common_causes: {all: {components: [pump], beta: 10 %}}
"""
    answer = solve(read(text).description)
    own, common = 0.9 / (0.9 + 10), 0.1 / (0.1 + 10)
    expected = common + (1 - common) * own**2
    assert value(answer.measures.unavailability) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ("crews: 1", "crews are shared by different units"),
        ("", "some units are repaired, and rates of others vary"),
    ],
)
def test_what_no_law_knows(more: str, says: str, read: Read) -> None:
    last = "{mttf: 9 h, mttr: 1 h}" if more else "{lifetime: 9 h}"
    text = f"name: x\ncomponents: {{a: {{mttf: 9 h, mttr: 1 h}}, b: {last}}}\n"
    answer = solve(read(f"{text}diagram: {{parallel: [a, b]}}\n{more}\n").description)
    assert (answer.method, answer.known) == ("none", False)
    assert says in answer.notes[0]


@pytest.mark.parametrize(
    ("asked", "met"),
    [
        ("availability: 90 %", True),  # just so: 10 h of 100 h down
        ("availability: 90.1 %", False),
        ("mttf: 90 h", True),
        ("mttf: 91 h", False),
        ("reliability: 36 %", True),  # e^-1
        ("reliability: 37 %", False),
    ],
)
def test_objectives_are_judged_by_the_law(asked: str, met: bool, read: Read) -> None:
    text = "name: x\ncomponents: {a: {mttf: 90 h, mttr: 10 h}}\ndiagram: a\nmission: 90 h\n"
    description = read(f"{text}objectives: {{{asked}}}\n").description
    [verdict] = judge(description.objectives, solve(description), None)
    assert verdict.met is met


def test_what_nothing_knows_is_not_met(read: Read) -> None:
    text = "name: x\ncomponents: {a: {lifetime: 9 h, repair: 1 h}}\ndiagram: a\n"
    description = read(f"{text}objectives: {{mttf: 1 h}}\n").description
    [verdict] = judge(description.objectives, solve(description), None)
    assert (verdict.met, verdict.reached) == (False, None)
