"""The description of jobs, what they need, and their disciplines."""

from typing import get_args

import pytest
from pydantic import ValidationError

from models.parts.workloads.job_discipline import DISCIPLINES, DisciplineName
from models.parts.workloads.job_resources import JobShape, Resources, why_it_never_fits
from models.parts.workloads.jobs import Jobs

EACH = {"vcpus": 16}


def described(**keys: object) -> Jobs:
    return Jobs.model_validate({"kind": "jobs", "nodes": "workers", **keys})


def faults(**keys: object) -> list[str]:
    with pytest.raises(ValidationError) as caught:
        described(**keys)
    return [str(error["msg"]).removeprefix("Value error, ") for error in caught.value.errors()]


def test_a_grid_is_the_product_of_its_axes() -> None:
    grid = {"learning rate": [1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2], "layers": 3}
    [kind] = described(grid=grid, run_time="2 h", each=EACH).kinds
    assert kind.count == 18
    assert kind.mean_run_time == 7200
    assert kind.shape == JobShape(Resources(vcpus=16))


def test_a_run_time_is_a_duration_or_a_distribution() -> None:
    law = {"distribution": "lognormal", "mean": "2 h", "scv": 4}
    [kind] = described(count=3, run_time=law, each=EACH).kinds
    assert kind.mean_run_time == 7200
    assert "type" in str(Jobs.model_json_schema()["properties"]["run_time"]["anyOf"][0])
    assert faults(count=3, run_time=7, each=EACH) == [
        "needs a unit: a duration such as '12 h', not 7"
    ]
    assert faults(count=3, run_time="0 s", each=EACH) == ["must be more than 0"]


def test_classes_have_their_own_needs_and_priorities() -> None:
    small = {"arrivals": "1/h", "run_time": "1 h", "each": {"slots": 1}}
    large = {**small, "each": {"slots": 7, "tasks": 2}, "priority": 5}
    jobs = described(slots=10, classes={"small": small, "large": large}, discipline="priority")
    assert jobs.endless
    assert [(one.name, one.priority, one.shape.tasks) for one in jobs.kinds] == [
        ("small", 0, 1),
        ("large", 5, 2),
    ]


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"run_time": "1 h", "each": EACH}, "does not say how many jobs there are"),
        ({"count": 1, "arrivals": "1/h", "run_time": "1 h", "each": EACH}, "count and arrivals"),
        ({"count": 1, "each": EACH}, "needs run_time"),
        ({"count": 1, "run_time": "1 h"}, "needs each"),
        ({"count": 1, "run_time": "1 h", "each": {}}, "names none of slots, vcpus"),
        ({"count": 1, "run_time": "1 h", "each": {"slots": 1}}, "how many `slots` a node has"),
        ({"trace": {"file": "a.csv"}, "run_time": "1 h"}, "leave out run_time"),
        (
            {"count": 1, "run_time": "1 h", "each": EACH, "share": True, "discipline": "backfill"},
            "as a backfill needs",
        ),
        (
            {"count": 1, "run_time": "1 h", "each": EACH, "checkpoint_write": "1 s"},
            "without a checkpoint_interval",
        ),
        (
            {"grid": {"a": 2000, "b": 2000}, "run_time": "1 h", "each": EACH},
            "a grid of 4,000,000 jobs",
        ),
        (
            {
                "classes": {
                    "a": {"count": 1, "run_time": "1 h", "each": EACH},
                    "b": {"arrivals": "1/h", "run_time": "1 h", "each": EACH},
                }
            },
            "give all arrivals, or none",
        ),
        (
            {
                "run_time": "1 h",
                "classes": {"a": {"count": 1, "run_time": "1 h", "each": EACH}},
            },
            "leave it out here",
        ),
    ],
)
def test_what_makes_no_sense_is_refused(keys: dict[str, object], message: str) -> None:
    [fault] = faults(**keys)
    assert message in fault


def test_every_discipline_has_its_record() -> None:
    assert set(get_args(DisciplineName)) == set(DISCIPLINES)
    assert len(set(DISCIPLINES.values())) == len(DISCIPLINES)


def test_the_ninth_machine_on_a_host_of_eight_slots_is_refused() -> None:
    host = Resources(slots=8)
    assert why_it_never_fits(JobShape(Resources(slots=1), 8), host, 1) is None
    reason = why_it_never_fits(JobShape(Resources(slots=1), 9), host, 1)
    assert reason == (
        "9 tasks start together, but number 9 finds no place: 1 node of 8 slots holds 8, at 1 slot"
        " a task"
    )


@pytest.mark.parametrize(
    ("needs", "tasks", "reason"),
    [
        (Resources(vcpus=96), 1, "a task needs 96 vCPUs; a node has 72 vCPUs"),
        (
            Resources(memory=200e9),
            1,
            "a task needs 200 GB of memory; a node has 144 GB of memory",
        ),
        (Resources(accelerators=1), 1, "a task needs 1 accelerator; a node has 0 accelerators"),
        (
            Resources(vcpus=16),
            9,
            "9 tasks start together, but number 9 finds no place: 2 nodes of 72 vCPUs hold 4 each,"
            " at 16 vCPUs a task",
        ),
    ],
)
def test_what_never_fits_says_why(needs: Resources, tasks: int, reason: str) -> None:
    node = Resources(vcpus=72, memory=144e9)
    assert why_it_never_fits(JobShape(needs, tasks), node, 2) == reason


def test_parts_of_a_vcpu_add_up_exactly() -> None:
    assert why_it_never_fits(JobShape(Resources(vcpus=0.1), 10), Resources(vcpus=1), 1) is None
    assert why_it_never_fits(JobShape(Resources(vcpus=0.1), 11), Resources(vcpus=1), 1)


def test_amounts_without_a_sense_are_refused() -> None:
    for value in (-1.0, float("nan"), float("inf")):
        with pytest.raises(ValueError, match="0 or more"):
            Resources(vcpus=value)
