"""How rows of failures become records in SI base units."""

from models.catalog.records import FailureRate, FailureReport, Place
from models.catalog.rows import Row
from models.catalog.scales import DAY, HOUR


def failure_rate(row: Row) -> FailureRate:
    """Read a row of `failure_rates.csv`."""
    return FailureRate(
        component=row.text("component"),
        mttf=row.positive("mttf_h", HOUR),
        mttf_low=row.positive_or_none("mttf_low_h", HOUR),
        mttf_high=row.positive_or_none("mttf_high_h", HOUR),
        mttr=row.positive("mttr_h", HOUR),
        failures_per_demand=row.fraction_or_none("failures_per_demand"),
        **row.cited(),
    )


def failure_report(row: Row) -> FailureReport:
    """Read a row of `failure_reports.csv`."""
    return FailureReport(
        fleet=row.text("fleet"),
        generation=row.text("generation"),
        place=Place(row.choice("place", tuple(Place))),
        failures=row.positive("failures"),
        node_time=row.positive("node_days", DAY),
        **row.cited(),
    )
