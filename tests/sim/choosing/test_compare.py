"""Stacks side by side in the same years: differences are paired, and chance beats nobody."""

import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from models.catalog.records import Catalog
from models.parts.read_stack import read_stack
from models.prediction.comparison_answer import Comparison, Variant
from models.reading.document import read_document
from models.reading.faults import InvalidDescription
from models.reading.variations import combinations, parse_variations
from sim.backends import Backend
from sim.choosing.compare import compare
from sim.choosing.dominance import dominated
from sim.choosing.variants import Case, Effort, effort_for, predict_variant, replications_for
from sim.experiment import distribution
from sim.predict import predict

YEARS = 60
VARIED = ("nodes.trainers.count=1,2,0", "nodes.trainers.instance=p4d.24xlarge,p5.48xlarge")


@pytest.fixture(scope="module")
def compared(stacks: Path, catalog: Catalog) -> Comparison:
    document = read_document(stacks / "resnet50-imagenet-aws.yaml")
    return compare([document], catalog, parse_variations(VARIED), replications=YEARS)


def test_each_variant_is_what_predict_says_of_it(
    compared: Comparison, stacks: Path, catalog: Catalog
) -> None:
    changes = {"nodes.trainers.count": 1, "nodes.trainers.instance": "p5.48xlarge"}
    stack_file = read_stack(stacks / "resnet50-imagenet-aws.yaml", catalog, changes)
    alone = predict(stack_file, catalog, replications=YEARS)
    one = compared.variants[1]
    assert dict(one.changes) == changes
    assert one.cost == alone.cost.run
    assert one.objectives == alone.objectives
    assert one.workloads[0].time_p95 == alone.workloads[0].completion.p95  # type: ignore[union-attr]
    assert one.workloads[0].limit == "accelerators"
    assert one.unavailability == alone.availability.unavailability
    assert one.availability.mean.mean == pytest.approx(alone.availability.simulated.mean)


def test_differences_are_of_the_same_years(compared: Comparison) -> None:
    first, second = compared.variants[:2]
    (time,) = compared.differences[0].times
    samples = [
        b - a for a, b in zip(first.workloads[0].samples, second.workloads[0].samples, strict=True)
    ]
    assert time.paired
    assert time.time is not None
    assert time.time.mean == pytest.approx(math.fsum(samples) / YEARS)
    # Of independent years the interval would be wider: both have the same error of the step time.
    halves = [
        (d.mean.high - d.mean.low) / 2
        for d in map(distribution, (first.workloads[0].samples, second.workloads[0].samples))
    ]
    assert time.time.high - time.time.low < 2 * math.hypot(*halves)


def test_what_can_not_be_is_told_and_stops_nothing(compared: Comparison) -> None:
    assert [one.name for one in compared.refused] == ["5", "6"]
    assert all("count" in one.faults[0] for one in compared.refused)
    assert len(compared.variants) == 4


def test_a_path_that_leads_nowhere_stops_at_once(stacks: Path, catalog: Catalog) -> None:
    document = read_document(stacks / "resnet50-imagenet-aws.yaml")
    with pytest.raises(InvalidDescription, match=r"did you mean 'nodes\.trainers'"):
        compare([document], catalog, parse_variations(["nodes.trainer.count=1,2"]))


def test_the_slower_and_dearer_is_beaten(compared: Comparison) -> None:
    by = {one.name: one.by for one in compared.dominated}
    assert by["3"] == ("2",)  # two p4d are slower and dearer than one p5; two p5 are dearer still
    assert "2" not in by
    assert compared.frontier == ("2", "4")


def _moved(one: Variant, shift: float, noise: Sequence[float] = (0.0,)) -> Variant:
    samples = [usd + shift + noise[k % len(noise)] for k, usd in enumerate(one.cost.samples)]
    return replace(one, name=f"{one.name}'", cost=distribution(samples))


def test_chance_beats_nobody(compared: Comparison) -> None:
    one = compared.variants[0]
    assert dominated([one, replace(one, name="same")]) == ()
    # Cheaper by a cent on average, in years that differ by ten dollars: no more than chance.
    assert dominated([one, _moved(one, -0.01, (5.0, -5.0))]) == ()
    (beaten,) = dominated([one, _moved(one, -0.01)])  # by a cent in every year
    assert (beaten.name, beaten.by) == ("1", ("1'",))
    # What costs an unknown amount may cost more than it says.
    assert dominated([one, replace(_moved(one, -0.01), at_least=True)]) == ()


def test_where_they_are_predicted_changes_nothing(
    compared: Comparison, stacks: Path, catalog: Catalog
) -> None:
    from sim.backends import in_processes

    document = read_document(stacks / "resnet50-imagenet-aws.yaml")
    case = Case("1", document, dict(compared.variants[0].changes))
    import functools

    task = functools.partial(predict_variant, 1, Effort(YEARS), catalog.digest)
    (there,) = in_processes(task, [case], workers=1)
    assert there == compared.variants[0]
    assert Backend() == Backend("local")


def test_in_fewer_years_only_those_that_both_lived_through_count(compared: Comparison) -> None:
    one = compared.variants[0]
    # Cheaper by a cent in each of the years that it has; the dearest of the others' years are left
    # out, which alone would make it look cheaper or dearer by dollars.
    order = sorted(one.cost.samples)
    dear = replace(one, cost=distribution(order))
    for shift, beaten in ((-0.01, "1"), (0.01, "1'")):
        few = replace(_moved(dear, shift), replications=5)
        few = replace(few, cost=distribution(few.cost.samples[:5]))
        assert [each.name for each in dominated([dear, few])] == [beaten]


def test_where_much_fails_the_years_are_fewer(stacks: Path, catalog: Catalog) -> None:
    document = read_document(stacks / "resnet50-imagenet-aws.yaml")
    axes = parse_variations(["nodes.trainers.purchase=on_demand,spot", "nodes.trainers.count=40"])
    effort = Effort(30, failures=200_000, fewest=10)
    cases = [Case(str(k), document, changes) for k, changes in enumerate(combinations(axes))]
    steady, reclaimed = (predict_variant(1, effort, catalog.digest, case) for case in cases)
    assert isinstance(steady, Variant)
    assert isinstance(reclaimed, Variant)
    # A node is reclaimed once in 17 h, and is away for 1.4 h: 40 of them 19,000 times a year.
    assert (steady.replications, reclaimed.replications) == (30, 10)


def test_years_of_many() -> None:
    assert effort_for(1) == Effort(1000)
    assert effort_for(100) == Effort(250, 1_000_000, 100)
    assert [replications_for(n) for n in (1, 25, 100, 10_000)] == [1000, 1000, 250, 200]


def test_what_trains_is_compared_by_its_speedup_too(compared: Comparison) -> None:
    for one in compared.variants:
        [train] = one.workloads
        assert train.speedup is not None
        assert train.efficiency is not None
        # Eight accelerators a node, one or two nodes.
        nodes = dict(one.changes)["nodes.trainers.count"]
        assert train.speedup / train.efficiency == pytest.approx(8 * float(str(nodes)))
        assert 0 < train.efficiency <= 1
