"""MapReduce and Spark over time on a stack: known answers, locality, failures, what they cost."""

from collections.abc import Callable, Hashable
from pathlib import Path
from typing import Any

import pytest
import yaml

from models.catalog.records import Catalog
from models.description.quantities import HOUR
from models.parts.read_stack import read_stack
from models.parts.workloads.batch import BatchJob
from models.prediction import Prediction
from models.prediction.batch_answer import BatchPrediction
from models.reading.faults import InvalidDescription
from reports.workloads import batch as report
from sim.predict import predict

Predict = Callable[..., Prediction]
NEVER = "1000000 years"
CORE = {"instance": "r5.24xlarge", "count": 4, "mttf": NEVER}
STORES: dict[str, Any] = {
    "lake": {"kind": "object", "service": "s3-standard", "size": "10 TB"},
    "disks": {"kind": "block", "service": "ebs-gp3", "size": "5 TB", "nodes": "core"},
}


def described(batch: dict[str, Any], **keys: Any) -> dict[str, Any]:
    nodes = keys.pop("nodes", {})
    return {
        "name": "analytics",
        "cloud": "aws",
        "region": "us-east-1",
        "nodes": {"core": CORE, **nodes},
        "storage": keys.pop("storage", STORES),
        **keys,
        "workloads": {
            "job": {
                "kind": "batch",
                "nodes": {"core": "core"},
                "container": {"memory": "8 GB"},
                "slots": 10,
                "fee": "0 USD/h",
                **batch,
            }
        },
    }


@pytest.fixture
def predicted(tmp_path: Path, catalog: Catalog) -> Predict:
    def run(
        batch: dict[str, Any], replications: int = 20, engine: str = "compiled", **keys: Any
    ) -> Prediction:
        path = tmp_path / "analytics.yaml"
        path.write_text(yaml.safe_dump(described(batch, **keys)))
        file = read_stack(path, catalog)
        return predict(file, catalog, replications=replications, jobs=1, engine=engine)

    return run


def of(prediction: Prediction) -> BatchPrediction:
    [found] = prediction.workloads
    assert isinstance(found, BatchPrediction)
    return found


MAP_REDUCE = {
    "stages": {
        "map": {"tasks": 100, "time": "30 s", "shuffle": "1 MB"},
        "reduce": {"after": ["map"], "tasks": 7, "time": "60 s"},
    }
}


def test_equal_tasks_take_the_waves_of_the_law(predicted: Predict) -> None:
    # 40 containers: 100 tasks in three waves, 7 in one.
    one = of(predicted(MAP_REDUCE, 5))
    assert one.containers == 40
    assert one.law_makespan == pytest.approx(3 * 30 + 60)
    assert one.makespan.p50.mean == pytest.approx(3 * 30 + 60)
    assert [stage.waves for stage in one.stages] == [3, 1]
    assert [stage.time.mean for stage in one.stages] == pytest.approx([90.0, 60.0])
    assert one.bottleneck == "map"
    assert one.throughput.mean == pytest.approx(107 / 150)
    assert one.utilization.mean == pytest.approx((100 * 30 + 7 * 60) / (40 * 150))


def test_the_start_of_the_run_counts(predicted: Predict) -> None:
    one = of(predicted({**MAP_REDUCE, "startup": "2 min", "task_startup": "5 s"}, 5))
    assert one.makespan.mean.mean == pytest.approx(120 + 3 * 35 + 65)


def test_times_that_differ_stay_within_the_bounds_of_the_law(predicted: Predict) -> None:
    one = of(predicted({**MAP_REDUCE, "variation": 0.4}, 200))
    assert one.law_makespan is None
    assert one.least_makespan <= one.makespan.mean.low
    assert one.makespan.mean.high <= one.most_makespan
    assert 0.8 * one.most_makespan < one.makespan.mean.mean


@pytest.mark.parametrize(
    ("engine", "tasks", "says"),
    [
        # A Spark task sorts in (8 GB / 1.1 - 300 MiB) 0.6 = 4.17 GB: 1 TB in 240 tasks.
        ("spark", 100, "`stages.reduce.tasks` of 240, instead of 100, or containers with more"),
        # A mapper sorts in 80 MiB: 1 TB in 11,921 tasks of 83 MB each.
        ("hadoop", 4000, "`stages.map.split` of 83 MB, instead of 134 MB, or containers with more"),
    ],
)
def test_what_spills_may_be_made_smaller(
    engine: str, tasks: int, says: str, predicted: Predict
) -> None:
    data = {"store": "disks", "size": "1 TB"}
    stages = {
        "map": {"input": data, "time": "1 ms", "shuffle": "1 TB"},
        "reduce": {"after": ["map"], "tasks": tasks, "time": "1 ms"},
    }
    batch = {
        "stages": stages,
        "engine": engine,
        "hdfs": {"store": "disks", "replication": 1},
        "scratch": ["disks"],
    }
    assert of(predicted(batch, 2)).remedy.startswith(says)


