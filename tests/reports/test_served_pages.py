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


# On premises nothing is estimated: nodes cost what the file says, every month.
STEADY = """
name: steady
cloud: on-premises
nodes:
  web: {instance: dgx-1-p100, count: 2, price: 12 USD/h, power: 3.2 kW}
workloads:
  serve:
    kind: endpoint
    requests: {rate: 1/s}
    stages:
      web: {nodes: web, replicas: 2, service: {distribution: exponential, mean: 10 ms}}
"""


@pytest.fixture
def steady(tmp_path: Path) -> Path:
    path = tmp_path / "steady.yaml"
    path.write_text(STEADY)
    return path


def test_a_bill_that_is_the_same_every_month_is_not_drawn(
    steady: Path, stacks: Path, tmp_path: Path, cli: Any
) -> None:
    for file, drawn in ((steady, False), (stacks / "grid-search.yaml", True)):
        folder = tmp_path / file.stem
        cli("report", file, "--replications", 40, "--output", folder)
        [page] = folder.glob("*.html")
        assert ("cost-run-title" in page.read_text(encoding="utf-8")) is drawn


def test_what_never_ends_is_not_called_a_run(stacks: Path, tmp_path: Path, cli: Any) -> None:
    for name, ends in (("flask-endpoint", False), ("grid-search", True)):
        cli("report", stacks / f"{name}.yaml", "--replications", 5, "--output", tmp_path)
        text = (tmp_path / f"{name}.html").read_text(encoding="utf-8")
        for words in ("Time and cost of a run", "When is the run complete?", "USD/run"):
            assert (words in text) is ends
        assert ("Times and monthly cost" in text) is not ends


def test_a_panel_of_waiting_jobs_is_there_where_some_wait(
    stacks: Path, tmp_path: Path, cli: Any
) -> None:
    path = stacks / "grid-search.yaml"
    cli("report", path, "--replications", 5, "--output", tmp_path)
    cli("report", path, "--replications", 5, "--output", tmp_path, "--set",
        "workloads.search.each.vcpus=8")  # fmt: skip
    pages = sorted(tmp_path.glob("*.html"), key=lambda page: len(page.stem))
    none, some = (page.read_text(encoding="utf-8") for page in pages)
    assert "no job waits" in none
    assert "jobs waiting" not in none
    assert "how many jobs wait" in some
    assert "jobs waiting" in some
    assert "vCPUs in use" in none
    assert "Vcpus" not in none
    assert "1 \N{MULTIPLICATION SIGN} as long" not in none


@pytest.mark.parametrize("stage", ["gateway", "a-gateway-of-forty-letters-and-hyphens-a"])
def test_a_long_name_is_not_cut_on_80_columns(
    stage: str, stacks: Path, tmp_path: Path, cli: Any
) -> None:
    text = (stacks / "flask-endpoint.yaml").read_text(encoding="utf-8")
    path = tmp_path / "named.yaml"
    path.write_text(text.replace("      gateway:\n", f"      {stage}:\n"), encoding="utf-8")
    shown = cli("predict", path, "--replications", 5)
    assert shown.code == 0, shown.err
    assert max(map(len, shown.out.splitlines())) <= 80
    assert "…" not in shown.out
    assert "..." not in shown.out


