"""Objectives against what is predicted: what is said of a figure that is near its limit."""

from pathlib import Path

import pytest

from models.catalog.records import Catalog
from models.parts.read_stack import read_stack
from sim.predict import predict


@pytest.mark.parametrize(
    ("limit", "said"),
    [
        ("1 s", "P95 0.628 s"),
        # As long as is wanted, to the digits, and missed: the interval says why.
        ("628 ms", "P95 628 ms, 619 to 638 ms (95 % interval)"),
    ],
)
def test_a_latency_at_its_limit_has_its_interval(
    limit: str, said: str, stacks: Path, catalog: Catalog
) -> None:
    changes = {"objectives.latency.at_most": limit}
    stack_file = read_stack(stacks / "lambda-endpoint.yaml", catalog, changes)
    [latency] = predict(stack_file, catalog, replications=2, jobs=1).objectives
    assert latency.predicted == said
