"""Endpoints and jobs in the terminal, in JSON and on a page."""

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

SHIPPED = ("lambda-endpoint.yaml", "flask-endpoint.yaml", "grid-search.yaml")


def refuse(name: str) -> float:
    raise AssertionError(f"{name} in JSON")


@pytest.mark.parametrize("name", SHIPPED)
def test_each_kind_is_on_a_terminal_of_80_columns_and_in_json(
    name: str, stacks: Path, cli: Any
) -> None:
    shown = cli("predict", stacks / name, "--replications", 5)
    assert shown.code in (0, 1), shown.err
    assert max(map(len, shown.out.splitlines())) <= 80
    assert not re.search(r"\b(nan|inf)\b", shown.out)
    written = cli("predict", stacks / name, "--json", "--replications", 5)
    [workload] = json.loads(written.out, parse_constant=refuse)["workloads"]
    assert workload["kind"] in ("endpoint", "jobs")
    assert any(key.startswith("throughput_") for key in workload)  # with its unit


@pytest.mark.parametrize("name", SHIPPED)
def test_each_kind_has_a_page_with_figures_and_ids_of_its_own(
    name: str, stacks: Path, tmp_path: Path, cli: Any
) -> None:
    made = cli("report", stacks / name, "--replications", 5, "--output", tmp_path)
    assert made.code in (0, 1), made.err
    [page] = tmp_path.glob("*.html")
    text = page.read_text(encoding="utf-8")
    ids = Counter(re.findall(r'\sid="([^"]+)"', text))
    assert [one for one, times in ids.items() if times > 1] == []
    # What is referred to on the page is on it.
    for target in re.findall(r'(?:href="#|url\(#)([^")]+)', text):
        assert target in ids
    assert text.count("<svg") >= 2
    assert not re.search(r">\s*(nan|inf)\b", text)


@pytest.mark.parametrize(("name", "drawn"), [("flask-endpoint", False), ("grid-search", True)])
def test_a_bill_that_is_the_same_every_month_is_not_drawn(
    name: str, drawn: bool, stacks: Path, tmp_path: Path, cli: Any
) -> None:
    cli("report", stacks / f"{name}.yaml", "--replications", 40, "--output", tmp_path)
    [page] = tmp_path.glob("*.html")
    assert ("cost-run-title" in page.read_text(encoding="utf-8")) is drawn
