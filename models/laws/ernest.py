"""Ernest's law: how long a job takes by its machines and its data, fitted to a few runs of it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from models.laws.arguments import non_negative, positive, whole
from models.laws.arrays import Floats
from models.laws.intervals import student_quantile

_FEWEST_BEYOND = 2  # runs whose data had no room, for what that takes to be told from chance
_FEWEST_WITHIN = 4  # runs whose data had, as many as the law has coefficients without it
_WORTH = 2 / 3  # of the error without, below which memory is taken for the reason
_MOST_MACHINES = 1_000_000


@dataclass(frozen=True)
class Ernest:
    """Time of a job on m machines with a scale s of data: a + b s/m + c log(m) + d m.

    Of a job that keeps its data in memory, what has no room there is read again in each iteration,
    by all machines together: e max(0, s/m - room) more.

    Arguments:
        serial: a, computation that no machine more makes shorter, s.
        parallel: b, computation that machines share, s for a scale of 1 on one machine.
        tree: c, communication by a tree, s.
        each: d, what each machine adds, such as messages to one of them, s.
        runs: that it was fitted to.
        error: relative, of a run that it was not fitted to: root of the mean square over runs, each
            left out in its turn.
        confidence: of its intervals.
        room: scale of the data that one machine keeps in memory; infinite where all had room.
        again: e, what the rest takes, s for a scale of 1 on one machine.
    """

    serial: float
    parallel: float
    tree: float
    each: float
    runs: int
    error: float
    confidence: float = 0.95
    room: float = math.inf
    again: float = 0.0

    def time(self, machines: float, scale: float = 1.0) -> float:
        """Of a job, s.

        Arguments:
            machines: that it runs on.
            scale: of its data, in the unit of the runs.

        Raises:
            ValueError: an argument out of range.
        """
        count, data = positive("machines", machines), non_negative("scale", scale)
        beyond = max(0.0, data / count - self.room)
        return (
            self.serial
            + self.parallel * data / count
            + self.tree * math.log(count)
            + self.each * count
            + self.again * beyond
        )

    def enough(self, scale: float = 1.0) -> int:
        """The fewest machines whose memory has room for all data.

        Arguments:
            scale: of the data, in the unit of the runs.
        """
        if math.isinf(self.room):
            return 1
        return max(1, math.ceil(non_negative("scale", scale) / self.room * (1 - 1e-9)))

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

        Source: where the derivative by m is 0: d m^2 + c m = b s, and (b + e) s where memory is
            short; or where it suffices.
        """
        data, enough = non_negative("scale", scale), self.enough(scale)
        found = {
            max(enough, self._least(self.parallel * data)),
            min(enough, self._least((self.parallel + self.again) * data)),
        }
        return min(found, key=lambda count: (self.time(count, data), count))

    def _least(self, work: float) -> int:
        """Machines on which such work takes no longer than on others."""
        if self.each == 0 and self.tree == 0:
            return _MOST_MACHINES if work else 1
        if self.each == 0:
            found = work / self.tree
        else:
            root = math.sqrt(self.tree**2 + 4 * self.each * work)
            found = (root - self.tree) / (2 * self.each)
        near = [min(_MOST_MACHINES, max(1, math.floor(found) + more)) for more in (0, 1)]
        return min(
            near,
            key=lambda m: (work / m + self.tree * math.log(m) + self.each * m, m),
        )


def fit_ernest(
    machines: Sequence[float],
    scales: Sequence[float],
    times: Sequence[float],
    cached: bool = False,
) -> Ernest:
    """Ernest's law of a job, by its runs: least squares without a negative coefficient.

    Of a job that keeps its data in memory, a load of a machine beyond which they have no room is
    sought among those of its runs; it is kept where runs that are left out are then foretold a
    third better at least.

    Arguments:
        machines: of each run.
        scales: of the data of each run, in one unit.
        times: of each run, s.
        cached: the job keeps its data in memory, and reads again what has no room there.

    Raises:
        ValueError: fewer than three runs, or figures without a sense.

    Source: Venkataraman et al. (2016), Ernest: Efficient Performance Prediction for Large-Scale
        Advanced Analytics, NSDI, equation 1; Lawson and Hanson (1974), Solving Least Squares
        Problems, chapter 23: among all choices of coefficients that are 0 the one whose others
        are positive with the least squares. What has no room in memory is read again: Zaharia et
        al. (2012), Resilient Distributed Datasets, sections 2 and 6.1.
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
    (serial, parallel, tree, each), error = _fitted(features, seen)
    law = Ernest(serial, parallel, tree, each, count, error)
    room = _room(features, seen) if cached else None
    if room is None:
        return law
    (serial, parallel, tree, each, again), error = _fitted(_beyond(features, room), seen)
    if not error < _WORTH * law.error:
        return law
    return Ernest(serial, parallel, tree, each, count, error, room=room, again=again)


def _beyond(features: Floats, room: float) -> Floats:
    """With what of the data of each run has no room."""
    return np.column_stack([features, np.maximum(0.0, features[:, 1] - room)])


def _room(features: Floats, seen: Floats) -> float | None:
    """The load of a machine beyond which its data have no room; None where too few runs tell."""
    loads = features[:, 1]
    known = [
        float(load)
        for load in np.unique(loads)
        if (loads > load).sum() >= _FEWEST_BEYOND and (loads <= load).sum() >= _FEWEST_WITHIN
    ]
    if not known:
        return None

    def squares(room: float) -> float:
        given = _beyond(features, room)
        rest = seen - given @ _least_squares(given, seen)
        return float(rest @ rest)

    return min(known, key=squares)


def _fitted(features: Floats, seen: Floats) -> tuple[list[float], float]:
    """The coefficients, and how far they are off for each run when that is left out."""
    errors = []
    for left in range(len(seen)):
        others = np.arange(len(seen)) != left
        said = float(features[left] @ _least_squares(features[others], seen[others]))
        errors.append(math.log(said / seen[left]) ** 2 if said > 0 else math.inf)
    found = [float(one) for one in _least_squares(features, seen)]
    return found, math.sqrt(math.fsum(errors) / len(seen))


def _least_squares(features: Floats, seen: Floats) -> Floats:
    """Coefficients of least squares, none of them negative; all choices of them are tried."""
    terms = features.shape[1]
    scale = np.abs(features).max(axis=0)  # m is a thousand times as large as 1/m
    scale[scale == 0] = 1.0
    best, least = np.zeros(terms), float(seen @ seen)
    for size in range(1, terms + 1):
        for chosen in combinations(range(terms), size):
            columns = features[:, chosen] / scale[list(chosen)]
            found = np.linalg.lstsq(columns, seen, rcond=None)[0]
            if (found < 0).any():
                continue
            rest = seen - columns @ found
            squares = float(rest @ rest)
            # A coefficient more must earn its place: rounding does not.
            if squares < least * (1 - 1e-12):
                least, best = squares, np.zeros(terms)
                best[list(chosen)] = found / scale[list(chosen)]
    return best
