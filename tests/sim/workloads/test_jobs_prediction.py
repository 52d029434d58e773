"""Jobs over time on a stack: known answers, what fits, what others wait for."""

import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from models.catalog.records import Catalog
from models.description.quantities import HOUR, MONTH
from models.parts.read_stack import read_stack
from models.parts.solve import solve
from models.prediction import Prediction
from models.prediction.jobs_answer import JobsPrediction
from models.reading.faults import InvalidDescription
from sim.jobs.job_replication import JobReplication
from sim.jobs.jobs_contract import NodePool
from sim.predict import predict

Predict = Callable[..., Prediction]
NEVER = "1000000 years"


def described(jobs: dict[str, Any], **keys: Any) -> dict[str, Any]:
    machine = {"instance": "c5.18xlarge", "count": 1, "mttf": NEVER}
    return {
        "name": "batch",
        "cloud": "aws",
        "region": "us-east-1",
        "nodes": {"machine": {**machine, **keys.pop("machine", {})}},
        **keys,
        "workloads": {
            "search": {"kind": "jobs", "nodes": "machine", **jobs},
            **keys.get("workloads", {}),
        },
    }


@pytest.fixture
def predicted(tmp_path: Path, catalog: Catalog) -> Predict:
    def run(jobs: dict[str, Any], replications: int = 20, **keys: Any) -> Prediction:
        path = tmp_path / "batch.yaml"
        path.write_text(yaml.safe_dump(described(jobs, **keys)))
        return predict(read_stack(path, catalog), catalog, replications=replications, jobs=1)

    return run


def of(prediction: Prediction, name: str = "search") -> JobsPrediction:
    found = next(one for one in prediction.workloads if one.name == name)
    assert isinstance(found, JobsPrediction)
    return found


def grid(vcpus: float, **keys: Any) -> dict[str, Any]:
    # 6 learning rates by 3 depths.
    return {
        "grid": {"rate": 6, "layers": 3},
        "run_time": "25 min",
        "each": {"vcpus": vcpus},
        **keys,
    }


@pytest.mark.parametrize(
    ("vcpus", "at_once", "rounds"), [(4, 18, 1), (8, 9, 2), (10, 7, 3), (36, 2, 9), (72, 1, 18)]
)
def test_eighteen_equal_jobs_take_as_many_rounds_as_do_not_fit_side_by_side(
    vcpus: float, at_once: int, rounds: int, predicted: Predict
) -> None:
    # ceil(18 / k) * t on the 72 vCPU of one c5.18xlarge.
    one = of(predicted(grid(vcpus), replications=5))
    assert one.at_once == at_once
    assert one.law_makespan == pytest.approx(rounds * 25 * 60)
    assert one.makespan is not None
    assert one.makespan.p50.mean == pytest.approx(rounds * 25 * 60)


def test_jobs_that_share_slow_each_other_down(predicted: Predict) -> None:
    # 18 jobs on 9 places, all at once at half the speed; and no fewer than that.
    one = of(predicted(grid(8, share=True), replications=5))
    assert one.makespan is not None
    assert one.makespan.p50.mean == pytest.approx(2 * 25 * 60)
    assert one.jobs.turnaround.mean == pytest.approx(2 * 25 * 60)
    assert one.jobs.waiting.mean == 0
    waits = of(predicted(grid(8), replications=5))
    assert waits.jobs.turnaround.mean == pytest.approx(1.5 * 25 * 60)


def test_the_law_counts_start_up_and_checkpoints(predicted: Predict) -> None:
    # 10 of 7 of 72 vCPUs at once: two rounds. Ten hours write nine checkpoints, none at the end.
    jobs = {"count": 20, "run_time": "10 h", "each": {"vcpus": 7}, "startup": "5 min",
            "checkpoint_interval": "1 h", "checkpoint_write": "1 min"}  # fmt: skip
    one = of(predicted(jobs, 2))
    alone = 10 * HOUR + 5 * 60 + 9 * 60
    assert one.law_makespan == pytest.approx(2 * alone)
    assert one.makespan
    assert one.makespan.mean.mean == pytest.approx(2 * alone)
    shared = of(predicted({**jobs, "count": 144, "share": True, "each": {"vcpus": 1}}, 2))
    assert shared.law_makespan == pytest.approx(144 / 72 * alone)
    assert shared.makespan
    assert shared.makespan.mean.mean == pytest.approx(144 / 72 * alone)


