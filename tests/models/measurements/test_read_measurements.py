"""Measured values as people's tools write them."""

import gzip
import json
import math
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from models.measurements.measured import Key, Unusable
from models.measurements.read_measurements import read_measurements
from models.measurements.taken import parse_taken
from models.prediction.expected import Measure

STEP = Key("train", Measure.STEP_TIME)


def written(folder: Path, text: str, name: str = "measured.csv") -> Path:
    path = folder / name
    path.write_text(text)
    return path


def test_a_table_says_what_its_values_are(tmp_path: Path) -> None:
    text = (
        "of,measure,value,unit\n"
        "train,step_time,200 ms,\ntrain,step_time,0.21,s\nshop.web,utilization,46 %,\n"
        "trainers,failures,3,\ntrainers,node_time,20000,h\n,monthly_cost,1.2,kUSD\n"
    )
    found = read_measurements(written(tmp_path, text)).values
    assert {str(key): list(values) for key, values in found.items()} == {
        "train.step_time": [0.2, 0.21],
        "shop.web.utilization": [0.46],
        "trainers.failures": [3.0],
        "trainers.node_time": [20000 * 3600.0],
        "monthly_cost": [1200.0],
    }


def test_columns_of_another_table_are_taken_with_their_unit(tmp_path: Path) -> None:
    # What MLflow exports of its runs; a run without the metric has an empty cell.
    path = written(tmp_path, "run_id,metrics.step\na,200\nb,\nc,220\n")
    found = read_measurements(path, parse_taken(["train.step_time=metrics.step ms"]))
    assert list(found.values[STEP]) == [0.2, pytest.approx(0.22)]


def test_a_column_whose_name_has_spaces_is_taken_by_its_unit(tmp_path: Path) -> None:
    path = written(tmp_path, "run,mean step time\na,200\nb,220\n")
    found = read_measurements(path, parse_taken(["train.step_time=mean step time ms"]))
    assert list(found.values[STEP]) == [0.2, pytest.approx(0.22)]


@pytest.mark.parametrize("shape", ["values", "value"])
def test_metrics_of_prometheus_are_in_their_base_unit(shape: str, tmp_path: Path) -> None:
    pairs = [[1, "0.2"], [2, "NaN"]] if shape == "values" else [1, "0.2"]
    series = [{"metric": {"__name__": "step_seconds", "pod": "a"}, shape: pairs}]
    tree = {"status": "success", "data": {"resultType": "matrix", "result": series}}
    path = written(tmp_path, json.dumps(tree), "range.json")
    found = read_measurements(path, parse_taken(["train.step_time=step_seconds"]))
    assert list(found.values[STEP]) == [0.2]


EXPOSED = """# HELP step_seconds a step
# TYPE step_seconds gauge
step_seconds{pod="a b",node="x\\"y"} 0.2 1700000000000
step_seconds{pod="c"} 0.3
latency_seconds_bucket{le="0.1"} 50
latency_seconds_bucket{le="0.2"} 90 # {trace_id="a"} 0.15 1.7e9
latency_seconds_bucket{le="+Inf"} 100
latency_seconds_sum 12
latency_seconds_count 100
idle_seconds NaN
# EOF
"""


def test_what_a_program_shows_is_taken_by_name_and_labels(tmp_path: Path) -> None:
    path = written(tmp_path, EXPOSED, "node.prom")
    found = read_measurements(path, parse_taken(["train.step_time=step_seconds"]))
    assert list(found.values[STEP]) == [0.2, 0.3]
    for selector in ('step_seconds{pod="a b"}', 'step_seconds{node="x\\"y"} s'):
        found = read_measurements(path, parse_taken([f"train.step_time={selector}"]))
        assert list(found.values[STEP]) == [0.2]
    with pytest.raises(Unusable, match="idle_seconds: has no value"):
        read_measurements(path, parse_taken(["train.step_time=idle_seconds"]))
    with pytest.raises(Unusable, match="line 1: is no metric"):
        read_measurements(written(tmp_path, "a,b\n", "x.prom"), ())


def test_a_histogram_is_spread_over_its_buckets_with_the_mean_of_all(tmp_path: Path) -> None:
    key = Key("api", Measure.RESPONSE_TIME)
    path = written(tmp_path, EXPOSED, "node.prom")
    found = read_measurements(path, parse_taken(["api.response_time=latency_seconds"]))
    values = np.sort(found.values[key])
    assert len(values) == 100
    assert values.mean() == pytest.approx(0.12, rel=1e-6)
    assert (values[49] <= 0.1 < values[50], values[89] <= 0.2 < values[90]) == (True, True)
    assert found.grouped == {key: (0.0, 0.1, 0.2, math.inf)}


