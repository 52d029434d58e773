"""What every kind of workload says that answers requests, or that reads a log."""

from typing import Protocol, runtime_checkable

from models.prediction.estimates import Estimate


@runtime_checkable
class Served(Protocol):
    """Requests that are answered; each figure is None where there is no steady state.

    Attributes:
        p50: response time within which half of them are answered, s.
        p95: the same of 95 %, s.
        p99: the same of 99 %, s.
        wanted_time: the same of the share that an objective or a target asks for, s.
        loss: share of them that is not answered.
        independent: runs, or parts of one, that the intervals of these are made of.
    """

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
