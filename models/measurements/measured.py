"""Measured values by what they are of, and the units that they may be written in."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from models.description import quantities
from models.description.quantities import Dimension
from models.prediction.expected import Measure

COUNT = Dimension("a number", {"": 1.0}, "3")
DIMENSIONS: Mapping[Measure, Dimension] = {
    Measure.THROUGHPUT: quantities.RATE,
    Measure.UTILIZATION: quantities.FRACTION,
    Measure.FAILURES: COUNT,
    Measure.MONTHLY_COST: quantities.MONEY,
    Measure.MATRIX_RATE: quantities.COMPUTING_RATE,
    Measure.MEMORY_BANDWIDTH: quantities.BANDWIDTH,
    Measure.READ_RATE: quantities.BANDWIDTH,
    Measure.WRITE_RATE: quantities.BANDWIDTH,
    **dict.fromkeys(
        (
            *(Measure.STEP_TIME, Measure.COMPUTE, Measure.COMMUNICATION, Measure.INPUT_WAIT),
            *(Measure.TIME_TO_TRAIN, Measure.RESPONSE_TIME, Measure.WAITING_TIME),
            *(Measure.SERVICE_TIME, Measure.TURNAROUND, Measure.MAKESPAN, Measure.NODE_TIME),
            Measure.ALL_REDUCE_TIME,
        ),
        quantities.DURATION,
    ),
}
Samples = NDArray[np.float64]


class Unusable(Exception):
    """A file of measurements that can't be used; the message says why."""


@dataclass(frozen=True)
class Key:
    """What measured values are of.

    Arguments:
        of: a workload, a part of one, a node group, a store; empty for the whole stack.
        measure: what.
    """

    of: str
    measure: Measure

    def __str__(self) -> str:
        return f"{self.of}.{self.measure}" if self.of else str(self.measure)


@dataclass(frozen=True)
class BilledProduct:
    """What a bill has of one product of a provider.

    Arguments:
        name: of the product, as the bill has it; or what of the bill no prediction has.
        usd: a month of 730 h.
        compared: it is of what is predicted, and no tax, credit or refund.
    """

    name: str
    usd: float
    compared: bool = True


@dataclass(frozen=True, eq=False)
class Measurements:
    """Measured values, in the order of the file.

    Arguments:
        file: its name.
        values: by what they are of, in SI units.
        bill: a month of it by product; empty where the file is no bill.
        grouped: of values that were spread over the buckets of a histogram, the ends of these: a
            value is known to lie in its bucket, and not where.
    """

    file: str
    values: Mapping[Key, Samples]
    bill: tuple[BilledProduct, ...] = ()
    grouped: Mapping[Key, tuple[float, ...]] = field(default_factory=dict)


def value_of(text: str, measure: Measure, unit: str = "") -> float:
    """A measured value in the SI unit of its measure.

    Arguments:
        text: a number, with its unit or without.
        measure: what it is of.
        unit: of a number without one; empty where every number must have its own.

    Raises:
        ValueError: no value of such a measure.
    """
    written = text.strip()
    if measure is Measure.FAILURES:
        value = float(written)
        if not 0 <= value < quantities.LARGEST or value != int(value):
            raise ValueError(f"{text!r} is no number of failures")
        return value
    if _is_number(written):
        if measure is Measure.UTILIZATION and not unit:
            return quantities.parse(float(written), quantities.FRACTION)
        written = f"{written} {unit}".strip()
    return quantities.parse(written, DIMENSIONS[measure])


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