@pytest.mark.parametrize(
    ("count", "slots", "needs", "hours"),
    [
        (7, 10, {"slots": 3}, 7 * 3 / 10),  # 3 and a third of them at full speed
        (3, 10, {"slots": 3}, 1.0),
        (5, 10, {"slots": 1, "memory": "60 GB"}, None),  # two at once by memory: three rounds
    ],
)
def test_what_shares_goes_on_at_the_share_of_the_processors(
    predicted: Predict, count: int, slots: int, needs: dict[str, Any], hours: float | None
) -> None:
    jobs = {"count": count, "run_time": "1 h", "each": needs, "slots": slots, "share": True}
    one = of(predicted(jobs, 2))
    assert one.makespan
    if hours is None:
        assert one.law_makespan is None
        assert one.makespan.mean.mean == pytest.approx(3 * HOUR)
    else:
        assert one.law_makespan == pytest.approx(hours * HOUR)
        assert one.makespan.mean.mean == pytest.approx(hours * HOUR)


def test_a_stable_queue_near_its_limit_is_not_unstable(predicted: Predict) -> None:
    # M/M/2 at 0.98 of its capacity: the law knows its mean, however long the simulation wanders.
    stream = {"arrivals": "1.96/h", "run_time": {"distribution": "exponential", "mean": "1 h"},
              "slots": 10, "each": {"slots": 6}}  # fmt: skip
    one = of(predicted(stream, 20, machine={"count": 2}))
    assert not one.unstable
    assert one.jobs.law_waiting == pytest.approx(0.98**2 / (1 - 0.98**2) * HOUR)
    # The law of a backfill is not known, and the simulation decides.
    behind = predicted({**stream, "discipline": "backfill"}, 20, machine={"count": 2})
    assert not of(behind).unstable
    assert of(predicted({**stream, "arrivals": "2.2/h"}, 20, machine={"count": 2})).unstable


def test_a_class_that_has_no_jobs_in_some_replications_is_told_of_others(
    predicted: Predict,
) -> None:
    hour = {"distribution": "exponential", "mean": "1 h"}
    classes = {
        name: {"arrivals": rate, "run_time": hour, "each": {"vcpus": 1}}
        for name, rate in (("often", "1/h"), ("seldom", "0.00003/h"))
    }
    often, seldom = of(predicted({"classes": classes}, 20)).kinds
    assert often.name == "often"
    assert 1 <= seldom.count < 5 < often.count


def test_jobs_of_a_task_without_end_wait_as_in_one_line_for_all_nodes(predicted: Predict) -> None:
    # M/M/4 at 3 of 4: Erlang C is 0.50943, the wait that over 4/h - 3/h (Gross and Harris 1998).
    stream = {"arrivals": "3/h", "run_time": {"distribution": "exponential", "mean": "1 h"},
              "each": {"vcpus": 70}}  # fmt: skip
    one = of(predicted(stream, 20, machine={"count": 4}))
    assert one.law == "M/M/c (Erlang C), uninterrupted"
    assert one.load == pytest.approx(0.75)
    assert one.jobs.law_waiting == pytest.approx(0.509433962 * HOUR, rel=1e-8)
    assert one.jobs.waiting.low < one.jobs.law_waiting < one.jobs.waiting.high


def test_gangs_of_equal_tasks_wait_as_jobs_of_several_servers(predicted: Predict) -> None:
    # One of ten slots, and seven of them: as on a node of ten slots, whichever nodes they are on.
    hour = {"distribution": "exponential", "mean": "2 h"}
    classes = {
        name: {"arrivals": rate, "run_time": hour, "each": {"vcpus": 36, "tasks": tasks}}
        for name, rate, tasks in (("small", "1/h", 1), ("wide", "0.3/h", 7))
    }
    waits = {jobs.name: jobs.law_waiting for jobs in
             of(predicted({"classes": classes}, 2, machine={"count": 5})).kinds}  # fmt: skip
    assert waits["small"] == pytest.approx(3.00 * HOUR, rel=2e-3)
    assert waits["wide"] == pytest.approx(4.14 * HOUR, rel=2e-3)


