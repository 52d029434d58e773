"""Round trips: what the engine would build of an example, and what it has built, is that stack."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from examples import Example, examples

from infra.existing.imported import Imported, imported
from infra.existing.read_program import read_program
from models.catalog.load import load_catalog
from models.parts.permissions import access
from models.parts.read_stack import read_stack

# Parts of these that run on nodes, or store: the others are services without either.
WITH_PARTS = {
    one.stem: one
    for one in examples("aws")
    if one.stem not in {"edge-cameras", "lambda-endpoint", "sagemaker-endpoint"}
}


@pytest.mark.parametrize("path", WITH_PARTS.values(), ids=WITH_PARTS)
def test_what_is_built_comes_back(
    path: Path, example: Callable[[Path], Example], tmp_path: Path
) -> None:
    stack = example(path)
    engine = stack.engine

    _is(stack.tree, _read(tmp_path, engine.preview()), tmp_path / "stacks", policies=False)

    engine.up()
    _is(stack.tree, _read(tmp_path, engine.export()), tmp_path / "stacks", policies=True)

    if not stack.group():
        return
    before = engine.export()
    count = stack.more()
    change = engine.preview("--show-sames")
    _is(stack.tree, _read(tmp_path, change), tmp_path / "stacks", policies=True)
    # Without what stays as it is, an export has the rest.
    _is(stack.tree, _read(tmp_path, engine.preview(), before), tmp_path / "stacks", policies=True)
    now = _read(tmp_path, change, before=True)
    assert now.tree["nodes"][stack.group()]["count"] < count


def _read(
    folder: Path, tree: dict[str, Any], state: dict[str, Any] | None = None, *, before: bool = False
) -> Imported:
    path, kept = folder / "program.json", folder / "state.json"
    path.write_text(json.dumps(tree))
    if state is not None:
        kept.write_text(json.dumps(state))
    file = read_program(path, kept if state is not None else None)
    return imported(file, file.before if before else file.after, {}, load_catalog())


def _is(wanted: dict[str, Any], found: Imported, folder: Path, *, policies: bool) -> None:
    """The nodes, the stores and who may use them are those of the example."""
    tree = found.tree
    assert (tree["cloud"], tree["region"]) == (wanted["cloud"], wanted["region"])
    assert _nodes(tree.get("nodes", {})) == _nodes(wanted.get("nodes", {}))
    assert _stores(tree.get("storage", {})) == _stores(wanted.get("storage", {}))
    if policies:
        held, needed = _allowed(_whole(tree, wanted), folder), _allowed(wanted, folder)
        assert held >= needed
        # All nodes of a cluster of EMR have one role, that of its core nodes.
        assert {who for who, _, _ in held - needed} <= {"master"}


def _nodes(groups: dict[str, Any]) -> dict[str, Any]:
    """A spare is a node like all others: no file says which they are."""
    return {
        name: (
            one["instance"],
            one["count"] + one.get("spares", 0),
            one.get("purchase", "on_demand"),
            one.get("placement", "none"),
        )
        for name, one in groups.items()
    }


def _stores(stores: dict[str, Any]) -> Any:
    """A volume of nodes has no name in the cloud."""
    return sorted(
        ("" if one["kind"] == "block" else name, one["kind"], one.get("service"))
        for name, one in stores.items()
    )


def _whole(tree: dict[str, Any], wanted: dict[str, Any]) -> dict[str, Any]:
    """With what no file of a program says: volumes by their names, sizes, workloads."""
    kept = {name: one for name, one in tree.get("storage", {}).items() if one["kind"] != "block"}
    said = wanted.get("storage", {})
    storage = {
        **{name: {**one, "size": said[name]["size"]} for name, one in kept.items()},
        **{name: one for name, one in said.items() if one["kind"] == "block"},
    }
    return {**tree, "storage": storage, "workloads": wanted["workloads"]}


def _allowed(tree: dict[str, Any], folder: Path) -> set[tuple[str, str, str]]:
    """Who may do what with which bucket: nodes by their group, since a role may have any name."""
    path = folder / "compared.yaml"
    path.write_text(yaml.safe_dump(tree))
    stack = read_stack(path, load_catalog()).stack
    buckets = {name for name, one in stack.storage.items() if one.kind == "object"}
    return {
        (stack.identities[one.who].nodes or one.who, one.action, one.store)
        for one in access(stack)
        if one.who in stack.identities and one.store in buckets and one.outcome == "allowed"
    }
