"""Failure rates that a stack names take the place of the catalog's."""

from pathlib import Path

import pytest

from models.catalog.records import Catalog
from models.description.quantities import HOUR
from models.parts.facts import Facts
from models.parts.read_stack import StackFile, read_stack
from models.reading.faults import InvalidDescription


def with_rates(stacks: Path, folder: Path, catalog: Catalog, text: str) -> StackFile:
    path = folder / "stack.yaml"
    original = (stacks / "akiba-2017.yaml").read_text(encoding="utf-8")
    path.write_text(f"{original}\nfailure_rates:\n{text}", encoding="utf-8")
    return read_stack(path, catalog)


def test_the_stack_s_own_rates_are_used_and_cited(
    stacks: Path, tmp_path: Path, catalog: Catalog
) -> None:
    changed = "  top-of-rack-switch: {mttf: 1000 h, mttr: 5 h}\n"
    answer = with_rates(stacks, tmp_path, catalog, changed).solved
    (switches,) = [c for c in answer.components if c.name == "switches"]
    assert switches.mttf == pytest.approx(1000 * HOUR)
    assert switches.mttr == pytest.approx(5 * HOUR)
    (source,) = [one for one in answer.sources if one.figure.startswith("top-of-rack-switch")]
    assert source.source == "failure_rates of the stack"
    assert "41.7 d" in source.figure


def test_one_figure_alone_leaves_the_other_to_the_catalog(
    stacks: Path, tmp_path: Path, catalog: Catalog
) -> None:
    stack = with_rates(stacks, tmp_path, catalog, "  top-of-rack-switch: {mttr: 5 h}\n").stack
    facts = Facts(catalog, stack.failure_rates)
    rate = facts.failure_rate("top-of-rack-switch")
    assert rate.mttr == 5 * HOUR
    assert rate.mttf == catalog.failure_rates["top-of-rack-switch"].mttf


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "  top-of-rack-swich: {mttr: 5 h}\n",
            "failure_rates.top-of-rack-swich: unknown component 'top-of-rack-swich';"
            " did you mean 'top-of-rack-switch'?",
        ),
        (
            "  top-of-rack-switch: {mttr: 5 h}\n  cloud-zone: {mttr: 5 h}\n",
            "failure_rates.cloud-zone: is of nothing in this stack, which uses power-feed,",
        ),
        ("  top-of-rack-switch: {}\n", "names neither mttf nor mttr"),
        ("  top-of-rack-switch: {mttf: 0 h}\n", "must be more than 0"),
    ],
)
def test_nonsense_is_refused_with_its_line(
    text: str, message: str, stacks: Path, tmp_path: Path, catalog: Catalog
) -> None:
    with pytest.raises(InvalidDescription) as refused:
        with_rates(stacks, tmp_path, catalog, text)
    assert message in str(refused.value)
    lines = (tmp_path / "stack.yaml").read_text(encoding="utf-8").splitlines()
    first = "  cloud-zone" if "cloud-zone" in message else "  top-of-rack"
    line = next(k for k, one in enumerate(lines, 1) if one.startswith(first))
    assert f"stack.yaml:{line}: failure_rates." in str(refused.value)
