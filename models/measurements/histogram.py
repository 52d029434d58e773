"""Histograms as Prometheus keeps them: how many values are no larger than each bucket's end."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, Self

import numpy as np

from models.laws.roots import last_allowed
from models.measurements.measured import Samples, Unusable

_MOST = 100_000  # values that a histogram is spread into
_STEEPEST = 50.0  # exponent of places in a bucket


class _Labelled(Protocol):
    @property
    def labels(self) -> Mapping[str, str]: ...

    @property
    def values(self) -> tuple[float, ...]: ...


@dataclass(frozen=True)
class Histogram:
    """Counts of values by buckets.

    Arguments:
        ends: upper ends of the buckets, rising; the last may be infinite.
        counts: values in each.
        total: sum of all values; None where it is not known.
    """

    ends: tuple[float, ...]
    counts: tuple[float, ...]
    total: float | None

    @classmethod
    def of(cls, buckets: Sequence[_Labelled], sums: Sequence[_Labelled]) -> Self:
        """The buckets of all series together; of several moments what was counted between them.

        Arguments:
            buckets: cumulative counts, with the end of the bucket in the label le.
            sums: of all values.

        Raises:
            Unusable: no end, or counts that fall from bucket to bucket.
        """
        cumulative: dict[float, float] = {}
        for one in buckets:
            try:
                end = float(one.labels["le"])
            except (KeyError, ValueError):
                raise Unusable("has a bucket without its end in the label le") from None
            cumulative[end] = cumulative.get(end, 0.0) + counted(one.values)
        ends = sorted(cumulative)
        counts = np.diff([0.0, *(cumulative[end] for end in ends)])
        if not len(counts) or counts.min() < 0 or counts.sum() == 0:
            raise Unusable("has no values in its buckets, or counts that fall from one to the next")
        total = math.fsum(counted(one.values) for one in sums) if sums else None
        return cls(tuple(ends), tuple(map(float, counts)), total)


def counted(values: Sequence[float]) -> float:
    """What a counter rose by; all of it where it was read once, or began anew in between.

    Arguments:
        values: of it, one after the other.
    """
    if not values:
        return 0.0
    rises = len(values) > 1 and values[-1] >= values[0]
    return values[-1] - values[0] if rises else values[-1]


def spread(histogram: Histogram) -> Samples:
    """As many values, each within its bucket, with the mean of all where that is known.

    Within a bucket they are even, as Prometheus takes them for its quantiles, or drawn to one end
    so that the sum of all is right. They are in no order: no part of them is unlike the rest.

    Arguments:
        histogram: of values that are not negative.
    """
    share = min(1.0, _MOST / sum(histogram.counts))
    counts = [math.ceil(count * share) if count else 0 for count in histogram.counts]
    lows = (min(0.0, histogram.ends[0]), *histogram.ends[:-1])

    def placed(exponent: float) -> Samples:
        parts = []
        for low, end, count in zip(lows, histogram.ends, counts, strict=True):
            places = ((np.arange(count) + 0.5) / max(1, count)) ** exponent
            # Of what is beyond the last end nothing is known but that it is no less.
            beyond = np.full(count, np.nextafter(low, math.inf))
            parts.append(low + (end - low) * places if math.isfinite(end) else beyond)
        return np.concatenate(parts)

    wanted = None if histogram.total is None else histogram.total / sum(histogram.counts)
    exponent = 1.0
    if wanted is not None and placed(_STEEPEST).mean() < wanted < placed(1 / _STEEPEST).mean():
        most = math.log(_STEEPEST)
        exponent = math.exp(
            last_allowed(
                lambda log: float(placed(math.exp(log)).mean()) - wanted, -most, most, 1e-9
            )
        )
    return np.random.default_rng(0).permutation(placed(exponent))
