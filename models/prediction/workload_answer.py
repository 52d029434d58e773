"""The head of what is predicted of any workload, whatever its kind."""

from dataclasses import dataclass, field

from models.prediction.deployment_mode import DeploymentMode
from models.prediction.estimates import UNIT, Distribution, Estimate
from models.prediction.expected import Expected, Measure, expected


@dataclass(frozen=True, kw_only=True)
class WorkloadPrediction:
    """What is predicted of every workload; its kind adds a body to this head.

    Arguments:
        name: of the workload.
        kind: of the workload.
        mode: how it is deployed.
        throughput: what it does in a second; a kind says in which unit.
        completion: when it is complete, s from the start of the stack; None for what never is.
        cost: of its nodes until it is complete, or in a month of what never is, USD.
        cost_at_least: its cost is the least, since the price of something of it is not known.
        unavailability: share of the time in which something that it needs is down, by the laws; 1
            where what is up is never enough.
        available: share of its simulated year in which all that it needs was up; 0 likewise.
        remedy: what relieves that which holds it back, for people; empty where a kind doesn't say.
    """

    name: str
    kind: str
    mode: DeploymentMode
    throughput: Estimate = field(metadata={UNIT: "1/s"})
    completion: Distribution | None = field(metadata={UNIT: "s"})
    cost: Distribution = field(metadata={UNIT: "USD"})
    unavailability: float
    available: Estimate
    cost_at_least: bool = False
    remedy: str = ""

    @property
    def typical_time(self) -> Estimate | None:
        """Median of the time that its users wait for, s: until it is complete; a kind may say else.

        None where there is no such time, as of what has no steady state.
        """
        return None if self.completion is None else self.completion.p50

    @property
    def late_time(self) -> Estimate | None:
        """95th percentile of the same time, s."""
        return None if self.completion is None else self.completion.p95

    def expected(self) -> tuple[Expected, ...]:
        """What people can measure of it; a kind adds its own."""
        return expected(self.name, Measure.THROUGHPUT, self.throughput)

    @property
    def held_back_by(self) -> str:
        """What holds it back, by name; empty where a kind doesn't say."""
        return ""

    @property
    def timed(self) -> bool:
        """It is known when what it works on comes, by the hour or as recorded; a kind says so."""
        return False

    @property
    def never_available(self) -> bool:
        """What there is of it is not enough, whatever is up; in overload, and a kind may say when
        else."""
        return self.overloaded

    @property
    def overloaded(self) -> bool:
        """More comes than can be done, so that it has no steady state; a kind says when."""
        return False
