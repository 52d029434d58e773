"""Asking a cloud where nodes can be had, and trying it, as `windtunnel find` does."""

from __future__ import annotations

import contextlib
import re
import secrets
import signal
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from commands.leaving import BAD_INPUT, WORLD_REFUSED, leave, say_lines
from commands.progress import progress

if TYPE_CHECKING:
    from commands.sought import Sought
    from infra.capacity.answer import Prices
    from infra.capacity.cloud import Existing, Provisioner
    from infra.capacity.hunt import Terms, Try
    from infra.capacity.journal import Creation, Journal
    from infra.capacity.survey import Survey
    from models.capacity.place import Place
    from models.capacity.search_order import SearchOrder
    from models.catalog.records import Catalog
    from models.prediction.capacity_answer import Capacity, CapacityRow

_LONGEST_NAME = 24  # of a stack, in the name of what is created
_ENDING = ("SIGTERM", "SIGHUP")


class _Wall:
    """The clock on the wall."""

    def now(self) -> float:
        return time.time()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


def found(
    what: Sought,
    catalog: Catalog,
    regions: tuple[str, ...],
    zones: tuple[str, ...],
    terms: Terms | None,
    journal: Journal | None,
) -> Capacity:
    """Ask the cloud, and try where terms say how."""
    from infra.capacity import answer
    from infra.capacity.doors import DOORS
    from infra.capacity.survey import Wanted
    from models.capacity.search_order import SearchOrder
    from models.catalog.providers import CLOUDS

    title = CLOUDS[what.cloud].title
    wanted = Wanted(dict(what.shapes), what.nodes, what.purchase, regions, zones)
    with DOORS[what.cloud](dict(what.shapes)) as door:
        with progress(f"asking {title}") as show:
            survey = door.surveyor.survey(wanted, show)
        _check_named(survey, title, catalog, what.cloud, regions, zones)
        prices = answer.Prices(catalog, what.cloud, survey.seen)
        order = SearchOrder(answer.prospects(survey, prices, what.nodes, what.misses))
        tries: Sequence[Try] = ()
        created: Mapping[str, Sequence[Existing]] = {}
        warnings = [
            f"{title} did not say: {_told(one.code, one.words)}" for one in survey.unanswered
        ]
        if terms is not None and journal is not None:
            tries, created, more = _tried(what, door.provisioner, order, prices, terms, journal)
            warnings += more
        kept = next(journal.kept(), None) if journal else None
        reservation = ""
        if kept is not None and kept.reservation:
            # Lists of a cloud are some seconds behind what it created.
            known = created.get(kept.name) or door.provisioner.find(kept)
            reservation = known[0].identifier if known else ""
    rows = answer.rows(survey, order, prices, what.nodes, what.misses, tries, time.time())
    made = _answer(what, title, rows, tries, warnings, terms is not None)
    if kept is None:
        return made
    return replace(made, kept=kept.name, ends=answer.ends_at(kept), reservation=reservation)


def _answer(
    what: Sought,
    title: str,
    rows: Sequence[CapacityRow],
    tries: Sequence[Try],
    warnings: Sequence[str],
    attempted: bool,
) -> Capacity:
    from models.prediction.capacity_answer import Capacity

    if attempted:
        best = next((one for one in rows if one.kept), None)
    else:
        best = min((one for one in rows if one.rank), key=lambda one: one.rank or 0, default=None)
    return Capacity(
        stack=what.stack,
        cloud=title,
        group=what.group,
        nodes=what.nodes,
        purchase=what.purchase,
        attempted=attempted,
        tested=len({one.place.zone for one in tries}),
        rows=tuple(rows),
        best=best,
        kept="",
        ends="",
        reservation="",
        refused_shapes=tuple(what.refused.items()),
        warnings=tuple(warnings),
    )


def _told(code: str, words: str) -> str:
    return f"{code}: {words}" if code else words


def _tried(
    what: Sought,
    cloud: Provisioner,
    order: SearchOrder,
    prices: Prices,
    terms: Terms,
    journal: Journal,
) -> tuple[Sequence[Try], Mapping[str, Sequence[Existing]], list[str]]:
    """Try places: what came of it, was created, and a person must know of those passed over."""
    from infra.capacity.hunt import Hunt

    def price(place: Place) -> float | None:
        usd = prices.of(place).usd
        return None if usd is None else usd * what.nodes

    with progress("trying zones") as show, _interrupted_by_signals():
        hunt = Hunt(
            order=order,
            cloud=cloud,
            journal=journal,
            terms=replace(terms, nodes=what.nodes),
            time=_Wall(),
            names=_names(what.stack),
            price=price,
            owner=cloud.owner(),
            show=None if show is None else lambda place, zones: show(zones, terms.zones),
        )
        try:
            hunt.run()
        finally:
            left = [one.name for one in journal.unresolved()]
            if left:
                say_lines(
                    [f"{', '.join(left)}: may exist; windtunnel find --clean deletes it, and the"
                     " cloud does when its time is up"]
                )  # fmt: skip
    told = []
    if hunt.beyond_limit:
        told.append(
            f"--limit: {len(hunt.beyond_limit)} places were not tried, as they could have cost more"
        )
    if hunt.unpriced:
        told.append(f"{len(hunt.unpriced)} places were not tried, as their price is not known")
    return hunt.tries, hunt.made, told


