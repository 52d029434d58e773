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
_OF_TIMES = {one.lower(): one for one in Statistic}  # fields that are percentiles of the response


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
        quantity: what it is, as its field is called, whichever statistic of it.
        statistic: which one of the values of it.
    """

    of: str
    name: str
    value: float
    low: float | None
    high: float | None
    unit: str
    method: str
    quantity: str
    statistic: Statistic = Statistic.MEAN

    DERIVED: ClassVar[dict[str, str]] = {"key": ""}

    @property
    def key(self) -> str:
        """What it is asked by: train.throughput."""
        return f"{self.of}.{self.name}"

    @property
    def simulated(self) -> bool:
        """It comes of simulated years or runs."""
        return self.method == "simulation"

    @property
    def per(self) -> tuple[str, str]:
        """What its unit counts, and for each of what: USD and month; empty where it has neither."""
        counted, _, each = self.unit.partition("/")
        return counted, each

    @property
    def money(self) -> bool:
        """It is an amount of money, or one for each of something."""
        return self.per[0] == "USD"


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
            one = Figure(store.name, name, value, None, None, unit, store.method, name)
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
        yield _estimated(of, name, Statistic.MEAN, value.mean, unit)
        yield _estimated(of, name, Statistic.P50, value.p50, unit)
        yield _estimated(of, name, Statistic.P95, value.p95, unit)
    elif isinstance(value, Estimate):
        if name in _OF_TIMES:
            one = _estimated(of, Measure.RESPONSE_TIME, _OF_TIMES[name], value, unit)
            yield dataclasses.replace(one, name=name)
        else:
            yield _estimated(of, name, Statistic.MEAN, value, unit)
    elif isinstance(value, float | int) and not isinstance(value, bool):
        yield Figure(of, name, float(value), None, None, unit, "", name)


def _estimated(of: str, quantity: str, which: Statistic, found: Estimate, unit: str) -> Figure:
    name = _called(quantity, which)
    ends = found.low, found.high
    return Figure(of, name, found.mean, *ends, unit, found.method, str(quantity), which)


def _called(quantity: str, statistic: Statistic) -> str:
    return quantity if statistic is Statistic.MEAN else f"{quantity}_{statistic.lower()}"


def _times(workload: WorkloadPrediction) -> Iterator[Figure]:
    """How long its users wait, whatever its kind calls that."""
    typical, late = workload.typical_time, workload.late_time
    for which, found in ((Statistic.P50, typical), (Statistic.P95, late)):
        if isinstance(found, Estimate):
            yield _estimated(workload.name, "time", which, found, "s")
        elif found is not None:
            name = _called("time", which)
            yield Figure(workload.name, name, found, None, None, "s", "", "time", which)


def _expected(one: Expected) -> Figure:
    name = _called(one.measure, one.statistic)
    low, high = (None, None) if one.low == one.high else (one.low, one.high)
    unit, quantity = _COUNTED.get(one.measure, "s"), str(one.measure)
    return Figure(one.of, name, one.mean, low, high, unit, "", quantity, one.statistic)
