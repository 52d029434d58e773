"""windtunnel catalog: the facts, listed, filtered and refreshed."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from commands import completion
from commands.leaving import BAD_INPUT, WORLD_REFUSED, leave, say
from commands.progress import progress

if TYPE_CHECKING:
    from models.catalog.records import Catalog


def command(
    table: Annotated[
        str,
        typer.Argument(
            help="table to list; without it, the tables; or refresh",
            autocompletion=completion.tables,
        ),
    ] = "",
    where: Annotated[
        list[str] | None,
        typer.Option(
            "--where", metavar="FIELD=TEXT", help="keep rows whose field contains the text"
        ),
    ] = None,
    sources: Annotated[bool, typer.Option(help="show date, source and note of every row")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="print comma-separated values")] = False,
    sort: Annotated[
        str, typer.Option(metavar="BY", help="of instances: name, price, accelerator, pflops, age")
    ] = "",
    region: Annotated[str, typer.Option(help="of the prices of instances, or to refresh")] = "",
    provider: Annotated[
        str, typer.Option(metavar="NAME", help="refresh: whose price list to read, aws or gcp")
    ] = "",
    endpoint: Annotated[
        str, typer.Option(metavar="URL", help="refresh: a mirror of the price list")
    ] = "",
) -> None:
    """List and filter the facts: instances with prices, accelerators, links, failure rates.

    With refresh, read a provider's public price list into your own prices, over the shipped ones.
    """
    if table == "refresh":
        _refresh(provider, region, endpoint or None)
        return
    from models.catalog.errors import UnknownName
    from models.catalog.load import load_catalog
    from models.catalog.query import as_rows, select
    from models.catalog.records import TABLES

    catalog = load_catalog()
    headers: tuple[str, ...] = ("table", "rows")
    rows: list[tuple[str, ...]] = [(name, str(len(getattr(catalog, name)))) for name in TABLES]
    if table:
        filters = dict(text.partition("=")[::2] for text in where or ())
        try:
            chosen = select(catalog, table, filters)
            if table == "instances" and not (sources or as_csv):
                _print_offers(catalog, chosen, region, sort)
                return
            headers, rows = as_rows(chosen)
        except UnknownName as error:
            leave(str(error), BAD_INPUT)
        if not sources:
            kept = [i for i, name in enumerate(headers) if name not in ("date", "source", "note")]
            headers = tuple(headers[i] for i in kept)
            rows = [tuple(row[i] for i in kept) for row in rows]
    _print_rows(headers, rows, as_csv)


def _refresh(provider: str, region: str, endpoint: str | None) -> None:
    """Read a price list into the user's own prices: all of it, or nothing is changed."""
    import datetime

    from infra.price_lists.listed_price import Refused
    from infra.price_lists.refresh import LISTS, refreshed
    from models.catalog.errors import UnknownName
    from models.catalog.load import load_catalog
    from models.catalog.own_prices import NAMED_BY, own_prices
    from reports.files import write_whole

    own, catalog = own_prices(), load_catalog()
    if own is None:
        leave(f"{NAMED_BY} is empty: name the file for your own prices", BAD_INPUT)
    if provider not in LISTS:
        leave(str(UnknownName("provider", provider or "(none given)", tuple(LISTS))), BAD_INPUT)
    regions = tuple(name for cloud, name in catalog.regions if cloud == provider)
    if region and region not in regions:
        leave(str(UnknownName(f"{provider} region", region, regions)), BAD_INPUT)
    wanted = (region,) if region else regions
    try:
        with progress(f"reading the price list of {provider}"):
            found, count = refreshed(
                provider, catalog, wanted, own, datetime.date.today(), endpoint
            )
    except Refused as error:
        leave(f"{error}; nothing was changed", WORLD_REFUSED)
    write_whole({own: found})
    say(f"{own}: {count:,} prices of {provider}")


def _print_offers(catalog: Catalog, chosen: Sequence[Any], region: str, sort: str) -> None:
    """Instances with what they cost and what that buys, in 80 columns."""
    import datetime

    from models.catalog.offers import EXPLAINED, offer_rows, offers

    found = offers(catalog, chosen, datetime.date.today(), region=region, sort=sort)
    _print_rows(*offer_rows(found), as_csv=False)
    say("\n".join(f"{name}: {text}" for name, text in EXPLAINED.items()), keep="\n")


def _print_rows(headers: tuple[str, ...], rows: list[tuple[str, ...]], as_csv: bool) -> None:
    if as_csv:
        import csv

        table = io.StringIO()
        csv.writer(table, lineterminator="\n").writerows([headers, *rows])
        say(table.getvalue().removesuffix("\n"), keep="\n")
        return
    widths = [max(map(len, column)) for column in zip(headers, *rows, strict=True)]
    lines = ("  ".join(map(str.ljust, row, widths)).rstrip() for row in (headers, *rows))
    say("\n".join(lines), keep="\n")
