"""Integrals of smooth functions, whose jumps are found by halving."""

from collections.abc import Callable

import numpy as np

from models.laws.arrays import Floats

_POINTS = 12  # of a panel


def integral(
    function: Callable[[Floats], Floats], start: float, end: float, tolerance: float
) -> float:
    """Integral over a panel, which is halved until its halves agree with it.

    Arguments:
        function: of an array of places, 0 or more.
        start: of the panel.
        end: of the panel.
        tolerance: relative to the whole.

    Source: Gauss and Legendre's rule of twelve points, Abramowitz and Stegun (1964), 25.4.29.
    """
    points, weights = np.polynomial.legendre.leggauss(_POINTS)

    def panels(starts: Floats, widths: Floats) -> Floats:
        at = starts[:, None] + widths[:, None] * (points + 1) / 2
        return function(at.ravel()).reshape(at.shape) @ weights * widths / 2

    starts, widths = np.array([start]), np.array([end - start])
    values = panels(starts, widths)
    total, done = float(values[0]), 0.0
    while starts.size:
        widths = np.repeat(widths / 2, 2)
        starts = np.repeat(starts, 2)
        starts[1::2] += widths[1::2]
        halves = panels(starts, widths)
        both = halves[0::2] + halves[1::2]
        total = max(total, done + float(both.sum()))
        # A jump is found in 50 halvings; beyond them there is nothing to halve.
        fine = np.abs(both - values) <= tolerance / 10 * total
        fine |= widths[0::2] <= (end - start) * 2.0**-50
        done += float(both[fine].sum())
        open_ones = np.repeat(~fine, 2)
        starts, widths, values = starts[open_ones], widths[open_ones], halves[open_ones]
    return done
