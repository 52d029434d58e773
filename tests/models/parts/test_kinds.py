"""One test over the list of kinds: each is handled in every room, and has what all kinds have."""

import functools
import inspect
import json
import re
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import yaml

from docs.generate import FOLDER
from models.catalog.records import Catalog
from models.description.stack import Store, Workload
from models.parts.kinds import STACK, STORES, WORKLOADS, described, store_kind, workload_kind
from models.parts.read_stack import change_stack, read_stack
from models.parts.stores.store_kind import StoreKind
from models.parts.workloads.workload_kind import WorkloadKind
from models.prediction import UNIT, Prediction
from models.prediction.served import Served
from models.reading.faults import InvalidDescription
from reports.json_report import as_json
from reports.workload_report import KindOfReport
from sim.predict import predict
from sim.simulated_workload import KindOfSimulation

from . import every_store

STACKS = Path(__file__).parents[3] / "stacks"
REPLICATIONS = 4
Predicted = Callable[..., Prediction]


def name_of(kind: WorkloadKind | StoreKind) -> str:
    """The name of a kind, as a stack file has it."""
    [name] = kind.description.model_fields["kind"].annotation.__args__  # type: ignore[union-attr]
    return str(name)


def functions_of(protocol: type) -> dict[str, list[str]]:
    """The functions of what a kind answers, and their arguments."""
    return {
        name: list(inspect.signature(function).parameters)[1:]  # without self
        for name, function in vars(protocol).items()
        if inspect.isfunction(function) and not name.startswith("_")
    }


each_workload = pytest.mark.parametrize("kind", WORKLOADS, ids=name_of)
each_kind = pytest.mark.parametrize("kind", [*WORKLOADS, *STORES], ids=name_of)


@pytest.fixture(scope="module")
def predicted(catalog: Catalog) -> Predicted:
    """A prediction of the example of a kind, with values changed, made once."""
    made: dict[str, Prediction] = {}

    def one(kind: str, changes: dict[str, object] | None = None) -> Prediction:
        key = json.dumps([kind, changes])
        if key not in made:
            file = read_stack(example(kind), catalog, changes)
            made[key] = predict(file, catalog, replications=REPLICATIONS, jobs=1)
        return made[key]

    return one


@functools.cache
def example(kind: str) -> Path:
    """The example of a kind with that one workload on the fewest nodes of a cloud."""
    found = []
    for path in sorted(STACKS.glob("*.yaml")):
        tree = yaml.safe_load(path.read_text(encoding="utf-8"))
        kinds = [one["kind"] for one in tree["workloads"].values()]
        nodes = sum(group["count"] for group in tree.get("nodes", {}).values())
        if kinds == [kind] and nodes and tree["cloud"] != "on-premises":
            found.append((nodes, path))
    assert found, f"no example in stacks/ has one workload of kind {kind} on nodes of a cloud"
    return min(found)[1]


def test_every_kind_has_its_own_name() -> None:
    for kinds in (WORKLOADS, STORES):
        assert len({name_of(kind) for kind in kinds}) == len(kinds)


@each_kind
def test_the_schema_and_the_reference_page_describe_it(kind: WorkloadKind | StoreKind) -> None:
    title = kind.description.__name__
    assert title in STACK.model_json_schema()["$defs"]
    page = (FOLDER / "stack-file.md").read_text(encoding="utf-8")
    assert f"\n## {title}\n" in page
    assert f"`{name_of(kind)}`" in page


@each_kind
def test_a_description_leads_to_its_kind(kind: WorkloadKind | StoreKind) -> None:
    blank: Any = kind.description.model_construct()
    find: Any = workload_kind if isinstance(blank, Workload) else store_kind
    assert isinstance(blank, Workload | Store)
    assert find(blank) is kind


@each_workload
@pytest.mark.parametrize(
    ("room", "protocol"),
    [("sim", KindOfSimulation), ("reports", KindOfReport)],
    ids=["simulation", "report"],
)
def test_it_answers_all_that_a_room_asks(kind: WorkloadKind, room: str, protocol: type) -> None:
    module = import_module(f"{room}.workloads.{name_of(kind)}")
    for name, arguments in functions_of(protocol).items():
        assert callable(getattr(module, name, None)), f"{module.__name__} has no {name}"
        assert list(inspect.signature(getattr(module, name)).parameters) == arguments, name


def test_no_room_has_a_kind_that_is_not_in_the_list() -> None:
    names = {name_of(kind) for kind in WORKLOADS}
    for room in ("sim", "reports"):
        folder = Path(import_module(f"{room}.workloads").__path__[0])
        assert {file.stem for file in folder.glob("[a-z]*.py")} == names


def test_every_kind_has_an_example() -> None:
    for kind in WORKLOADS:
        assert example(name_of(kind)).is_file()
    assert {one["kind"] for _, one in every_store.KINDS.values()} == {name_of(k) for k in STORES}


