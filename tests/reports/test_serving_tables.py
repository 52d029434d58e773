"""Tables of endpoints: intervals by the hour, in a page and in 80 columns."""

import io
import math
from dataclasses import replace
from typing import Any

import pytest
from rich.console import Console

from models.parts.workloads.endpoint import Endpoint
from models.prediction import Estimate
from models.prediction.endpoint_answer import PaidReplicas, ServingHour, ServingStage
from reports.serving_tables import answered, busiest_day, hours, narrow_hours
from reports.table import Table
from reports.terminal import drawn
from reports.workloads import endpoint as endpoint_report
from tests.reports.serving import predicted, wanted


def near(value: float) -> Estimate:
    return Estimate(value, 0.9 * value, 1.1 * value, 0.95, "simulation")


def hour(number: int, rate: float, names: list[str], **keys: Any) -> ServingHour:
    known: dict[str, Any] = {
        "start": 3600.0 * number,
        "rate": rate,
        "utilization": 0.123,
        "simulated_utilization": near(0.5),
        "response": near(0.1234),
        "p50": near(0.1012),
        "p95": near(0.3456),
        "p99": near(0.5678),
        "within_target": near(0.9),
        "replicas": tuple(PaidReplicas(name, near(3.21)) for name in names),
    }
    return ServingHour(**known | keys)


def stage(name: str) -> ServingStage:
    return ServingStage(
        name=name,
        place="web",
        replicas=6,
        paid_replicas=near(3.2),
        capacity=60.0,
        utilization=0.2,
        simulated_utilization=near(0.5),
        response=near(0.1),
        waiting=near(0.01),
        loss=None,
        cold=None,
    )


def width(table: Table) -> int:
    output = io.StringIO()
    Console(file=output, width=80).print(drawn(table))
    return max(map(len, output.getvalue().rstrip().splitlines()))


def shown(table: Table) -> str:
    output = io.StringIO()
    Console(file=output, width=80).print(drawn(table))
    return output.getvalue()


def test_intervals_of_hours_are_beneath_their_figures_in_a_page() -> None:
    one = predicted(None, hours=(hour(7, 2000.0, ["model"]),), stages=(stage("model"),))
    table = hours(one, one.hours)
    assert [head.title for head in table.columns] == [
        "Hour", "Comes", "Busy", "Mean", "P50", "P95", "P99", "Within", "Replicas",
    ]  # fmt: skip
    [cells] = table.rows
    assert [cell.text for cell in cells] == [
        "7", "2,000/s", "50.0 %", "123 ms", "101 ms", "346 ms", "568 ms", "90.0 %", "3.21",
    ]  # fmt: skip
    assert [cell.note for cell in cells] == [
        "", "", "45.0 to 55.0 %", "111 to 136 ms", "91.1 to 111 ms", "311 to 380 ms",
        "511 to 625 ms", "81.0 to 99.0 %", "2.89 to 3.53",
    ]  # fmt: skip


def test_a_page_says_whose_times_an_hour_has_where_requests_wait_for_long() -> None:
    soon = (hour(7, 2.0, []),)
    late = (replace(soon[0], response=Estimate.exact(720.0)),)
    for shown_hours, told in ((soon, False), (late, True)):
        note = hours(predicted(None, hours=shown_hours), shown_hours).note
        assert ("Times are of requests that are answered in an hour" in note) is told


@pytest.mark.parametrize("stages", [0, 1, 2, 3, 4, 7])
@pytest.mark.parametrize("letters", [3, 40])
def test_a_terminal_of_80_columns_shows_them(stages: int, letters: int) -> None:
    names = [f"s{k}{'x' * (letters - 2)}" for k in range(stages)]
    day = tuple(hour(k, 2000.0, names) for k in range(24))
    tables = narrow_hours(predicted(None, hours=day, stages=tuple(map(stage, names))))
    assert all(width(table) <= 80 for table in tables)
    assert all(len(table.rows) == 24 for table in tables)
    told = [cell.text for table in tables[1:] for cell in table.rows[0]]
    assert told.count("2.89 to 3.53") == stages
    assert "111 to 136 ms" in told


