"""Records of measured operators, and of what softwares make of them in a step of training."""

import datetime
from dataclasses import dataclass
from enum import StrEnum

from models.laws.matrix_rates import MatrixRates
from models.laws.transformers.machine import Calibration


@dataclass(frozen=True)
class MatrixTable:
    """How fast an accelerator multiplies matrices of many shapes."""

    accelerator: str
    precision: str
    rates: MatrixRates
    date: datetime.date
    source: str
    note: str = ""


@dataclass(frozen=True)
class CollectiveTable:
    """How long a collective operation of some accelerators of one node takes, by its bytes."""

    accelerator: str
    operation: str
    members: int
    sizes: tuple[float, ...]
    seconds: tuple[float, ...]
    date: datetime.date
    source: str
    note: str = ""


HOST_BOUND = 0.05  # share of a step that waits for hosts, above which their error counts


# Of the steps that calibrations were fitted to; products and sums of another take another time.
CALIBRATED_PRECISIONS = ("fp16", "bf16")


class Regime(StrEnum):
    """How a predicted step lies to the measured ones that it follows from."""

    ONE_NODE = "one node, as measured"  # by a rate of this accelerator, with this batch
    OTHER_BATCH = "another batch"
    SEVERAL_NODES = "several nodes"
    SAME_GENERATION = "another accelerator of its generation"
    INTERPOLATED = "interpolated"  # another size, on accelerators that were measured
    HOST_BOUND = "bound by the host"  # which waits for its host much of the time
    MORE_ACCELERATORS = "more accelerators than measured"
    OTHER_ACCELERATOR = "another accelerator"
    OTHER_PRECISION = "another precision"
    OTHER_KIND = "another kind of accelerator"
    OTHER_SOFTWARE = "another software"
    OTHER_FAMILY = "another family"


@dataclass(frozen=True)
class StepCalibration:
    """What a software makes of accelerators of a generation, as its measured steps say.

    `most_accelerators` is the largest number that a step was measured on.
    """

    software: str
    generation: str
    calibration: Calibration
    most_accelerators: int
    date: datetime.date
    source: str
    note: str = ""


@dataclass(frozen=True)
class StepError:
    """How far predicted steps were off that the calibration had not seen, by how they differed.

    `error` is the relative standard error whose normal interval holds 95 of 100 of `rows`.
    """

    software: str
    regime: Regime
    error: float
    rows: int
    date: datetime.date
    source: str
    note: str = ""
