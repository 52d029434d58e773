"""A whole prediction: times, costs and objectives against what the laws give."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from models.catalog.records import Catalog
from models.description.quantities import HOUR
from models.parts.read_stack import change_stack, read_stack
from models.prediction import Prediction
from models.prediction.training_answer import TrainingPrediction
from sim.predict import NoProgress, predict

AWS, AKIBA = "resnet50-imagenet-aws.yaml", "akiba-2017.yaml"
# Nothing fails but the managed parts, and those too seldom for a run of half an hour.
CERTAIN = {"workloads.train.uncertainty": "0 %", "nodes.trainers.mttf": "1000000 years"}


def prediction(
    stacks: Path, catalog: Catalog, name: str, changes: dict[str, Any], replications: int = 40
) -> Prediction:
    stack_file = change_stack(read_stack(stacks / name, catalog), changes, catalog)
    return predict(stack_file, catalog, replications=replications)


def second_workload(stacks: Path, catalog: Catalog, nodes: str) -> dict[str, Any]:
    train = read_stack(stacks / AWS, catalog).tree["workloads"]["train"]
    return {**train, "nodes": nodes, "after": ["train"], "uncertainty": "0 %"}


def test_a_run_that_nothing_interrupts_takes_and_costs_what_the_closed_form_says(
    stacks: Path, catalog: Catalog
) -> None:
    result = prediction(stacks, catalog, AWS, CERTAIN)
    run = result.workloads[0]
    assert run.time_to_train.p50.mean == pytest.approx(run.failure_free_time, rel=1e-9)
    hours = run.failure_free_time / HOUR
    per_run = sum(line.quantity * line.unit_price for line in result.cost.lines if line.per_run)
    # What is estimated is drawn: the records of flows, from nothing to ten times as many.
    [records] = [line for line in result.cost.lines if line.low != line.high]
    certain = (result.cost.hourly - records.hourly) * hours + per_run
    drawn = result.cost.run.p50.mean - certain
    assert records.low * records.hourly * hours <= drawn <= records.high * records.hourly * hours
    assert records.hourly * hours < 1e-4 * certain
    assert sum(result.cost.run_lines) == pytest.approx(result.cost.run.mean.mean, rel=1e-9)


def test_32_node_hours_cost_32_times_the_price_of_one(stacks: Path, catalog: Catalog) -> None:
    # 128 nodes at 10 USD/h for as long as the run takes, to the cent.
    changes = {"workloads.train.uncertainty": "0 %", "nodes.workers.spares": 0}
    result = prediction(stacks, catalog, AKIBA, {**changes, "nodes.workers.mttf": "1000000 years"})
    hours = result.workloads[0].time_to_train.p50.mean / HOUR
    assert round(result.cost.run.p50.mean, 2) == round(128 * hours * 10.0, 2)


def test_spot_prices_stay_within_the_region_s_zones(stacks: Path, catalog: Catalog) -> None:
    changes = {**CERTAIN, "nodes.trainers.purchase": "spot"}
    result = prediction(stacks, catalog, AWS, changes, replications=400)
    price = catalog.price("aws", "ec2", "p4d.24xlarge", "us-east-1", "spot")
    run = result.workloads[0]
    hours = 4 * np.array(run.time_to_train.samples) / HOUR
    drawn = np.array(run.cost.samples) / hours
    # A node that is reclaimed is not billed until it is back.
    assert drawn.max() <= price.high * (1 + 1e-9)
    assert np.median(drawn) > price.low
    mean = (price.low + price.usd + price.high) / 3
    assert abs(drawn.mean() - mean) < 4 * drawn.std() / np.sqrt(len(drawn))


def test_every_group_is_paid_until_the_last_workload_is_complete(
    stacks: Path, catalog: Catalog
) -> None:
    idle = {"instance": "p4d.24xlarge", "count": 10}
    changes = {
        **CERTAIN,
        "nodes.others": {**idle, "mttf": "1000000 years"},
        "nodes.unused": idle,
        "workloads.later": second_workload(stacks, catalog, "others"),
    }
    result = prediction(stacks, catalog, AWS, changes)
    first, later = result.workloads
    end = (first.time_to_train.p50.mean + later.time_to_train.p50.mean) / HOUR
    nodes = [line for line in result.cost.lines if line.unit == "nodes"]
    assert len(nodes) == 3
    for line in nodes:
        cost = result.cost.run_lines[result.cost.lines.index(line)]
        assert cost == pytest.approx(line.hourly * end, rel=1e-6)


def test_the_deadline_counts_the_workloads_that_are_waited_for(
    stacks: Path, catalog: Catalog
) -> None:
    changes = {
        **CERTAIN,
        "workloads.later": second_workload(stacks, catalog, "trainers"),
        "objectives.deadline": {"workload": "later", "within": "45 min"},
    }
    result = prediction(stacks, catalog, AWS, changes)
    (deadline,) = [one for one in result.objectives if one.name == "deadline"]
    assert result.workloads[1].time_to_train.p50.mean < 45 * 60
    assert deadline.probability == 0.0
    assert not result.objectives_met


def test_probabilities_are_shares_of_the_simulated_runs(stacks: Path, catalog: Catalog) -> None:
    changes = {"objectives.deadline.within": "30 min", "objectives.budget.at_most": "45 USD"}
    result = prediction(stacks, catalog, AWS, changes, replications=200)
    times = np.array(result.workloads[0].time_to_train.samples)
    shares = {one.name: one.probability for one in result.objectives}
    assert shares["deadline"] == np.mean(times <= 1800)
    assert shares["budget"] == np.mean(np.array(result.cost.run.samples) <= 45)
    assert 0 < shares["deadline"] < 1


def test_an_availability_that_is_demanded_is_said_as_it_was_written(
    stacks: Path, catalog: Catalog
) -> None:
    # 99.9999 % to three decimals would be a demand of all time.
    changes = {**CERTAIN, "objectives.availability": {"at_least": "99.9999 %"}}
    objectives = prediction(stacks, catalog, AWS, changes).objectives
    (demanded,) = [one for one in objectives if one.name == "availability"]
    assert demanded.target == "at least 99.9999 % of a year"


def test_years_without_downtime_are_said_to_be_such(stacks: Path, catalog: Catalog) -> None:
    changes = {"objectives.availability": {"at_least": "100 %", "probability": "50 %"}}
    objectives = prediction(stacks, catalog, "on-premises.yaml", changes).objectives
    (demanded,) = [one for one in objectives if one.name == "availability"]
    assert demanded.target == "at least 100 % of a year"
    assert demanded.predicted.startswith("no downtime in half of the years, P5 99.")


def test_a_step_that_is_mostly_communication_is_held_back_by_the_network(
    stacks: Path, catalog: Catalog
) -> None:
    changes = {
        "nodes.trainers.instance": "p3.16xlarge",
        "nodes.trainers.count": 16,
        "workloads.train.batch": 4,
    }
    assert prediction(stacks, catalog, AWS, changes).workloads[0].bottleneck == "network"


def test_the_same_seed_gives_the_same_prediction(stacks: Path, catalog: Catalog) -> None:
    assert prediction(stacks, catalog, AWS, {}) == prediction(stacks, catalog, AWS, {})


def test_both_engines_give_the_same_prediction_on_any_number_of_processes(
    stacks: Path, catalog: Catalog
) -> None:
    stack_file = read_stack(stacks / AWS, catalog)
    first = predict(stack_file, catalog, replications=20)
    assert predict(stack_file, catalog, replications=20, jobs=2) == first
    other = predict(stack_file, catalog, replications=20, engine="simpy")
    # Downtimes are summed in another order, which may change the last digit of a year.
    assert other.availability.samples == pytest.approx(first.availability.samples, abs=1e-12)
    same = replace(other.availability, samples=first.availability.samples)
    assert replace(other, availability=same) == first


def test_an_engine_that_is_none_is_refused(stacks: Path, catalog: Catalog) -> None:
    stack_file = read_stack(stacks / AWS, catalog)
    with pytest.raises(ValueError, match="engine is 'fast'; it must be one of compiled, simpy"):
        predict(stack_file, catalog, engine="fast")


def test_a_run_that_never_ends_is_refused_with_its_path(stacks: Path, catalog: Catalog) -> None:
    changes = {"nodes.trainers.mttf": "5 min", "workloads.train.checkpoint.interval": "none"}
    with pytest.raises(NoProgress, match=rf"{AWS}: workloads\.train: units fail"):
        prediction(stacks, catalog, AWS, changes)


def test_an_interval_within_a_step_is_a_step_and_says_so(stacks: Path, catalog: Catalog) -> None:
    # Within a step there is nothing to save.
    changes = {"workloads.train.checkpoint.interval": "1e-12 s"}
    found = prediction(stacks, catalog, AWS, changes)
    [train] = found.workloads
    assert isinstance(train, TrainingPrediction)
    assert train.checkpoint_interval == train.step.total
    [told] = [one for one in found.warnings if one.place.endswith("checkpoint.interval")]
    assert (told.level, told.text[:12]) == ("warning", "a step takes")


def test_fewer_than_two_replications_have_no_interval(stacks: Path, catalog: Catalog) -> None:
    with pytest.raises(ValueError, match="replications"):
        prediction(stacks, catalog, AWS, {}, replications=1)