def test_no_schedule_of_a_trace_beats_the_work_that_comes_late(
    predicted: Predict, tmp_path: Path
) -> None:
    # 9 slots' worth of two hours come at 5 h to 8 slots: 5 h and 9/8 of 2 h.
    rows = ["submit,run,slots", "0,3600,1", *["18000,7200,1"] * 9]
    (tmp_path / "jobs.csv").write_text("\n".join(rows))
    one = of(predicted({"trace": {"file": "jobs.csv"}, "slots": 8}, 2))
    assert one.least_makespan == pytest.approx(5 * HOUR + 9 / 8 * 2 * HOUR)
    assert one.makespan
    assert one.makespan.mean.mean == pytest.approx(9 * HOUR)


def test_every_class_that_never_fits_is_told_with_its_line(predicted: Predict) -> None:
    classes = {
        "a": {"count": 3, "run_time": "2 h", "each": {"accelerators": 2}},
        "b": {"count": 3, "run_time": "2 h", "each": {"vcpus": 72, "tasks": 5}},
        "c": {"count": 3, "run_time": "2 h", "each": {"vcpus": 1}},
    }
    with pytest.raises(InvalidDescription) as raised:
        predicted({"classes": classes}, machine={"count": 4})
    first, second = raised.value.lines()
    assert "workloads.search.classes.a.each: a task needs 2 accelerators" in first
    assert "workloads.search.classes.b.each: 5 tasks start together, but number 5" in second
    assert first.split(": ")[0] != second.split(": ")[0]


def test_budget_and_deadline_hold_for_jobs(predicted: Predict) -> None:
    objectives = {
        "deadline": {"workload": "search", "within": "49 min"},
        "budget": {"at_most": "100 USD"},
    }
    missed = predicted(grid(8), objectives=objectives)
    assert [one.probability for one in missed.objectives] == [0.0, 1.0]
    met = predicted(grid(4), objectives=objectives)
    assert [one.probability for one in met.objectives] == [1.0, 1.0]
    assert missed.cost.run.mean.mean == pytest.approx(2 * met.cost.run.mean.mean, rel=1e-6)


def test_jobs_start_when_what_they_wait_for_is_complete(predicted: Predict) -> None:
    second = {"kind": "jobs", "nodes": "machine", "after": ["search"], **grid(4)}
    prediction = predicted(grid(8), workloads={"later": second})
    first, later = of(prediction), of(prediction, "later")
    assert first.completion is not None
    assert later.completion is not None
    assert first.completion.p50.mean == pytest.approx(50 * 60)
    assert later.completion.p50.mean == pytest.approx(75 * 60)
    assert later.makespan is not None
    assert later.makespan.p50.mean == pytest.approx(25 * 60)


def test_jobs_of_one_and_of_seven_of_ten_slots_wait(predicted: Predict) -> None:
    # One job an hour of one slot, and 0.3 an hour of seven of the ten, each for 2 h on average:
    # 3.0 h and 4.1 h by the chain of the law; simulated by another, 2.9 h and 4.0 h.
    two_hours = {"distribution": "exponential", "mean": "2 h"}
    classes = {
        "small": {"arrivals": "1/h", "run_time": two_hours, "each": {"slots": 1}},
        "large": {"arrivals": "0.3/h", "run_time": two_hours, "each": {"slots": 7}},
    }
    one = of(predicted({"slots": 10, "classes": classes}))
    assert not one.unstable
    by_name = {kind.name: kind.law_waiting for kind in one.kinds}
    assert by_name["small"] == pytest.approx(3.0021 * 3600, rel=1e-4)
    assert by_name["large"] == pytest.approx(4.1402 * 3600, rel=1e-4)
    for kind in one.kinds:
        assert kind.law_waiting is not None
        half = max(1.5 * (kind.waiting.high - kind.waiting.low) / 2, 0.02 * kind.law_waiting)
        assert kind.waiting.mean == pytest.approx(kind.law_waiting, abs=half)


def test_jobs_without_end_in_overload_are_unstable(predicted: Predict, tmp_path: Path) -> None:
    jobs = {"arrivals": "10/h", "run_time": "1 h", "each": {"vcpus": 8}}
    prediction = predicted(jobs)
    one = of(prediction)
    assert one.unstable
    assert one.load == pytest.approx(10 / 9)
    assert one.makespan is None
    assert any("grows without end" in finding.text for finding in prediction.warnings)


