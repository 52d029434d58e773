"""Why candidates were not taken, family by family."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from models.prediction.choice_answer import Changes, Excuse, RejectedFamily, Why
from sim.choosing.open_choices import Choice


@dataclass
class Excuses:
    """Counts candidates that are settled, and keeps why they were not taken.

    Arguments:
        total: candidates that there are.
        lead: the choices of which the first that a candidate has names its family.
        told: after every step, how many candidates are settled.
        settled: so far.
    """

    total: int
    lead: Sequence[Choice]
    told: Callable[[int], None]
    settled: int = 0
    _known: dict[tuple[str, Why], tuple[Changes, int, Excuse, float]] = field(default_factory=dict)

    def settle(self, size: int) -> None:
        """Count candidates, whatever became of them.

        Arguments:
            size: how many.
        """
        self.settled += size
        self.told(self.settled)

    def reject(
        self, changes: Mapping[str, Any], size: int, excuse: Excuse, nearness: float
    ) -> None:
        """Count candidates that are not taken; the excuse of a family is that of the nearest.

        Arguments:
            changes: of one of them.
            size: how many.
            excuse: why.
            nearness: less of what was nearer.
        """
        self.settle(size)
        lead = [one.axis.path for one in self.lead if one.axis.path in changes][:1]
        family = tuple((path, changes[path]) for path in lead)
        key = (str(family), excuse.why)
        _, known, nearest, least = self._known.get(key, (family, 0, excuse, math.inf))
        if nearness < least:
            nearest, least = excuse, nearness
        self._known[key] = (family, known + size, nearest, least)

    def leave_the_rest(self, why: Why) -> None:
        """All that is not settled is not taken, for one reason.

        Arguments:
            why: the reason.
        """
        left = self.total - self.settled
        self.settle(left)
        self._known["", why] = ((), left, Excuse(why), math.inf)

    def rejected(self) -> tuple[RejectedFamily, ...]:
        """By family and reason."""
        return tuple(
            RejectedFamily(family, number, excuse)
            for family, number, excuse, _ in self._known.values()
        )