def test_a_stage_that_waits_for_others_is_not_what_holds_the_run_back(predicted: Predict) -> None:
    # On 40 slots, a: 10 waves of 30 s; b is ready as soon, waits for them, and takes one of 10 s.
    stages = {
        "a": {"tasks": 400, "time": "30 s"},
        "b": {"tasks": 40, "time": "10 s"},
        "c": {"after": ["a", "b"], "tasks": 1, "time": "1 s"},
    }
    one = of(predicted({"stages": stages}, 5))
    a, b, _ = one.stages
    assert (a.time.mean, b.time.mean) == pytest.approx((300.0, 310.0))
    assert b.least_time == 10.0
    assert b.time.mean <= b.most_time < 320
    assert one.bottleneck == "a"


def test_where_some_nodes_are_spot_the_other_way_is_to_have_all_on_demand(
    predicted: Predict,
) -> None:
    task = {"instance": "r5.24xlarge", "count": 2, "purchase": "spot", "price": "2.40 USD/h"}
    batch = {**MAP_REDUCE, "nodes": {"core": "core", "task": "task"}}
    cost = predicted(batch, 2, nodes={"task": task}).cost
    assert cost.alternative == "on-demand"
    assert cost.alternative_hourly - cost.hourly == pytest.approx(2 * (6.048 - 2.40))


def test_copies_take_the_tail_of_stragglers_away(predicted: Predict) -> None:
    slow = {**MAP_REDUCE, "stragglers": {"share": "2 %", "slowdown": 10}}
    alone = of(predicted(slow, 200))
    copied = of(predicted({**slow, "speculation": {"quantile": "75 %", "multiplier": 1.5}}, 200))
    assert alone.copies.mean == 0
    assert copied.copies.mean > 0
    # A copy begins 45 s after a straggler of 300 s did.
    assert copied.makespan.mean.mean < 0.7 * alone.makespan.mean.mean


def test_most_tasks_find_their_block_on_their_node(predicted: Predict) -> None:
    batch = {
        "hdfs": {"store": "disks"},
        "scratch": ["disks"],
        "stages": {"map": {"input": {"store": "disks", "size": "100 GB"}}},
    }
    one = of(predicted(batch, 20))
    # Each of four nodes has three of four blocks.
    assert one.stages[0].local is not None
    assert one.stages[0].local.mean > 0.9
    assert one.hdfs is not None
    assert (one.hdfs.nodes, one.hdfs.borne) == (4, 2)
    assert 0 < one.hdfs.block_loss < 1e-3
    single = of(predicted({**batch, "hdfs": {"store": "disks", "replication": 1}}, 20))
    assert single.hdfs is not None
    assert single.hdfs.block_loss > 1e3 * one.hdfs.block_loss


def iterative(**keys: Any) -> dict[str, Any]:
    stages = {
        "assign": {"input": {"store": "lake", "size": "200 GB"}, "cache": True, "tasks": 400},
        "update": {"after": ["assign"], "tasks": 1, "time": "1 s"},
    }
    return {"stages": stages, "iterations": {"count": 6, "stages": ["assign", "update"]}, **keys}


def test_spark_reads_once_and_hadoop_in_every_iteration(predicted: Predict) -> None:
    container = {"memory": "60 GB"}
    spark = of(predicted(iterative(container=container), 5))
    hadoop = of(predicted(iterative(container=container, engine="hadoop"), 5))
    [read, again] = [one.stages[0].read for one in (spark, hadoop)]
    assert again == pytest.approx(6 * read) == pytest.approx(6 * 200e9)
    # 200 GB through four links of 25 Gbit/s.
    assert hadoop.makespan.mean.mean == pytest.approx(6 * (200e9 / 12.5e9 + 1))
    assert spark.makespan.mean.mean == pytest.approx(200e9 / 12.5e9 + 6)
    assert spark.stages[0].cached == 1


def test_losing_all_task_nodes_loses_no_block_and_stops_no_run(predicted: Predict) -> None:
    task = {"task": {"instance": "r5.24xlarge", "count": 3, "mttf": "20 min", "mttr": "100 years"}}
    batch = {
        "nodes": {"core": "core", "task": "task"},
        "hdfs": {"store": "disks"},
        "stages": {"map": {"tasks": 4000, "time": "60 s"}},
    }
    prediction = predicted(batch, 20, nodes=task)
    one = of(prediction)
    # 70 containers at first, and 40 for most of the time: none of the task nodes comes back.
    assert 4000 * 60 / 70 < one.makespan.p50.mean < 4000 * 60 / 40 + 60
    assert one.lost.mean > 0
    assert one.recomputed.mean == 0
    assert one.hdfs is not None
    assert one.hdfs.block_loss < 1e-6
    assert one.unavailability == pytest.approx(of(predicted(batch | {"nodes": {"core": "core"}}, 2))
                                               .unavailability)  # fmt: skip
    alone = of(predicted({**batch, "nodes": {"core": "core"}}, 2)).hdfs
    assert alone is not None
    assert alone.borne == one.hdfs.borne


