"""What a search remembers, and what it may conclude from that."""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from models.catalog.records import Catalog
from models.description.quantities import HOUR, MONTH
from models.prediction.choice_answer import Excuse, Why
from models.prediction.comparison_answer import Variant
from models.reading.document import read_document
from models.reading.variations import Axis
from sim.choosing.beside import Beside, Rate, beside
from sim.choosing.best import Best, cost_of
from sim.choosing.descent import descend
from sim.choosing.excuses import Excuses
from sim.choosing.law_path import LawPath
from sim.choosing.least import least
from sim.choosing.open_choices import Choice, Slack, choices
from sim.choosing.seen_runs import SeenRuns
from sim.choosing.seldom_up import sure_quantile
from sim.choosing.starting_point import as_it_is, bystanders, first_values
from sim.choosing.variants import Case, Effort, know_catalog, predict_variant
from sim.costs import uncertain_draws


def choice(path: str, *values: object, slack: Slack = Slack.NONE) -> Choice:
    return Choice(Axis(path, values), slack, standard=True)


INSTANCE = choice("nodes.workers.instance", "small", "large")
PURCHASE = choice("nodes.workers.purchase", "on_demand", "spot", slack=Slack.PURCHASE)
SPARES = choice("nodes.workers.spares", 0, 1, 2, slack=Slack.MORE)
NOTEBOOK = choice("nodes.notebook.purchase", "on_demand", "spot", slack=Slack.PURCHASE)
CHECKPOINTS = choice("storage.checkpoints.service", "dear", "cheap", slack=Slack.MORE)
ALL = (INSTANCE, PURCHASE, SPARES, NOTEBOOK, CHECKPOINTS)


def candidate(**changes: object) -> dict[str, object]:
    found = {one.axis.path: one.axis.values[0] for one in ALL}
    return found | {
        next(path for path in found if path.endswith(f"{name.replace('__', '.')}")): value
        for name, value in changes.items()
    }


@pytest.fixture
def runs() -> SeenRuns:
    return SeenRuns(ALL, frozenset({"nodes.notebook"}))


def test_a_late_run_says_nothing_of_other_instances_spares_or_checkpoints(runs: SeenRuns) -> None:
    runs.keep_late(candidate())
    assert runs.late(candidate(), ())
    assert not runs.late(candidate(instance="large"), ())
    assert not runs.late(candidate(spares=1), ())
    assert not runs.late(candidate(service="cheap"), ())


def test_a_run_knows_nothing_of_nodes_that_no_workload_is_on(runs: SeenRuns) -> None:
    runs.keep_late(candidate())
    assert runs.late(candidate(notebook__purchase="spot"), ())
    assert runs.late(candidate(), (NOTEBOOK,))
    assert not runs.late(candidate(), (NOTEBOOK, SPARES))


def test_late_with_most_spares_is_late_with_fewer(runs: SeenRuns) -> None:
    assert runs.most_spares == {"nodes.workers.spares": 2}
    runs.keep_spares(candidate(), late=True)
    assert runs.asked_of_spares(candidate(spares=1))
    assert runs.late(candidate(spares=2), ())
    assert runs.late(candidate(), (SPARES,))
    assert not runs.late(candidate(workers__purchase="spot"), ())
    assert not runs.late(candidate(), (PURCHASE, SPARES))  # another way may be in time


def test_late_where_hardly_a_node_fails_is_late_however_it_is_bought(runs: SeenRuns) -> None:
    runs.keep_calm(candidate(), late=True)
    assert runs.late(candidate(workers__purchase="spot", spares=2), (CHECKPOINTS,))
    assert not runs.late(candidate(instance="large"), ())


def test_what_was_in_time_with_most_spares_is_not_late(runs: SeenRuns) -> None:
    runs.keep_spares(candidate(), late=False)
    assert runs.asked_of_spares(candidate())
    assert not runs.late(candidate(), (SPARES,))


