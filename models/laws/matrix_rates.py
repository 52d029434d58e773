"""How long an accelerator multiplies matrices: interpolation between the points of a grid."""

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import product


@dataclass(frozen=True)
class MatrixRates:
    """Measured rates of matrix products of m x k by k x n, on a grid of shapes.

    Rates hang on the shape because tiles of a product have to fill all processors of a device;
    between the points of the grid the logarithm of the time is linear in those of m, n and k, and
    beyond it the rate stays what it is at the edge.

    Arguments:
        m: rows of the first matrix, growing.
        n: columns of the second, growing.
        k: what both share, growing.
        rates: FLOP/s, of every m, n and k, the last of which changes fastest.
        scale: factor of all rates, for an accelerator that is like the measured one.

    Raises:
        ValueError: there are not as many rates as points.
    """

    m: tuple[float, ...]
    n: tuple[float, ...]
    k: tuple[float, ...]
    rates: tuple[float, ...]
    scale: float = 1.0
    _known: dict[tuple[float, float, float], float] = field(
        default_factory=dict, repr=False, compare=False
    )

    def __post_init__(self) -> None:
        points = len(self.m) * len(self.n) * len(self.k)
        if len(self.rates) != points:
            raise ValueError(f"there are {len(self.rates)} rates for {points} points of the grid")

    def __str__(self) -> str:
        low, high = min(self.rates) * self.scale / 1e12, max(self.rates) * self.scale / 1e12
        return f"{len(self.rates):,} shapes, {low:.3g} to {high:.3g} TFLOP/s"

    def seconds(self, m: float, n: float, k: float) -> float:
        """How long one product takes, s.

        Arguments:
            m: rows of the first matrix.
            n: columns of the second.
            k: what both share.

        Source: the grid; Jia et al. (2018), Dissecting the NVIDIA Volta GPU architecture via
            microbenchmarking, for why shapes matter.
        """
        shape = (m, n, k)
        found = self._known.get(shape)
        if found is None:
            found = self._known[shape] = self._interpolated(shape)
        return found

    def _interpolated(self, shape: tuple[float, float, float]) -> float:
        places = [
            _place(axis, length)
            for axis, length in zip((self.m, self.n, self.k), shape, strict=True)
        ]
        rows, columns = len(self.n), len(self.k)
        log_rate = 0.0
        for corner in product((0, 1), repeat=3):
            weight, index = 1.0, []
            for (low, share), high in zip(places, corner, strict=True):
                weight *= share if high else 1 - share
                index.append(low + high)
            if weight:
                row, column, depth = index
                log_rate += weight * math.log(self.rates[(row * rows + column) * columns + depth])
        m, n, k = shape
        return 2 * m * n * k / (math.exp(log_rate) * self.scale)


def _place(axis: Sequence[float], length: float) -> tuple[int, float]:
    """The point of an axis below a length, and which share of the way to the next it lies."""
    length = min(max(length, axis[0]), axis[-1])
    low = min(bisect_right(axis, length) - 1, len(axis) - 2)
    return low, math.log(length / axis[low]) / math.log(axis[low + 1] / axis[low])
