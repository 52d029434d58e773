"""The windows of one instance of an operator, by dictionaries and a sorted list."""

import bisect
import math
from dataclasses import dataclass
from itertools import count

from models.laws.streaming.windows import window_starts
from sim.streaming.stream_contract import EventWindow, WindowKind


@dataclass
class Pane:
    """The events of one key in one window.

    Arguments:
        number: of all that were opened in the run.
        key: of its events.
        begin: of the window, s.
        end: of it, s; of a session, so far.
        events: how many.
        given: its result was.
    """

    number: int
    key: int
    begin: float
    end: float
    events: int = 0
    given: bool = False


@dataclass(frozen=True)
class Result:
    """What an operator gives for a window.

    Arguments:
        pane: that it is of.
        again: it was given before, with fewer events.
    """

    pane: Pane
    again: bool


class WindowsOfInstance:
    """Puts events into windows, and gives their results as its watermark passes.

    Arguments:
        window: of the operator.
        numbers: of panes, over all instances.
    """

    def __init__(self, window: EventWindow, numbers: "count[int]") -> None:
        self._window, self._numbers = window, numbers
        self._latest = -math.inf
        self._open: dict[int, list[Pane]] = {}
        self.late = 0

    def gather(self, own: int, key: int, time: float) -> tuple[list[Result], bool]:
        """Put an event into its windows; gives the results, and whether it was late for all.

        Arguments:
            own: whose windows these are: of the key, or of the instance.
            key: of the event.
            time: at which it happened, s.
        """
        passed = self._latest - self._window.watermark
        sessions = self._window.kind is WindowKind.SESSION
        put = self._put_into_session if sessions else self._put
        again, taken = put(own, key, time, passed)
        if time <= self._latest:
            return again, not taken
        self._latest = time
        return [*again, *self._due()], not taken

    def _put(self, own: int, key: int, time: float, passed: float) -> tuple[list[Result], bool]:
        window, taken, again = self._window, False, []
        for begin in window_starts(time, window.size, window.every):
            end = begin + window.size
            if end + window.lateness <= passed:
                continue
            taken = True
            mine = [pane for pane in self._open.get(own, []) if pane.begin == begin]
            pane = mine[0] if mine else self._opened(own, key, begin, end)
            pane.events += 1
            if pane.given:
                again.append(Result(pane, True))
        return again, taken

    def _put_into_session(
        self, own: int, key: int, time: float, passed: float
    ) -> tuple[list[Result], bool]:
        gap = self._window.size
        mine = self._open.get(own, [])
        near = [pane for pane in mine if time < pane.end and pane.begin < time + gap]
        if not near:
            if time + gap <= passed:
                return [], False
            near = [self._opened(own, key, time, time + gap)]
        kept, *others = sorted(near, key=lambda pane: -pane.number)  # the last that was opened
        kept.begin = min(time, *(pane.begin for pane in near), math.inf)
        kept.end = max(time + gap, *(pane.end for pane in near), -math.inf)
        kept.events += 1 + sum(pane.events for pane in others)
        for pane in others:
            self._open[own].remove(pane)
        return [], True

    def _opened(self, own: int, key: int, begin: float, end: float) -> Pane:
        pane = Pane(next(self._numbers), key, begin, end)
        self._open.setdefault(own, []).append(pane)
        return pane

    def _due(self) -> list[Result]:
        """Results of all windows that the watermark has passed, by their end."""
        passed, lateness = self._latest - self._window.watermark, self._window.lateness
        due: list[tuple[float, int, Pane]] = []
        for own in list(self._open):
            for pane in list(self._open[own]):
                if pane.end <= passed and not pane.given:
                    bisect.insort(due, (pane.end, pane.number, pane))
                if pane.end + lateness <= passed:
                    self._open[own].remove(pane)
        for *_, pane in due:
            pane.given = True
        return [Result(pane, False) for *_, pane in due]
