"""The program under test, with a small catalog and a prediction at will."""

import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from models.catalog.records import Catalog
from models.parts import kinds
from models.parts.facts import Facts
from models.parts.site import Site, SolvedStore
from models.parts.solve import SolvedStack
from models.parts.use import Use
from models.parts.workloads.workload_kind import SolvedWorkload

from .facts import catalog
from .mock_cloud import PROJECT, Run, run_program
from .predictions import prediction

ROOT = Path(__file__).parents[2]
Change = Callable[[dict[str, Any]], None]
SITES: dict[str, dict[str, Any]] = {
    "aws": {"region": "us-east-1", "zones": ("us-east-1a", "us-east-1b", "us-east-1c")},
    "gcp": {"region": "us-central1", "zones": ("us-central1-a", "us-central1-c")},
}


def example(cloud: str) -> dict[str, Any]:
    """The example stack of a cloud, as plain values."""
    text = (ROOT / "stacks" / f"resnet50-imagenet-{cloud}.yaml").read_text()
    loaded: dict[str, Any] = yaml.safe_load(text)
    return loaded


def unsolved(stack: Any, facts: Catalog, files: Any = None) -> SolvedStack:
    """The parts of a stack and what is used of them, none of whose laws is asked."""
    looked_up = Facts(facts)
    stores = {
        name: SolvedStore(name, store, kinds.store_kind(store), (), math.inf)
        for name, store in stack.storage.items()
    }
    workloads = {
        name: SolvedWorkload(name, one, kinds.workload_kind(one), (), None, frozenset())
        for name, one in stack.workloads.items()
    }
    uses = tuple(
        Use(name, key, store, one.nodes, access, 1.0, 1)
        for name, one in stack.workloads.items()
        for key, store, access in (
            ("dataset", one.dataset.store, "read"),
            ("checkpoint", one.checkpoint.store, "read_write"),
        )
    )
    site = Site(stack, looked_up, {}, stores)
    return SolvedStack(site, (), workloads, uses, (), (), (), (), None, (), ())


@pytest.fixture
def small_catalog(monkeypatch: pytest.MonkeyPatch) -> None:
    """The gate reads a small catalog, against which only the shape of a stack is checked."""
    import infra.gate
    import models.parts.read_stack

    monkeypatch.setattr(infra.gate, "load_catalog", catalog)
    monkeypatch.setattr(models.parts.read_stack, "check", lambda stack, facts: [])
    monkeypatch.setattr(models.parts.read_stack, "solve", unsolved)
    monkeypatch.setattr(models.parts.read_stack, "never_complete", lambda solved: [])


@pytest.fixture
def predicted(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[dict[str, Any]]]:
    """What the simulation is asked for; it answers that all objectives are met."""
    import sim.predict

    asked: list[dict[str, Any]] = []

    def answer(file: Any, facts: Any, **options: Any) -> Any:
        asked.append(options)
        return prediction(file.stack.name)

    monkeypatch.setattr(sim.predict, "predict", answer)
    return asked


@pytest.fixture(scope="session")
def runs() -> dict[str, Run]:
    """Runs of the program by what went in: the same stack is built once for all tests."""
    return {}


@pytest.fixture
def build(
    small_catalog: None,
    predicted: list[dict[str, Any]],
    runs: dict[str, Run],
    tmp_path: Path,
) -> Callable[..., Run]:
    """Builds the example stack of a cloud, changed as a test wants it."""

    def run(cloud: str, change: Change | None = None, **site: Any) -> Run:
        stack = example(cloud)
        if change is not None:
            change(stack)
        text = yaml.safe_dump(stack, sort_keys=False)
        if site or text not in runs:
            path = tmp_path / "stack.yaml"
            path.write_text(text)
            config = {"windtunnel:stack": str(path), "gcp:project": PROJECT}
            built = run_program(config, **{**SITES[cloud], **site})
            if site:
                return built
            runs[text] = built
        return runs[text]

    return run
