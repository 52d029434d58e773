"""Records of failures: how often things fail, and what fleets saw of it."""

import datetime
from dataclasses import dataclass
from enum import StrEnum

from models.catalog.units import Seconds


class Place(StrEnum):
    """Where a fleet stands."""

    ON_PREMISES = "on-premises"
    CLOUD = "cloud"


@dataclass(frozen=True)
class FailureRate:
    """How long a component runs before it fails and how long it then stays away, on average.

    `mttf_low` and `mttf_high` are the ends of the 95 % interval, as many times below `mttf` as
    above it; both None where none is known. `failures_per_demand` is the probability that it does
    not start when it must; None for what always runs.
    """

    component: str
    mttf: Seconds
    mttf_low: Seconds | None
    mttf_high: Seconds | None
    mttr: Seconds
    failures_per_demand: float | None
    date: datetime.date
    source: str
    note: str = ""


@dataclass(frozen=True)
class FailureReport:
    """What one fleet of nodes with eight accelerators saw; its nodes times the days are counted."""

    fleet: str
    generation: str
    place: Place
    failures: float
    node_time: Seconds
    date: datetime.date
    source: str
    note: str = ""
