"""A user's own prices, read from a provider: rows of the catalog that lie over the shipped ones."""

import csv
import datetime
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from infra.price_lists import aws, gcp
from infra.price_lists.listed_price import Listed, Refused
from models.catalog.records import Catalog

COLUMNS = (
    "provider", "service", "item", "region", "unit", "purchase", "usd", "low_usd", "high_usd",
    "date", "source", "note",
)  # fmt: skip
_KEY = COLUMNS[:6]

LISTS: Mapping[str, Callable[[Catalog, Sequence[str], str | None], Iterator[Listed]]] = {
    "aws": aws.listed,
    "gcp": gcp.listed,
}


def refreshed(
    provider: str,
    catalog: Catalog,
    regions: Sequence[str],
    own: Path,
    today: datetime.date,
    endpoint: str | None = None,
) -> tuple[bytes, int]:
    """The file of a user's own prices with those of a provider as they are today, and how many.

    Arguments:
        provider: whose list is read.
        catalog: whose items are asked for.
        regions: of the provider.
        own: the file as it is; other rows and other columns of it are kept.
        today: when the list is read.
        endpoint: that answers, in the place of the provider's own.

    Raises:
        Refused: the list can't be read, or holds nothing that the catalog knows.
    """
    columns, kept = _kept(own)
    rows = {_key(row): row for row in kept}
    count = 0
    for one in LISTS[provider](catalog, regions, endpoint):
        row = {
            "provider": provider, "service": one.service, "item": one.item, "region": one.region,
            "unit": one.unit, "purchase": one.purchase, "usd": f"{one.usd:.10g}", "low_usd": "",
            "high_usd": "", "date": today.isoformat(), "source": one.source, "note": "",
        }  # fmt: skip
        rows[_key(row)] = row
        count += 1
    if not count:
        raise Refused(f"the price list of {provider} holds nothing that the catalog asks for")
    return _written(columns, rows.values()), count


def _kept(own: Path) -> tuple[list[str], list[dict[str, str]]]:
    """Columns of a user's own file, those that we know first, and its rows."""
    if not own.exists():
        return list(COLUMNS), []
    with own.open(encoding="utf-8", newline="") as stream:
        table = csv.DictReader(stream)
        rows = list(table)
    more = [name for name in table.fieldnames or () if name not in COLUMNS]
    return [*COLUMNS, *more], rows


def _key(row: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(row[name].strip() for name in _KEY)


def _written(columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> bytes:
    table = io.StringIO()
    writer = csv.DictWriter(table, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return table.getvalue().encode()