def test_a_table_of_many_columns_loses_neither_names_nor_figures(tmp_path: Path, cli: Any) -> None:
    run_time = "{distribution: exponential, mean: 2 h}"
    path = tmp_path / "kinds.yaml"
    path.write_text(
        f"""\
name: kinds
cloud: aws
region: us-east-1
nodes:
  machine: {{instance: c5.18xlarge, count: 1}}
workloads:
  search:
    kind: jobs
    nodes: machine
    slots: 10
    classes:
      small-jobs-of-students: {{arrivals: 1/h, run_time: {run_time}, each: {{slots: 1}}}}
      large: {{arrivals: 0.3/h, run_time: {run_time}, each: {{slots: 7}}}}
"""
    )
    shown = cli("predict", path, "--replications", 20)
    assert shown.code == 0, shown.err
    lines = shown.out.splitlines()
    assert max(map(len, lines)) <= 80
    [large] = [line.split() for line in lines if line.startswith("large ")]
    assert large[4:6] == ["4.14", "h"]  # waiting by the law, beside the mean
    assert large[-1] == "h"
    head = next(k for k, line in enumerate(lines) if line.startswith("Jobs  ") and "Number" in line)
    assert "Turnaround," in lines[head - 1]
    start = next(k for k, line in enumerate(lines) if line.startswith("small"))
    name = "".join(line.split()[0] for line in lines[start : start + 3] if line[0] != "l")
    assert name.startswith("small-jobs-of-students")
    # In overload there is no mean, and no percentile either.
    more = "workloads.search.classes.small-jobs-of-students.arrivals=3/h"
    shown = cli("predict", path, "--replications", 20, "--set", more)
    [large] = [line.split() for line in shown.out.splitlines() if line.startswith("large ")]
    assert large[2:] == ["\N{EM DASH}"] * 5


@pytest.mark.parametrize("limit", ["", "\n        queue_limit: 3"])
def test_the_share_within_a_wait_target_stands_on_the_page(
    limit: str, tmp_path: Path, cli: Any
) -> None:
    # Erlang C: 28 agents for 250 calls/h of 330 s answer 85.7 % in 30 s.
    path = tmp_path / "calls.yaml"
    path.write_text(
        f"""\
name: calls
cloud: aws
region: us-east-1
nodes:
  desks: {{instance: c5.9xlarge, count: 1}}
workloads:
  line:
    kind: endpoint
    requests: {{rate: 250/h}}
    stages:
      agents:
        nodes: desks
        concurrency: 28
        service: {{distribution: exponential, mean: 330 s}}
        wait_target: 30 s{limit}
"""
    )
    made = cli("report", path, "--replications", 5, "--output", tmp_path)
    assert made.code == 0, made.err
    text = (tmp_path / "calls.html").read_text(encoding="utf-8").replace("\N{NO-BREAK SPACE}", " ")
    # Simulated, of all who come, and beside it by the law where one holds.
    seen = re.search(r"([\d.]+) %(?: \(([\d.]+) % by law\))? within 30 s", text)
    assert seen is not None
    assert seen[2] == (None if limit else "85.7")
    if limit:  # whoever comes in waits for three others at most
        assert 90 < float(seen[1]) < 100
    else:
        assert float(seen[1]) == pytest.approx(85.7, abs=3)


def test_what_a_month_draws_is_said_beside_what_it_costs_to_keep(tmp_path: Path, cli: Any) -> None:
    # Two nodes keep 0.04608 GB of flow logs an hour at 0.50 USD, and up to ten times that.
    path = tmp_path / "small.yaml"
    path.write_text(
        """\
name: small
cloud: gcp
region: us-central1
nodes:
  web: {instance: e2-standard-2, count: 2}
workloads:
  site:
    kind: endpoint
    requests: {rate: 5/s}
    stages:
      app: {nodes: web, service: {distribution: exponential, mean: 20 ms}}
"""
    )
    said = "network: flow logs, estimated, 0.00 to 168.19 USD, most likely 16.82 USD"
    shown = cli("predict", path, "--replications", 5)
    assert said in " ".join(shown.out.split())
    made = cli("report", path, "--replications", 5, "--output", tmp_path)
    assert made.code == 0, made.err
    page = (tmp_path / "small.html").read_text(encoding="utf-8").replace("\N{NO-BREAK SPACE}", " ")
    assert page.count(said) == 2  # beside the question and under the bill


def test_nothing_is_said_where_a_month_draws_nothing(steady: Path, cli: Any) -> None:
    shown = cli("predict", steady, "--replications", 5)
    assert "drawn in the cost" not in " ".join(shown.out.split())
