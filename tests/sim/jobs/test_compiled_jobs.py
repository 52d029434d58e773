"""Jobs on a cluster: known answers, properties of the disciplines, failures, what is refused."""

import math
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.description.quantities import HOUR
from models.laws.makespan import equal_jobs, graham_bounds, least_makespan, shared_jobs
from models.laws.queueing.markovian import m_m_c
from models.parts.failure import Cause, Component
from models.parts.workloads.job_discipline import DISCIPLINES, DisciplineName
from models.parts.workloads.job_resources import JobShape, Resources
from models.parts.workloads.jobs import Jobs
from sim.cluster.cluster_contract import NoProgress
from sim.experiment import mean_estimate, streams
from sim.jobs.job_measures import JobMeasures, grows, measure, whole
from sim.jobs.job_replication import JobReplication
from sim.jobs.jobs_contract import JobSet, JobsOutcome, NeverFits, NodePool, Scheduling
from sim.jobs.kernel.compiled_jobs import simulate_jobs
from tests.sim.jobs.job_sets import jobs, rule, slots

YEAR = np.random.default_rng(1).bytes(32)


def run(
    described: JobSet, pool: NodePool, scheduling: Scheduling | None = None, seed: int = 1
) -> JobsOutcome:
    random = np.random.default_rng(seed)
    return simulate_jobs(described, pool, scheduling or rule(), random.bytes(32), record=10_000)


def makespan(outcome: JobsOutcome) -> float:
    return float(outcome.ended.max())


