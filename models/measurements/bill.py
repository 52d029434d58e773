"""Bills of clouds by their columns: a month of what each product cost."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from models.description.quantities import MONTH
from models.measurements.measured import BilledProduct, Unusable

_USD = "USD"


@dataclass(frozen=True)
class _Columns:
    """The columns of one kind of bill.

    Arguments:
        called: the kind.
        product: that was billed.
        cost: of a line.
        start: of the time that the line covers.
        end: of it.
        currency: of the cost; not every export has it.
        category: of the line; likewise.
    """

    called: str
    product: str
    cost: str
    start: str
    end: str
    currency: str
    category: str

    @property
    def names(self) -> tuple[str, ...]:
        """All of them."""
        return (self.product, self.cost, self.start, self.end, self.currency, self.category)


_KINDS = (
    _Columns(
        "a Cost and Usage Report",
        "lineItem/ProductCode",
        "lineItem/UnblendedCost",
        "lineItem/UsageStartDate",
        "lineItem/UsageEndDate",
        "lineItem/CurrencyCode",
        "lineItem/LineItemType",
    ),
    _Columns(  # its second version, and the first as Athena has it
        "a Cost and Usage Report",
        "line_item_product_code",
        "line_item_unblended_cost",
        "line_item_usage_start_date",
        "line_item_usage_end_date",
        "line_item_currency_code",
        "line_item_line_item_type",
    ),
    _Columns(
        "a bill by FOCUS",
        "ServiceName",
        "BilledCost",
        "ChargePeriodStart",
        "ChargePeriodEnd",
        "BillingCurrency",
        "ChargeCategory",
    ),
    _Columns(
        "an export of Cloud Billing",
        "service.description",
        "cost",
        "usage_start_time",
        "usage_end_time",
        "currency",
        "cost_type",
    ),
)
# What no prediction has either, by the words of all kinds in small letters.
_LEFT_OUT = {"tax": "taxes", "credit": "credits", "refund": "refunds"}


def kind_of_bill(head: Sequence[str]) -> _Columns | None:
    """The kind of bill that a table is by its columns; None where it is none.

    Arguments:
        head: names of its columns.

    Raises:
        Unusable: it has the cost of a bill, and not what it is of.
    """
    for kind in _KINDS:
        if kind.cost not in head:
            continue
        if kind.cost == "cost" and kind.start not in head:
            continue  # a name that any table may have
        for needed in (kind.product, kind.start, kind.end):
            if needed not in head:
                raise Unusable(f"has no column '{needed}', as {kind.called} has")
        return kind
    return None


def month_of(
    kind: _Columns, head: Sequence[str], rows: Iterable[tuple[int, Sequence[str]]]
) -> tuple[BilledProduct, ...]:
    """A month of a bill: what its lines sum to, over the time that they cover.

    Taxes, credits and refunds are told apart, since no prediction has them.

    Arguments:
        kind: of bill.
        head: names of its columns.
        rows: with the number of each.

    Raises:
        Unusable: with the line, and what would be right.
    """
    places = [head.index(one) for one in (kind.product, kind.cost, kind.start, kind.end)]
    currency = head.index(kind.currency) if kind.currency in head else None
    category = head.index(kind.category) if kind.category in head else None
    spent: dict[tuple[str, bool], float] = {}
    starts, ends = [], []
    for number, row in rows:
        if not row:
            continue
        try:
            product, cost, start, end = (row[place].strip() for place in places)
            usd = float(cost or 0.0)
            in_what = "" if currency is None else row[currency].strip()
            if in_what not in ("", _USD) and usd:
                raise Unusable(f"line {number}: is in {in_what}; predictions are in {_USD}")
            left_out = None if category is None else _LEFT_OUT.get(row[category].strip().lower())
            key = (left_out or product, left_out is None)
            spent[key] = spent.get(key, 0.0) + usd
            if left_out is None:  # a tax is often billed for the whole month
                starts.append(_time(start))
                ends.append(_time(end))
        except (ValueError, IndexError) as error:
            raise Unusable(f"line {number}: {error}") from None
    if not starts:
        raise Unusable("has no line of cost")
    try:
        time = (max(ends) - min(starts)).total_seconds()
    except TypeError:
        raise Unusable("has dates with and without a time zone") from None
    if time <= 0:
        raise Unusable("covers no time")
    return tuple(_products(spent, time))


def _products(spent: dict[tuple[str, bool], float], time: float) -> Iterator[BilledProduct]:
    """The dearest first, and what is left out behind all others."""
    for (name, compared), usd in sorted(spent.items(), key=lambda one: (not one[0][1], -one[1])):
        yield BilledProduct(name, usd * MONTH / time, compared)


def _time(text: str) -> datetime:
    """A date and time; Cloud Billing writes its time zone as a word."""
    return datetime.fromisoformat(text.removesuffix(" UTC"))
