"""Round trips: what the engine says of an example is imported as that stack."""

import json
from pathlib import Path
from typing import Any

import yaml

from infra.existing.imported import Imported, imported
from infra.existing.read_program import read_program
from models.catalog.load import load_catalog
from models.parts.permissions import access
from models.parts.read_stack import read_stack


def read(folder: Path, tree: dict[str, Any], *, before: bool = False) -> Imported:
    """What is found in a preview or an export.

    Arguments:
        folder: for a file.
        tree: of the preview or export.
        before: the stack as it is, and not as it would be.
    """
    path = folder / "program.json"
    path.write_text(json.dumps(tree))
    file = read_program(path)
    return imported(file, file.before if before else file.after, {}, load_catalog())


def holds(wanted: dict[str, Any], found: Imported, folder: Path, *, policies: bool = True) -> None:
    """Assert that the nodes, the stores and who may use them are those of an example.

    Arguments:
        wanted: the example.
        found: in a preview or an export.
        folder: of the files that the example names.
        policies: they are known.
    """
    tree = found.tree
    assert (tree["cloud"], tree["region"]) == (wanted["cloud"], wanted["region"])
    assert _nodes(tree.get("nodes", {})) == _nodes(wanted.get("nodes", {}))
    assert ("kubernetes" in tree) == ("kubernetes" in wanted)
    for key, value in wanted.get("kubernetes", {}).items():
        assert tree["kubernetes"][key] == value
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
    """A volume of nodes has no name in the cloud, and what joins several is in no resource.

    Nor are the disks that an instance has anyway.
    """
    return sorted(
        ("" if one["kind"] == "block" else name, one["kind"], one.get("service"))
        for name, one in stores.items()
        if one["kind"] != "local"
        for _ in range(one.get("volumes", 1))
    )


def _whole(tree: dict[str, Any], wanted: dict[str, Any]) -> dict[str, Any]:
    """With what no file of a program says: volumes by their names, sizes, workloads."""
    kept = {name: one for name, one in tree.get("storage", {}).items() if one["kind"] != "block"}
    said = wanted.get("storage", {})
    storage = {
        **{name: {**one, "size": said[name]["size"]} for name, one in kept.items()},
        **{name: one for name, one in said.items() if one["kind"] in ("block", "local")},
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
