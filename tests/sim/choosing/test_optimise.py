"""The search is never worse than trying everything, and says why it left out what it left out."""

from pathlib import Path

import numpy as np
import pytest
import yaml

from models.catalog.records import Catalog
from models.parts.read_stack import read_stack
from models.prediction.choice_answer import Choice, Why
from models.prediction.comparison_answer import Variant
from models.reading.document import Document, read_document
from models.reading.faults import InvalidDescription
from models.reading.variations import Axis, parse_variations
from sim.choosing.best import cost_of, time_of
from sim.choosing.compare import compare
from sim.choosing.least import least, within
from sim.choosing.open_choices import choices
from sim.choosing.optimise import optimise
from sim.predict import predict

YEARS = 20
VARIED = parse_variations(
    [
        "nodes.trainers.instance=p4d.24xlarge,p5.48xlarge,c5.18xlarge,g6.12xlarge",
        "nodes.trainers.count=1,3,10",
        "nodes.trainers.purchase=on_demand,spot",
    ]
)


def document(stacks: Path, **changes: object) -> Document:
    by_path = {name.replace("__", "."): value for name, value in changes.items()}
    return read_document(stacks / "resnet50-imagenet-aws.yaml", by_path)


@pytest.mark.parametrize("availability", [{"at_least": "99 %"}, None])
def test_never_worse_than_trying_everything(
    availability: dict[str, str] | None, stacks: Path, catalog: Catalog
) -> None:
    of = document(stacks, objectives__availability=availability)
    found = optimise(of, catalog, VARIED, replications=YEARS, confirmed=YEARS)
    every = compare([of], catalog, VARIED, replications=YEARS)
    fine = [one for one in every.variants if one.fine and not one.at_least]
    assert found.cheapest is not None
    assert found.fastest is not None
    assert found.complete
    assert cost_of(found.cheapest) == min(map(cost_of, fine))
    assert time_of(found.fastest) <= min(map(time_of, fine)) * (1 + found.resolution)
    for one in fine:  # of the frontier, too
        near = (1 + found.spacing) * (1 + 1e-9)
        assert any(
            cost_of(each) <= cost_of(one) * near and time_of(each) <= time_of(one) * near
            for each in found.frontier
        )
    assert found.simulated < len(every.variants)
    assert sum(one.candidates for one in found.rejected) <= found.candidates == 24


ENDPOINT = {
    "name": "endpoint",
    "cloud": "aws",
    "region": "us-east-1",
    "nodes": {"web": {"instance": "c5.18xlarge", "count": 1}},
    "workloads": {
        "api": {
            "kind": "endpoint",
            "requests": {"rate": "35/s"},
            "stages": {
                "model": {
                    "nodes": "web",
                    "replicas": 4,
                    "concurrency": 1,
                    "service": {"distribution": "exponential", "mean": "100 ms"},
                }
            },
        }
    },
    "objectives": {"latency": {"workload": "api", "percentile": 95, "at_most": "350 ms"}},
}
JOBS = {
    "name": "jobs",
    "cloud": "aws",
    "region": "us-east-1",
    "nodes": {"machine": {"instance": "c5.18xlarge", "count": 1}},
    "workloads": {
        "search": {
            "kind": "jobs",
            "nodes": "machine",
            "count": 40,
            "run_time": {"distribution": "erlang", "phases": 20, "mean": "25 min"},
            "each": {"vcpus": 4, "memory": "4 GB"},
        }
    },
    "objectives": {"deadline": {"workload": "search", "within": "65 min", "probability": 0.9}},
}