def test_a_family_has_the_excuse_of_its_nearest_candidate() -> None:
    told: list[int] = []
    excuses = Excuses(10, (INSTANCE,), told.append)
    far, near = (Excuse(Why.TOO_SLOW, least_time=float(time)) for time in (9, 5))
    excuses.reject(candidate(), 3, far, 9.0)
    excuses.reject(candidate(), 1, near, 5.0)
    excuses.reject(candidate(instance="large"), 2, far, 9.0)
    excuses.settle(1)
    excuses.leave_the_rest(Why.NOT_REACHED)
    small, large, rest = excuses.rejected()
    assert (small.family, small.candidates, small.excuse) == (
        (("nodes.workers.instance", "small"),),
        4,
        near,
    )
    assert large.candidates == 2
    assert (rest.family, rest.candidates, rest.excuse.why) == ((), 3, Why.NOT_REACHED)
    assert told == [3, 4, 6, 7, 10]


def test_a_descent_takes_up_what_is_cheaper_and_meets_the_objectives() -> None:
    # Each of three values saves 1 USD; with the last, an objective is missed.
    def least(changes: dict[str, int]) -> float:
        return 10.0 - sum(changes.values())

    tried: list[dict[str, int]] = []

    def cost(changes: dict[str, int]) -> float:
        tried.append(changes)
        return math.inf if changes["c"] else least(changes) + 0.5

    start = {"a": 0, "b": 0, "c": 0}
    moves = [{"a": 1}, {"b": 1}, {"c": 1}, {"a": 0}]
    assert descend(start, moves, least, cost, 16) == {"a": 1, "b": 1, "c": 0}
    assert len(tried) == 1 + 4
    assert descend(start, moves, least, cost, 1) == {"a": 1, "b": 0, "c": 0}
    hopeless = {"a": 0, "b": 0, "c": 1}
    assert descend(hopeless, moves, least, cost, 16) == hopeless


def test_a_quantile_is_surely_not_below_a_lower_rank() -> None:
    values = [float(k) for k in range(1, 101)]
    assert sure_quantile(values, 0.95) == 86.0  # 95 - 4 sqrt(100 x 0.95 x 0.05) = 86.3
    assert sure_quantile(values[:4], 0.5) == -math.inf
    random = np.random.default_rng(1)
    above = [sure_quantile(random.random(20).tolist(), 0.95) > 0.95 for _ in range(2000)]
    assert sum(above) <= 2


@pytest.fixture(scope="module")
def spot(stacks: Path, catalog: Catalog) -> tuple[LawPath, list[Variant]]:
    """A run on spot, of which more years cost more: in 20 of them and in 60."""
    document = read_document(
        stacks / "resnet50-imagenet-aws.yaml",
        {"nodes.trainers.purchase": "spot", "nodes.trainers.count": 16},
    )
    know_catalog(catalog)
    case = Case("0", document, {})
    found = [predict_variant(1, Effort(years), catalog.digest, case) for years in (20, 60)]
    return LawPath(document, catalog.digest, 1, 60), [
        one for one in found if isinstance(one, Variant)
    ]


def test_no_year_is_below_the_least_and_few_are_the_first_of_many(
    spot: tuple[LawPath, list[Variant]],
) -> None:
    laws, (few, many) = spot
    judged = laws.judge({}, ())
    assert few.cost.samples == many.cost.samples[:20]
    assert judged.years == 60
    assert judged.floor <= min(many.cost.samples)
    assert judged.cost <= Best().least_cost(few, judged) <= cost_of(many)
    assert Best().least_cost(many, judged) == pytest.approx(cost_of(many))
    assert judged.time <= Best().least_time(few, judged) <= max(many.workloads[0].samples)


def test_what_is_no_cheaper_may_still_be_faster(spot: tuple[LawPath, list[Variant]]) -> None:
    _, (few, _) = spot
    best = Best()
    assert not best.no_cheaper(math.inf)
    best.fine.append(few)
    assert best.no_cheaper(cost_of(few))
    assert not best.no_cheaper(0.9 * cost_of(few))
    assert best.beaten(cost_of(few), 1e9)
    assert not best.beaten(cost_of(few), 0.0)
    assert not best.beaten(0.9 * cost_of(few), 1e9)  # it may be the cheapest


