"""From what a cloud says and a hunt has found to the rows of the answer."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from infra.capacity.hunt import Try
from infra.capacity.journal import Creation
from infra.capacity.survey import Seen, Survey
from models.capacity.place import Place
from models.capacity.search_order import Prospect, SearchOrder
from models.catalog.borrowing import borrowed_price
from models.catalog.errors import UnknownName
from models.catalog.providers import CLOUDS
from models.catalog.records import Catalog
from models.description.fields import Purchase
from models.prediction.capacity_answer import CapacityRow, Outcome

# What capacity is billed by while it is tried; what was bought before costs nothing more.
_BILLED: Mapping[Purchase, Purchase] = {"reserved": "on_demand"}
_ASK_FOR_QUOTA = "ask for more quota there, or another region"
_ANOTHER_ZONE = "another zone"
_TRY = "--attempt tries it"
_PULUMI = "pulumi up builds the stack there"


@dataclass(frozen=True)
class Priced:
    """What nodes cost in a place.

    Arguments:
        usd: of one for an hour; None where none is known.
        elsewhere: it is the price of another region.
    """

    usd: float | None
    elsewhere: bool = False


class Prices:
    """Prices of nodes: what the cloud says now, else the catalog's, else the nearest region's."""

    def __init__(self, catalog: Catalog, cloud: str, seen: Sequence[Seen]) -> None:
        self._catalog = catalog
        self._cloud = cloud
        self._spot = {one.place: one.spot_price for one in seen}
        self._known: dict[tuple[str, str, str], Priced] = {}

    def of(self, place: Place) -> Priced:
        """Of one node in a place.

        Arguments:
            place: that is looked at.
        """
        now = self._spot.get(place)
        if place.purchase == "spot" and now is not None:
            return Priced(now)
        key = (place.shape, place.region, place.purchase)
        if key not in self._known:
            self._known[key] = self._from_catalog(place)
        return self._known[key]

    def _from_catalog(self, place: Place) -> Priced:
        purchase = _BILLED.get(place.purchase, place.purchase)
        service = CLOUDS[self._cloud].compute
        asked = (self._cloud, service, place.shape, place.region, purchase, "USD/h")
        try:
            return Priced(self._catalog.price(*asked).usd)
        except UnknownName:
            price = borrowed_price(self._catalog, *asked)
            return Priced(None if price is None else price.usd, price is not None)


@dataclass(frozen=True)
class Missed:
    """Objectives that the stack misses, by shape and region.

    Arguments:
        in_region: by shape and region.
        elsewhere: by shape, in regions that are not named there.
    """

    in_region: Mapping[tuple[str, str], tuple[str, ...]]
    elsewhere: Mapping[str, tuple[str, ...]]

    def at(self, place: Place) -> tuple[str, ...]:
        """Those missed in a place.

        Arguments:
            place: where nodes may be had.
        """
        known = self.in_region.get((place.shape, place.region))
        return self.elsewhere.get(place.shape, ()) if known is None else known


def prospects(survey: Survey, prices: Prices, nodes: int, misses: Missed) -> list[Prospect]:
    """Places that may be tried: offered, as far as is known, and within the quota.

    Arguments:
        survey: of the cloud.
        prices: of nodes.
        nodes: wanted.
        misses: objectives that the stack misses.
    """
    up = {one.name for one in survey.zones if one.up}
    found = []
    for one in survey.seen:
        if known_outcome(one, nodes) is None and one.place.zone in up:
            usd = prices.of(one.place).usd
            price = None if usd is None else usd * nodes
            missed = len(misses.at(one.place))
            found.append(Prospect(one.place, price, missed, one.chance, one.reserved >= nodes))
    return found


def known_outcome(seen: Seen, nodes: int) -> Outcome | None:
    """What is known of a place without a try.

    Arguments:
        seen: what the cloud says.
        nodes: wanted.
    """
    if seen.offered is False:
        return Outcome.NO_RESOURCE_TYPE
    if seen.enough_quota is False and seen.reserved < nodes:
        return Outcome.NO_QUOTA
    return None


def rows(
    survey: Survey,
    order: SearchOrder,
    prices: Prices,
    nodes: int,
    misses: Missed,
    tries: Sequence[Try],
    now: float,
) -> tuple[CapacityRow, ...]:
    """A row of each shape in each zone, the best first.

    Arguments:
        survey: of the cloud.
        order: with all that was learnt.
        prices: of nodes.
        nodes: wanted.
        misses: objectives that the stack misses.
        tries: of a hunt.
        now: s, on the clock of the order.
    """
    last = {one.place: one for one in tries}
    ranks = {one.place: k for k, one in enumerate(order.ranked(now), 1)}
    found = []
    for seen in survey.seen:
        price, tried = prices.of(seen.place), last.get(seen.place)
        outcome, code, words, step = _outcome(seen, nodes, tried)
        found.append(
            CapacityRow(
                zone=seen.place.zone,
                region=seen.place.region,
                instance=seen.place.shape,
                rank=ranks.get(seen.place),
                offered=_offered(seen, tried),
                allocated=tried is not None and tried.refusal is None,
                kept=tried is not None and tried.kept,
                outcome=outcome,
                code=code,
                words=words,
                next=step,
                price=None if price.usd is None else price.usd * nodes,
                price_elsewhere=price.elsewhere,
                chance=seen.chance,
                pre_empted=seen.pre_empted,
                quota_free=None if seen.quota is None else seen.quota - seen.quota_used,
                quota_needed=seen.quota_needed,
                reserved=seen.reserved,
                misses=misses.at(seen.place),
            )
        )
    return tuple(
        sorted(
            found,
            key=lambda one: (
                (
                    not one.kept,
                    not one.allocated,
                    one.outcome is None,
                    one.rank if one.rank is not None else len(found) + 1,
                    one.zone,
                    one.instance,
                )
                if tries
                else (one.rank if one.rank is not None else len(found) + 1, one.zone, one.instance)
            ),
        )
    )


def _offered(seen: Seen, tried: Try | None) -> bool | None:
    """What the cloud says, and what a try has shown."""
    if tried is None:
        return seen.offered
    if tried.refusal is None:
        return True
    return False if tried.refusal.kind.value.outcome is Outcome.NO_RESOURCE_TYPE else seen.offered


def _outcome(seen: Seen, nodes: int, tried: Try | None) -> tuple[Outcome | None, str, str, str]:
    if tried is None:
        match known_outcome(seen, nodes):
            case Outcome.NO_QUOTA:
                return Outcome.NO_QUOTA, "", "", _ASK_FOR_QUOTA
            case Outcome.NO_RESOURCE_TYPE:
                return Outcome.NO_RESOURCE_TYPE, "", "", _ANOTHER_ZONE
            case _:
                return None, "", "", _TRY
    if tried.refusal is None:
        return Outcome.SUCCESSFUL, "", "", _PULUMI
    kind = tried.refusal.kind.value
    return kind.outcome, tried.refusal.code, tried.refusal.words, kind.advice


def ends_at(creation: Creation) -> str:
    """When the cloud deletes it, ISO 8601.

    Arguments:
        creation: of the journal.
    """
    moment = datetime.datetime.fromtimestamp(creation.ends, datetime.UTC)
    return moment.isoformat(timespec="seconds")