@pytest.mark.parametrize(
    ("described", "varied"),
    [
        (
            ENDPOINT,
            ["workloads.api.stages.model.replicas=4,6", "nodes.web.count=1,2"],
        ),
        (
            JOBS,
            [
                "nodes.machine.instance=c5.18xlarge,p4d.24xlarge",
                "nodes.machine.count=1,2,3",
                "nodes.machine.purchase=on_demand,spot",
            ],
        ),
    ],
    ids=["endpoint", "jobs"],
)
def test_never_worse_than_trying_everything_for_other_kinds(
    described: dict[str, object], varied: list[str], tmp_path: Path, catalog: Catalog
) -> None:
    path = tmp_path / "stack.yaml"
    path.write_text(yaml.safe_dump(described), encoding="utf-8")
    of, axes = read_document(path), parse_variations(varied)
    found = optimise(of, catalog, axes, replications=10, confirmed=YEARS)
    every = compare([of], catalog, axes, replications=YEARS)
    fine = [one for one in every.variants if one.fine and not one.at_least]
    assert 0 < len(fine) < len(every.variants)  # the search has something to choose and to leave
    assert found.cheapest is not None
    assert found.fastest is not None
    assert found.complete
    assert cost_of(found.cheapest) == min(map(cost_of, fine))
    assert time_of(found.fastest) <= min(map(time_of, fine)) * (1 + found.resolution)


TWO_GROUPS = [
    "nodes.web.instance=c5.9xlarge,c5.18xlarge",
    "nodes.models.instance=c5.9xlarge,g4dn.xlarge,g5.xlarge",
    "nodes.models.count=1,2,3",
    "nodes.models.purchase=on_demand,spot",
    "workloads.shop.stages.model.replicas=1,2,3",
]


