"""What a catalog must satisfy beyond cells that can be read; collects every finding."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from models.catalog.errors import CatalogError
from models.catalog.load import SHIPPED
from models.catalog.parse import PARSERS, key
from models.catalog.providers import CLOUDS
from models.catalog.records import (
    EVERYWHERE,
    TABLES,
    FailureRate,
    FailureReport,
    Instance,
    Price,
    Record,
    StorageCost,
)
from models.catalog.reported_rates import reported_rates
from models.catalog.rows import Row, read_rows
from models.catalog.scales import HOUR

_TABLE_DIGITS = 0.06 * HOUR  # of a table in tenths of an hour


@dataclass(frozen=True)
class Finding:
    """A fault of one row: where it is, which rule it breaks and how."""

    file: str
    line: int
    rule: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.rule}: {self.message}"


@dataclass(frozen=True)
class _Entry:
    row: Row
    record: Record

    def finding(self, rule: str, message: str) -> Finding:
        return Finding(self.row.file, self.row.line, rule, message)


def lint(catalog_folder: Path | None = None) -> list[Finding]:
    """List the faults of a folder's tables, the shipped ones by default, in order of file and line.

    The rules: `cell` (unreadable, no date, no source, not finite, not positive), `duplicate`,
    `dangling` (a name that no table holds), `accelerator-memory`, `range`
    (low <= usd <= high), `spot-above-on-demand`, `rises` (a later year that isn't cheaper) and
    `reported` (a failure rate that isn't what the reports of fleets say).
    """
    folder = SHIPPED if catalog_folder is None else catalog_folder
    findings: list[Finding] = []
    tables = {table: list(_read(folder / f"{table}.csv", findings)) for table in TABLES}
    for entries in tables.values():
        findings += _duplicates(entries)
    findings += _dangling(tables)
    findings += _instances(tables["instances"])
    findings += _prices(tables["prices"])
    findings += _rises(tables["storage_cost_by_year"])
    findings += _reported(tables["failure_rates"], tables["failure_reports"])
    return sorted(findings, key=lambda finding: (finding.file, finding.line, finding.rule))


def _read(path: Path, findings: list[Finding]) -> Iterator[_Entry]:
    rows = read_rows(path)
    while True:
        try:
            row = next(rows, None)
            if row is None:
                return
            yield _Entry(row, PARSERS[path.stem](row))
        except CatalogError as error:
            message = f"column '{error.column}': {error.message}" if error.column else error.message
            findings.append(Finding(error.file, error.line, "cell", message))


def _duplicates(entries: list[_Entry]) -> Iterator[Finding]:
    first: dict[tuple[str, ...], int] = {}
    for entry in entries:
        name = key(entry.record)
        if name in first:
            yield entry.finding("duplicate", f"{' '.join(name)} is in line {first[name]} already")
        first.setdefault(name, entry.row.line)


def _dangling(tables: dict[str, list[_Entry]]) -> Iterator[Finding]:
    known = {table: {key(entry.record) for entry in entries} for table, entries in tables.items()}
    for table, entries in tables.items():
        for entry in entries:
            for column, target, name in _references(table, entry.row):
                if name not in known[target]:
                    message = f"{column} '{' '.join(name)}' is not in {target}.csv"
                    yield entry.finding("dangling", message)
    yield from _dangling_items(tables["prices"], known)


def _references(table: str, row: Row) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    columns = {
        "accelerators": (("link", "links"),),
        "instances": (
            ("accelerator", "accelerators"),
            ("network_link", "links"),
            ("intra_link", "links"),
        ),
        "measured_rates": (
            ("accelerator", "accelerators"),
            ("network", "neural_networks"),
            ("software", "software"),
        ),
        "software": (("rates_of", "software"), ("steps_of", "software")),
        "matrix_rates": (("accelerator", "accelerators"),),
        "collective_times": (("accelerator", "accelerators"),),
        "step_calibrations": (("software", "software"),),
        "step_errors": (("software", "software"),),
        "regions": (("grid", "grids"),),
    }
    for column, target in columns.get(table, ()):
        if row.optional(column):
            yield column, target, (row.optional(column),)
    if table == "prices" and row.optional("region") != EVERYWHERE:
        yield "region", "regions", (row.optional("provider"), row.optional("region"))
    if table == "instance_storage":
        yield "name", "instances", (row.optional("provider"), row.optional("name"))


def _dangling_items(
    prices: list[_Entry], known: dict[str, set[tuple[str, ...]]]
) -> Iterator[Finding]:
    for entry in prices:
        price = entry.record
        assert isinstance(price, Price)
        sold_by = CLOUDS[price.provider]
        machine = price.service == sold_by.compute
        if machine and (price.provider, price.item) not in known["instances"]:
            yield entry.finding("dangling", f"item '{price.item}' is not in instances.csv")
        # What is billed beside a storage service, such as its requests, carries its name in front.
        named = (name for provider, name in known["storage_services"] if provider == price.provider)
        of_a_store = any(price.item.startswith(name) for name in named)
        if price.service in sold_by.storage and not of_a_store:
            message = f"item '{price.item}' starts with no name of storage_services.csv"
            yield entry.finding("dangling", message)


def _instances(entries: list[_Entry]) -> Iterator[Finding]:
    for entry in entries:
        instance = entry.record
        assert isinstance(instance, Instance)
        if bool(instance.accelerator) != bool(instance.accelerators):
            message = f"{instance.accelerators} accelerators of the name '{instance.accelerator}'"
            yield entry.finding("accelerator-memory", message)
        elif bool(instance.accelerators) != bool(instance.accelerator_memory):
            message = f"{instance.accelerators} accelerators of {instance.accelerator_memory:g} B"
            yield entry.finding("accelerator-memory", message)


def _prices(entries: list[_Entry]) -> Iterator[Finding]:
    on_demand: dict[tuple[str, ...], Price] = {}
    for entry in entries:
        price = entry.record
        assert isinstance(price, Price)
        if not price.low <= price.usd <= price.high:
            message = f"{price.usd:g} is not between {price.low:g} and {price.high:g}"
            yield entry.finding("range", message)
        if price.purchase == "on_demand":
            on_demand[key(price)[:-1]] = price
    for entry in entries:
        price = entry.record
        assert isinstance(price, Price)
        listed = on_demand.get(key(price)[:-1])
        if price.purchase == "spot" and listed and price.usd > listed.usd:
            message = f"{price.usd:g} {price.unit} is above the on-demand price, {listed.usd:g}"
            yield entry.finding("spot-above-on-demand", message)


def _rises(entries: list[_Entry]) -> Iterator[Finding]:
    # The cheapest price ever recorded can only fall; a year without a new record has no row.
    cheapest: dict[str, StorageCost] = {}
    for entry in sorted(entries, key=lambda entry: key(entry.record)):
        cost = entry.record
        assert isinstance(cost, StorageCost)
        before = cheapest.get(cost.medium)
        if before and cost.year > before.year and cost.usd_per_byte >= before.usd_per_byte:
            message = (
                f"{cost.usd_per_byte * 1e12:g} USD a TB of {cost.medium} in {cost.year} is not"
                f" below {before.usd_per_byte * 1e12:g} in {before.year}"
            )
            yield entry.finding("rises", message)
        cheapest[cost.medium] = cost


def _reported(rates: list[_Entry], reports: list[_Entry]) -> Iterator[Finding]:
    """Rates of nodes with accelerators are those of the reports, to the digits of the table."""
    found = [entry.record for entry in reports if isinstance(entry.record, FailureReport)]
    try:
        wanted = reported_rates(found)
    except ValueError:
        return  # too few to say
    for entry in rates:
        rate = entry.record
        assert isinstance(rate, FailureRate)
        of = wanted.get(rate.component)
        if of is None:
            continue
        given = (rate.mttf, rate.mttf_low or 0.0, rate.mttf_high or 0.0)
        right = (of.mttf, of.mttf / of.factor, of.mttf * of.factor)
        if any(abs(a - b) > _TABLE_DIGITS for a, b in zip(given, right, strict=True)):
            hours = ", ".join(f"{value / HOUR:.1f}" for value in right)
            yield entry.finding("reported", f"mttf_h, its low and high must be {hours}")