def test_a_histogram_of_an_answer_is_what_was_counted_between_its_ends(tmp_path: Path) -> None:
    def bucket(end: str, first: int, last: int) -> dict[str, object]:
        metric = {"__name__": "latency_seconds_bucket", "le": end}
        return {"metric": metric, "values": [[1, str(first)], [2, str(last)]]}

    tree = {"data": {"result": [bucket("0.1", 5, 25), bucket("+Inf", 5, 45)]}}
    path = written(tmp_path, json.dumps(tree), "range.json")
    found = read_measurements(path, parse_taken(["api.response_time=latency_seconds"]))
    values = np.sort(found.values[Key("api", Measure.RESPONSE_TIME)])
    assert (len(values), values[19] < 0.1, values[20]) == (40, True, pytest.approx(0.1))


def test_of_a_counter_what_it_rose_by_and_how_fast_is_taken(tmp_path: Path) -> None:
    def counter(name: str, pod: str, *values: int) -> dict[str, object]:
        pairs = [[60 * at, str(value)] for at, value in enumerate(values)]
        return {"metric": {"__name__": name, "pod": pod}, "values": pairs}

    series = [
        counter("requests_total", "a", 0, 600, 1200),
        counter("requests_total", "b", 9, 9, 69),
    ]
    series += [counter("node_failures_total", "a", 4, 4, 6)]
    path = written(tmp_path, json.dumps({"data": {"result": series}}), "range.json")
    taken = parse_taken(["shop.throughput=requests_total", "web.failures=node_failures_total"])
    found = read_measurements(path, taken).values
    assert list(found[Key("shop", Measure.THROUGHPUT)]) == [10.0, 11.0]
    assert list(found[Key("web", Measure.FAILURES)]) == [2.0]
    shown = written(tmp_path, "requests_total 5\n", "a.prom")
    with pytest.raises(Unusable, match="a counter that was read once says nothing of a rate"):
        read_measurements(shown, parse_taken(["shop.throughput=requests_total"]))


def test_what_an_expression_made_has_no_name(tmp_path: Path) -> None:
    tree = {"data": {"result": [{"metric": {"pod": "a"}, "values": [[1, "0.2"], [2, "0.4"]]}]}}
    path = written(tmp_path, json.dumps(tree), "range.json")
    for selector in ("{} s", '{pod="a"} s'):
        found = read_measurements(path, parse_taken([f"train.step_time={selector}"]))
        assert list(found.values[STEP]) == [0.2, 0.4]
    with pytest.raises(Unusable, match=r"--take train.step_time=\{\} \(its metrics: \{\}, of an"):
        read_measurements(path, ())


@pytest.mark.parametrize(
    "tree",
    [
        {"runs": [{"info": {}, "data": {"metrics": [{"key": "step", "value": 200.0}]}}]},
        {"run": {"data": {"metrics": {"step": 200.0, "loss": 2.5}}}},
        {"metrics": [{"key": "step", "value": 200.0, "timestamp": 1, "step": 0}]},
        [{"run_id": "a", "metrics.step": 200.0}, {"run_id": "b", "metrics.step": None}],
    ],
    ids=["search", "get", "history", "records"],
)
def test_metrics_of_mlflow_are_taken_from_its_answers(tree: object, tmp_path: Path) -> None:
    path = written(tmp_path, json.dumps(tree), "runs.json")
    for name in ("step ms", "metrics.step ms"):
        found = read_measurements(path, parse_taken([f"train.step_time={name}"]))
        assert list(found.values[STEP]) == [0.2]
    with pytest.raises(Unusable, match=r"has no metric 'steps'; it has step"):
        read_measurements(path, parse_taken(["train.step_time=steps ms"]))


BY_FOCUS = "ServiceName,BilledCost,ChargePeriodStart,ChargePeriodEnd,BillingCurrency,ChargeCategory"


def test_taxes_and_credits_are_told_apart_and_other_currencies_refused(tmp_path: Path) -> None:
    day = "2026-11-01T00:00:00Z,2026-11-02T00:00:00Z"
    month = "2026-11-01T00:00:00Z,2026-12-01T00:00:00Z"
    rows = [
        f"Amazon FSx,24,{day},USD,Usage",
        f"Amazon FSx,2,{month},USD,Tax",
        f"x,-1,{day},USD,Credit",
    ]
    bill = read_measurements(written(tmp_path, "\n".join([BY_FOCUS, *rows]))).bill
    assert [(one.name, round(one.usd, 6), one.compared) for one in bill] == [
        ("Amazon FSx", 730.0, True),
        ("taxes", pytest.approx(2 / 24 * 730), False),
        ("credits", pytest.approx(-1 / 24 * 730), False),
    ]
    euros = written(tmp_path, f"{BY_FOCUS}\nAmazon FSx,24,{day},EUR,Usage\n")
    with pytest.raises(Unusable, match="line 2: is in EUR; predictions are in USD"):
        read_measurements(euros)


def test_a_bill_of_google_cloud_and_one_that_is_packed(tmp_path: Path) -> None:
    text = (
        "service.description,cost,usage_start_time,usage_end_time,currency,cost_type\n"
        "Compute Engine,12,2026-11-01 00:00:00 UTC,2026-11-01 12:00:00 UTC,USD,regular\n"
    )
    path = tmp_path / "bill.csv.gz"
    path.write_bytes(gzip.compress(text.encode()))
    (one,) = read_measurements(path).bill
    assert (one.name, one.usd) == ("Compute Engine", pytest.approx(730))
    path.write_bytes(b"no gzip")
    with pytest.raises(Unusable, match="is no gzip file"):
        read_measurements(path)


