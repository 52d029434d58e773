"""Ernest's law: how long a job takes by its machines and its data, fitted to a few runs of it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from models.laws.arguments import non_negative, positive, whole
from models.laws.arrays import Floats
from models.laws.intervals import student_quantile

_TERMS = 4
_MOST_MACHINES = 1_000_000


@dataclass(frozen=True)
class Ernest:
    """Time of a job on m machines with a scale s of data: a + b s/m + c log(m) + d m.

    Arguments:
        serial: a, computation that no machine more makes shorter, s.
        parallel: b, computation that machines share, s for a scale of 1 on one machine.
        tree: c, communication by a tree, s.
        each: d, what each machine adds, such as messages to one of them, s.
        runs: that it was fitted to.
        error: relative, of a run that it was not fitted to: root of the mean square over runs, each
            left out in its turn.
        confidence: of its intervals.
    """

    serial: float
    parallel: float
    tree: float
    each: float
    runs: int
    error: float
    confidence: float = 0.95

    def time(self, machines: float, scale: float = 1.0) -> float:
        """Of a job, s.

        Arguments:
            machines: that it runs on.
            scale: of its data, in the unit of the runs.

        Raises:
            ValueError: an argument out of range.
        """
        count, data = positive("machines", machines), non_negative("scale", scale)
        return (
            self.serial
            + self.parallel * data / count
            + self.tree * math.log(count)
            + self.each * count
        )

    def interval(self, machines: float, scale: float = 1.0) -> tuple[float, float]:
        """Between which a run is likely to take, s; as unsure as the runs that were left out.

        Arguments:
            machines: that it runs on.
            scale: of its data, in the unit of the runs.
        """
        if self.runs <= 1 or math.isinf(self.error):
            return 0.0, math.inf
        factor = math.exp(student_quantile(self.confidence, self.runs - 1) * self.error)
        time = self.time(machines, scale)
        return time / factor, time * factor

    def fastest(self, scale: float = 1.0) -> int:
        """Machines on which a job takes no longer than on any other number; the fewest of them.

        Arguments:
            scale: of its data, in the unit of the runs.

        Source: where the derivative by m is 0: d m^2 + c m = b s.
        """
        work = self.parallel * non_negative("scale", scale)
        if self.each == 0 and self.tree == 0:
            return _MOST_MACHINES if work else 1
        if self.each == 0:
            found = work / self.tree
        else:
            root = math.sqrt(self.tree**2 + 4 * self.each * work)
            found = (root - self.tree) / (2 * self.each)
        near = [min(_MOST_MACHINES, max(1, math.floor(found) + more)) for more in (0, 1)]
        return min(near, key=lambda count: (self.time(count, scale), count))


def fit_ernest(
    machines: Sequence[float], scales: Sequence[float], times: Sequence[float]
) -> Ernest:
    """Ernest's law of a job, by its runs: least squares without a negative coefficient.

    Arguments:
        machines: of each run.
        scales: of the data of each run, in one unit.
        times: of each run, s.

    Raises:
        ValueError: fewer than three runs, or figures without a sense.

    Source: Venkataraman et al. (2016), Ernest: Efficient Performance Prediction for Large-Scale
        Advanced Analytics, NSDI, equation 1; Lawson and Hanson (1974), Solving Least Squares
        Problems, chapter 23: among all choices of coefficients that are 0 the one whose others
        are positive with the least squares.
    """
    count = whole("runs", len(times), 3)
    if len(machines) != count or len(scales) != count:
        raise ValueError(f"{len(machines)} machines, {len(scales)} scales and {count} times")
    features = np.array(
        [
            [1.0, non_negative("scales", s) / positive("machines", m), math.log(m), m]
            for m, s in zip(machines, scales, strict=True)
        ]
    )
    seen = np.array([positive("times", time) for time in times])
    found = _least_squares(features, seen)
    errors = []
    for left in range(count):
        others = np.arange(count) != left
        said = float(features[left] @ _least_squares(features[others], seen[others]))
        errors.append(math.log(said / seen[left]) ** 2 if said > 0 else math.inf)
    error = math.sqrt(math.fsum(errors) / count)
    serial, parallel, tree, each = (float(one) for one in found)
    return Ernest(serial, parallel, tree, each, count, error)


def _least_squares(features: Floats, seen: Floats) -> Floats:
    """Coefficients of least squares, none of them negative; of 4 all choices are tried."""
    scale = np.abs(features).max(axis=0)  # m is a thousand times as large as 1/m
    scale[scale == 0] = 1.0
    best, least = np.zeros(_TERMS), float(seen @ seen)
    for size in range(1, _TERMS + 1):
        for chosen in combinations(range(_TERMS), size):
            columns = features[:, chosen] / scale[list(chosen)]
            found = np.linalg.lstsq(columns, seen, rcond=None)[0]
            if (found < 0).any():
                continue
            rest = seen - columns @ found
            squares = float(rest @ rest)
            # A coefficient more must earn its place: rounding does not.
            if squares < least * (1 - 1e-12):
                least, best = squares, np.zeros(_TERMS)
                best[list(chosen)] = found / scale[list(chosen)]
    return best
