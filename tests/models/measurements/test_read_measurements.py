"""Measured values as people's tools write them."""

import json
from pathlib import Path

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