def test_a_bill_in_parquet_has_its_columns_of_money_read(tmp_path: Path) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    at = datetime(2026, 11, 1)
    columns = {
        "line_item_product_code": ["AmazonEC2", "AmazonEC2"],
        "line_item_unblended_cost": [24.0, None],
        "line_item_usage_start_date": [at, at],
        "line_item_usage_end_date": [at + timedelta(days=1)] * 2,
        "line_item_line_item_type": ["Usage", "Usage"],
        "product": [{"a": "b"}, {"a": "c"}],
    }
    path = tmp_path / "cur.snappy.parquet"
    parquet.write_table(pyarrow.table(columns), path)
    (one,) = read_measurements(path).bill
    assert (one.name, one.usd) == ("AmazonEC2", pytest.approx(730))
    parquet.write_table(pyarrow.table({"a": [1]}), path)
    with pytest.raises(Unusable, match="is no bill"):
        read_measurements(path)
    path.write_bytes(b"none")
    with pytest.raises(Unusable, match="is no Parquet file"):
        read_measurements(path)


@pytest.mark.parametrize(
    "names",
    [
        ("lineItem/ProductCode", "lineItem/UnblendedCost", "lineItem/Usage{}Date"),
        ("line_item_product_code", "line_item_unblended_cost", "line_item_usage_{}_date"),
    ],
)
def test_a_bill_is_a_month_of_what_it_covers(names: tuple[str, str, str], tmp_path: Path) -> None:
    product, cost, date = names
    ends = ("Start", "End") if "/" in date else ("start", "end")
    head = ",".join([product, cost, *(date.format(end) for end in ends)])
    days = [f"2026-11-0{day}T00:00:00Z,2026-11-0{day + 1}T00:00:00Z" for day in (1, 2)]
    rows = [f"AmazonEC2,24,{day}" for day in days] + [f"AmazonS3,0.48,{days[0]}"]
    bill = read_measurements(written(tmp_path, "\n".join([head, *rows]))).bill
    # 48 USD and 0.48 USD in 48 h: 1 and 0.01 USD/h, a month of 730 h.
    assert [(one.name, one.usd) for one in bill] == [
        ("AmazonEC2", pytest.approx(730)),
        ("AmazonS3", pytest.approx(7.3)),
    ]


@pytest.mark.parametrize(
    ("text", "taken", "said"),
    [
        ("measure,value\nsteptime,1 s\n", [], "line 2: unknown measure 'steptime'; did you mean"),
        ("measure,value\nstep_time,1\n", [], "line 2: '1' has no unit"),
        ("measure,value\nstep_time,1 GB\n", [], "is a size, not a duration"),
        ("measure,value\nstep_time,-1 s\n", [], "is negative"),
        ("measure,value\nstep_time,nan s\n", [], "line 2"),
        ("measure,value\nfailures,1.5\n", [], "is no number of failures"),
        ("measure,value\nstep_time\n", [], "line 2: has 1 cells, the head 2"),
        ("measure,value\n", [], "has no measured value"),
        ("a;b\n1;2\n", [], "parted by semicolons"),
        ("a,b\n1,2\n", [], "has no columns measure and value"),
        ("a,b\n1,2\n", ["train.step_time=c s"], "has no column 'c'; it has a, b"),
        ("a,a\n1,2\n", ["train.step_time=a s"], "has the column 'a' twice"),
        ("", [], "has no columns measure and value"),
        ('measure,value\n"step', [], "is no CSV"),
        ("lineItem/UnblendedCost,x\n1,2\n", [], "no column 'lineItem/ProductCode'"),
    ],
)
def test_what_can_not_be_used_is_said_with_its_line(
    text: str, taken: list[str], said: str, tmp_path: Path
) -> None:
    path = written(tmp_path, text)
    with pytest.raises(Unusable) as caught:
        read_measurements(path, parse_taken(taken))
    assert said in str(caught.value)
    assert str(caught.value).startswith(str(path))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "is no answer of Prometheus"),
        ('{"data": {"result": [{"metric": 1}]}}', "is no answer of Prometheus"),
        ('{"data": {"result": []}}', "has no series"),
        (
            '{"data": {"result": [{"metric": {"__name__": "s"}, "value": [1, "2"]}]}}',
            "--take train.step_time=s (its metrics: s)",
        ),
    ],
)
def test_an_answer_that_is_none_is_said(text: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(Unusable, match=r"range\.json: ") as caught:
        read_measurements(written(tmp_path, text, "range.json"))
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("taken", "said"),
    [
        ("train.step_time", "is not OF.MEASURE=NAME"),
        ("train.speed=x", "unknown measure 'speed'"),
        ("train.step_time=x GB", "'GB' is no unit of step_time"),
    ],
)
def test_what_is_taken_must_be_said_whole(taken: str, said: str) -> None:
    with pytest.raises(Unusable) as caught:
        parse_taken([taken])
    assert said in str(caught.value)