def test_what_nothing_open_touches_counts_in_full(stacks: Path, catalog: Catalog) -> None:
    document = read_document(stacks / "lambda-endpoint.yaml")
    laws = LawPath(document, catalog.digest, 1, 50)
    know_catalog(catalog)
    slack = [one for one in choices(document, (), (), catalog) if one.slack is not Slack.NONE]
    solved = laws.solved({})
    assert solved is not None
    known = beside({"zones": ["us-east-1a"]}, slack, laws.solved)
    assert known is not None
    assert all(known.untouched(line) for line in solved.cost_lines)
    # Some of it is uncertain: its draws are known before anything is simulated.
    assert any(line.low != line.high for line in solved.cost_lines)
    held, drawn = np.full(50, MONTH), uncertain_draws(1, 50)
    case = Case("0", document, {})
    simulated = predict_variant(1, Effort(50), catalog.digest, case)
    assert isinstance(simulated, Variant)
    assert known.least(solved, held, drawn) == pytest.approx(np.array(simulated.cost.samples))
    bound = least(solved, 1, 50, {}, {}, known)
    assert bound.mean_cost == pytest.approx(cost_of(simulated), rel=1e-12)


def test_what_is_touched_counts_the_least_or_nothing(stacks: Path, catalog: Catalog) -> None:
    laws = LawPath(read_document(stacks / "lambda-endpoint.yaml"), catalog.digest, 1, 2)
    know_catalog(catalog)
    solved = laws.solved({})
    assert solved is not None
    line = replace(solved.cost_lines[0], resource="store", per_run=False, low=1.0, high=1.0)
    one = replace(solved, cost_lines=(line,))
    hourly = line.least_hourly
    held, drawn = np.full(2, 3 * HOUR), np.full(2, 0.5)
    as_there = Beside({"store": (Rate(hourly), Rate(hourly / 2))})
    assert not as_there.untouched(line)
    assert as_there.least(one, held, drawn).tolist() == pytest.approx([1.5 * hourly] * 2)
    otherwise = Beside({"store": (Rate(2 * hourly), Rate(hourly / 2))})
    assert otherwise.least(one, held, drawn).tolist() == [0.0, 0.0]


MENDING = {"nodes.workers.count": 2, "nodes.workers.instance": "m5.2xlarge"}


@pytest.fixture
def managed(stacks: Path, catalog: Catalog) -> LawPath:
    know_catalog(catalog)
    return LawPath(read_document(stacks / "msk-clickstream.yaml"), catalog.digest, 1, 20)


THREE = ["us-east-1a", "us-east-1b", "us-east-1c"]
ZONES = choice("zones", ["us-east-1a"], THREE, slack=Slack.MORE)


def test_a_fault_that_another_choice_mends_is_not_of_all(managed: LawPath) -> None:
    one_zone = {**MENDING, "zones": ["us-east-1a"]}
    judged = managed.judge(one_zone, (ZONES,))
    assert judged.excuse is not None
    assert "zones" in judged.excuse.fault
    assert not judged.of_all


def test_a_fault_that_stays_is_of_all_whatever_else_is_wrong(managed: LawPath) -> None:
    # Zones mend the one, nothing mends the other: that is why none of them can be.
    both = {"nodes.workers.count": 2, "nodes.workers.instance": "none", "zones": ["us-east-1a"]}
    judged = managed.judge(both, (ZONES,))
    assert judged.excuse is not None
    assert judged.of_all
    assert "none" in judged.excuse.fault
    assert not managed.judge({**MENDING, "zones": ["us-east-1a"]}, (ZONES,)).of_all


def test_what_families_are_judged_by_can_be(stacks: Path, catalog: Catalog) -> None:
    document = read_document(stacks / "msk-clickstream.yaml")
    know_catalog(catalog)
    laws = LawPath(document, catalog.digest, 1, 20)
    first = first_values(document, choices(document, (), (), catalog), laws)
    assert first["zones"] == THREE  # brokers need them


def test_the_described_stack_is_one_of_the_candidates(stacks: Path, catalog: Catalog) -> None:
    document = read_document(stacks / "emr-spark.yaml")
    opened = choices(document, (), (), catalog)
    found = as_it_is(document, opened)
    assert found is not None
    assert found["nodes.core.purchase"] == "on_demand"  # the file does not say
    assert found["nodes.task.spares"] == 0
    know_catalog(catalog)
    laws = LawPath(document, catalog.digest, 1, 20)
    first = first_values(document, opened, laws)
    assert bystanders(document, opened, first, laws) == {"nodes.notebook", "storage.master-disks"}
    elsewhere = [choice("nodes.core.count", 1, 2)]
    assert as_it_is(document, elsewhere) is None
