"""In which order places are tried, and what is learnt of each answer.

Weitzman (1979), "Optimal search for the best alternative", Econometrica 47: where a try costs c and
gives what is worth a price p with probability q, the places are best tried by p + c / q. What an
answer says of later chances is an on-off process whose chance returns to where it was.
"""

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from models.capacity.place import Place
from models.capacity.refusal import Reach, Refusal
from models.prediction.capacity_answer import Outcome

# A try that fails is worth as much as this share of the price of an hour: what one pays more to be
# spared it.
PATIENCE = 0.25
_BASE = 0.4  # chance of a place of which nothing is known
_LEAST, _MOST = 0.02, 0.98  # no published score is certain
_HINTED = 0.9  # chance of a zone that a refusal names
_UNNAMED = 0.15  # and of one of its region that it passes over
_TRUST = 0.8  # that published scores tell something, at first; hints likewise
_RECOVERY = 1200.0  # s in which two thirds of the lost chance have come back


@dataclass(frozen=True)
class Prospect:
    """A place that may be tried, and what is known before.

    Arguments:
        place: where, and as what.
        price: of all nodes for an hour, USD; None where none is known.
        misses: objectives that the stack would miss there.
        chance: of having the nodes, as the cloud publishes it; None where it does not.
        reserved: there is capacity that is kept for the account already.
    """

    place: Place
    price: float | None = None
    misses: int = 0
    chance: float | None = None
    reserved: bool = False


@dataclass
class _Hint:
    zones: tuple[str, ...]
    shape: str
    region: str
    since: float


