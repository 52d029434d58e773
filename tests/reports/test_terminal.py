"""The summary on a terminal: the headline figures, 80 columns, plain in a pipe."""

import io
import re
from dataclasses import replace
from typing import Literal

import pytest
from rich.console import Console

from models.description.stack import Stack
from models.prediction import Prediction
from reports.terminal import summary

from .plain import plain


def shown(stack: Stack, prediction: Prediction, *, terminal: bool = False) -> str:
    paper = io.StringIO()
    system: Literal["standard", "auto"] = "standard" if terminal else "auto"
    console = Console(file=paper, width=80, force_terminal=terminal, color_system=system)
    console.print(summary(stack, prediction))
    return paper.getvalue()


def test_the_headline_figures_are_there(stack: Stack, prediction: Prediction) -> None:
    text = shown(stack, prediction)
    for words in (
        "1 of 3 objectives is missed: budget.",
        "65,300 samples/s",
        "61,600 to 69,200 samples/s",
        "P50 33.1 min, P95 35.7 min",
        "accelerators at 65,300 samples/s; next is storage (imagenet)",
        "1.74 x",
        "99.625 %, 2.42 nines",
        "99.618 %; 99.603 to 99.633 % (95 % interval, simulated)",
        "32.8 h a year; 5.8 failures of 5.71 h each",
        "checkpoints: 53.3 % of downtime; one more saves 17.5 h a year",
        "imagenet: any loss in a year 1.3e-5, expected 1.5 B",
        "checkpoints: not published",
        "P50 72.41 USD, P95 77.89 USD",
        "131.44 USD/h, 95,948.10 USD a month",
        "If spot",
        "46.63 USD/h",
        "every 23.3 min of work, 340 ms to write",
        "0.047 a run on average",
        "All-reduce between nodes",
        "16.9 ms",
        "✗ missed",
        "81.0 % (95 % demanded)",
        "1,000 replications, seed 1",
    ):
        assert words in plain(text), words


@pytest.mark.parametrize("case", ["aws", "constant", "on_premises"])
def test_no_line_is_wider_than_80_columns_and_none_is_coloured_in_a_pipe(
    case: str,
    stack: Stack,
    prediction: Prediction,
    constant: Prediction,
    on_premises: tuple[Stack, Prediction],
) -> None:
    cases = {"aws": (stack, prediction), "constant": (stack, constant), "on_premises": on_premises}
    text = shown(*cases[case])
    assert max(len(line) for line in text.splitlines()) <= 80
    assert "\x1b" not in text
    assert "None" not in text
    assert "nan" not in text.split()
    assert "inf" not in text.split()


def test_a_terminal_shows_what_is_missed_in_colour(stack: Stack, prediction: Prediction) -> None:
    assert "\x1b[1;31m" in shown(stack, prediction, terminal=True)


def test_what_a_user_wrote_is_not_markup(stack: Stack, prediction: Prediction) -> None:
    hostile = stack.model_copy(update={"name": "[bold]x[/bold] [/] [link=x]y"})
    assert "[bold]x[/bold] [/] [link=x]y" in shown(hostile, prediction)


def test_startup_is_named(stack: Stack, prediction: Prediction) -> None:
    assert "Startup         2.01 min" in shown(stack, prediction)


def test_an_interval_longer_than_the_run_is_not_said_to_be_one(
    stack: Stack, prediction: Prediction
) -> None:
    train = replace(prediction.workloads[0], checkpoint_interval=1863.0 * 1.01, checkpoints=1)
    text = " ".join(shown(stack, replace(prediction, workloads=(train,))).split())
    assert "at the end only (the best interval, 31.4 min, is longer than the run)" in text
    assert "of work" not in text


def test_without_objectives_it_says_so(stack: Stack, constant: Prediction) -> None:
    text = shown(stack, constant)
    assert "No objectives are set." in text
    assert "at the end only" in text
    assert "no downtime predicted" in text
    assert "If spot" not in text


def test_what_a_failed_disk_does_is_said(on_premises: tuple[Stack, Prediction]) -> None:
    text = " ".join(shown(*on_premises).split())
    assert "Failed disk checkpoints, one disk failed for 1 h: train 98.2 %" in text
    assert "checkpoints, rebuilding for 15 h: train 92.0 %" in text


def test_where_nothing_is_stored_and_nothing_fails_there_are_no_lines_for_it(
    bare_stack: Stack, constant: Prediction
) -> None:
    text = shown(bare_stack, constant)
    assert "Downtime        0 s a year\n" in re.sub(" +\n", "\n", text)
    for name in ("Weighs most", "Durability", "Failed disk"):
        assert name not in text
