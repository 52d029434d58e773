"""Jobs as they are drawn or were recorded, what is measured of them, and the picture."""

import math
from dataclasses import replace

import numpy as np
import pytest

from models.parts.workloads.job_resources import JobShape, Resources
from models.parts.workloads.job_trace import JobTrace
from models.parts.workloads.jobs import Jobs
from sim.jobs.job_draws import batch_of_jobs, recorded_jobs, stream_of_jobs
from sim.jobs.job_measures import measure, settled, whole
from sim.jobs.job_replication import JobReplication
from sim.jobs.jobs_contract import NodePool
from sim.jobs.kernel.compiled_jobs import simulate_jobs
from sim.jobs.occupancy import bars, occupancy
from tests.sim.jobs.job_sets import jobs, rule, slots

SEED = np.random.SeedSequence(3)

YEAR = np.random.default_rng(1).bytes(32)


def kinds(**classes: object) -> Jobs:
    return Jobs.model_validate({"kind": "jobs", "nodes": "n", "slots": 8, "classes": classes})


def one(amount: str, value: object, slots: int = 1) -> dict[str, object]:
    law = {"distribution": "exponential", "mean": "1 h"}
    return {amount: value, "run_time": law, "each": {"slots": slots}}


def test_jobs_without_end_come_as_often_as_said() -> None:
    described = kinds(a=one("arrivals", "3/h"), b=one("arrivals", "1/h", 4))
    drawn = stream_of_jobs(described.kinds, 40_000, SEED, overestimate=2.0)
    assert len(drawn) == 40_000
    assert (np.diff(drawn.submitted) >= 0).all()
    assert drawn.submitted[-1] / 3600 == pytest.approx(10_000, rel=0.03)
    assert (drawn.job_class == 1).mean() == pytest.approx(0.25, rel=0.05)
    assert drawn.run_time.mean() == pytest.approx(3600, rel=0.03)
    np.testing.assert_array_equal(drawn.estimate, 2 * drawn.run_time)


def test_another_class_leaves_the_draws_of_the_others_as_they_were() -> None:
    alone = batch_of_jobs(kinds(a=one("count", 50)).kinds, SEED)
    beside = batch_of_jobs(kinds(b=one("count", 20), a=one("count", 50)).kinds, SEED)
    np.testing.assert_array_equal(beside.run_time[20:], alone.run_time)
    assert beside.submitted.max() == 0


def trace(**amounts: list[float]) -> JobTrace:
    columns = {name: np.array(values, float) for name, values in amounts.items()}
    return JobTrace(
        np.array([0.0, 5.0]), np.array([9.0, 1.0]), columns, ("jobs",), np.zeros(2, np.int64)
    )  # type: ignore[arg-type]


def test_recorded_jobs_need_what_the_trace_says_and_else_the_description() -> None:
    recorded = recorded_jobs(
        trace(accelerators=[8, 1], priority=[0, 2]), JobShape(Resources(vcpus=4))
    )
    needs = [recorded.shapes[k].needs for k in recorded.shape]
    assert needs == [Resources(vcpus=4, accelerators=8), Resources(vcpus=4, accelerators=1)]
    assert recorded.priority.tolist() == [0, 2]
    with pytest.raises(ValueError, match="no job needs slots"):
        recorded_jobs(trace())


def test_a_replication_of_a_trace_and_of_a_description_are_deterministic() -> None:
    described = Jobs.model_validate({"kind": "jobs", "nodes": "n", "trace": {"file": "a.csv"}})
    pool = NodePool(Resources(accelerators=8), 1)
    replicate = JobReplication(described, pool, trace(accelerators=[8, 1]))
    seen = replicate(np.random.default_rng(1))
    assert seen.makespan == 10.0
    assert seen.jobs.waiting.mean == 2.0  # (0 + 4) / 2
    assert seen.jobs.slowdown == 1.0  # of jobs below 10 s
    assert seen == replicate(np.random.default_rng(1))


def test_slowdown_waiting_and_turnaround_by_hand() -> None:
    described = replace(jobs([100.0, 20.0]), classes=("a", "b"), job_class=np.array([0, 1]))
    outcome = simulate_jobs(described, slots(1), rule(), YEAR)
    seen = measure(described, slots(1), outcome, whole(described))
    assert [one.waiting.mean for one in seen.classes] == [0.0, 100.0]
    assert [one.slowdown for one in seen.classes] == [1.0, 6.0]
    assert seen.jobs.turnaround.mean == 110.0
    assert seen.makespan == seen.held_node_time == 120.0
    assert seen.throughput == pytest.approx(2 / 120)


def test_quantiles_are_those_of_numpy() -> None:
    described = jobs([3.0, 1.0, 4.0, 1.5, 9.0, 2.6])
    outcome = simulate_jobs(described, slots(6), rule(), YEAR)
    seen = measure(described, slots(6), outcome, whole(described)).jobs.turnaround
    assert [seen.median, seen.p95] == pytest.approx(np.quantile(outcome.ended, [0.5, 0.95]))


def test_what_is_counted_of_jobs_without_end_leaves_out_beginning_and_end() -> None:
    described = jobs([1.0] * 100, submitted=[float(k) for k in range(100)])
    assert settled(described) == (10.0, 94.0)
    assert whole(described) == (0.0, math.inf)


def test_the_picture_of_what_is_in_use() -> None:
    described = jobs([10.0, 10.0, 5.0], slots=[2, 3, 1])
    outcome = simulate_jobs(described, slots(4), rule(), YEAR, record=10)
    seen = occupancy(described, outcome.attempts, "slots")
    assert seen.times == (0.0, 10.0, 15.0, 20.0)
    assert seen.in_use == (2.0, 4.0, 3.0, 0.0)
    assert seen.waiting == (2, 0, 0, 0)
    assert seen.complete
    sampled = occupancy(described, outcome.attempts, "slots", most=3)
    assert sampled.times == (0.0, 10.0, 20.0)
    assert sampled.in_use == (2.0, 4.0, 0.0)
    assert not sampled.complete
    rows = bars(described, outcome.attempts, most=2)
    assert [(bar.job, bar.start, bar.end, bar.nodes) for bar in rows] == [
        (0, 0.0, 10.0, ((0, 1),)),
        (1, 10.0, 20.0, ((0, 1),)),
    ]


def test_a_picture_of_half_a_replication_is_refused() -> None:
    described = jobs([1.0] * 5)
    outcome = simulate_jobs(described, slots(1), rule(), YEAR, record=2)
    with pytest.raises(ValueError, match="3 attempts are not recorded"):
        occupancy(described, outcome.attempts, "slots")
