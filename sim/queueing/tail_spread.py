"""Intervals of percentiles: by how much the shares beyond a time differ between runs."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.laws.incomplete_functions import gamma_quantile
from models.laws.intervals import normal_factor, student_quantile
from models.queueing.network import Network
from sim.experiment import CONFIDENCE
from sim.queueing.arrays.tally import BINS, FRACTION_BITS, Tally

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

_BINS = 1 << (FRACTION_BITS - 4)  # of a histogram between two places: 16 of them an octave
_WIDER = (1, 2)  # times as many beyond: of few, a spread is known worse than of more
_MOST_HANGING = 0.9  # correlation of a window with the next
_ALIKE = 1e-15  # of a squared share: that much is rounding
_EDGE = 1e-12
_LARGE = 1000.0  # shape of a gamma variable whose cube root is as good as normal


class TailSpread:
    """What is left of the histograms of runs: sums that tell how much the shares beyond differ.

    Arguments:
        windows: the parts are windows of one run, which may hang together.
    """

    def __init__(self, windows: bool = False) -> None:
        self._windows = windows
        self._parts = 0
        self._last: Floats | None = None
        # Of the counts c beyond each place and of all n: sums of c, c^2, c n, n^2, and of the
        # products with those of the part before.
        self._sums: list[Any] = [0.0] * 7

    def add(self, pieces: Counts) -> None:
        """Count a part.

        Arguments:
            pieces: of its histograms, as `pieces_of` makes them.
        """
        beyond = np.cumsum(pieces[:, ::-1], axis=1)[:, ::-1].astype(np.float64)
        whole = beyond[:, :1]
        more = [beyond, beyond * beyond, beyond * whole, whole * whole]
        if self._windows and self._last is not None:
            last = self._last
            more += [
                beyond * last,
                beyond * last[:, :1] + last * whole,
                whole * last[:, :1],
            ]
        for k, one in enumerate(more):
            self._sums[k] = self._sums[k] + one
        self._last = beyond if self._windows else None
        self._parts += 1

    def clumps(self, row: int, share: float) -> float:
        """As many customers beyond a quantile as would be known as well if they were independent.

        At heavy load those who wait longest came in a few bad times: each counts about once.
        Infinite where all parts are alike, not a number where nothing is known.

        Arguments:
            row: of the pieces.
            share: of the quantile, above 0 and below 1.

        Source: the design effect of a share: Kish (1965), Survey Sampling, section 8.2.
        """
        if self._parts < 2:
            return math.nan
        counts = self._sums[0][row]
        if not counts[0]:
            return math.nan
        shares, beyond = counts / counts[0], min(share, 1 - share)
        effects = []
        for times in _WIDER:
            wanted = min(times * beyond, 0.5)
            place = _nearest(shares, wanted if share >= 0.5 else 1 - wanted)
            if place is not None:
                chance = float(shares[place])
                effects.append(self._variance(row, place, chance) / chance / (1 - chance))
        if not effects or max(effects) <= _ALIKE:
            return math.inf
        return beyond / (1 - beyond) / max(effects)

    def _variance(self, row: int, place: int, share: float) -> float:
        """Of the share beyond a place, over all parts."""
        several = [np.broadcast_to(one, self._sums[0].shape)[row, place] for one in self._sums[1:4]]
        squares = several[0] - 2 * share * several[1] + share**2 * several[2]
        total = float(self._sums[0][row, 0])
        variance = max(0.0, float(squares)) * self._parts / (self._parts - 1) / total**2
        if self._windows and squares > 0 and self._parts > 2:
            near = [np.broadcast_to(one, self._sums[0].shape)[row, place] for one in self._sums[4:]]
            hangs = float(near[0] - share * near[1] + share**2 * near[2]) / float(squares)
            hangs = min(max(hangs, 0.0), _MOST_HANGING)
            variance *= (1 + hangs) / (1 - hangs)
        return variance

    def ends(self, row: int, share: float) -> tuple[float, float] | None:
        """The shares whose quantiles are the ends of the interval of a quantile; None if unknown.

        How many are beyond is as uncertain as the number of independent customers that tells it as
        well; few of them make an interval that reaches further up than down.

        Arguments:
            row: of the pieces.
            share: of the quantile, above 0 and below 1.

        Source: Woodruff (1952), Confidence intervals for medians and other position measures; Korn
            and Graubard (1998), Confidence intervals for proportions with small expected number of
            positive counts estimated from survey data; the limits of a rare count: Garwood (1936).
        """
        clumps = self.clumps(row, share)
        if math.isnan(clumps):
            return None
        if math.isinf(clumps):
            return share, share
        outside = (1 - CONFIDENCE) / 2
        clumps *= (normal_factor(CONFIDENCE) / student_quantile(CONFIDENCE, self._parts - 1)) ** 2
        beyond = min(share, 1 - share)
        fewer = beyond * _gamma(clumps, outside) / clumps
        more = min(beyond * _gamma(clumps + 1, 1 - outside) / clumps, 1 - _EDGE)
        return (1 - more, 1 - fewer) if share >= 0.5 else (max(fewer, _EDGE), more)


def _gamma(shape: float, probability: float) -> float:
    """Quantile of a gamma variable, of a large shape to six digits: there may be thousands.

    Source: Wilson and Hilferty (1931), The distribution of chi-square.
    """
    if shape < _LARGE:
        return gamma_quantile(shape, probability)
    ninth = 1 / (9 * shape)
    return float(shape * (1 - ninth + NormalDist().inv_cdf(probability) * math.sqrt(ninth)) ** 3)


def _nearest(shares: Floats, wanted: float) -> int | None:
    """The place beyond which the share is most like the wanted one, neither none nor all."""
    after = int(np.searchsorted(-shares, -wanted))
    near = [k for k in (after - 1, after) if 0 <= k < len(shares) and 0 < shares[k] < 1]
    return min(near, key=lambda k: abs(math.log(shares[k] / wanted)), default=None)


def pieces_of(network: Network, flows: Sequence[tuple[str, str]], tally: Tally) -> Counts:
    """Coarse histograms of a tally, one a row: waits, then responses, of stations and of their
    classes; then times in the network.

    Arguments:
        network: the description.
        flows: pairs of station and class, in the order of the tally.
        tally: of a run or of a part of it.
    """
    starts = np.arange(0, BINS, _BINS)
    groups = [
        [i for i, (place, _) in enumerate(flows) if place == name] for name in network.stations
    ]
    rows: list[Counts] = []
    for histograms in (tally.waiting_times, tally.response_times):
        pieces = np.add.reduceat(histograms, starts, axis=1)
        rows += [pieces[mine].sum(axis=0, keepdims=True) for mine in groups]
        rows.append(pieces)
    rows.append(np.add.reduceat(tally.trip_times, starts, axis=1))
    return np.concatenate(rows)


@dataclass(frozen=True)
class Rows:
    """Where the histograms of `pieces_of` stand.

    Arguments:
        stations: of the network.
        flows: pairs of station and class.
    """

    stations: int
    flows: int

    def response(self, wait: int) -> int:
        """Of the response times of the same station or class.

        Arguments:
            wait: row of its waiting times: stations first, then flows.
        """
        return self.stations + self.flows + wait

    def trips(self, place: int) -> int:
        """Of a class.

        Arguments:
            place: its row in the tally.
        """
        return 2 * (self.stations + self.flows) + place
