"""Nothing that is registered, exported or configured is a secret: nodes have roles, not keys."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from .example_graphs import ROOT, built, graph_of

PATHS = [*built("aws"), *built("gcp")]
# What would have one in its state: passwords and keys of users, of accounts and of machines.
TYPES = ("accessKey", "userLoginProfile", "sshKey", "keyPair", "secretVersion", "randomPassword")
NAMES = re.compile(r"password|passwd|secret|private_?key|access_?key|token$|credential", re.I)
NO_SECRET = {"httpTokens"}  # says that metadata needs one
# AWS access key IDs (IAM user guide, "Unique identifiers"), keys in PEM, tokens in a URL.
VALUES = re.compile(
    r"\b(AKIA|ASIA)[A-Z0-9]{16}\b|-----BEGIN [A-Z ]*PRIVATE KEY|://[^/\s:]+:[^@/\s]+@"
)


def leaves(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Each text in a structure, with the name that it stands under."""
    if isinstance(value, dict):
        for key, one in value.items():
            yield from leaves(one, str(key))
    elif isinstance(value, list | tuple):
        for one in value:
            yield from leaves(one, name)
    elif isinstance(value, str):
        yield name, value


def told(value: Any) -> list[str]:
    """Names and values that look like secrets."""
    return [
        f"{name}: {text[:40]}"
        for name, text in leaves(value)
        if (NAMES.search(name) and name not in NO_SECRET and text) or VALUES.search(text)
    ]


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_no_resource_and_no_output_has_a_secret(path: Path) -> None:
    run = graph_of(path)
    assert [one.type for one in run.clouds if any(kind in one.type for kind in TYPES)] == []
    assert {one.urn: found for one in run.clouds if (found := told(one.inputs))} == {}
    assert told(run.outputs) == []


def test_no_setting_that_is_shipped_is_a_secret() -> None:
    for path in ROOT.glob("Pulumi*.yaml"):
        assert told(yaml.safe_load(path.read_text())) == [], path.name


@pytest.mark.parametrize(
    "planted",
    [
        {"environment": {"variables": {"DB_PASSWORD": "x"}}},
        {"userData": "export AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE"},
        {"url": "https://ann:hunter2@example.com"},
        {"body": "-----BEGIN RSA PRIVATE KEY-----"},
    ],
)
def test_one_that_is_planted_is_found(planted: dict[str, Any]) -> None:
    assert len(told(planted)) == 1
