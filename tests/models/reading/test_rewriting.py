"""Values change in the text of a file, and its comments stay."""

from typing import Any

import pytest
import yaml

from models.reading.rewriting import rewritten

TEXT = """\
# A stack.
name: here   # its name
nodes:
  trainers:
    instance: p4d.24xlarge  # four of them
    count: 4
  others: {instance: c5.18xlarge, count: 2}
zones: [a, b]  # two
empty:
"""


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"nodes.trainers.instance": "p5.48xlarge"}, "    instance: p5.48xlarge  # four of them"),
        ({"nodes.trainers.spares": 1}, "    spares: 1"),
        ({"nodes.others.count": 3}, "  others: {instance: c5.18xlarge, count: 3}"),
        ({"nodes.others.spares": 0}, "  others: {instance: c5.18xlarge, spares: 0, count: 2}"),
        ({"zones": ["a"]}, "zones: [a]  # two"),
        ({"zones.1": "c"}, "zones: [a, c]  # two"),
        ({"name": "8+3: x"}, "name: '8+3: x'   # its name"),
    ],
)
def test_a_value_changes_and_nothing_else(changes: dict[str, Any], line: str) -> None:
    text = rewritten("file", TEXT, changes)
    assert line in text.splitlines()
    assert text.count("#") == TEXT.count("#")


def test_what_has_no_place_is_written_anew() -> None:
    text = rewritten("file", "a: &x {b: 1}\nc: *x\n", {"c.b": 2})
    assert yaml.safe_load(text) == {"a": {"b": 1}, "c": {"b": 2}}
