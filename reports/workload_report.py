"""What the file of a kind in `reports/workloads` shows of a workload, and where it goes."""

import importlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, cast

from models.description.stack import Stack
from models.prediction import Prediction, WorkloadPrediction
from reports.table import Cell, Table, row
from reports.tile import Tile
from reports.wording import Format, duration, money, span


@dataclass(frozen=True)
class Picture:
    """A drawing of the report.

    Arguments:
        drawing: SVG.
        caption: what it shows.
    """

    drawing: str
    caption: str


Item = Table | Picture
Side = Sequence[Sequence[Item]]  # rows of what stands side by side


@dataclass(frozen=True)
class Answers:
    """What a workload answers to the questions of whoever pays for it, a clause each.

    Arguments:
        speed: how fast it is.
        limit: what holds it back.
        finish: when it is complete, or how long an answer takes.
        failure: what happens when something fails.
        ideal: how far it is from the ideal.
    """

    speed: str
    limit: str
    finish: str
    failure: str
    ideal: str


class KindOfReport(Protocol):
    """What the file of a kind answers; `workload` is the description of the one predicted."""

    def lines(self, one: Any, workload: Any) -> list[tuple[str, str]]:
        """Names and values for the terminal."""

    def tables(self, one: Any, workload: Any) -> tuple[Table, ...]:
        """Tables for the terminal."""

    def rate(self, one: Any) -> str:
        """Its throughput in words."""

    def limited_by(self, one: Any) -> str:
        """What holds it back, in a word or two."""

    def answers(self, one: Any, workload: Any) -> Answers:
        """To the questions of whoever pays for it."""

    def tiles(self, one: Any) -> tuple[Tile, ...]:
        """Its big figures, where it is alone."""

    def application(self, name: str, workload: Any) -> str:
        """What it does, in words."""

    def platform(self, workload: Any) -> str:
        """The software that it runs on."""

    def described(self, workloads: Mapping[str, Any]) -> Table:
        """All of its kind as they are described."""

    def performance(self, one: Any, workload: Any, key: str) -> Side:
        """Where the time goes; the key tells drawings of one page apart."""

    def spread(self, one: Any, stack: Stack, key: str, runs: str) -> tuple[Picture, ...]:
        """How its replications are spread."""

    def quantiles(self, one: Any) -> tuple[tuple[Cell, ...], ...]:
        """Rows of mean, P50 and P95."""

    def gap(self, one: Any) -> tuple[Table, ...]:
        """Ideal against simulated."""


def report_of(kind: str) -> KindOfReport:
    """The file of a kind in `reports/workloads`.

    Arguments:
        kind: of workloads.
    """
    return cast(KindOfReport, importlib.import_module(f"reports.workloads.{kind}"))


def each(
    stack: Stack, prediction: Prediction
) -> list[tuple[WorkloadPrediction, KindOfReport, Any]]:
    """Every workload with the report of its kind and its description.

    Arguments:
        stack: the description.
        prediction: of it.
    """
    return [(one, report_of(one.kind), stack.workloads[one.name]) for one in prediction.workloads]


def quantile_row(name: str, values: Any, write: Format) -> tuple[Cell, ...]:
    """A row of mean, P50 and P95 with their error bars.

    Arguments:
        name: of the quantity.
        values: its distribution.
        write: how one value is written.
    """
    cells = [
        Cell(write(one.mean), note=_range(write(one.low), write(one.high)))
        for one in (values.mean, values.p50, values.p95)
    ]
    return row(name, *cells)


def _range(low: str, high: str) -> str:
    return "no spread" if low == high else span(low, high)


def completion_cells(one: WorkloadPrediction) -> tuple[str, str]:
    """When a workload is complete, P50 and P95, in words.

    Arguments:
        one: the prediction of the workload.
    """
    if one.completion is None:
        return "never ends", ""
    return duration(one.completion.p50.mean), duration(one.completion.p95.mean)


def cost_words(one: WorkloadPrediction) -> str:
    """What the nodes of a workload cost, in words.

    Arguments:
        one: the prediction of the workload.
    """
    return f"P50 {money(one.cost.p50.mean)}, P95 {money(one.cost.p95.mean)}"
