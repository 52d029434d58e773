"""A job of a service is complete, stopped after its longest time, or failed with its reason."""

from pathlib import Path

import pytest

from models.catalog.records import Catalog
from models.parts.read_stack import read_stack
from models.parts.workloads.managed_training import RETRIES
from reports.workloads.training import lines
from sim.cluster.cluster_contract import YearResult
from sim.job_ends import job_ends, state_of
from sim.predict import predict


def year(time: float, restarts: int, *, complete: bool = True) -> YearResult:
    return YearResult(time, restarts, (), time, restarts, 1.0, 1.0, complete)


@pytest.mark.parametrize(
    ("time", "restarts", "complete", "state"),
    [
        (100.0, 0, True, "Completed"),
        (100.0, RETRIES, True, "Completed"),
        (100.1, 0, True, "Stopped"),
        (80.0, 3, False, "Stopped"),
        (90.0, RETRIES + 1, True, "Failed"),
        # The failure that is no longer tried again comes after the longest time.
        (1000.0, RETRIES + 10, True, "Stopped"),
    ],
)
def test_it_ends_as_the_service_says(
    time: float, restarts: int, complete: bool, state: str
) -> None:
    assert state_of(year(time, restarts, complete=complete), 100.0) == state


def test_shares_of_the_states_are_those_of_the_runs(stacks: Path, catalog: Catalog) -> None:
    changes = {"workloads.train.sagemaker.longest": "21 min"}
    file = read_stack(stacks / "sagemaker-training.yaml", catalog, changes)
    [found] = [one for one in predict(file, catalog, seed=1, replications=200).workloads
               if one.name == "train"]  # fmt: skip
    completed, stopped, failed = found.ends
    times = found.time_to_train
    assert (completed.state, stopped.state, failed.state) == ("Completed", "Stopped", "Failed")
    # The median is 20.1 min, so that more than half are complete in 21.
    assert times.p50.mean == pytest.approx(1206, rel=0.02)
    assert 0.5 < completed.share.mean < 0.9
    assert completed.share.mean + stopped.share.mean + failed.share.mean == pytest.approx(1)
    assert stopped.share.low < stopped.share.mean < stopped.share.high
    assert failed.share.mean == 0 < failed.share.high
    assert stopped.reason.startswith("MaxRuntimeExceeded: it took longer than 21 min")
    [(_, told)] = [one for one in lines(found, file.stack.workloads["train"]) if one[0] == "Ends"]
    assert "Completed" in told
    assert "Stopped (MaxRuntimeExceeded" in told


def test_a_run_on_nodes_of_ones_own_is_no_job() -> None:
    assert job_ends(None, [year(1.0, 0)]) == ()
