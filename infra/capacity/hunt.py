"""Trying places until nodes are had: the first success is kept, all else is deleted again."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from infra.capacity.cleaning import SETTLED, Remover, Time
from infra.capacity.cloud import Existing, NoClient, Provisioner, Refused
from infra.capacity.journal import Creation, Journal, State
from models.capacity.place import Place
from models.capacity.refusal import Kind, Refusal, Step
from models.capacity.search_order import SearchOrder
from models.description.quantities import HOUR

TRIES_WHILE_BUSY = 5  # of one place
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0  # s between them; each is twice the one before
_LEAST_BILLED = 60.0  # s of a node that is deleted at once


@dataclass(frozen=True)
class Terms:
    """What a hunt may do.

    Arguments:
        nodes: wanted, all in one place.
        limit: that all it creates may cost until the cloud deletes it, USD.
        time_to_live: after which the cloud deletes what was created, s.
        zones: that are to be tried, even after the first success.
        reservation: create reservations, not nodes.
        lasting: for how long places are tried again, s; 0 for once each.
    """

    nodes: int
    limit: float
    time_to_live: float
    zones: int = 1
    reservation: bool = False
    lasting: float = 0.0


@dataclass(frozen=True)
class Try:
    """What came of one place.

    Arguments:
        place: that was tried.
        refusal: of the cloud; None for success.
        creation: its name in the journal.
        kept: the nodes are there to stay.
    """

    place: Place
    refusal: Refusal | None
    creation: str
    kept: bool = False


class Ending(Protocol):
    """Told what happens, for progress."""

    def __call__(self, place: Place, zones_tried: int) -> None: ...


@dataclass
class Hunt:
    """One hunt.

    Arguments:
        order: what to try next, and what is learnt.
        cloud: that creates.
        journal: that knows of all that may exist.
        terms: what it may do.
        time: a clock, s since 1970.
        names: of creations, each unique.
        price: of all nodes at a place for an hour, USD; None where none is known.
        owner: whose account or project it is, as the cloud names it.
        show: told of each try.

    Attributes:
        tries: what came of each.
        beyond_limit: places that were passed over, as they could have cost more than the limit.
        unpriced: places that were passed over, as nobody knows what they cost.
        made: what the cloud said that it created, by the name of the creation.
    """

    order: SearchOrder
    cloud: Provisioner
    journal: Journal
    terms: Terms
    time: Time
    names: Iterator[str]
    price: Callable[[Place], float | None]
    owner: str = ""
    show: Ending | None = None
    tries: list[Try] = field(default_factory=list)
    beyond_limit: set[Place] = field(default_factory=set)
    unpriced: set[Place] = field(default_factory=set)
    made: dict[str, Sequence[Existing]] = field(default_factory=dict)
    _spent: float = 0.0  # on what is gone
    _mine: set[str] = field(default_factory=set)

    def run(self) -> None:
        """Try places until enough zones were tried and nodes are kept, or none is left.

        Whatever ends it, what it created is deleted again, but for what is kept: that, too, where
        it is interrupted or comes to no good end.

        Raises:
            Refused: the cloud refuses whatever is asked.
            NoClient: the cloud can't be asked any more.
            KeyboardInterrupt: by the user.
        """
        try:
            self._go()
        except BaseException:
            self._delete_all()
            raise

    def _go(self) -> None:
        until = self.time.now() + self.terms.lasting
        while not self._done():
            now = self.time.now()
            place = self._next(now)
            if place is None:
                # Neither the limit nor a price changes while it waits.
                never = self.beyond_limit | self.unpriced
                again = self.order.next_chance(now, never)
                if self._kept() or again is None or max(again, now + FIRST_PAUSE) > until:
                    return
                self.time.sleep(max(again - now, FIRST_PAUSE))
                continue
            if self.show:
                self.show(place, len(self._zones()))
            self._try(place)

    def _done(self) -> bool:
        return self._kept() and len(self._zones()) >= self.terms.zones

    def _kept(self) -> bool:
        return any(True for _ in self.journal.kept())

    def _zones(self) -> set[str]:
        return {one.place.zone for one in self.tries}

    def _next(self, now: float) -> Place | None:
        """The best place that the limit allows; once nodes are kept, only of zones not tried."""
        kept, tried = self._kept(), self._zones()
        once = {one.place for one in self.tries} if not self.terms.lasting else set()
        for prospect in self.order.ranked(now):
            place = prospect.place
            if place in once or (kept and place.zone in tried):
                continue
            price = self.price(place)
            if price is None:
                self.unpriced.add(place)
            elif self._at_stake() + price * self._longest / HOUR > self.terms.limit:
                self.beyond_limit.add(place)
            else:
                self.beyond_limit.discard(place)
                return place
        return None

    @property
    def _longest(self) -> float:
        """For which a creation may be billed if nobody deletes it, s."""
        return self.terms.time_to_live + self.cloud.overrun(self.terms.reservation)

    def _at_stake(self) -> float:
        """What was spent, and what may be if nobody deletes anything before the cloud does, USD."""
        living = (one for one in self.journal.creations.values() if one.may_exist)
        return self._spent + sum(one.hourly * (one.ends - one.began) / HOUR for one in living)

    def _try(self, place: Place) -> None:
        pause = FIRST_PAUSE
        for left in reversed(range(TRIES_WHILE_BUSY)):
            refusal, name = self._create(place)
            busy = refusal is not None and refusal.kind.value.step is Step.BACK_OFF
            if not busy or not left:
                break
            self.time.sleep(pause)
            pause = min(2.0 * pause, LONGEST_PAUSE)
        kept = refusal is None and not self._kept()
        self.order.told(place, refusal, self.time.now())
        self.tries.append(Try(place, refusal, name, kept))
        if refusal is None:
            if kept:
                self.journal.now(name, State.KEPT)
            else:
                self._delete(name, SETTLED)
        elif refusal.kind.value.step is Step.STOP:
            raise Refused(refusal)

    def _create(self, place: Place) -> tuple[Refusal | None, str]:
        name, began = next(self.names), self.time.now()
        hourly = self.price(place)
        assert hourly is not None
        ends, terms = began + self._longest, self.terms
        creation = Creation(
            name, place, terms.nodes, hourly, began, ends, terms.reservation, self.owner
        )
        self._mine.add(name)
        self.journal.begin(creation)
        try:
            self.made[name] = self.cloud.create(creation)
        except Refused as refused:
            # Part of it may be there, or all of it, where only the answer was lost.
            lost = refused.refusal.kind is Kind.NO_ANSWER
            self._delete(name, SETTLED if lost else 0.0)
            return refused.refusal, name
        self.journal.now(name, State.EXISTS)
        return None, name

    def _delete(self, name: str, settled: float = 0.0) -> None:
        creation = self.journal.creations[name]
        existed = Remover(self.cloud, self.journal, self.time, settled).remove(creation)
        if existed:
            lived = max(self.time.now() - creation.began, _LEAST_BILLED)
            self._spent += creation.hourly * lived / HOUR

    def _delete_all(self) -> None:
        """Delete all that this hunt created; what can't be deleted is left to the journal."""
        remover = Remover(self.cloud, self.journal, self.time, SETTLED)
        for name in self._mine:
            creation = self.journal.creations.get(name)
            if creation is not None and creation.may_exist:
                try:
                    remover.remove(creation)
                except (Refused, NoClient, OSError):
                    continue
