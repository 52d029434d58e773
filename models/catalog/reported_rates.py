"""Failure rates that follow from the reports of fleets, by the component that has them."""

from collections.abc import Iterable

from models.catalog.failures import FailureReport, Place
from models.laws.reliability.fleets import FleetTime, Report, next_fleet

_OF_ALL = {Place.ON_PREMISES: "gpu-node", Place.CLOUD: "cloud-gpu-instance"}


def reported_rates(reports: Iterable[FailureReport]) -> dict[str, FleetTime]:
    """How often nodes with accelerators fail, of each generation and place that has a report.

    Arguments:
        reports: of fleets.

    Raises:
        ValueError: so few reports that nothing is known of the spread between fleets.
    """
    by_kind: dict[str, list[Report]] = {}
    for one in reports:
        name = f"{_OF_ALL[one.place]}-{one.generation}"
        by_kind.setdefault(name, []).append(Report(one.failures, one.node_time))
    return {name: next_fleet(by_kind, name) for name in (*_OF_ALL.values(), *by_kind)}
