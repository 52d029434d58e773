"""Failure rates of a fleet that nobody has seen yet, from reports of others."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from models.laws.arguments import positive
from models.laws.intervals import student_quantile

CONFIDENCE = 0.95
_FEWEST = 3  # failures: the chance of a count of fewer, a factor of two, hides the fleet


@dataclass(frozen=True)
class Report:
    """What one fleet saw.

    Arguments:
        failures: how many there were, more than 0.
        exposure: units times s that they were counted over, more than 0.

    Raises:
        ValueError: an argument out of range.
    """

    failures: float
    exposure: float

    def __post_init__(self) -> None:
        positive("failures", self.failures)
        positive("exposure", self.exposure)

    @property
    def log_rate(self) -> float:
        """Logarithm of the failures of one unit, 1/s."""
        return math.log(self.failures / self.exposure)


@dataclass(frozen=True)
class FleetTime:
    """Time between failures of one unit in the next fleet.

    Arguments:
        mttf: of the typical fleet, the geometric mean, s.
        factor: by which the next may be better or worse, with the confidence.
        borrowed: no report is of its kind; those of all kinds stand in.
    """

    mttf: float
    factor: float
    borrowed: bool


def next_fleet(
    reports: Mapping[str, Sequence[Report]], kind: str, confidence: float = CONFIDENCE
) -> FleetTime:
    """How often units fail in a fleet of a kind, from reports of fleets of that and other kinds.

    Rates of fleets are log-normal around the mean of their kind, with one spread for all kinds;
    what it is, is known from as many degrees of freedom as there are reports beyond one a kind. A
    kind without a report is a fleet like any. The spread that is seen holds the chance of each
    count, too; a report of one or two failures is left out of it, and tells the mean of its kind
    alone.

    Arguments:
        reports: by kind.
        kind: of the fleet.
        confidence: of the interval, 0 to 1.

    Raises:
        ValueError: so few reports that nothing is known of the spread.

    Source: one-way random effects (Searle, Casella and McCulloch 1992, Variance Components, section
        3.2), with the prediction interval of Higgins, Thompson and Spiegelhalter (2009), A
        re-evaluation of random-effects meta-analysis, section 4.2.
    """
    own = [one.log_rate for one in reports.get(kind, ())]
    telling = [[one.log_rate for one in of if one.failures >= _FEWEST] for of in reports.values()]
    kinds = [of_kind for of_kind in telling if of_kind]
    if not own:
        own = [one.log_rate for of_kind in reports.values() for one in of_kind]
        kinds = [[rate for of_kind in kinds for rate in of_kind]]
    degrees = sum(map(len, kinds)) - len(kinds)
    if degrees < 1:
        raise ValueError("reports must hold a kind with two of them, or nothing tells the spread")
    squares = math.fsum((rate - _mean(of)) ** 2 for of in kinds for rate in of)
    error = math.sqrt(squares / degrees * (1 + 1 / len(own)))
    factor = math.exp(student_quantile(confidence, degrees) * error)
    return FleetTime(math.exp(-_mean(own)), factor, not reports.get(kind))


def _mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values)