def test_jobs_without_end_are_billed_for_a_month(predicted: Predict) -> None:
    prediction = predicted({"arrivals": "2/h", "run_time": "1 h", "each": {"vcpus": 8}})
    assert prediction.cost.of == "a month"
    # But for the records of flows, which are drawn, from nothing to ten times as many.
    [records] = [line for line in prediction.cost.lines if line.low != line.high]
    drawn = records.hourly * MONTH / HOUR
    assert drawn < 1e-4 * prediction.cost.monthly
    apart = prediction.cost.run.mean.mean - prediction.cost.monthly
    assert -drawn <= apart <= (records.high - 1) * drawn


def test_a_spot_node_that_is_taken_away_costs_the_work_since_the_start(
    predicted: Predict,
) -> None:
    # A p3.2xlarge on spot is taken away about every 1.5 h: a job of 8 h would never end there.
    jobs = {"count": 400, "run_time": "30 min", "each": {"vcpus": 8}}
    machine = {"instance": "p3.2xlarge", "purchase": "spot"}
    never = of(predicted(jobs, machine={"instance": "p3.2xlarge"}))
    spot = of(predicted(jobs, machine=machine))
    assert spot.jobs.interruptions.mean > 2 * never.jobs.interruptions.mean
    assert spot.makespan is not None
    assert never.makespan is not None
    assert spot.makespan.mean.mean > never.makespan.mean.mean
    saved = of(predicted({**jobs, "checkpoint_interval": "5 min"}, machine=machine))
    assert saved.makespan is not None
    assert saved.makespan.mean.mean < spot.makespan.mean.mean


@pytest.mark.parametrize(
    ("jobs", "message"),
    [
        (
            {
                "count": 1,
                "run_time": "1 h",
                "slots": 8,
                "each": {"slots": 1, "tasks": 9},
            },
            "number 9 finds no place: 1 node of 8 slots holds 8",
        ),
        (grid(73), "a task needs 73 vCPUs; a node has 72 vCPUs"),
        (grid(1, nodes="machines"), "did you mean 'machine'"),
        (grid(1, discipline="fifo"), "discipline"),
        (grid(1, input={"store": "results", "size": "1 GB"}), "input.store"),
        (grid(1, after=["serch"]), "after"),
        ({**grid(1), "run_time": "-1 h"}, "run_time"),
        ({**grid(1), "run_time": 25}, "needs a unit"),
        ({**grid(1), "grid": {"a": 0}}, "grid"),
        ({**grid(1), "count": 2}, "has count and grid"),
        ({"trace": {"file": "nothing.csv"}, "each": {"vcpus": 1}}, "trace.file"),
    ],
)
def test_what_is_wrong_with_jobs_is_said_with_line_and_path(
    jobs: dict[str, Any], message: str, predicted: Predict
) -> None:
    with pytest.raises(InvalidDescription) as caught:
        predicted(jobs)
    said = str(caught.value)
    assert message in said
    assert "batch.yaml:" in said
    assert "workloads.search" in said


def test_a_trace_runs_on_a_stack(predicted: Predict, tmp_path: Path) -> None:
    (tmp_path / "jobs.csv").write_text("submit,run,vcpus\n0,600,72\n0,600,72\n60,300,36\n")
    one = of(predicted({"trace": {"file": "jobs.csv"}}, replications=5))
    assert one.makespan is not None
    assert one.makespan.p50.mean == pytest.approx(1500)
    assert one.jobs.waiting.mean == pytest.approx((0 + 600 + 1140) / 3)


def test_columns_of_a_trace_that_are_not_read_are_told(predicted: Predict, tmp_path: Path) -> None:
    (tmp_path / "jobs.csv").write_text("submit,run,vcpus,gpu,user\n0,600,36,1,me\n")
    prediction = predicted({"trace": {"file": "jobs.csv"}})
    (told,) = (one for one in prediction.warnings if one.place == "workloads.search.trace")
    assert told.level == "note"
    assert "columns of the trace that are not read: gpu, user; known are submit, run" in told.text
    (tmp_path / "jobs.csv").write_text("submit,run,vcpus\n0,600,36\n")
    quiet = predicted({"trace": {"file": "jobs.csv"}})
    assert not any(one.place == "workloads.search.trace" for one in quiet.warnings)


