"""Small previews, exports and plans, as the tools write them."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.infra.mock_cloud import Run, _outputs

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
SECRET = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270"}
PROVIDER = "urn:pulumi:dev::shop::pulumi:providers:aws::default_7_0_0"


def urn(kind: str, name: str) -> str:
    return f"urn:pulumi:dev::shop::{kind}::{name}"


def state(
    kind: str, name: str, refers: Mapping[str, Sequence[str]] | None = None, **inputs: Any
) -> dict[str, Any]:
    """A resource as an engine keeps it, before it is created."""
    return {
        "urn": urn(kind, name),
        "custom": True,
        "type": kind,
        "inputs": {"__defaults": [], **inputs},
        "parent": "urn:pulumi:dev::shop::pulumi:pulumi:Stack::shop-dev",
        "provider": f"{PROVIDER}::{UNKNOWN}",
        "propertyDependencies": dict.fromkeys(inputs) | dict(refers or {}),
    }


def created(one: dict[str, Any], id: str, **outputs: Any) -> dict[str, Any]:
    """The same once it is there."""
    return {**one, "id": id, "outputs": {**one["inputs"], "id": id, **outputs}}


def step(operation: str, old: dict[str, Any] | None, new: dict[str, Any] | None) -> dict[str, Any]:
    found: dict[str, Any] = {"op": operation, "urn": (new or old or {})["urn"]}
    if old is not None:
        found["oldState"] = old
    if new is not None:
        found["newState"] = new
    return found


def preview(*steps: dict[str, Any], **summary: int) -> dict[str, Any]:
    return {
        "config": {"aws:region": "us-east-1"},
        "steps": list(steps),
        "duration": 1,
        "changeSummary": summary or {"create": len(steps)},
    }


def export(*states: dict[str, Any], version: int = 3) -> dict[str, Any]:
    held = {"manifest": {}, "resources": list(states)}
    if version < 3:
        return {"version": version, "deployment": held}
    return {"version": 3, "deployment": {**held, "secrets_providers": {}, "metadata": {}}}


def export_of(run: Run) -> dict[str, Any]:
    """What the engine would keep of a program that ran without a cloud."""
    states = []
    for one in run.clouds:
        plain = json.loads(json.dumps(one.inputs, default=str))
        kind = one.type.rsplit(":", 1)[1]
        name = one.inputs.get("name") or f"{one.name}-1a2b3c4"
        states.append(
            {
                "urn": one.urn,
                "custom": True,
                "type": one.type,
                "id": f"{kind}-{one.name}",
                "inputs": plain,
                "outputs": {"name": name, **plain, **_outputs(one.type, name, plain)},
                "propertyDependencies": {
                    key: sorted(of) for key, of in one.property_dependencies.items()
                },
            }
        )
    return export(*states)


def written(folder: Path, tree: Any, name: str = "file.json") -> Path:
    path = folder / name
    path.write_text(tree if isinstance(tree, str) else json.dumps(tree))
    return path
