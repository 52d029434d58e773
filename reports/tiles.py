"""The big figures at the top of a report."""

from models.description.quantities import format_availability
from models.prediction import Prediction
from reports.tile import Tile
from reports.wording import bound, duration, money, nines
from reports.workload_report import report_of


def tiles(prediction: Prediction) -> tuple[Tile, ...]:
    """The figures that people quote.

    Arguments:
        prediction: of the stack.
    """
    cost, availability = prediction.cost, prediction.availability
    shown: list[Tile] = []
    if len(prediction.workloads) == 1:
        [one] = prediction.workloads
        shown += report_of(one.kind).tiles(one)
    shown.append(
        Tile(
            "Availability",
            format_availability(availability.unavailability),
            f"{nines(availability)}, {duration(availability.downtime)} down a year",
        )
    )
    most = bound(cost.at_least, cost.at_most)
    about = f"P95 {money(cost.run.p95.mean)}; {most}{money(cost.hourly)} an hour"
    label = f"Cost of {cost.of}, P50{', at least' if cost.at_least else ''}"
    shown.append(Tile(label, money(cost.run.p50.mean), about))
    return tuple(shown)
