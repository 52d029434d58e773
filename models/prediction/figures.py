"""Every figure of a prediction by name, with its interval, its unit and how it was had."""

import dataclasses
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from models.prediction.estimates import UNIT, Distribution, Estimate
from models.prediction.expected import Expected, Measure, Statistic
from models.prediction.served import Served
from models.prediction.stack_answer import Prediction
from models.prediction.workload_answer import WorkloadPrediction

_COUNTED = {  # measures that are no times
    Measure.THROUGHPUT: "1/s",
    Measure.UTILIZATION: "",
    Measure.FAILURES: "",
    Measure.MONTHLY_COST: "USD/month",
}


@dataclass(frozen=True)
class Figure:
    """One figure of a prediction.

    Arguments:
        of: the workload, or a stage or kind of it; a store; availability, cost or energy.
        name: as its field is called; percentiles end in _p50, _p95 and _p99.
        value: in its unit.
        low: lower end of its interval; None where it has none.
        high: upper end.
        unit: as "USD/h"; empty for counts, fractions and ratios.
        method: how it was had; empty for what follows without an interval.
    """

    of: str
    name: str
    value: float
    low: float | None
    high: float | None
    unit: str
    method: str

    DERIVED: ClassVar[dict[str, str]] = {"key": ""}

    @property
    def key(self) -> str:
        """What it is asked by: train.throughput."""
        return f"{self.of}.{self.name}"

    @property
    def simulated(self) -> bool:
        """It comes of simulated years or runs."""
        return self.method == "simulation"


def figures(prediction: Prediction) -> Iterator[Figure]:
    """The figures of a prediction: of each workload, then of the stack.

    Arguments:
        prediction: of a stack.
    """
    for workload in prediction.workloads:
        yield from _of(workload.name, workload)
    yield from _of("availability", prediction.availability)
    yield from _of("cost", prediction.cost)
    if prediction.energy is not None:
        yield from _of("energy", prediction.energy)


def all_figures(prediction: Prediction) -> dict[str, Figure]:
    """The same by key, with what is the same of every kind, and what is of stages and stores.

    What is infinite, such as the capacity of what has no bound, is no figure that differs.

    Arguments:
        prediction: of a stack.
    """
    found = {one.key: one for one in figures(prediction)}
    for workload in prediction.workloads:
        for each in (*_times(workload), *map(_expected, workload.expected())):
            found.setdefault(each.key, each)
    for store in prediction.durability:
        for name, value, unit in (
            ("loss_probability", store.loss_probability, "within a year"),
            ("expected_loss", store.expected_loss, "bytes/year"),
        ):
            one = Figure(store.name, name, value, None, None, unit, store.method)
            found.setdefault(one.key, one)
    return {key: one for key, one in found.items() if math.isfinite(one.value)}


def named(prediction: Prediction, text: str, known: dict[str, Figure]) -> tuple[str, ...]:
    """Keys of the figures that people mean by a word; none where nothing is called so.

    Arguments:
        prediction: of a stack.
        text: a key, the last part of one, or a word such as time, latency, cost, availability.
        known: figures by key.
    """
    asked = text.strip().lower().replace(" ", "_").replace("-", "_")
    exact = [key for key in known if key.lower().replace("-", "_") == asked]
    if exact:
        return tuple(exact)
    by_word = {
        "cost": ("cost.run",),
        "hourly_cost": ("cost.hourly",),
        "monthly_cost": ("cost.monthly",),
        "availability": ("availability.unavailability",),
        "unavailability": ("availability.unavailability",),
        "downtime": ("availability.downtime",),
        "energy": ("energy.run",),
        "time": tuple(f"{one.name}.time_p95" for one in prediction.workloads),
        "latency": tuple(
            f"{one.name}.time_p95" for one in prediction.workloads if isinstance(one, Served)
        ),
        "durability": tuple(f"{one.name}.loss_probability" for one in prediction.durability),
    }
    for one in prediction.workloads:
        name = one.name.replace("-", "_")
        by_word[f"{name}.time"] = (f"{one.name}.time_p95",)
        by_word[f"{name}.availability"] = (f"{one.name}.unavailability",)
        if isinstance(one, Served):
            by_word[f"{name}.latency"] = (f"{one.name}.time_p95",)
    found = [key for key in by_word.get(asked, ()) if key in known]
    return tuple(found or (key for key, one in known.items() if one.name == asked))


def headline(prediction: Prediction, known: dict[str, Figure]) -> tuple[str, ...]:
    """Keys of what people ask first: how long, how much, how often it is there.

    Arguments:
        prediction: of a stack.
        known: figures by key.
    """
    words = ("time", "throughput", "cost", "monthly_cost", "availability", "energy")
    keys: Sequence[str] = [key for word in words for key in named(prediction, word, known)]
    return tuple(dict.fromkeys(keys))


def _of(name: str, answer: Any) -> Iterator[Figure]:
    for one in dataclasses.fields(answer):
        yield from _figure(name, one.name, getattr(answer, one.name), one.metadata.get(UNIT, ""))


def _figure(of: str, name: str, value: Any, unit: str) -> Iterator[Figure]:
    if isinstance(value, Distribution):
        for what, estimate in (("", value.mean), ("_p50", value.p50), ("_p95", value.p95)):
            yield from _figure(of, name + what, estimate, unit)
    elif isinstance(value, Estimate):
        yield Figure(of, name, value.mean, value.low, value.high, unit, value.method)
    elif isinstance(value, float | int) and not isinstance(value, bool):
        yield Figure(of, name, float(value), None, None, unit, "")


def _times(workload: WorkloadPrediction) -> Iterator[Figure]:
    """How long its users wait, whatever its kind calls that."""
    for name, found in (("time_p50", workload.typical_time), ("time_p95", workload.late_time)):
        if found is not None:
            yield from _figure(workload.name, name, found, "s")


def _expected(one: Expected) -> Figure:
    ending = "" if one.statistic is Statistic.MEAN else f"_{one.statistic.lower()}"
    low, high = (None, None) if one.low == one.high else (one.low, one.high)
    unit = _COUNTED.get(one.measure, "s")
    return Figure(one.of, f"{one.measure}{ending}", one.mean, low, high, unit, "")