def test_results_that_a_node_kept_are_computed_again(predicted: Predict) -> None:
    failing = {"core": {**CORE, "mttf": "3 h", "mttr": "10 min"}}
    kept = {
        "stages": {
            "map": {"tasks": 400, "time": "2 min", "shuffle": "1 MB"},
            "reduce": {"after": ["map"], "tasks": 400, "time": "2 min"},
        }
    }
    one = of(predicted(kept, 50, nodes=failing))
    assert one.recomputed.mean > 5
    output = {"store": "lake", "size": "1 MB"}
    stored: dict[str, Any] = {
        "stages": {
            "map": {"tasks": 400, "time": "2 min", "output": output},
            "reduce": {"after": ["map"], "tasks": 400, "time": "2 min"},
        }
    }
    safe = of(predicted(stored, 50, nodes=failing))
    assert safe.recomputed.mean == 0
    assert safe.makespan.mean.mean < one.makespan.mean.mean


def test_a_run_whose_master_is_lost_begins_anew(predicted: Predict) -> None:
    master = {"master": {"instance": "c5.9xlarge", "count": 1, "mttf": "1 h", "mttr": "10 min"}}
    batch = {**MAP_REDUCE, "nodes": {"master": "master", "core": "core"}}
    longer = {"stages": {"map": {"tasks": 40, "time": "30 min"}}}
    one = of(predicted({**batch, **longer}, 400, nodes=master))
    # Half an hour of work from zero, failures once an hour: the wait is exponential.
    rate, work = 1 / HOUR, 1800.0
    expected = (2.718281828459045 ** (rate * work) - 1) * (1 / rate + 600)
    assert one.makespan.mean.low < expected < one.makespan.mean.high
    three = {"master": {**master["master"], "count": 3}}
    safe = of(predicted({**batch, **longer}, 100, nodes=three))
    assert safe.makespan.mean.mean < one.makespan.mean.mean
    assert safe.restarts.mean < one.restarts.mean


def test_both_engines_give_the_same_prediction(predicted: Predict) -> None:
    failing = {"core": {**CORE, "mttf": "3 h", "mttr": "10 min"}}
    batch = {**MAP_REDUCE, "variation": 0.3, "hdfs": {"store": "disks"}, "scratch": ["disks"]}
    found = [predicted(batch, 5, engine, nodes=failing) for engine in ("compiled", "simpy")]
    assert of(found[0]) == of(found[1])


def test_it_costs_its_nodes_its_requests_and_its_fee(predicted: Predict) -> None:
    batch = {
        "fee": "0.25 USD/h",
        "stages": {"map": {"input": {"store": "lake", "size": "100 GB"}, "time": "10 min"}},
    }
    prediction = predicted(batch, 2)
    lines = {(line.resource, line.item): line for line in prediction.cost.lines}
    fee = lines["job", "fee of the service that runs the cluster"]
    assert (fee.quantity, fee.unit_price) == (4, 0.25)
    reads = next(line for line in prediction.cost.lines if line.item == "read requests")
    assert reads.quantity == pytest.approx(746 / 1000)  # a request for each split of 128 MiB
    silent = predicted({**batch, "fee": None}, 2)
    assert any("say `service: emr` where that runs" in one.text for one in silent.warnings)


@pytest.mark.parametrize(
    ("stages", "says"),
    [
        (MAP_REDUCE["stages"], "`nodes.core.count` of 5, instead of 4, saves a wave of tasks"),
        ({"map": {"tasks": 10, "time": "9 s"}}, "more tasks in `stages.map`: its 10 use 25 %"),
        ({"map": {"tasks": 40, "input": {"store": "lake", "size": "1 TB"}}}, "(lake)"),
        (
            {
                "map": {
                    "tasks": 40,
                    "shuffle": {"records": 1e10, "keys": 9, "pair": "50 B", "combine": False},
                },
                "reduce": {"after": ["map"], "tasks": 400},
            },
            "`stages.map.shuffle.combine: true`",
        ),
    ],
)
def test_what_lets_it_be_complete_sooner(
    stages: dict[str, Any], says: str, predicted: Predict
) -> None:
    assert says in of(predicted({"stages": stages}, 2)).remedy


