"""The eight factors that performance hangs on, against laws worked out by hand."""

from pathlib import Path

import pytest

from models.catalog.records import Catalog
from models.parts.kinds import STACK, WORKLOADS
from models.parts.read_stack import read_stack
from models.parts.workloads.workload_kind import WorkloadKind
from models.prediction.explanation_answer import Explained, Factor, FactorEffect
from reports.explanation_json import as_json
from reports.explanation_tables import factors as table
from sim.backends import Backend
from sim.explaining.explain import explain
from sim.explaining.factors import factors
from sim.predict import predict

FEW = 4
HERE = Backend(workers=1)


def explained(path: Path, catalog: Catalog, figure: str) -> Explained:
    """The explanation of one figure of a shipped stack."""
    read = read_stack(path, catalog)
    prediction = predict(read, catalog, replications=FEW)
    return explain(read, catalog, prediction, figure, years=FEW, backend=HERE)


def effects(found: Explained) -> dict[Factor, FactorEffect]:
    return {one.factor: one for one in found.explanations[0].factors}


def tandem(arrivals: float, gateway: float, function: float) -> float:
    """Response of two M/M/1 in tandem (Jackson 1957), s."""
    return 1 / (1 / gateway - arrivals) + 1 / (1 / function - arrivals)


@pytest.fixture(scope="module")
def endpoint(stacks: Path, catalog: Catalog) -> Explained:
    return explained(stacks / "lambda-endpoint.yaml", catalog, "law_response")


def test_a_response_follows_its_factors(endpoint: Explained) -> None:
    of = effects(endpoint)
    assert of[Factor.PROCESSORS].at == pytest.approx(tandem(5, 0.02 / 1.1, 0.1 / 1.1))
    assert of[Factor.VIRTUALIZATION].at == pytest.approx(tandem(5, 0.02 / 0.9, 0.1 / 0.9))
    assert of[Factor.LOAD].at == pytest.approx(tandem(5.5, 0.02, 0.1))


def test_a_factor_of_which_a_stack_says_nothing_is_not_known(endpoint: Explained) -> None:
    of = effects(endpoint)
    for factor in (Factor.MEMORY, Factor.DISKS, Factor.NETWORK, Factor.LATENCY, Factor.MACHINES):
        assert (of[factor].inputs, of[factor].at) == ((), None)


def test_page_and_json_have_all_eight(endpoint: Explained) -> None:
    rows = table(endpoint.explanations[0]).rows
    assert len(rows) == len(Factor) == 8
    text = as_json(endpoint)
    assert all(f'"factor": "{factor}"' in text for factor in Factor)


def test_training_follows_its_accelerators_and_machines(stacks: Path, catalog: Catalog) -> None:
    # Nearly all of a step is computed, so that a rate a tenth higher makes nearly a tenth more,
    # and never more than that; five nodes for four make at most a quarter more.
    found = explained(stacks / "resnet50-imagenet-aws.yaml", catalog, "throughput")
    of, base = effects(found), found.explanations[0].moved
    gains = {factor: one.at / base - 1 for factor, one in of.items() if one.at is not None}
    assert 0.09 < gains[Factor.PROCESSORS] < 0.1
    assert 0.24 < gains[Factor.MACHINES] < 0.25
    assert -0.1 < gains[Factor.VIRTUALIZATION] < -0.09
    assert 0 < gains[Factor.NETWORK] < 0.01
    assert 0 <= gains[Factor.LATENCY] < 0.01


def test_all_rates_of_several_batches_are_of_its_processors(stacks: Path, catalog: Catalog) -> None:
    # With every batch a tenth more samples/s: each part of a step takes a tenth less, as of `rate`.
    measured = [{"batch": 64, "rate": 2000}, {"batch": 256, "rate": 2500}]
    found = {}
    for key, value in (("rates", measured), ("rate", 2500)):
        changes = {f"workloads.train.{key}": value}
        read = read_stack(stacks / "resnet50-imagenet-aws.yaml", catalog, changes)
        processors = next(one for one in factors(read) if one.factor is Factor.PROCESSORS)
        found[key] = {move.path: move.value for move in processors.moves if move.path}
    assert found["rate"] == {"workloads.train.rate": 2750}
    assert found["rates"] == {
        "workloads.train.rates.0.rate": 2200,
        "workloads.train.rates.1.rate": 2750,
    }


def test_matrix_products_of_a_transformer_are_of_its_processors(
    stacks: Path, catalog: Catalog
) -> None:
    found = explained(stacks / "llama3-8b-finetune-aws.yaml", catalog, "throughput")
    of, base = effects(found), found.explanations[0].moved
    faster = of[Factor.PROCESSORS].at
    assert faster is not None
    assert 1.04 < faster / base < 1.1


@pytest.mark.parametrize("kind", WORKLOADS, ids=lambda kind: kind.description.__name__)
def test_every_kind_names_keys_that_there_are(kind: WorkloadKind) -> None:
    assert {Factor.PROCESSORS, Factor.LOAD} <= set(kind.factors)
    schema = STACK.model_json_schema()
    for paths in kind.factors.values():
        for path in paths:
            assert known(schema, {"$ref": f"#/$defs/{kind.description.__name__}"}, path), path


def known(schema: dict[str, object], at: dict[str, object], path: str) -> bool:
    """Whether a schema has a path, in which * is any step."""
    step, _, rest = path.partition(".")
    for one in every_way(schema, at):
        below = one.get("properties", {}).get(step) or (
            one.get("additionalProperties")
            or one.get("items")
            or next(iter(one.get("patternProperties", {}).values()), None)
            if step == "*"
            else None
        )
        if isinstance(below, dict) and (not rest or known(schema, below, rest)):
            return True
    return False


def every_way(schema, at):
    """Schemas of which a value may be one."""
    if "$ref" in at:
        yield from every_way(schema, schema["$defs"][at["$ref"].rpartition("/")[2]])
    for one in (*at.get("anyOf", ()), *at.get("oneOf", ())):
        yield from every_way(schema, one)
    yield at
