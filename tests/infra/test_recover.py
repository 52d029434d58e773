"""States of updates that were cut off, and what is written into them."""

from typing import Any

import pytest

from infra import recover as module
from infra.aws.lookup import UnknownKind

VPC = "aws:ec2/vpc:Vpc"
URN = f"urn:pulumi:test::windtunnel::{VPC}::network"


def state(*resources: dict[str, Any], operations: int = 1) -> dict[str, Any]:
    made = {"urn": URN, "type": VPC, "custom": True, "inputs": {"cidrBlock": "10.0.0.0/16"}}
    pending = [{"type": "creating", "resource": dict(made)} for _ in range(operations)]
    return {"resources": list(resources), "pending_operations": pending}


def known(identifier: str, **more: Any) -> dict[str, Any]:
    return {"urn": URN, "type": VPC, "custom": True, "id": identifier, **more}


def mended(
    monkeypatch: pytest.MonkeyPatch, deployment: dict[str, Any], found: str | None
) -> list[str]:
    monkeypatch.setattr(module, "look_up", lambda token, inputs, client: found)
    return list(module.recover(deployment, lambda service: None))


def living(deployment: dict[str, Any]) -> list[str]:
    return [one["id"] for one in deployment["resources"] if not one.get("delete")]


def test_what_was_made_is_written_into_the_state(monkeypatch: pytest.MonkeyPatch) -> None:
    deployment = state()
    [said] = mended(monkeypatch, deployment, "vpc-1")
    assert said == f"{URN}: was made, vpc-1"
    assert living(deployment) == ["vpc-1"]
    assert deployment["resources"][0]["outputs"] == {"cidrBlock": "10.0.0.0/16", "id": "vpc-1"}
    assert deployment["pending_operations"] == []


def test_what_was_not_made_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    deployment = state()
    [said] = mended(monkeypatch, deployment, None)
    assert said.endswith("to be made by the next update")
    assert deployment == {"resources": [], "pending_operations": []}


@pytest.mark.parametrize("operations", [1, 2])
def test_what_the_state_has_already_is_not_written_twice(
    monkeypatch: pytest.MonkeyPatch, operations: int
) -> None:
    deployment = state(known("vpc-1"), operations=operations)
    told = mended(monkeypatch, deployment, "vpc-1")
    assert told == [f"{URN}: was made, vpc-1, and is in the state"] * operations
    assert deployment["resources"] == [known("vpc-1")]
    assert deployment["pending_operations"] == []


def test_two_notes_of_one_creation_are_one_resource(monkeypatch: pytest.MonkeyPatch) -> None:
    deployment = state(operations=2)
    mended(monkeypatch, deployment, "vpc-1")
    assert living(deployment) == ["vpc-1"]


def test_what_is_replaced_ends_with_the_next_update(monkeypatch: pytest.MonkeyPatch) -> None:
    deployment = state(known("vpc-0", delete=True), known("vpc-1"))
    mended(monkeypatch, deployment, "vpc-2")
    assert living(deployment) == ["vpc-2"]
    assert [one["id"] for one in deployment["resources"] if one.get("delete")] == ["vpc-0", "vpc-1"]


def test_what_is_not_known_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(token: str, inputs: dict[str, Any], client: Any) -> str:
        raise UnknownKind(token)

    monkeypatch.setattr(module, "look_up", unknown)
    deployment = state()
    before = list(deployment["pending_operations"])
    [said] = module.recover(deployment, lambda service: None)
    assert "look whether it was made" in said
    assert deployment["pending_operations"] == before