def test_a_stage_that_says_nothing_of_its_computation_is_told(predicted: Predict) -> None:
    for stage, count in (({"tasks": 10}, 1), ({"tasks": 10, "time": "1 s"}, 0)):
        found = predicted({"stages": {"map": stage}}, 2).warnings
        told = [one for one in found if "counts as nothing" in one.text]
        assert [(one.level, one.place) for one in told] == (
            [("warning", "workloads.job.stages.map")] * count
        )


def test_waves_that_more_nodes_save_are_counted(predicted: Predict) -> None:
    # 40 containers, 10 of a node: 100 waves of 4,000 tasks, and 80 of them on 50.
    remedy = of(predicted({"stages": {"map": {"tasks": 4000, "time": "9 s"}}}, 2)).remedy
    assert "`nodes.core.count` of 5, instead of 4, saves 20 of 100 waves of tasks" in remedy


def test_where_stragglers_take_long_copies_are_the_remedy(predicted: Predict) -> None:
    slow = {"stages": {"map": {"tasks": 160, "time": "9 s"}}}
    slow |= {"stragglers": {"share": "5 %", "slowdown": 4}}
    remedy = of(predicted(slow, 20)).remedy
    assert remedy.startswith("`speculation`, which copies tasks that take long: `stages.map`")
    assert "36 s in waves of equal tasks" in remedy
    assert "speculation" not in of(predicted({**slow, "speculation": {}}, 20)).remedy


def test_measured_runs_say_what_ernests_law_says_of_them(
    predicted: Predict, tmp_path: Path
) -> None:
    # amplab/ernest, examples/mllib_rcv1.md at 93fc89b6: 12.4735 s on 32 cores, all of the data.
    lines = ["cores,fraction,seconds", "32,0.125,7.94516801834", "4,0.015625,4.72029209137",
             "4,0.021382,4.87661099434", "12,0.050164,6.71376490593", "12,0.055921,6.71519398689",
             "12,0.061678,6.6739718914", "16,0.061678,6.83566999435"]  # fmt: skip
    (tmp_path / "runs.csv").write_text("\n".join(lines) + "\n")
    columns = {"machines": "cores", "scale": "fraction", "time": "seconds"}
    batch = {
        **MAP_REDUCE,
        "slots": 8,
        "runs": {"file": "runs.csv", "columns": columns, "counts": "containers"},
    }
    prediction = predicted(batch, 2)
    law = of(prediction).measured
    assert law is not None
    assert (law.runs, law.machines, law.extrapolated) == (7, 32, True)
    assert law.time == pytest.approx(12.4735312069, rel=1e-9)
    assert law.low < law.time < law.high
    assert any("beyond the measured runs" in one.text for one in prediction.warnings)
    # The stages take 100/32 waves of 30 s and one of 60 s.
    said = "measured runs say 12.5 s, and the stages as they are described 3 min, uninterrupted"
    assert any(one.text.startswith(said) for one in prediction.warnings)
    shown = dict(report.lines(of(prediction), BatchJob.model_construct()))
    assert shown["Measured"].startswith("Ernest's law of 7 runs: 12.5 s, ")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("machines,time\n1,10\n2,6\n", "has 2 runs; the law has four coefficients"),
        ("machines,time\n1,10\n2,x\n", "line 3: time 'x' is not a number"),
        ("machines,time\n1,10\n2,0\n", "line 3: time is 0; it must be more than 0 s"),
        ("machines,tyme\n1,10\n", "the file has no column 'time'; did you mean 'tyme'?"),
        ("machines;time\n1;10\n", "has its columns parted by semicolons"),
        ("", "is empty"),
    ],
)
def test_runs_that_make_no_sense_are_refused(
    text: str, says: str, predicted: Predict, tmp_path: Path
) -> None:
    (tmp_path / "runs.csv").write_text(text)
    with pytest.raises(InvalidDescription) as caught:
        predicted({**MAP_REDUCE, "runs": {"file": "runs.csv"}}, 2)
    assert says in str(caught.value)
    assert "workloads.job.runs" in str(caught.value)


def test_what_a_run_knows_nothing_of_is_not_simulated_again(
    stacks: Path, catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    remembered: dict[Hashable, Any] = {}
    of_all = [
        read_stack(stacks / "emr-spark.yaml", catalog, {"nodes.notebook.purchase": way})
        for way in ("on_demand", "spot")
    ]
    alone = predict(of_all[1], catalog, replications=4, jobs=1)
    for years in (2, 4):  # the first of more years are those of few
        predict(of_all[0], catalog, replications=years, jobs=1, remembered=remembered)
    monkeypatch.setattr("sim.workloads.batch._run", None)
    again = predict(of_all[1], catalog, replications=4, jobs=1, remembered=remembered)
    assert of(again) == of(alone)
    assert again.availability == alone.availability
    assert again.cost == alone.cost