def test_a_trace_whose_jobs_never_fit_is_refused_when_it_is_read(
    predicted: Predict, tmp_path: Path
) -> None:
    (tmp_path / "jobs.csv").write_text("submit,run,vcpus\n0,600,72\n60,300,96\n")
    with pytest.raises(InvalidDescription) as caught:
        predicted({"trace": {"file": "jobs.csv"}}, replications=5)
    assert "batch.yaml:" in str(caught.value)
    assert "workloads.search" in str(caught.value)
    assert "96 vCPU" in str(caught.value)


def test_output_needs_room(predicted: Predict) -> None:
    storage = {"results": {"kind": "object", "service": "s3-standard", "size": "1 GB"}}
    output = {"store": "results", "size": "100 MB"}
    with pytest.raises(InvalidDescription, match=r"holds 1 GB, but 1\.8 GB are put there"):
        predicted(grid(4, output=output), storage=storage)
    enough = {"store": "results", "size": "50 MB"}
    assert of(predicted(grid(4, output=enough), storage=storage, replications=2)).at_once == 18


def test_jobs_in_three_zones_go_on_while_two_are_up(predicted: Predict) -> None:
    # 72 vCPUs a node, 6 nodes, 5 jobs at once in the mean of 36 vCPUs each: 3 of 6 nodes bear
    # the load of 2.5, so that two zones of three must be up; a zone is up 4/5 of the time:
    # 0.8^3 + 3 * 0.8^2 * 0.2 = 0.896 of the time are two, 0.8 of the time the only one.
    zones = ["us-east-1a", "us-east-1b", "us-east-1c"]
    answers = []
    for used in (zones, zones[:1]):
        prediction = predicted(
            {
                "arrivals": "5/h",
                "run_time": {"distribution": "exponential", "mean": "1 h"},
                "each": {"vcpus": 36},
            },
            region="us-east-1",
            zones=used,
            machine={"count": 6},
            failure_rates={"cloud-zone": {"mttf": "4 d", "mttr": "1 d"}},
        )
        answers.append((1 - prediction.availability.unavailability, of(prediction).jobs))
    (spread, jobs), (together, waiting) = answers
    assert spread == pytest.approx(0.896, abs=1e-6)
    assert together == pytest.approx(0.8, abs=1e-6)
    assert jobs.waiting is not None
    assert waiting.waiting is not None
    assert jobs.waiting.mean < waiting.waiting.mean / 2
    # A running job meets the outages of its own zone alone, wherever the others are.
    expected = 1 / (4 * 24)
    for one in (jobs, waiting):
        assert one.interruptions.low * 0.8 < expected < one.interruptions.high * 1.2


def reading(size: str, **keys: Any) -> dict[str, Any]:
    return {"run_time": "1 min", "input": {"store": "data", "size": size}, **keys}


DATA = {"data": {"kind": "object", "service": "s3-standard", "size": "20 TB"}}


@pytest.mark.parametrize(
    ("count", "vcpus", "seconds"),
    [
        # One c5.18xlarge has 25 Gbit/s: 100 GB x jobs / 3.125 GB/s, however many side by side.
        (18, 4, 576.0),
        (18, 8, 576.0),
        (3, 4, 96.0),
        (1, 4, 60.0),  # 32 s, within its minute
    ],
)
def test_a_job_is_no_faster_than_its_store_gives_it_its_input(
    predicted: Predict, count: int, vcpus: float, seconds: float
) -> None:
    jobs = reading("100 GB", count=count, each={"vcpus": vcpus})
    one = of(predicted(jobs, 2, storage=DATA))
    assert one.makespan
    assert one.law_makespan == pytest.approx(seconds)
    assert one.makespan.mean.mean == pytest.approx(seconds)
    [moved] = one.transfers
    assert moved.bandwidth == pytest.approx(3.125e9)
    assert moved.longer == (1.0 if count > 1 else 0.0)
    assert one.held_back_by == ("data" if count > 1 else "vcpus")
    if count == 18 and vcpus == 8:  # nine at once read 100 GB each in their minute
        assert moved.enough == pytest.approx(9 * 100e9 / 60)


