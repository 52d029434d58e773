"""Workloads that share nodes: what the messages advise works when it is done."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from models.catalog.records import Catalog
from models.parts.read_stack import read_stack
from models.reading.faults import InvalidDescription

ENDPOINT = {
    "kind": "endpoint",
    "requests": {"rate": "5/s"},
    "stages": {"m": {"nodes": "gpu", "rate": "10/s"}},
}
JOBS = {"kind": "jobs", "nodes": "gpu", "run_time": "1 h", "each": {"vcpus": 1}}
BATCH, STREAM = JOBS | {"count": 10}, JOBS | {"arrivals": "1/h"}


def _messages(workloads: dict[str, Any], folder: Path, catalog: Catalog) -> list[str]:
    tree = {
        "name": "shared",
        "cloud": "aws",
        "region": "us-east-1",
        "nodes": {"gpu": {"instance": "g4dn.xlarge", "count": 2}},
        "workloads": workloads,
    }
    file = folder / "shared.yaml"
    file.write_text(yaml.safe_dump(tree, sort_keys=False))
    try:
        read_stack(file, catalog)
    except InvalidDescription as error:
        return error.lines()
    return []


def _followed(workloads: dict[str, Any], messages: list[str]) -> dict[str, Any]:
    """The workloads with all that is advised, done at once."""
    done = dict(workloads)
    for message in messages:
        found = re.search(r"workloads\.(\w+): .* say 'after: \[([\w, ]+)\]'", message)
        assert found, message
        done[found[1]] = done[found[1]] | {"after": found[2].split(", ")}
    return done


@pytest.mark.parametrize(
    "workloads",
    [
        {"api": ENDPOINT, "batch": BATCH},
        {"batch": BATCH, "api": ENDPOINT},
        {"api": ENDPOINT, "batch": BATCH, "other": BATCH},
        {"stream": STREAM, "batch": BATCH},
        # One that already waits for a later one: 'b after a' and 'c after b' would be a circle.
        {"a": BATCH | {"after": ["c"]}, "b": BATCH, "c": BATCH},
        {"api": ENDPOINT | {"after": ["b"]}, "a": BATCH, "b": BATCH},
    ],
    ids=lambda one: "-".join(one),
)
def test_advice_can_be_taken(workloads: dict[str, Any], tmp_path: Path, catalog: Catalog) -> None:
    messages = _messages(workloads, tmp_path, catalog)
    assert messages
    assert not _messages(_followed(workloads, messages), tmp_path, catalog)


@pytest.mark.parametrize("second", [ENDPOINT, STREAM], ids=["endpoint", "stream"])
def test_two_that_never_end_need_nodes_of_their_own(
    second: dict[str, Any], tmp_path: Path, catalog: Catalog
) -> None:
    (message,) = _messages({"stream": STREAM, "second": second}, tmp_path, catalog)
    assert "'after:" not in message
    assert message.endswith("stream is never complete; use other nodes")


def test_nothing_comes_after_what_never_ends(tmp_path: Path, catalog: Catalog) -> None:
    (message,) = _messages({"m": STREAM, "batch": BATCH | {"after": ["m"]}}, tmp_path, catalog)
    assert message.endswith("'m' is never complete, so that nothing can come after it")