class SearchOrder:
    """Places by how soon, and how cheaply, nodes are likely to be had there."""

    def __init__(self, prospects: Sequence[Prospect], patience: float = PATIENCE) -> None:
        """Begin with what is known before.

        Arguments:
            prospects: every place that may be tried; the first of equal ones is tried first.
            patience: what a try costs, as a share of the usual price of an hour.
        """
        self._prospects = tuple(prospects)
        prices = sorted(one.price for one in prospects if one.price is not None)
        self._trial = patience * prices[len(prices) // 2] if prices else 1.0
        # What has no price is worth no less than the dearest that has one.
        self._dearest = prices[-1] if prices else 1.0
        self._refusals: list[tuple[Refusal, float]] = []
        self._last: dict[Place, tuple[bool, float]] = {}
        self._hints: list[_Hint] = []
        self._trust_scores = self._trust_hints = _TRUST
        self._tries, self._had = 2.0, 2.0 * _BASE
        self._untried: set[Place] = {one.place for one in prospects}

    def ranked(self, now: float) -> list[Prospect]:
        """All that is not ruled out, the best first.

        Arguments:
            now: s, on any clock that does not go back.
        """
        return sorted(
            (one for one in self._prospects if not self.ruled_out(one.place, now)),
            key=lambda one: self._key(one, now),
        )

    def next(self, now: float) -> Place | None:
        """What to try now; None where everything is ruled out.

        Arguments:
            now: s, on the same clock.
        """
        best = min(
            (one for one in self._prospects if not self.ruled_out(one.place, now)),
            key=lambda one: self._key(one, now),
            default=None,
        )
        return best.place if best else None

    def next_chance(self, now: float, never: Collection[Place] = ()) -> float | None:
        """When something can be tried again that is ruled out now, s; None for never.

        Arguments:
            now: s, on the same clock.
            never: places that are not to be tried, whatever is learnt.
        """
        moments = []
        for one in self._prospects:
            if one.place in never:
                continue
            ends = [
                math.inf if refusal.kind.value.holds is None else since + refusal.kind.value.holds
                for refusal, since in self._refusals
                if refusal.rules_out(one.place)
            ]
            moments.append(max(ends, default=now))
        soonest = min(moments, default=math.inf)
        return None if soonest == math.inf else max(soonest, now)

    def ruled_out(self, place: Place, now: float) -> bool:
        """Whether a refusal holds that rules it out.

        Arguments:
            place: that is looked at.
            now: s, on the same clock.
        """
        return self.ruling(place, now) is not None

    def ruling(self, place: Place, now: float) -> Refusal | None:
        """The refusal that rules a place out, the newest if there are several.

        Arguments:
            place: that is looked at.
            now: s, on the same clock.
        """
        for refusal, since in reversed(self._refusals):
            holds = refusal.kind.value.holds
            if (holds is None or now < since + holds) and refusal.rules_out(place):
                return refusal
        return None

    def chance(self, place: Place, now: float) -> float:
        """Of having the nodes there now, after all that was learnt.

        Arguments:
            place: of the prospects.
            now: s, on the same clock.
        """
        prospect = next(one for one in self._prospects if one.place == place)
        return self._chance(prospect, now)

    def told(self, place: Place, refusal: Refusal | None, now: float) -> None:
        """Learn of an answer.

        Arguments:
            place: that was tried.
            refusal: that came; None for nodes.
            now: s, on the same clock.
        """
        outcome = Outcome.SUCCESSFUL if refusal is None else refusal.kind.value.outcome
        if outcome in (Outcome.SUCCESSFUL, Outcome.NO_CAPACITY):
            self._learn(place, outcome is Outcome.SUCCESSFUL, now)
        if refusal is not None:
            if refusal.kind.value.reach is not Reach.NOTHING:
                self._refusals = [
                    (one, since) for one, since in self._refusals if one.place != place
                ]
                self._refusals.append((refusal, now))
            if refusal.hinted:
                hint = _Hint(refusal.hinted, place.shape, place.region, now)
                self._hints.append(hint)

    def _learn(self, place: Place, had: bool, now: float) -> None:
        """Bayes' rule on whether scores and hints tell anything, and the base rate."""
        prospect = next((one for one in self._prospects if one.place == place), None)
        base = self._base()
        first = place in self._untried
        self._untried.discard(place)
        if prospect and prospect.chance is not None and first:
            said = _bounded(prospect.chance)
            self._trust_scores = _posterior(self._trust_scores, said, base, had)
        hint = self._hint(place)
        if hint is not None:
            said = _HINTED if place.zone in hint.zones else _UNNAMED
            self._trust_hints = _posterior(self._trust_hints, said, base, had)
        if first:
            self._tries += 1.0
            self._had += float(had)
        self._last[place] = (had, now)

    def _base(self) -> float:
        return _bounded(self._had / self._tries)

    def _key(self, one: Prospect, now: float) -> tuple[int, bool, float]:
        price = self._dearest if one.price is None else one.price
        index = price + self._trial / self._chance(one, now)
        return one.misses, not one.reserved, index

    def _chance(self, one: Prospect, now: float) -> float:
        base = self._base()
        chance = base
        if one.chance is not None:
            chance = self._trust_scores * _bounded(one.chance) + (1.0 - self._trust_scores) * base
        hint = self._hint(one.place)
        if hint is not None:
            said = _HINTED if one.place.zone in hint.zones else _UNNAMED
            weight = self._trust_hints * math.exp(-(now - hint.since) / _RECOVERY)
            chance = weight * said + (1.0 - weight) * chance
        if one.place in self._last:
            had, since = self._last[one.place]
            kept = math.exp(-(now - since) / _RECOVERY)
            chance = kept * (_MOST if had else _LEAST) + (1.0 - kept) * chance
        return _bounded(chance)

    def _hint(self, place: Place) -> _Hint | None:
        """The newest hint that speaks of a place."""
        for hint in reversed(self._hints):
            if hint.shape == place.shape and (
                place.zone in hint.zones or place.region == hint.region
            ):
                return hint
        return None


def _bounded(chance: float) -> float:
    return min(max(chance, _LEAST), _MOST)


def _posterior(trust: float, said: float, base: float, had: bool) -> float:
    """That what was said tells something, after one answer; never quite sure either way."""
    told, blind = (said, base) if had else (1.0 - said, 1.0 - base)
    return min(max(trust * told / (trust * told + (1.0 - trust) * blind), 0.02), 0.98)
