"""Records of measured operators, and of what softwares make of them in a step of training."""

import datetime
import math
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from models.laws.matrix_rates import MatrixRates
from models.laws.transformers.dimensions import Transformer
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


# Share above which it is clear that hosts set the pace. Between both the hosts of all that share
# matrices wait for one another, and the step for the slowest of them.
HOST_PACED = 0.5

# Of the steps that calibrations were fitted to; products and sums of another take another time.
CALIBRATED_PRECISIONS = ("fp16", "bf16")


_LONGER = 2  # times as long as the longest that was measured


class Regime(StrEnum):
    """How a predicted step lies to the measured ones that it follows from."""

    ONE_NODE = "one node, as measured"  # by a rate of this accelerator, with this batch
    OTHER_BATCH = "another batch"
    SEVERAL_NODES = "several nodes"
    SAME_GENERATION = "another accelerator of its generation"
    MEASURED_SIZE = "a size as measured"  # on one node of such accelerators
    MEASURED_SHARED = "a size as measured, matrices shared"
    MEASURED_CONTENDED = "a size as measured, matrices shared, hosts as busy as accelerators"
    MEASURED_NODES = "a size as measured, on several nodes"
    INTERPOLATED = "interpolated"  # another size, on accelerators that were measured
    HOST_BOUND = "bound by the host"  # which waits for its host much of the time
    MORE_ACCELERATORS = "more accelerators than measured"
    OTHER_ACCELERATOR = "another accelerator"
    OTHER_PRECISION = "another precision"
    OTHER_KIND = "another kind of accelerator"
    OTHER_SOFTWARE = "another software"
    OTHER_FAMILY = "another family"
    CONTEXT = "sequences longer, or shared by more, than measured"
    ADAPTED = "low-rank adaptation"
    EXPERTS = "a mixture of experts"
    SMALL_EXPERTS = "a mixture of many small experts"


MEASURED = (
    Regime.MEASURED_SIZE,
    Regime.MEASURED_SHARED,
    Regime.MEASURED_CONTENDED,
    Regime.MEASURED_NODES,
)


def remotest(regimes: Iterable[Regime]) -> Regime:
    """The regime of several that is the farthest from what was measured, which people are told.

    Arguments:
        regimes: of one step, at least one.
    """
    order = list(Regime)
    return max(regimes, key=order.index)


def combined_error(nearest: float, *farther: float) -> float:
    """The relative standard error of a step that differs from measured ones in several ways.

    Each way adds what its steps missed beside the nearest ones, as if they were independent.

    Arguments:
        nearest: of steps that differ least.
        farther: of those that differ in one way more each.

    Source: Joint Committee for Guides in Metrology (2008), Guide to the expression of uncertainty
        in measurement, JCGM 100, section 5.1: variances of independent contributions add up.
    """
    more = (max(0.0, error**2 - nearest**2) for error in farther)
    return math.sqrt(nearest**2 + sum(more))


def measured_regime(inside: bool, tensor: int, host_share: float) -> Regime:
    """How a step of a size that was measured lies to the measured ones, of which some are surer.

    Arguments:
        inside: whether it runs on one node.
        tensor: accelerators that share its matrices.
        host_share: share of it that waits for hosts.
    """
    if not inside:
        return Regime.MEASURED_NODES
    if tensor == 1:
        return Regime.MEASURED_SIZE
    contended = HOST_BOUND < host_share < HOST_PACED
    return Regime.MEASURED_CONTENDED if contended else Regime.MEASURED_SHARED


def never_fitted(model: Transformer, context: int, known: "StepCalibration") -> tuple[Regime, ...]:
    """Regimes of transformers and layouts to which no coefficient was fitted.

    Sequences are longer where attention has more than twice the share of products that it had.
    Experts are small that are narrower than what enters them: sorting tokens, launching and casting
    then take longer than products.

    Arguments:
        model: the transformer.
        context: accelerators that share a sequence.
        known: the coefficients, with what they were fitted to.
    """
    found = []
    if model.experts > 1:
        small = model.feed_forward < model.hidden
        found.append(Regime.SMALL_EXPERTS if small else Regime.EXPERTS)
    if model.adapted is not None:
        found.append(Regime.ADAPTED)
    if context > known.most_context or model.sequence > _LONGER * known.longest:
        found.append(Regime.CONTEXT)
    return tuple(found)


@dataclass(frozen=True)
class StepCalibration:
    """What a software makes of accelerators of a generation, as its measured steps say.

    `most_accelerators` is the largest number that a step was measured on, `most_context` that which
    shared a sequence, `longest` the tokens of one; `sizes` are those of the transformers: hidden by
    inner width.
    """

    software: str
    generation: str
    calibration: Calibration
    most_accelerators: int
    most_context: int
    longest: int
    sizes: tuple[str, ...]
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