def test_an_interval_narrower_than_its_digits_is_its_figure() -> None:
    day = (hour(0, 2.0, ["model"], replicas=(PaidReplicas("model", Estimate.exact(1.0)),)),)
    *_, intervals = narrow_hours(predicted(None, hours=day, stages=(stage("model"),)))
    assert intervals.rows[0][-1].text == "1"


def test_of_a_week_a_terminal_shows_the_day_of_the_highest_load() -> None:
    week = tuple(hour(k, 5.0 if k == 100 else 1.0, []) for k in range(168))
    one = predicted(None, hours=week)
    assert [part.start / 3600 for part in busiest_day(one)] == list(range(96, 120))
    assert "100" in shown(narrow_hours(one)[0])
    assert len(hours(one, one.hours).rows) == 168


def test_without_a_simulation_the_law_stands_alone() -> None:
    unknown = dict.fromkeys(("response", "p50", "p95", "p99", "within_target"))
    alone = hour(0, 2.0, [], simulated_utilization=None, replicas=(), **unknown)
    [table] = narrow_hours(predicted(None, hours=(alone,)))
    assert [cell.text for cell in table.rows[0]][:4] == ["0", "2/s", "12.3 %", "\N{EM DASH}"]


def test_responses_in_a_page_have_their_intervals() -> None:
    times = {"response": near(0.1), "p50": near(0.08), "p95": near(0.3), "p99": near(0.5)}
    one = predicted(
        wanted(99.9, 1.5),
        stages=(replace(stage("web"), loss=near(0.01)),),
        target=0.2,
        within_target=near(0.9),
        loss=near(0.01),
        **times,
    )
    assert [tuple(cell.text for cell in cells) for cells in answered(one).rows] == [
        ("Mean", "100 ms", "90 to 110 ms"),
        ("P50", "80 ms", "72 to 88 ms"),
        ("P95", "300 ms", "270 to 330 ms"),
        ("P99", "500 ms", "450 to 550 ms"),
        ("P99.9", "1 s", "\N{EM DASH}"),
        ("Within 200 ms", "90.0 %", "81.0 to 99.0 %"),
        ("Not answered", "1.0 %", "0.9 to 1.1 %"),
    ]


@pytest.mark.parametrize(
    ("loss", "unstable", "said", "tile"),
    [
        (Estimate.exact(1.0), (), "none is answered", "none is answered"),
        (
            None,
            (),
            "how long is not known, since not simulated",
            "how long is not known, since not",
        ),
        (None, ("web",), None, "web"),
    ],
)
def test_why_no_response_is_known(
    loss: Estimate | None, unstable: tuple[str, ...], said: str | None, tile: str
) -> None:
    unknown = dict.fromkeys(("response", "p50", "p95", "p99"))
    one = predicted(None, loss=loss, unstable=unstable, stages=(stage("web"),), **unknown)
    workload = Endpoint.model_construct(stages={})
    told = dict(endpoint_report.lines(one, workload))
    assert told.get("Response") == said
    assert ("UNSTABLE" in told) is bool(unstable)
    shown = endpoint_report.tiles(one)[1]
    assert shown.note.startswith(tile)
    assert (shown.value == "UNSTABLE") is bool(unstable)
    assert (said or "in overload no mean exists") in endpoint_report.answers(one, workload).finish


def test_a_steady_load_has_no_hours() -> None:
    assert narrow_hours(predicted(None)) == ()


@pytest.mark.parametrize(
    ("found", "capacity", "said"),
    [
        (4.0, 5.0, "4 requests/s within the latency that is wanted, with all replicas up;"
         " 5 requests/s can be served"),
        (0.0, 5.0, "5 requests/s can be served, but no load meets the latency that is wanted"),
        (math.inf, 5.0, "of every load what is answered is within the latency that is wanted;"
         " 5 requests/s can be served"),
        (math.inf, math.inf, "every load is within the latency that is wanted; unlimited can be"
         " served"),
    ],
)  # fmt: skip
def test_the_highest_load_in_words(found: float, capacity: float, said: str) -> None:
    one = predicted(
        wanted(95.0, 1.0),
        stages=(stage("web"),),
        highest_load=found,
        highest_load_keeps="the latency",
        capacity=capacity,
    )
    described = Endpoint.model_construct(stages={}, target=None)
    assert dict(endpoint_report.lines(one, described))["Highest load"] == said