def _names(stack: str) -> Iterator[str]:
    """Names that no other run has, as both clouds take them."""
    plain = re.sub(r"[^a-z0-9]+", "-", stack.lower()).strip("-")[:_LONGEST_NAME].rstrip("-")
    while True:
        yield f"wt-{plain}-{secrets.token_hex(4)}"


@contextlib.contextmanager
def _interrupted_by_signals() -> Iterator[None]:
    """What asks the process to end interrupts it, so that it deletes what it has created."""
    before = {}
    for name in _ENDING:
        number = getattr(signal, name, None)
        # What nohup lets pass does not end it.
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
            before[number] = signal.signal(number, signal.default_int_handler)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _check_named(
    survey: Survey,
    title: str,
    catalog: Catalog,
    cloud: str,
    regions: Sequence[str],
    zones: Sequence[str],
) -> None:
    """See that every place that was named is one."""
    from models.catalog.errors import UnknownName

    known = {name: row.zones for (where, name), row in catalog.regions.items() if where == cloud}
    every = tuple(one for several in known.values() for one in several)
    for named, has, names, what in (
        (regions, {one.region for one in survey.zones}, tuple(known), "region"),
        (zones, {one.name for one in survey.zones}, every, "zone"),
    ):
        for one in named:
            if one not in has and not survey.unanswered:
                near = UnknownName(what, one, names).nearest
                hint = f"; did you mean {near[0]}?" if near else ""
                leave(f"--{what}: {title} names no {what} '{one}' to this account{hint}", BAD_INPUT)
    if not survey.zones:
        said = "; ".join(_told(one.code, one.words) for one in survey.unanswered)
        leave(f"{title} names no zone{': ' if said else ''}{said}", WORLD_REFUSED)


def tidy(cloud: str, catalog: Catalog, journal: Journal, clean: bool) -> list[Creation]:
    """Delete what earlier runs left, or adopt it where it is whole.

    Returns:
        What is kept, or what was deleted where all was to be.
    """
    from infra.capacity.cleaning import SETTLED, Remover, resume
    from infra.capacity.cleaning import clean as delete_all
    from infra.capacity.doors import DOORS

    living = [one for one in journal.creations.values() if one.may_exist]
    if not living:
        return []
    shapes = {
        one.place.shape: catalog.instances[cloud, one.place.shape]
        for one in living
        if (cloud, one.place.shape) in catalog.instances
    }
    with DOORS[cloud](shapes) as door, progress("looking for what is left"):
        _check_owner(door.provisioner, living, journal)
        remover = Remover(door.provisioner, journal, _Wall(), SETTLED)
        names = delete_all(remover) if clean else resume(remover)
    return [journal.creations[name] for name in names]


def _check_owner(cloud: Provisioner, living: Sequence[Creation], journal: Journal) -> None:
    """With other credentials nothing of it would be found, and all of it be forgotten."""
    owner = cloud.owner()
    others = {one.owner for one in living if one.owner and one.owner != owner}
    if others:
        leave(
            f"{journal.path}: what it knows of is in {', '.join(sorted(others))}, and the"
            f" credentials are of {owner}; nothing was looked for",
            BAD_INPUT,
        )


def changes_to(what: Sought, answer: Capacity) -> dict[str, object]:
    """New values of the stack file by path: region, zones, instance, and a reservation."""
    best = answer.best
    assert best is not None
    before = what.document.tree.get("zones")
    count = max(1, len(before) if isinstance(before, list) else 1)
    others = [
        one.zone
        for one in sorted(answer.rows, key=lambda row: (row.rank is None, row.rank or 0, row.zone))
        if one.region == best.region and one.zone != best.zone
    ]
    zones = list(dict.fromkeys([best.zone, *others]))[:count]
    found: dict[str, object] = {
        "region": best.region, "zones": zones, what.path: best.instance
    }  # fmt: skip
    if answer.reservation:
        found[f"nodes.{what.group}.reservation"] = {"name": answer.reservation}
    return found