@pytest.mark.parametrize("name", DISCIPLINES)
@pytest.mark.parametrize("at_once", [1, 4, 5, 18, 40])
def test_equal_jobs_run_in_rounds(name: DisciplineName, at_once: int) -> None:
    outcome = run(jobs([600.0] * 18), slots(at_once), rule(name))
    assert makespan(outcome) == equal_jobs(18, at_once, 600.0) == -(-18 // at_once) * 600


def test_a_grid_of_6_by_3_on_one_c5_18xlarge() -> None:
    described = Jobs.model_validate(
        {
            "kind": "jobs",
            "nodes": "workers",
            "grid": {"learning rate": [1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2], "layers": 3},
            "run_time": "2 h",
            "each": {"vcpus": 16, "memory": "16 GiB"},
        }
    )
    pool = NodePool(Resources(vcpus=72, memory=144 * 2.0**30), 1)
    seen = JobReplication(described, pool)(np.random.default_rng(1))
    assert seen.jobs.count == 18
    assert seen.makespan == equal_jobs(18, 72 // 16, 2 * HOUR) == 5 * 2 * HOUR
    assert seen.utilization["vcpus"] == pytest.approx(18 * 16 / (5 * 72))


@pytest.mark.parametrize(("processors", "count"), [(4, 18), (2, 3), (8, 5)])
def test_jobs_that_share_slow_each_other_down(processors: int, count: int) -> None:
    outcome = run(jobs([600.0] * count), slots(processors), rule(share=True))
    assert outcome.waited.sum() == 0
    assert makespan(outcome) == pytest.approx(shared_jobs(count, processors, 600.0))
    assert makespan(outcome) == pytest.approx(max(1, count / processors) * 600)


def test_shared_jobs_of_unequal_length_end_one_after_the_other() -> None:
    # Two on one processor: the short one is done at 2·1, the long one at 1 + 3.
    outcome = run(jobs([1.0, 3.0]), slots(1), rule(share=True))
    assert outcome.ended.tolist() == [2.0, 4.0]


def test_memory_is_not_shared() -> None:
    shape = JobShape(Resources(vcpus=1, memory=6e9))
    described = replace(jobs([10.0, 10.0, 10.0]), shapes=(shape,))
    outcome = run(described, NodePool(Resources(vcpus=1, memory=16e9), 1), rule(share=True))
    assert outcome.ended.tolist() == [20.0, 20.0, 30.0]


def test_a_gang_starts_together_and_packs_first_fit() -> None:
    wide = replace(jobs([5.0, 7.0]), shapes=(JobShape(Resources(slots=1), 3),))
    outcome = run(wide, slots(2, nodes=2))
    assert outcome.started.tolist() == [0.0, 5.0]
    assert outcome.attempts.node.tolist() == [0, 1, 0, 1]
    assert outcome.attempts.tasks.tolist() == [2, 1, 2, 1]


def test_first_come_first_served_holds_back_what_would_fit() -> None:
    described = jobs([10.0, 10.0, 3.0, 20.0], slots=[3, 3, 1, 1])
    assert run(described, slots(4)).started.tolist() == [0.0, 10.0, 10.0, 13.0]


def test_backfill_starts_what_does_not_delay_the_first() -> None:
    # The second is promised time 10; the third is done by then, the fourth is not and would leave
    # it too little, as 3 + 1 of 4 slots are taken then: but 1 is free beside it.
    described = jobs([10.0, 10.0, 3.0, 20.0], slots=[3, 3, 1, 1])
    assert run(described, slots(4), rule("backfill")).started.tolist() == [0.0, 10.0, 0.0, 3.0]
    described = jobs([10.0, 10.0, 3.0, 20.0], slots=[3, 4, 1, 1])
    assert run(described, slots(4), rule("backfill")).started.tolist() == [0.0, 10.0, 0.0, 20.0]


def test_an_estimate_that_is_too_long_keeps_a_job_from_overtaking() -> None:
    described = jobs([10.0, 10.0, 3.0], slots=[3, 4, 1], estimate=[10.0, 10.0, 11.0])
    assert run(described, slots(4), rule("backfill")).started.tolist() == [0.0, 10.0, 20.0]


def test_shortest_job_first_and_priority() -> None:
    described = jobs([5.0, 1.0, 3.0], priority=[0, 1, 2])
    assert run(described, slots(1), rule("shortest-job-first")).started.tolist() == [4, 0, 1]
    assert run(described, slots(1), rule("priority")).started.tolist() == [4, 3, 0]


def test_a_backfill_by_priority_promises_to_the_most_important() -> None:
    described = jobs(
        [10.0, 10.0, 4.0, 5.0], slots=[3, 1, 4, 1], submitted=[0, 1, 1, 1], priority=[0, 0, 9, 0]
    )
    # The third is first in the queue and starts at 10; of the others the last alone ends by then.
    outcome = run(described, slots(4), rule("priority-backfill"))
    assert outcome.started.tolist() == [0.0, 14.0, 10.0, 1.0]


SETS = st.lists(
    st.tuples(st.floats(0, 50), st.floats(0.1, 30), st.integers(1, 8)), min_size=1, max_size=40
)


@settings(max_examples=60, deadline=None)
@given(SETS)
def test_backfill_never_delays_the_first_in_the_queue(rows: list[tuple[float, float, int]]) -> None:
    rows = sorted(rows)
    submitted, times, needs = (list(column) for column in zip(*rows, strict=True))
    outcome = run(jobs(times, needs, submitted), slots(8), rule("backfill"))
    for j, need in enumerate(needs):
        first_at = max([submitted[j], *outcome.started[:j]])
        # What ran when it became the first: all that started before, or at that instant ahead.
        running = sorted(
            (outcome.ended[i], needs[i])
            for i in range(len(rows))
            if outcome.started[i] < first_at <= outcome.ended[i] + 1e-12
            or (outcome.started[i] == first_at and i < j)
        )
        free, promised = 8 - sum(n for end, n in running if end > first_at), first_at
        for end, n in running:
            if free >= need:
                break
            if end > first_at:
                free, promised = free + n, end
        assert outcome.started[j] <= promised + 1e-9


@settings(max_examples=60, deadline=None)
@given(SETS, st.sampled_from(list(DISCIPLINES)))
def test_nothing_is_used_beyond_what_there_is_and_no_work_is_lost(
    rows: list[tuple[float, float, int]], name: DisciplineName
) -> None:
    rows = sorted(rows)
    submitted, times, needs = (list(column) for column in zip(*rows, strict=True))
    described, pool = jobs(times, needs, submitted), slots(4, nodes=2)
    if max(needs) > 4:
        with pytest.raises(NeverFits):
            run(described, pool, rule(name))
        return
    outcome = run(described, pool, rule(name))
    seen = measure(described, pool, outcome, whole(described))
    assert 0 < seen.utilization["slots"] <= 1 + 1e-12
    work = sum(t * n for t, n in zip(times, needs, strict=True))
    assert seen.utilization["slots"] * 8 * seen.makespan == pytest.approx(work)
    assert makespan(outcome) >= least_makespan(times, [[n] for n in needs], [8]) - 1e-9
    assert (outcome.started >= described.submitted).all()
    np.testing.assert_allclose(outcome.ended - outcome.started, times)
    # Little's law, over a time that begins and ends with an empty cluster.
    assert seen.waiting * seen.makespan == pytest.approx(float(outcome.waited.sum()), abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(0.1, 30), min_size=1, max_size=40), st.integers(1, 8))
def test_makespans_keep_to_the_bounds_of_graham(times: list[float], processors: int) -> None:
    bounds = graham_bounds(times, processors)
    for name in ("fcfs", "shortest-job-first"):
        seen = makespan(run(jobs(times), slots(processors), rule(name)))  # type: ignore[arg-type]
        assert bounds.low - 1e-9 <= seen <= bounds.high + 1e-9


def endless(classes: dict[str, object], **more: object) -> Jobs:
    return Jobs.model_validate({"kind": "jobs", "nodes": "n", "classes": classes, **more})


def replications(described: Jobs, pool: NodePool, count: int, each: int) -> list[JobMeasures]:
    replicate = JobReplication(described, pool, endless=each)
    return [replicate(random) for random in streams(1, 0, count=count)]


def exponential(rate: str, mean: str, slots: int, **more: object) -> dict[str, object]:
    law = {"distribution": "exponential", "mean": mean}
    return {"arrivals": rate, "run_time": law, "each": {"slots": slots}, **more}


def test_jobs_of_one_slot_wait_as_in_m_m_c() -> None:
    described = endless({"a": exponential("2.4/h", "1 h", 1)}, slots=3)
    seen = replications(described, slots(3), 10, 20_000)
    exact = m_m_c(2.4 / HOUR, 1 / HOUR, 3)
    waits = mean_estimate([one.jobs.waiting.mean for one in seen])
    assert waits.low < exact.waiting_time < waits.high
    busy = mean_estimate([one.utilization["slots"] for one in seen])
    assert busy.low < 0.8 < busy.high
    assert not grows(seen)
    # Little's law, from means of the jobs and of the time.
    for one in seen:
        assert one.waiting == pytest.approx(one.throughput * one.jobs.waiting.mean, rel=0.05)


def test_jobs_that_share_one_processor_stay_as_long_as_in_m_m_1() -> None:
    described = endless({"a": exponential("0.6/h", "1 h", 1)}, slots=1, share=True)
    seen = replications(described, slots(1), 8, 20_000)
    stay = mean_estimate([one.jobs.turnaround.mean for one in seen])
    assert stay.low < 1 / (1 - 0.6) * HOUR < stay.high  # Kleinrock (1976), section 4.4


def test_jobs_of_1_and_of_7_of_10_slots_first_come_first_served() -> None:
    # The exact chain of tests/models/laws/queueing/test_multiserver_jobs.py; a simulation of
    # another's gave 2.9 h and 4.0 h.
    classes: dict[str, object] = {
        "small": exponential("1/h", "2 h", 1),
        "large": exponential("0.3/h", "2 h", 7),
    }
    seen = replications(endless(classes, slots=10), slots(10), 10, 50_000)
    for k, exact in enumerate((3.0021, 4.1402)):
        waits = mean_estimate([one.classes[k].waiting.mean / HOUR for one in seen])
        assert waits.low < exact < waits.high


def test_more_arrivals_than_fit_make_the_queue_grow() -> None:
    classes: dict[str, object] = {
        "small": exponential("1/h", "2 h", 1),
        "large": exponential("0.9/h", "2 h", 7),
    }
    assert grows(replications(endless(classes, slots=10), slots(10), 1, 20_000))


def nodes(count: int, mttf: float, mttr: float, spares: int = 0, notice: float = 0) -> NodePool:
    cause = Cause("failure", mttf, mttr, notice)
    component = Component("nodes", count, count + spares, (cause,), True, "test")
    return NodePool(Resources(slots=1), count, spares, (component,))


def test_jobs_that_start_from_zero_take_the_time_of_the_law() -> None:
    # Work w without checkpoints, failures at rate f, repairs of mean r: (e^fw - 1)(1/f + r).
    # Source: Ross (1996), Stochastic Processes, 7.1 on successive attempts.
    work, mttf, mttr = 5 * HOUR, 10 * HOUR, HOUR
    times = [
        makespan(run(jobs([work]), nodes(1, mttf, mttr), rule(), seed)) for seed in range(1000)
    ]
    exact = math.expm1(work / mttf) * (mttf + mttr)
    estimate = mean_estimate(times)
    assert estimate.low < exact < estimate.high


def test_checkpoints_keep_what_is_done() -> None:
    pool, described = nodes(1, 3 * HOUR, 60.0), jobs([10 * HOUR])
    saved = replace(rule(), checkpoint_interval=600.0, checkpoint_write=1.0)
    outcome = run(described, pool, saved)
    assert outcome.interruptions[0] > 0
    assert outcome.lost[0] <= outcome.interruptions[0] * 600.0
    assert makespan(outcome) < makespan(run(described, pool))
    # Without failures: a checkpoint less than there are intervals.
    whole_time = makespan(run(described, slots(1), saved))
    assert whole_time == pytest.approx(10 * HOUR + 59 * 1.0)


def test_a_reclaim_with_notice_loses_nothing_where_jobs_can_be_saved() -> None:
    pool, described = nodes(1, HOUR, 60.0, notice=120.0), jobs([10 * HOUR])
    saved = replace(rule(), checkpoint_interval=1e9, checkpoint_write=60.0)
    outcome = run(described, pool, saved)
    assert outcome.interruptions[0] > 0
    assert outcome.lost[0] == 0
    assert run(described, pool).lost[0] > 0


def test_a_spare_takes_over_and_an_interrupted_job_goes_to_the_front() -> None:
    pool, described = nodes(1, 2 * HOUR, 1e6, spares=1), jobs([HOUR, HOUR, HOUR])
    outcomes = (run(described, pool, seed=seed) for seed in range(50))
    outcome = next(one for one in outcomes if one.interruptions[:2].any())
    struck = int(np.flatnonzero(outcome.interruptions)[0])
    attempts = outcome.attempts
    mine = attempts.job == struck
    first_end, second_start = attempts.end[mine][0], attempts.start[mine][1]
    assert not attempts.complete[mine][0]
    assert second_start == first_end  # at once, before those that wait
    assert attempts.node[attempts.first[mine]].tolist()[:2] == [0, 1]


def test_nothing_runs_while_a_component_that_all_need_is_down() -> None:
    store = Component("store", 1, 1, (Cause("outage", 5 * HOUR, HOUR),), False, "test")
    pool = replace(slots(2), components=(store,), needs=frozenset({"store"}))
    free = replace(slots(2), components=(store,))
    described = jobs([HOUR] * 40)
    assert makespan(run(described, free)) == 20 * HOUR
    outcome = run(described, pool)
    assert makespan(outcome) > 20 * HOUR
    assert outcome.interruptions.sum() > 0


def test_the_record_is_bounded() -> None:
    outcome = simulate_jobs(jobs([1.0] * 50), slots(2), rule(), YEAR, record=20)
    assert len(outcome.attempts.job) == 20
    assert outcome.attempts.left_out == 30


def test_kept_machine_code_needs_no_numba() -> None:
    run(jobs([1.0]), slots(1))  # so that it is kept
    script = """if True:
        import sys
        import numpy as np
        from tests.sim.jobs.job_sets import jobs, rule, slots
        from sim.jobs.jobs_contract import simulator
        simulator("compiled")(jobs([1.0]), slots(1), rule(), np.random.default_rng(1).bytes(32))
        sys.exit("numba" in sys.modules)
        """
    done = subprocess.run([sys.executable, "-c", script], cwd=Path(__file__).parents[3])
    assert done.returncode == 0


def test_what_never_fits_is_refused_with_the_reason() -> None:
    gang = replace(jobs([1.0]), shapes=(JobShape(Resources(slots=1), 9),))
    with pytest.raises(NeverFits, match="number 9 finds no place: 1 node of 8 slots holds 8"):
        run(gang, slots(8))
    with pytest.raises(NeverFits, match="a task needs 9 slots; a node has 8 slots"):
        run(jobs([1.0], slots=[9]), slots(8, nodes=4))
    assert makespan(run(gang, slots(8), rule(share=True))) == pytest.approx(9 / 8)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"run_time": np.array([-1.0])}, "0 s or more and finite"),
        ({"estimate": np.array([0.5])}, "no less than run_time"),
        ({"submitted": np.array([math.nan])}, "0 s or more and finite"),
        ({"shape": np.array([3])}, "positions of shapes"),
        ({"priority": np.zeros(2, np.int64)}, "as many values"),
    ],
)
def test_jobs_without_a_sense_are_refused(change: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        run(replace(jobs([1.0]), **change), slots(1))  # type: ignore[arg-type]


def test_a_backfill_of_jobs_that_share_is_refused() -> None:
    with pytest.raises(ValueError, match="no end that is known"):
        run(jobs([1.0]), slots(1), rule("backfill", share=True))


def test_jobs_that_never_advance_are_given_up() -> None:
    with pytest.raises(NoProgress, match="interrupted"):
        run(jobs([1e6]), nodes(1, 10.0, 0.1))