def test_jobs_that_share_processors_share_their_store_too(predicted: Predict) -> None:
    jobs = reading("100 GB", count=36, each={"vcpus": 4}, share=True)
    one = of(predicted(jobs, 2, storage=DATA))
    assert one.makespan
    assert one.law_makespan == pytest.approx(36 * 100e9 / 3.125e9)
    assert one.makespan.mean.mean == pytest.approx(36 * 100e9 / 3.125e9)


def test_what_jobs_write_holds_them_back_as_what_they_read(predicted: Predict) -> None:
    jobs = {"run_time": "1 min", "count": 18, "each": {"vcpus": 4},
            "output": {"store": "data", "size": "100 GB"}}  # fmt: skip
    one = of(predicted(jobs, 2, storage=DATA))
    assert one.law_makespan == pytest.approx(576)
    assert one.transfers[0].key == "output"


def test_jobs_without_end_that_read_more_than_the_store_gives_pile_up(predicted: Predict) -> None:
    # 3.125 GB/s are 112.5 jobs of 100 GB in an hour; of their minute each, 1,080 would fit.
    stream = reading("100 GB", each={"vcpus": 4})
    assert of(predicted({**stream, "arrivals": "120/h"}, 2, storage=DATA)).unstable
    fits = of(predicted({**stream, "arrivals": "100/h"}, 2, storage=DATA))
    assert not fits.unstable
    assert fits.load
    assert fits.load < 1


def test_run_times_that_differ_are_never_shorter_than_their_reading(
    tmp_path: Path, catalog: Catalog
) -> None:
    # One at a time reads 187.5 GB in a minute: E[max(X, 60 s)] = 60 + 60/e of an exponential
    # minute, and its square 60^2 + (2 * 60 * 60 + 2 * 60^2) / e; Pollaczek and Khinchine.
    minute = {"distribution": "exponential", "mean": "1 min"}
    stream = reading("187.5 GB", arrivals="30/h", each={"vcpus": 72}, run_time=minute)
    path = tmp_path / "batch.yaml"
    path.write_text(yaml.safe_dump(described(stream, storage=DATA)))
    answer = solve(read_stack(path, catalog).stack, catalog).workloads["search"].answer
    first, rate = 60 + 60 / math.e, 30 / HOUR
    second = 3600 + (7200 + 7200) / math.e
    waits = rate * second / 2 / (1 - rate * first)
    assert answer.load == pytest.approx(rate * first)
    assert dict(answer.waiting)["jobs"] == pytest.approx(waits)
    assert answer.transfers[0].longer == pytest.approx(1 - 1 / math.e)
    # Without failures, of which the law knows nothing.
    replicate = JobReplication(answer.described, NodePool(answer.node, 1), kinds=answer.kinds)
    seen = [replicate(np.random.default_rng(seed)).jobs.waiting.mean for seed in range(30)]
    assert np.mean(seen) == pytest.approx(waits, rel=0.03)


def test_recorded_jobs_read_too(predicted: Predict, tmp_path: Path) -> None:
    (tmp_path / "jobs.csv").write_text("submit,run,vcpus\n0,60,36\n0,600,36\n")
    jobs = {"trace": {"file": "jobs.csv"}, "input": {"store": "data", "size": "312.5 GB"}}
    one = of(predicted(jobs, 2, storage=DATA))
    # Side by side each gets half: 200 s; only the first is held back, to 200 s.
    assert one.makespan
    assert one.makespan.mean.mean == pytest.approx(600)
    assert one.jobs.turnaround
    assert one.jobs.turnaround.mean == pytest.approx(400, rel=0.15)
    assert one.transfers[0].longer == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("vcpus", "said"),
    [
        # 18 jobs of 4 on 72 vCPUs go in one round, of 8 in two, of 10 in three.
        (4, "all run at once"),
        (8, "`nodes.machine.count` of 2, instead of 1, saves a round of jobs"),
        (10, "`nodes.machine.count` of 2, instead of 1, saves a round of jobs"),
    ],
)
def test_what_lets_jobs_be_complete_sooner(vcpus: float, said: str, predicted: Predict) -> None:
    assert said in of(predicted(grid(vcpus), replications=5)).remedy


