"""The big figures at the top of a report."""

from dataclasses import dataclass

from models.description.quantities import format_availability
from models.prediction import Prediction
from reports.wording import duration, interval, money, nines, rate


@dataclass(frozen=True)
class Tile:
    """One of the big figures at the top.

    Arguments:
        label: what it is.
        value: the figure and its unit.
        note: what belongs to it.
    """

    label: str
    value: str
    note: str

    @property
    def figure(self) -> str:
        """The value without its unit."""
        return self.value.partition(" ")[0]

    @property
    def unit(self) -> str:
        """The unit of the value."""
        return self.value.partition(" ")[2]


def tiles(prediction: Prediction) -> tuple[Tile, ...]:
    """The figures that people quote.

    Arguments:
        prediction: of the stack.
    """
    cost, availability = prediction.cost, prediction.availability
    shown = []
    if len(prediction.workloads) == 1:
        training = prediction.workloads[0]
        times = training.time_to_train
        shown = [
            Tile("Throughput", rate(training.throughput.mean), interval(training.throughput, rate)),
            Tile(
                "Time to train, P50",
                duration(times.p50.mean),
                f"P95 {duration(times.p95.mean)}",
            ),
        ]
    shown.append(
        Tile(
            "Availability",
            format_availability(availability.unavailability),
            f"{nines(availability)}, {duration(availability.downtime)} down a year",
        )
    )
    shown.append(
        Tile(
            "Cost of the run, P50",
            money(cost.run.p50.mean),
            f"P95 {money(cost.run.p95.mean)}; {money(cost.hourly)} an hour",
        )
    )
    return tuple(shown)
