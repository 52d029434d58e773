"""Whether two samples are of one distribution, or a sample of a distribution that was assumed."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike

FEWEST = 8  # values of a sample, below which the test finds next to nothing


def kolmogorov_smirnov(first: ArrayLike, second: ArrayLike) -> float:
    """Probability that two samples of one distribution differ as much as these.

    Arguments:
        first: independent values.
        second: independent values.

    Raises:
        ValueError: fewer than eight values, or a value that is not finite.

    Source: Smirnov (1939); Hodges (1958), The significance probability of the Smirnov two-sample
        test, as SciPy computes it.
    """
    from scipy.stats import ks_2samp  # heavy; only this test needs it

    return float(ks_2samp(_checked(first), _checked(second)).pvalue)


def kolmogorov(values: ArrayLike, cumulative: Callable[[float], float]) -> float:
    """Probability that a sample of a distribution differs from it as much as this.

    Arguments:
        values: independent.
        cumulative: probability that a value of the distribution is no more than this; continuous,
            or else the probability is too large.

    Raises:
        ValueError: fewer than eight values, or a value that is not finite.

    Source: Kolmogorov (1933); Simard and L'Ecuyer (2011), as SciPy computes it.
    """
    from scipy.stats import kstest  # as above

    def of_all(points: Sequence[float]) -> np.ndarray:
        return np.array([cumulative(float(point)) for point in points])

    return float(kstest(_checked(values), of_all).pvalue)


def _checked(values: ArrayLike) -> np.ndarray:
    found = np.asarray(values, dtype=float).ravel()
    if len(found) < FEWEST:
        raise ValueError(f"a sample of {len(found)} values is too small; it needs {FEWEST}")
    if not np.isfinite(found).all():
        raise ValueError("a sample must have finite values")
    return found