def test_the_nodes_that_save_a_round_save_one(predicted: Predict) -> None:
    # 18 jobs, 7 at once: three rounds; the 9 of two take 10 vCPUs each, and 7 fit a node.
    fewer = of(predicted(grid(10), replications=5, machine={"count": 2}))
    assert fewer.law_makespan == pytest.approx(2 * 25 * 60)


def test_what_stops_a_queue_of_jobs_from_growing_is_how_many_nodes(predicted: Predict) -> None:
    # 3 jobs/h of 1 h ask for 3 nodes of one slot: 3 are not enough, since a load of 1 is none.
    jobs = {"arrivals": "3/h", "run_time": "1 h", "slots": 1, "each": {"slots": 1}}
    one = of(predicted(jobs, replications=5, machine={"count": 2}))
    assert one.overloaded
    assert one.remedy == "`nodes.machine.count` of 4 at least, instead of 2"
    assert not of(predicted(jobs, replications=5, machine={"count": 4})).overloaded


def test_jobs_without_end_are_relieved_by_what_they_hold_most_of(predicted: Predict) -> None:
    jobs = {"arrivals": "1/h", "run_time": "1 h", "slots": 4, "each": {"slots": 1}}
    assert "`slots`" in of(predicted(jobs, replications=5)).remedy
    memory = {"arrivals": "1/h", "run_time": "1 h", "each": {"memory": "40 GB", "vcpus": 1}}
    assert "nodes with more memory" in of(predicted(memory, replications=5)).remedy


def test_a_store_that_holds_jobs_back_is_what_to_make_faster(predicted: Predict) -> None:
    one = of(predicted(reading("100 GB", count=18, each={"vcpus": 8}), 2, storage=DATA))
    # Nine at once read 100 GB each in their minute.
    assert "more network bandwidth" in one.remedy
    assert one.remedy.endswith("(data); 15 GB/s would do")


def test_nodes_that_save_several_rounds_say_how_many(predicted: Predict) -> None:
    # 100 jobs, one on each of four nodes: 25 rounds; a fifth node makes it 20.
    jobs = {"count": 100, "run_time": "1 min", "each": {"vcpus": 72}}
    one = of(predicted(jobs, replications=5, machine={"count": 4}))
    said = "`nodes.machine.count` of 5, instead of 4, saves 5 of 25 rounds of jobs"
    assert one.remedy == said


def test_work_that_is_done_again_is_saved_by_checkpoints(predicted: Predict) -> None:
    # A job of 10 h on a node that fails each 10 h: (e - 1) * 10 h are worked, 42 % of them in vain.
    jobs = {"count": 1, "run_time": "10 h", "each": {"vcpus": 1}}
    node = {"mttf": "10 h", "mttr": "1 min"}
    one = of(predicted(jobs, replications=400, machine=node))
    said = r"a `checkpoint_interval`, since (\d+) % of the work is done again after interruptions"
    found = re.fullmatch(said, one.remedy)
    assert found
    assert 36 <= int(found[1]) <= 48
    # Young (1974): sqrt(2 * 3 min * 10 h) = 1 h is the best, and little is left to do then.
    saving = jobs | {"checkpoint_write": "3 min"}
    one = of(predicted(saving | {"checkpoint_interval": "8 h"}, 400, machine=node))
    assert one.remedy.startswith("a `checkpoint_interval` of ")
    assert ", instead of 8 h, since " in one.remedy
    one = of(predicted(saving | {"checkpoint_interval": "1 h"}, 400, machine=node))
    assert one.remedy.startswith("all run at once")


def test_more_nodes_are_no_remedy_where_hardly_any_job_waits(predicted: Predict) -> None:
    # Two classes of one job each, side by side.
    one_job = {"count": 1, "run_time": "1 h", "each": {"vcpus": 8}}
    one = of(predicted({"classes": {"a": one_job, "b": one_job}}, replications=5))
    assert one.remedy.startswith("hardly any job waits: only faster nodes")
    # Those that share do not wait, and more nodes make them faster.
    shared = {"classes": {"a": one_job | {"count": 18}, "b": one_job}, "share": True}
    assert "a higher `nodes.machine.count`" in of(predicted(shared, replications=5)).remedy