@pytest.mark.parametrize("availability", [None, {"at_least": "99 %", "probability": 0.8}])
def test_never_worse_than_trying_everything_by_node_group(
    availability: dict[str, object] | None,
    stacks: Path,
    catalog: Catalog,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # As if these were too many to ask the laws about each.
    monkeypatch.setattr("sim.choosing.optimise.MOST_LISTED", 1)
    of = read_document(stacks / "flask-endpoint.yaml", {"objectives.availability": availability})
    axes = parse_variations(TWO_GROUPS)
    found = optimise(of, catalog, axes, replications=10, confirmed=YEARS)
    every = compare([of], catalog, axes, replications=YEARS)
    fine = [one for one in every.variants if one.fine and not one.at_least]
    assert 0 < len(fine) < len(every.variants) < 108  # some miss an objective, some do not fit
    assert found.cheapest is not None
    assert found.fastest is not None
    assert found.complete
    assert cost_of(found.cheapest) == min(map(cost_of, fine))
    assert time_of(found.fastest) <= min(map(time_of, fine)) * (1 + found.resolution)
    assert found.simulated < len(fine)
    told = sum(one.candidates for one in found.rejected)
    assert found.candidates - found.simulated <= told < found.candidates == 108


def test_what_is_too_much_to_settle_is_said(
    stacks: Path, catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Runs depend on all of their node groups: the laws are asked about some families alone.
    monkeypatch.setattr("sim.choosing.optimise.MOST_LISTED", 1)
    monkeypatch.setattr("sim.choosing.nearby.MOST_NEARBY", 3)
    of = document(stacks)
    found = optimise(of, catalog, VARIED, replications=YEARS, confirmed=YEARS)
    assert not found.complete
    left = [one for one in found.rejected if one.excuse.why is Why.NOT_REACHED]
    assert sum(one.candidates for one in left) >= (12 - 3) * 2
    assert found.cheapest is not None


def test_what_is_cut_short_is_no_dearer_than_the_stack_as_described(
    stacks: Path, catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As if these were too many: it starts at the stack as it is, and goes to what is cheaper.
    monkeypatch.setattr("sim.choosing.optimise.MOST_LISTED", 1)
    of = read_document(stacks / "emr-spark.yaml")
    axes = parse_variations(
        ["nodes.master.instance=c5.9xlarge,m5.xlarge", "nodes.notebook.purchase=on_demand,spot"]
    )
    found = optimise(of, catalog, axes, replications=5, confirmed=5, most=2)
    assert found.described is not None
    assert found.described.fine
    assert found.cheapest is not None
    assert cost_of(found.cheapest) < cost_of(found.described)
    counted = sum(one.candidates for one in found.rejected)
    assert found.candidates - found.simulated <= counted < found.candidates == 4


def test_a_stack_that_nothing_beats_is_the_cheapest_once(stacks: Path, catalog: Catalog) -> None:
    of = document(stacks, objectives__availability=None)
    axes = parse_variations(["nodes.trainers.count=4,5"])
    found = optimise(of, catalog, axes, replications=5, confirmed=5)
    assert found.cheapest is not None
    assert found.described is not None
    assert dict(found.cheapest.changes) == {"nodes.trainers.count": 4}
    assert found.cheapest.cost == found.described.cost
    assert [one.candidates for one in found.rejected] in ([], [1])


@pytest.mark.parametrize("probability", [0.5, 0.8, 0.95])
def test_what_is_chosen_keeps_its_verdict_in_the_years_of_a_prediction(
    probability: float, tmp_path: Path, catalog: Catalog
) -> None:
    # A deadline that a few years may meet by chance.
    path = tmp_path / "stack.yaml"
    path.write_text(yaml.safe_dump(JOBS), encoding="utf-8")
    changes = {
        "objectives.deadline.within": "51.8 min",
        "objectives.deadline.probability": probability,
    }
    of = read_document(path, changes)
    axes = parse_variations(["nodes.machine.count=1,2,3"])
    found = optimise(of, catalog, axes, replications=5, confirmed=200)
    assert found.cheapest is not None
    written = read_stack(of, catalog, dict(found.cheapest.changes))
    again = predict(written, catalog, replications=200)
    assert again.objectives_met
    assert again.cost.run.mean.mean == cost_of(found.cheapest)


def test_spot_is_a_third_of_the_cost_where_neither_the_year_nor_an_hour_counts(
    stacks: Path, catalog: Catalog
) -> None:
    # A run on spot takes 46 min, and where its node is reclaimed longer than the deadline of 1 h.
    of = document(
        stacks,
        objectives__availability=None,
        objectives__deadline__within="3 h",
        nodes__trainers__count=1,
    )
    varied = parse_variations(
        ["nodes.trainers.instance=p4d.24xlarge,p5.48xlarge", "nodes.trainers.purchase=any"]
    )
    found = optimise(of, catalog, varied, replications=250, confirmed=250)
    assert found.cheapest is not None
    assert dict(found.cheapest.changes) == {
        "nodes.trainers.instance": "p5.48xlarge",
        "nodes.trainers.purchase": "spot",
    }
    described = read_stack(stacks / "resnet50-imagenet-aws.yaml", catalog)
    now = predict(described, catalog, replications=YEARS).cost.run.mean.mean
    assert cost_of(found.cheapest) < 0.35 * now


@pytest.fixture(scope="module")
def hopeless(stacks: Path, catalog: Catalog) -> Choice:
    of = document(stacks, objectives__deadline__within="1 min")
    return optimise(of, catalog, VARIED, replications=YEARS, confirmed=YEARS)


def test_what_would_have_to_give(hopeless: Choice, stacks: Path, catalog: Catalog) -> None:
    assert hopeless.cheapest is None
    assert isinstance(hopeless.nearest, Variant)
    gives = {one.objective: one for one in hopeless.concessions}
    reached = gives["deadline"].reached_time
    assert reached is not None
    # With what would have to give, the nearest meets its objectives.
    changes = dict(hopeless.nearest.changes) | {
        "objectives.deadline.within": f"{reached * 1.000001} s"
    }
    for name, one in gives.items():
        if name == "budget":
            changes["objectives.budget.at_most"] = f"{(one.reached_cost or 0) * 1.000001} USD"
        if name == "availability":
            changes["objectives.availability.at_least"] = one.reached_share
    again = read_stack(stacks / "resnet50-imagenet-aws.yaml", catalog, changes)
    assert predict(again, catalog, replications=YEARS).objectives_met


def test_each_family_has_its_reason(hopeless: Choice) -> None:
    by_family = {one.family[0][1]: one.excuse for one in hopeless.rejected}
    assert by_family["c5.18xlarge"].why in (Why.IMPOSSIBLE, Why.TOO_SLOW)
    slow = by_family["p4d.24xlarge"]
    assert (slow.why, slow.wanted_time) == (Why.TOO_SLOW, 60.0)
    assert slow.least_time is not None
    assert slow.least_time > 60


RUNS = {
    "training": ("resnet50-imagenet-aws", {}),
    "training after training": ("hadoop", {}),
    "equal jobs": ("grid-search", {}),
    "jobs on spot": ("grid-search", {"nodes.machine.purchase": "spot", "nodes.machine.count": 3}),
    "random jobs": (
        "grid-search",
        {
            "workloads.search.run_time": {"distribution": "erlang", "phases": 2, "mean": "25 min"},
            "nodes.machine.instance": "c5.4xlarge",
            "nodes.machine.count": 2,
        },
    ),
    "jobs that share": (
        "grid-search",
        {
            "workloads.search.run_time": {"distribution": "exponential", "mean": "25 min"},
            "workloads.search.share": True,
            "nodes.machine.instance": "c5.9xlarge",
        },
    ),
    "batch": ("emr-spark", {}),
    "batch without copies": ("emr-spark", {"workloads.cluster.speculation": None}),
    "batch on spot": (
        "emr-spark",
        {"nodes.core.purchase": "spot", "workloads.cluster.stragglers.share": "20 %"},
    ),
}


@pytest.mark.parametrize("name", RUNS)
def test_no_simulation_beats_the_least(name: str, stacks: Path, catalog: Catalog) -> None:
    stack, changes = RUNS[name]
    stack_file = read_stack(stacks / f"{stack}.yaml", catalog, changes)
    known = least(stack_file.solved, 1, YEARS)
    simulated = predict(stack_file, catalog, replications=YEARS)
    for one in simulated.workloads:
        assert one.completion is not None
        samples = np.array(one.completion.samples)
        assert np.all(known.completion[one.name] <= samples * (1 + 1e-9))
        assert known.completion[one.name].mean() > 0.4 * samples.min()  # it says something
    costs = np.array(simulated.cost.run.samples)
    assert np.all(known.cost <= costs * (1 + 1e-9))
    assert known.mean_cost <= costs.mean() * (1 + 1e-9)
    for share in (0.5, 0.9, 1.0):
        assert known.cost_within(share) <= within(costs.tolist(), share) * (1 + 1e-9)


ANSWERS = (
    "flask-endpoint",
    "gpu-endpoint",
    "lambda-endpoint",
    "kafka-clickstream",
    "kinesis-sensors",
    "cloud-cameras",
    "edge-cameras",
)


@pytest.mark.parametrize("name", ANSWERS)
def test_no_answer_beats_the_least(name: str, stacks: Path, catalog: Catalog) -> None:
    stack_file = read_stack(stacks / f"{name}.yaml", catalog)
    known = least(stack_file.solved, 1, YEARS)
    simulated = predict(stack_file, catalog, replications=YEARS, bare=True)
    time = simulated.workloads[0].late_time
    assert time is not None
    assert 0 < known.answer <= time.mean * (1 + 1e-9)
    assert known.mean_cost <= simulated.cost.run.mean.mean * (1 + 1e-9)
    if not any(line.at_most for line in stack_file.solved.cost_lines):
        assert known.mean_cost == pytest.approx(simulated.cost.run.mean.mean, rel=0.05)


@pytest.mark.parametrize(
    ("stack", "varied"),
    [
        (
            "kafka-clickstream",
            [
                "nodes.brokers.instance=m5.xlarge,c5.large",
                "nodes.workers.count=2,3",
                "storage.state.service=efs-standard,fsx-lustre-scratch-2",
                "nodes.workers.purchase=on_demand,spot",
            ],
        ),
        (
            "cloud-cameras",
            [
                "nodes.servers.instance=g6e.12xlarge,g6e.xlarge,p5.48xlarge,g4dn.xlarge",
                "nodes.servers.count=1,2,4",
                "nodes.servers.purchase=on_demand,spot",
                "nodes.servers.spares=0,1",
            ],
        ),
        (
            "emr-spark",
            [
                "nodes.core.instance=r5.24xlarge,c5.18xlarge",
                "nodes.task.count=2,6",
                "nodes.core.purchase=on_demand,spot",
                "nodes.core.spares=0,1",
            ],
        ),
        (
            "grid-search",
            [
                "nodes.machine.instance=c5.4xlarge,c5.18xlarge",
                "nodes.machine.count=1,3,5",
                "nodes.machine.purchase=on_demand,spot",
                "nodes.machine.spares=0,1",
                "zones=any",
            ],
        ),
    ],
    ids=["stream", "edge", "batch", "jobs"],
)
def test_never_dearer_than_trying_everything(
    stack: str, varied: list[str], stacks: Path, catalog: Catalog
) -> None:
    of, axes = read_document(stacks / f"{stack}.yaml"), parse_variations(varied)
    found = optimise(of, catalog, axes, replications=10, confirmed=YEARS)
    named = [axis for axis in axes if axis.values != ("any",)]
    opened = [
        Axis(one.path, one.values)
        for one in found.open
        if one.path not in {axis.path for axis in named}
    ]
    every = compare([of], catalog, [*named, *opened], replications=YEARS)
    fine = [one for one in every.variants if one.fine and not one.at_least]
    assert 0 < len(fine) < found.candidates
    assert found.cheapest is not None
    assert found.fastest is not None
    assert found.complete
    assert cost_of(found.cheapest) == pytest.approx(min(map(cost_of, fine)), rel=1e-9)
    assert time_of(found.fastest) <= min(map(time_of, fine)) * (1 + found.resolution)
    assert found.simulated < found.candidates


def test_a_stream_has_no_best_interval(stacks: Path, catalog: Catalog) -> None:
    stream = read_document(stacks / "kinesis-sensors.yaml")
    paths = [one.axis.path for one in choices(stream, (), (), catalog)]
    assert not [path for path in paths if path.endswith("interval")]


def test_what_is_open(stacks: Path, catalog: Catalog) -> None:
    of = document(stacks, nodes__trainers__purchase="any")
    found = optimise(of, catalog, replications=YEARS)
    assert [one.path for one in found.open] == ["nodes.trainers.purchase"]
    assert found.open[0].values == ("on_demand", "spot")
    with pytest.raises(InvalidDescription, match="nothing says what may be there"):
        optimise(document(stacks, region="any"), catalog, replications=YEARS)


def test_nodes_that_a_service_runs_are_those_of_the_service(stacks: Path, catalog: Catalog) -> None:
    hired = read_document(stacks / "sagemaker-training.yaml")
    opened = {one.axis.path: one.axis.values for one in choices(hired, (), (), catalog)}
    assert "ml.p2.xlarge" in opened["nodes.train.instance"]
    assert all(one.startswith("ml.") for one in opened["nodes.train.instance"])
    assert not {"nodes.train.purchase", "nodes.tune.spares"} & opened.keys()
    axes = parse_variations(["nodes.train.instance=any", "nodes.tune.count=2,3"])
    found = optimise(hired, catalog, axes, replications=2, confirmed=2)
    assert found.cheapest is not None
    assert found.complete


def test_replicas_are_open(stacks: Path, catalog: Catalog) -> None:
    served = read_document(stacks / "flask-endpoint.yaml")
    path = "workloads.shop.stages.model.replicas"
    assert path in [one.axis.path for one in choices(served, (), (), catalog)]
    [one] = choices(served, parse_variations([f"{path}=any"]), (), catalog)
    assert (one.axis.path, one.axis.values) == (path, tuple(range(1, 17)))
    function = read_document(stacks / "lambda-endpoint.yaml")
    path = "workloads.api.stages.function.function.concurrency"
    found = optimise(
        function,
        catalog,
        parse_variations([f"{path}=any", "workloads.api.requests.rate=15/s"]),
        replications=2,
        confirmed=2,
    )
    assert found.cheapest is not None
    # Of 15/s that take 100 ms each, one at once serves 10/s; more cost the same.
    assert dict(found.cheapest.changes)[path] >= 2
    assert [one.excuse.why for one in found.rejected if dict(one.family)[path] == 1] == [
        Why.OVERLOADED
    ]
