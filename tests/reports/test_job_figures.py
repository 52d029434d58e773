"""Pictures and words of jobs: which class has which colour, whole ticks, what each needs."""

import re
from dataclasses import replace
from typing import Any

import pytest

from models.parts.workloads.jobs import Jobs
from models.prediction import Distribution, Estimate
from models.prediction.deployment_mode import DeploymentMode
from models.prediction.jobs_answer import JobBar, JobsPrediction, JobSteps, JobTimes
from reports.job_figures import gantt, occupancy
from reports.workloads.jobs import described, lines

ONE = Estimate.exact(1.0)


def predicted(names: list[str], capacity: float = 8.0) -> JobsPrediction:
    times = JobTimes(
        name="", count=len(names), waiting=ONE, waiting_p50=ONE, waiting_p95=ONE, turnaround=ONE,
        turnaround_p50=ONE, turnaround_p95=ONE, slowdown=ONE, interruptions=ONE, lost=ONE,
        law_waiting=None,
    )  # fmt: skip
    return JobsPrediction(
        name="m",
        kind="jobs",
        mode=DeploymentMode.BATCH,
        completion=None,
        cost=Distribution(ONE, ONE, ONE, samples=(1.0,)),
        unavailability=0.0,
        available=ONE,
        throughput=ONE,
        jobs=times,
        kinds=(),
        makespan=None,
        law_makespan=None,
        least_makespan=None,
        at_once=None,
        resources=(),
        transfers=(),
        load=None,
        unstable=False,
        law="",
        discipline="fcfs",
        bars=tuple(JobBar(k, name, 0.0, 60.0, True, 0) for k, name in enumerate(names)),
        steps=JobSteps("accelerators", capacity, (0.0, 60.0), (capacity, 0.0), (3, 0)),
    )


def words(drawing: str) -> list[str]:
    return re.findall(r"<text[^>]*>([^<]+)</text>", drawing)


def test_colours_of_several_classes_are_named() -> None:
    assert {"big", "small"} <= set(words(gantt(predicted(["big", "small", "big"]), "k")))


def test_a_job_that_is_interrupted_keeps_its_line() -> None:
    bars = (
        JobBar(0, "jobs", 0.0, 60.0, False, 0),
        JobBar(1, "jobs", 0.0, 90.0, True, 1),
        JobBar(0, "jobs", 80.0, 150.0, True, 0),
    )
    drawing = gantt(replace(predicted(["jobs"] * 2), bars=bars), "k")
    assert "The first 2 jobs of m" in drawing
    said = "job 1 from 0 s to 1 min, interrupted; job 2 from 0 s to 1.5 min; job 1 from 1.33 min"
    assert said in drawing


def test_one_class_needs_no_names() -> None:
    assert "jobs" not in words(gantt(predicted(["jobs"] * 3), "k"))


def test_many_classes_do_not_fill_the_picture() -> None:
    shown = words(gantt(predicted([f"class-{k}" for k in range(40)]), "k"))
    assert "class-10" in shown
    assert "class-11" not in shown
    assert "and 29 more" in shown


@pytest.mark.parametrize("capacity", [1.0, 2.0, 4.0, 8.0, 10.0, 96.0])
def test_there_is_no_tick_at_half_an_accelerator_or_job(capacity: float) -> None:
    prediction = predicted(["jobs"] * 4, capacity)
    for drawing in (occupancy(prediction, "k"), gantt(prediction, "k")):
        # The axis of time, which has parts of a second, ends at 60 with whole ones.
        assert not [word for word in words(drawing) if re.fullmatch(r"[\d,]*\.\d+", word)]


def test_jobs_that_waited_for_others_fill_their_picture() -> None:
    bars = tuple(JobBar(k, "jobs", 36_000.0, 36_060.0 + k, True, 0) for k in range(3))
    shown = words(gantt(replace(predicted(["jobs"] * 3), bars=bars), "k"))
    hours = [float(word) for word in shown if re.fullmatch(r"\d+\.\d+", word)]
    assert hours
    assert min(hours) == 10.0


def test_work_that_is_done_again_is_told() -> None:
    said = dict(lines(predicted(["jobs"]), Jobs.model_construct(share=False)))
    assert said["Interruptions"] == "1 a job on average, 1 s of its work done again"


def test_a_picture_keeps_its_size_where_it_is_alone() -> None:
    assert gantt(predicted(["jobs"]), "k").startswith('<svg class="chart"')


EACH = {"accelerators": 1}


@pytest.mark.parametrize(
    ("jobs", "needs"),
    [
        ({"count": 1, "run_time": "1 h", "each": EACH}, "1 accelerator"),
        (
            {"count": 1, "run_time": "1 h", "each": {"vcpus": 2, "memory": "4 GB", "tasks": 8}},
            "8 tasks of 2 vCPUs and 4 GB of memory each",
        ),
        (
            {
                "classes": {
                    "big": {"count": 1, "run_time": "1 h", "each": {"accelerators": 2}},
                    "small": {"count": 1, "run_time": "1 h", "each": EACH},
                }
            },
            "big: 2 accelerators; small: 1 accelerator",
        ),
        ({"trace": {"file": "a.csv"}}, "as recorded"),
        ({"trace": {"file": "a.csv"}, "each": EACH}, "as recorded, or else 1 accelerator"),
    ],
)
def test_what_each_needs_is_said_by_class(jobs: dict[str, Any], needs: str) -> None:
    workload = Jobs.model_validate({"kind": "jobs", "nodes": "gpu", **jobs})
    [cells] = described({"m": workload}).rows
    assert cells[3].text == needs
