"""What kinds of workload have in common: that answer requests, read a log, or train."""

from typing import NamedTuple, Protocol, runtime_checkable

from models.prediction.estimates import Estimate


class Counted(NamedTuple):
    """What comes to a workload, and what becomes of it, in words for people.

    Arguments:
        name: of many of them, such as requests.
        lost: what is said of those that count as lost.
        kept: what is said of the others.
    """

    name: str
    lost: str
    kept: str


REQUESTS = Counted("requests", "are not answered", "are answered")
EVENTS = Counted("events", "miss their windows", "are in their windows")
FRAMES = Counted("frames", "are not worked on", "are worked on")


@runtime_checkable
class Served(Protocol):
    """Requests that are answered; each figure is None where there is no steady state.

    Attributes:
        counted: what they are in the words of their kind.
        p50: response time within which half of them are answered, s.
        p95: the same of 95 %, s.
        p99: the same of 99 %, s.
        wanted_time: the same of the share that an objective or a target asks for, s.
        loss: share of them that is not answered.
        independent: runs, or parts of one, that the intervals of these are made of.
    """

    @property
    def counted(self) -> Counted: ...
    @property
    def p50(self) -> Estimate | None: ...
    @property
    def p95(self) -> Estimate | None: ...
    @property
    def p99(self) -> Estimate | None: ...
    @property
    def wanted_time(self) -> Estimate | None: ...
    @property
    def loss(self) -> Estimate | None: ...
    @property
    def independent(self) -> int: ...


@runtime_checkable
class Lagging(Protocol):
    """What reads a log, and may be behind.

    Attributes:
        lag: events that have come and are not done with; None where they grow without end.
        independent: runs, or parts of one, that its interval is made of.
    """

    @property
    def lag(self) -> Estimate | None: ...
    @property
    def independent(self) -> int: ...


@runtime_checkable
class Accelerated(Protocol):
    """What accelerators do together that one could do alone.

    Attributes:
        speedup: over one accelerator.
        efficiency: speedup over accelerators.
    """

    @property
    def speedup(self) -> float: ...
    @property
    def efficiency(self) -> float: ...
