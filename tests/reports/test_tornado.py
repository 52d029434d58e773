"""The tornado of a figure, and where a report shows it."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from models.catalog.records import Catalog
from models.parts.read_stack import read_stack
from models.prediction.explanation_answer import Explained
from reports.html import render
from reports.tornado import tornado
from sim.backends import Backend
from sim.explaining.explain import explain
from sim.predict import predict


@pytest.fixture(scope="module")
def explained(stacks: Path, catalog: Catalog) -> tuple[Any, Any, Explained]:
    read = read_stack(stacks / "resnet50-imagenet-aws.yaml", catalog)
    prediction = predict(read, catalog, replications=2)
    found = explain(read, catalog, prediction, "availability", backend=Backend(workers=1))
    return read.stack, prediction, found


def test_a_bar_for_every_uncertain_input(explained: tuple[Any, Any, Explained]) -> None:
    (one,) = explained[2].explanations
    drawing = tornado(one, "key")
    assert "What availability of the stack becomes" in drawing
    assert all(each.name in drawing for each in one.tornado)
    assert "99.749 %" in drawing
    assert tornado(one, "key") == drawing


def test_marks_do_not_stand_on_each_other(explained: tuple[Any, Any, Explained]) -> None:
    (one,) = explained[2].explanations
    first = one.tornado[0]
    # Both ends on one side: the figure itself is at the edge.
    aside = replace(first, at_low=one.moved * 1.5, at_high=one.moved * 1.01)
    drawing = tornado(replace(one, effects=(aside,)), "key")
    marks = re.findall(r'(?:anchor: (\w+); )?fill: #5a646e" x="([\d.]+)"[^>]*>([^<]+)<', drawing)
    assert len(marks) == 2  # no room for the third
    ends = []
    for side, x, words in marks:
        wide = 6.0 * len(words)
        start = float(x) - {"middle": 0.5, "end": 1.0}.get(side, 0.0) * wide
        ends.append((start, start + wide))
    assert all(start >= 0 and end <= 420 for start, end in ends)
    assert sorted(ends)[0][1] < sorted(ends)[1][0]


def test_the_report_shows_it_where_it_was_asked(explained: tuple[Any, Any, Explained]) -> None:
    stack, prediction, found = explained
    page = render(stack, prediction, found)
    assert '<section id="sensitivity"' in page
    assert "MTTF of <span" in page or "MTTF of cloud" in page
    assert "line 16" in page
    assert 'id="sensitivity"' not in render(stack, prediction)


def test_report_explain(cli: Callable[..., Any], stacks: Path, tmp_path: Path) -> None:
    stack = stacks / "resnet50-imagenet-aws.yaml"
    outcome = cli("report", stack, "-o", tmp_path, "--replications", 2, "--help")
    assert "--explain" in outcome.out
