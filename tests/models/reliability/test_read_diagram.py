"""Every way in which the file of a diagram can be wrong says its line and what would be right."""

from collections.abc import Callable
from pathlib import Path

import pytest

from models.reading.faults import InvalidDescription
from models.reliability.read_diagram import DiagramFile, read_diagram

Read = Callable[[str], DiagramFile]
ROOT = Path(__file__).parents[3]
GOOD = """\
name: x
components:
  a: {mttf: 1000 h, mttr: 10 h}
  b: {mttf: 1000 h, mttr: 10 h}
diagram: {parallel: [a, b]}
"""
A, D = "  a: {mttf: 1000 h, mttr: 10 h}", "diagram: {parallel: [a, b]}"
CASES = [
    (A, "  a: {mttf: 1000, mttr: 10 h}", 3, "components.a.mttf: needs a unit: a duration such as"),
    (A, "  a: {mtf: 1000 h}", 3, "components.a.mtf: is not a known key; did you mean 'mttf'?"),
    (A, "  a: {mttr: 10 h}", 3, "components.a: needs one of availability"),
    (A, "  a: {mttf: 9 h, failure_rate: 1/h}", 3, "has mttf and failure_rate; give one of"),
    (A, "  a: {mttf: 9 h, mttr: 1 h, repair: 1 h}", 3, "has mttr and repair; give one of"),
    (A, "  a: {availability: 99 %}", 3, "components.a: has a probability for all time, and b"),
    (A, "  a: {availability: 99 %, mttr: 1 h}", 3, "has mttr, which goes with a time to failure"),
    (A, "  a: {lifetime: 0 s}", 3, "components.a: can't be: life is 0.0"),
    (A, "  a: {mttf: 9 h, standby: {}}", 3, "components.a.standby: is of a component without"),
    (A, "  a: {mttf: 9 h, maintenance: {age: 1 h, duration: 1 h}}", 3, "of a unit that is not rep"),
    (
        A,
        "  a: {lifetime: {distribution: weibul, scale: 1 h, shape: 1}}",
        3,
        "'weibul' is not known; one of exponential, weibull, lognormal, gamma, deterministic,"
        " empirical; did you mean 'weibull'?",
    ),
    (D, "diagram: {parallel: [a, c]}", 5, "diagram.parallel.1: unknown component 'c'; the file"),
    (D, "diagram: a", 4, "components.b: stands nowhere in the diagram; leave it out"),
    (D, "diagram: {paralel: [a, b]}", 5, "diagram.paralel: is not a known key; did you mean 'par"),
    (D, "diagram: {series: [a], parallel: [b]}", 5, "diagram: has series and parallel; give one"),
    (D, "diagram: {series: []}", 5, "diagram.series: must have at least one entry"),
    (D, "diagram: {}", 5, "diagram: needs one of series, parallel, k_of_n, group and graph"),
    (D, "diagram: {k_of_n: {required: 3, parts: [a, b]}}", 5, "required is 3; there are only 2"),
    (
        D,
        "diagram: {series: [b, {group: {component: a, required: 3, units: 2}}]}",
        5,
        "diagram.series.1: can't be: required is 3; there are only 2 to work",
    ),
    (
        D,
        "diagram: {series: [b, a, {group: {component: a, required: 1, units: 2}}]}",
        5,
        "diagram.series.2.group.component: is 'a', which stands elsewhere, and not in the same",
    ),
    (
        D,
        "diagram: {graph: {source: s, target: t, lines: [{between: [s, m], part: a},"
        " {between: [n, t], part: b}]}}",
        5,
        "no path leads from source 's' to target 't'",
    ),
    (
        D,
        "diagram: {graph: {source: s, target: t, lines: [{between: [s, t, m], part: a},"
        " {between: [s, t], part: b}]}}",
        5,
        "diagram.graph.lines.0.between: must have at most 2 entries, not 3",
    ),
    (D, f"{D}\ncrews: 0", 6, "crews: must be at least 1, not '0'"),
    (D, f"{D}\nobjectives: {{uptime: 99 %}}", 6, "objectives.uptime: is not a known key; known"),
    (D, f"{D}\ncommon_causes: {{a: {{components: [a, b], beta: 0.1}}}}", 6, "the name of a comp"),
    (D, f"{D}\ncommon_causes: {{z: {{components: [a, b]}}}}", 6, "needs one of beta and letters"),
    (D, f"{D}\ncommon_causes: {{z: {{components: [a], beta: 0.1}}}}", 6, "has one component"),
    (
        D,
        f"{D}\ncommon_causes: {{z: {{components: [a, q], beta: 0.1}}}}",
        6,
        "unknown component 'q'",
    ),
    (D, f"{D}\ncommon_causes: {{z: {{components: [a, b], beta: 1}}}}", 6, "leaves nothing to fail"),
    (
        D,
        f"{D}\ncommon_causes: {{z: {{components: [a, b], letters: [0.1, 0.2]}}}}",
        6,
        "common_causes.z.letters: must be 1 for 2 components, not 2",
    ),
]


@pytest.mark.parametrize(("old", "new", "line", "says"), CASES)
def test_a_fault_says_its_line(old: str, new: str, line: int, says: str, read: Read) -> None:
    assert read(GOOD).name.endswith("diagram.yaml")
    with pytest.raises(InvalidDescription) as refused:
        read(GOOD.replace(old, new))
    lines = refused.value.lines()
    assert any(f"diagram.yaml:{line}: " in text and says in text for text in lines), lines


@pytest.mark.parametrize(
    ("components", "common", "says"),
    [
        ("a: {mttf: 9 h}, b: {mttf: 8 h}", "[a, b]", "have different figures; they must be equal"),
        ("a: {lifetime: 9 h}, b: {lifetime: 9 h}", "[a, b]", "no constant rate of failure"),
    ],
)
def test_common_causes_are_of_equal_components(
    components: str, common: str, says: str, read: Read
) -> None:
    text = f"name: x\ncomponents: {{{components}}}\ndiagram: {{parallel: [a, b]}}\n"
    with pytest.raises(InvalidDescription, match=says):
        read(f"{text}common_causes: {{z: {{components: {common}, beta: 0.1}}}}\n")


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ("objectives: {availability: 99 %}", "nothing is repaired; ask for the reliability"),
        ("crews: 1", "crews: are given, but nothing is repaired; give an mttr"),
    ],
)
def test_what_is_not_repaired_has_no_availability(asked: str, says: str, read: Read) -> None:
    with pytest.raises(InvalidDescription, match=says):
        read(f"name: x\ncomponents: {{a: {{mttf: 9 h}}}}\ndiagram: a\n{asked}\n")


def test_of_probabilities_nobody_knows_a_time(read: Read) -> None:
    with pytest.raises(InvalidDescription, match="goes with times to failure"):
        read("name: x\ncomponents: {a: {availability: 1}}\ndiagram: a\nobjectives: {mttf: 1 h}\n")


def test_all_faults_are_told_at_once(read: Read) -> None:
    text = GOOD.replace(A, "  a: {mttf: 1000}").replace("mttr: 10 h}", "mttr: -1 h}")
    with pytest.raises(InvalidDescription) as refused:
        read(text)
    assert [fault.line for fault in refused.value.faults] == [3, 4]


def test_values_change_and_so_does_the_digest(read: Read, tmp_path: Path) -> None:
    first = read(GOOD)
    second = read_diagram(tmp_path / "diagram.yaml", {"components.a.mttf": "500 h"})
    assert second.description.components["a"].mttf == 500 * 3600
    assert first.digest != second.digest
