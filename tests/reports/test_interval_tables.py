"""The tables by interval of a period."""

import io

from rich.console import Console

from models.prediction import Estimate
from models.queueing.network_answer import (
    ClassInterval,
    IntervalMeasures,
    NetworkAnswer,
    StationInterval,
)
from reports.interval_tables import interval_tables
from reports.json_report import tree_of
from reports.queue_terminal import page


def near(value: float) -> Estimate:
    return Estimate(value, 0.9 * value, 1.1 * value, 0.95, "simulation")


def interval(start: float, end: float, rate: float) -> IntervalMeasures:
    station = StationInterval(
        "web", near(rate), near(0.5), near(1.1), near(0.01), near(0.11), near(6.0)
    )
    percentiles = {50.0: near(0.1), 95.0: near(0.3), 99.0: near(0.5)}
    customers = ClassInterval("calls", near(rate), near(0.11), percentiles, near(0.97))
    return IntervalMeasures(start, end, (station,), (customers,))


ANSWER = NetworkAnswer(
    "day",
    "simulation",
    "compiled engine",
    intervals=(interval(0.0, 3600.0, 10.0), interval(3600.0, 86_400.0, 45.0)),
)


def test_a_table_a_station_and_a_class() -> None:
    station, customers = interval_tables(ANSWER)
    assert station.caption == "Station web, by interval"
    titles = [column.title for column in station.columns]
    assert titles == [
        "From", "Throughput", "Utilization", "Servers", "Number", "Waiting", "95 % interval",
    ]  # fmt: skip
    assert [cell.text for cell in station.rows[1]] == [
        "1 h", "45/s", "50.0 %", "6", "1.1", "10 ms", "9 to 11 ms",
    ]  # fmt: skip
    assert customers.caption == "Class calls, by interval in which it leaves"
    assert [cell.text for cell in customers.rows[0]] == [
        "0 h", "97.0 %", "300 ms", "500 ms", "110 ms", "99 to 121 ms",
    ]  # fmt: skip


def test_nothing_by_interval_is_no_table() -> None:
    assert interval_tables(NetworkAnswer("steady", "simulation", "compiled engine")) == ()


def test_a_terminal_of_80_columns_shows_them() -> None:
    law = NetworkAnswer("day", "none", "no law covers this network")
    output = io.StringIO()
    Console(file=output, width=80).print(page(law, ANSWER))
    shown = output.getvalue()
    assert "Class calls, by interval in which it leaves" in shown
    assert max(map(len, shown.splitlines())) <= 80


def test_json_names_the_units() -> None:
    one = tree_of(ANSWER)["intervals"][0]
    assert (one["start_s"], one["end_s"]) == (0.0, 3600.0)
    assert set(one["stations"][0]) == {
        "station", "throughput_per_s", "utilization", "number", "waiting_time_s",
        "response_time_s", "servers",
    }  # fmt: skip
    assert set(one["classes"][0]) == {
        "customer_class", "throughput_per_s", "response_time_s", "response_time_percentiles_s",
        "within_target",
    }  # fmt: skip