def test_a_stack_of_fewer_kinds_does_not_know_the_others() -> None:
    small = described(WORKLOADS[:1], STORES[:1])
    known = small.model_json_schema()["$defs"]
    for kind in (*WORKLOADS, *STORES):
        kept = kind in (WORKLOADS[0], STORES[0])
        assert (kind.description.__name__ in known) == kept


@each_workload
def test_the_same_seed_gives_the_same_bytes(
    kind: WorkloadKind, predicted: Predicted, catalog: Catalog
) -> None:
    file = read_stack(example(name_of(kind)), catalog)
    again = predict(file, catalog, replications=REPLICATIONS, jobs=1)
    assert as_json(again) == as_json(predicted(name_of(kind)))


@each_workload
def test_it_costs_something_and_is_up_for_a_share_of_the_time(
    kind: WorkloadKind, predicted: Predicted, catalog: Catalog
) -> None:
    whole = predicted(name_of(kind))
    stack = read_stack(example(name_of(kind)), catalog).stack
    assert whole.cost.run.mean.mean > 0
    for one in whole.workloads:
        assert one.cost.mean.mean > 0
        assert 0 <= one.unavailability <= 1
        assert 0 <= one.available.low <= one.available.mean <= one.available.high <= 1
        assert one.throughput.low <= one.throughput.mean <= one.throughput.high
        assert (one.completion is not None) == kind.completes(stack.workloads[one.name])
        assert isinstance(one, Served) == kind.serves


@each_workload
def test_its_throughput_has_a_unit_of_its_own(kind: WorkloadKind, predicted: Predicted) -> None:
    [one] = predicted(name_of(kind)).workloads
    unit = type(one).__dataclass_fields__["throughput"].metadata[UNIT]
    assert re.fullmatch(r"[a-z]+/s", unit)
    [tree] = json.loads(as_json(predicted(name_of(kind))))["workloads"]
    assert f"throughput_{unit.replace('/', '_per_')}" in tree


def _times(factor: int, value: object) -> object:
    """A number so many times, or a quantity with its unit."""
    if isinstance(value, str):
        number, _, unit = value.partition(" ")
        return f"{factor * float(number):g} {unit}"
    assert isinstance(value, int)
    return factor * value


def _more(predicted: Predicted, kind: str, place: str, value: object) -> Prediction:
    """With twice as much of a place, or thrice where only odd numbers are had, as of masters."""
    try:
        return predicted(kind, {place: _times(2, value)})
    except InvalidDescription:
        return predicted(kind, {place: _times(3, value)})


@each_workload
def test_its_throughput_is_no_higher_with_half_of_a_store_or_a_node_group(
    kind: WorkloadKind, predicted: Predicted, catalog: Catalog
) -> None:
    file = read_stack(example(name_of(kind)), catalog)
    places = [f"nodes.{name}.count" for name in file.stack.nodes]
    places += [
        f"storage.{name}.{store_kind(store).size_key}" for name, store in file.stack.storage.items()
    ]
    [half] = predicted(name_of(kind)).workloads
    for place in places:
        room, name, key = place.split(".")
        value = file.tree[room][name][key]
        [whole] = _more(predicted, name_of(kind), place, value).workloads
        assert half.throughput.low <= whole.throughput.high, place


def test_an_endpoint_under_a_higher_load_is_busier_and_slower(
    catalog: Catalog, stacks: Path
) -> None:
    busy, response = [], []
    for rate in ("6/s", "12/s", "18/s", "24/s"):
        changes = {"workloads.shop.requests.rate": rate}
        file = read_stack(stacks / "flask-endpoint.yaml", catalog, changes)
        law = file.solved.workloads["shop"].answer.law
        busy.append([one.utilization.mean for one in law.stations if one.utilization is not None])
        response.append(law.classes[0].response_time.mean)
    assert response == sorted(set(response))
    for station in zip(*busy, strict=True):
        assert list(station) == sorted(set(station))


def test_more_jobs_are_complete_later(predicted: Predicted) -> None:
    law, simulated = [], []
    for layers in ([1], [1, 2, 3], [1, 2, 3, 4, 5, 6]):
        [one] = predicted("jobs", {"workloads.search.grid.layers": layers}).workloads
        law.append(one.law_makespan or one.least_makespan)
        simulated.append(one.makespan.mean.mean)
    assert law == sorted(law)
    assert law[-1] > law[0]  # eighteen run side by side
    assert simulated == sorted(simulated)
    assert simulated[-1] > simulated[0]


@each_workload
def test_a_change_of_the_example_is_read_as_any_other(kind: WorkloadKind, catalog: Catalog) -> None:
    whole = read_stack(example(name_of(kind)), catalog)
    changed = change_stack(whole, {"name": "other"}, catalog)
    assert changed.stack.workloads == whole.stack.workloads
