"""What was observed beside what was predicted."""

from dataclasses import dataclass, field

from models.prediction.estimates import UNIT
from models.prediction.expected import Expected

_ALIKE = 0.05  # of the observed


@dataclass(frozen=True)
class ObservedFigure:
    """A figure that was predicted, and measured.

    Arguments:
        expected: as predicted.
        mean: as observed, in the unit of the measure.
        low: lower end of the 95 % interval of that; the figure itself where nothing says more.
        high: upper end of it.
        count: values that were measured.
    """

    expected: Expected
    mean: float
    low: float
    high: float
    count: int

    @property
    def gap(self) -> float:
        """Predicted over observed, less one; infinite where nothing was observed."""
        return self.expected.mean / self.mean - 1 if self.mean else float("inf")

    @property
    def inside(self) -> bool:
        """The intervals meet; where the prediction has none, they differ by 5 % at the most."""
        wanted = self.expected
        if wanted.low == wanted.high and abs(self.gap) <= _ALIKE:
            return True
        if self.low == self.high and wanted.low == wanted.high:
            return False
        return self.low <= wanted.high and wanted.low <= self.high


@dataclass(frozen=True)
class Drift:
    """Whether what is measured still looks like what was assumed.

    Arguments:
        of: what was measured: train.step_time.
        against: what it was held against: an earlier file, or a distribution of the stack.
        probability: that chance alone makes such a difference.
        found: it is too small to be chance.
    """

    of: str
    against: str
    probability: float
    found: bool


@dataclass(frozen=True)
class BilledBeside:
    """A product of a bill.

    Arguments:
        name: as the bill has it.
        monthly: of it; None where the bill has no such product, but the prediction has.
        predicted: of it; None where no line of the prediction is billed so.
        compared: it is of what is predicted, and no tax, credit or refund.
    """

    name: str
    monthly: float | None = field(metadata={UNIT: "USD/month"})
    predicted: float | None = field(metadata={UNIT: "USD/month"})
    compared: bool


@dataclass(frozen=True)
class Calibrated:
    """A value of a stack file that measurements give.

    Arguments:
        path: in the stack file.
        value: as the file has it.
        source: what it was measured by, for people.
    """

    path: str
    value: object
    source: str


@dataclass(frozen=True)
class Observation:
    """A stack that runs beside its prediction.

    Arguments:
        stack: its name.
        file: of the measurements.
        figures: that are in both.
        only_measured: what no prediction has.
        drifts: of what can be held against something.
        bill: as it was billed.
        predicted_monthly: bill as predicted.
        at_least: that is the least, since prices are not known.
        calibrated: values for later predictions.
    """

    stack: str
    file: str
    figures: tuple[ObservedFigure, ...]
    only_measured: tuple[str, ...]
    drifts: tuple[Drift, ...]
    bill: tuple[BilledBeside, ...]
    predicted_monthly: float = field(metadata={UNIT: "USD/month"})
    at_least: bool
    calibrated: tuple[Calibrated, ...]

    @property
    def fine(self) -> bool:
        """Every figure is inside, and nothing has drifted."""
        return all(one.inside for one in self.figures) and not any(d.found for d in self.drifts)
