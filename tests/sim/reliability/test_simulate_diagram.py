"""Described diagrams, simulated: the laws lie in the intervals, and both engines agree."""

from pathlib import Path

import pytest

from models.prediction import Estimate
from models.reliability.read_diagram import read_diagram
from models.reliability.solve_diagram import solve
from sim.reliability.simulate_diagram import simulate

DIAGRAMS = Path(__file__).parents[3] / "diagrams"
KNOWN = ("bridge", "cold-standby", "power-and-nodes", "three-of-four", "three-trains")


@pytest.mark.parametrize("name", KNOWN)
def test_the_law_lies_in_the_interval(name: str) -> None:
    description = read_diagram(DIAGRAMS / f"{name}.yaml").description
    law, simulated = solve(description), simulate(description, seed=2)
    by_law, by_run = vars(law.measures), vars(simulated.measures)
    pairs = [(key, by_law[key], by_run[key]) for key in by_law if by_law[key] and by_run[key]]
    assert pairs
    # 99.9 %: a dozen comparisons in one experiment.
    for key, exact, run in pairs:
        half = (run.high - run.low) / 2 * 3.29 / 1.96
        assert abs(run.mean - exact.mean) <= half, key


def test_what_is_rare_is_simulated_by_importance_sampling() -> None:
    description = read_diagram(DIAGRAMS / "rare-failures.yaml").description
    law, simulated = solve(description).measures, simulate(description, seed=3).measures
    for key in ("unavailability", "failure_frequency", "unreliability", "mttf"):
        exact, run = getattr(law, key), getattr(simulated, key)
        assert isinstance(run, Estimate)
        assert run.mean == pytest.approx(exact.mean, rel=0.2)
        assert run.low < run.mean < run.high
    assert simulated.mission_failures is None  # none was seen, which says next to nothing


@pytest.mark.parametrize("name", ["ageing-fans", "cold-standby", "two-trains"])
def test_both_engines_see_the_same(name: str) -> None:
    description = read_diagram(DIAGRAMS / f"{name}.yaml").description
    compiled = simulate(description, seed=4, histories=20)
    reference = simulate(description, seed=4, histories=20, engine="simpy")
    for key, mine in vars(compiled.measures).items():
        theirs = getattr(reference.measures, key)
        assert (mine is None) == (theirs is None)
        if mine is not None:
            assert mine.mean == pytest.approx(theirs.mean, rel=1e-12, abs=1e-15)


def test_certain_and_impossible_failures_are_simulated_too(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(
        "name: x\ncomponents: {a: {unavailability: 1}, b: {availability: 1}}\n"
        "diagram: {parallel: [a, b]}\n",
        encoding="utf-8",
    )
    for change, fails in ((None, 0.0), ({"diagram": {"series": ["a", "b"]}}, 1.0)):
        description = read_diagram(path, change).description
        found = simulate(description, histories=100).measures.unavailability
        assert found is not None
        assert found.mean == fails
