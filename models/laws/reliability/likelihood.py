"""The likelihood of field data under a family of scipy's laws, and where it is greatest."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from models.laws.reliability.field_data import FieldData

Point = dict[str, float]  # shape, location and scale


class Sample:
    """Field data and the family that it is held against, ages in a unit of their own size.

    Arguments:
        data: the failures and survivals.
        name: of the family in scipy.
        shaped: whether it has a shape.
        located: whether its location is fitted; the shape is then 1 or more.
    """

    def __init__(self, data: FieldData, name: str, *, shaped: bool, located: bool) -> None:
        import scipy.stats

        ages = [*data.failures, *data.survivals, *(high for _, high in data.intervals)]
        self.unit = float(sum(ages) / len(ages))
        self._data = data.scaled(1 / self.unit)
        self._law: Any = getattr(scipy.stats, name)
        self._shaped, self.located = shaped, located
        self.first = min((*self._data.failures, *(high for _, high in self._data.intervals)))

    def log_likelihood(self, point: Point) -> float:
        """Logarithm of the likelihood, the densities per scaled unit of time."""
        if not self._allowed(point):
            return -math.inf
        law, at, data = self._law, self._arguments(point), self._data
        with np.errstate(all="ignore"):
            terms = [
                law.logpdf(np.array(data.failures), *at),
                law.logsf(np.array(data.survivals), *at),
            ]
            if data.intervals:
                low, high = np.array(data.intervals).T
                early = law.cdf(low, *at), law.cdf(high, *at)
                late = law.sf(low, *at), law.sf(high, *at)
                # The difference of the smaller ones keeps its digits.
                found = np.where(early[0] < 0.5, early[1] - early[0], late[0] - late[1])
                terms.append(np.log(found))
            total = float(sum(term.sum() for term in terms))
        return -math.inf if math.isnan(total) else total

    def likeliest(self, fixed: Mapping[str, float], start: Point | None = None) -> Point:
        """Where the likelihood is greatest, with some of shape, location and scale given.

        Arguments:
            fixed: what is given.
            start: a point near it; only the likelihood, not the point, is then exact.
        """
        from scipy.optimize import fmin

        held = dict(fixed)
        if not self.located:
            held.setdefault("location", 0.0)
        if not self._shaped:
            held.setdefault("shape", 1.0)
        guess = start or {"shape": 1.5, "location": self.first / 2, "scale": 1.0}
        free = [name for name in guess if name not in held]

        def point(values: Sequence[float]) -> Point:
            return {**held, **dict(zip(free, map(float, values), strict=True))}

        values = [guess[name] for name in free]
        # Near the top the likelihood is flat: rough values do where it is all that is asked for.
        # Else a second simplex, fine and fresh, follows, as the first may have shrunk too soon.
        for close, flat in ((1e-5, 1e-9),) if start else ((1e-4, 1e-6), (1e-9, 1e-12)):
            if free:
                values = fmin(
                    lambda at: -self.log_likelihood(point(at)),
                    values, xtol=close, ftol=flat, maxiter=500, maxfun=1000, disp=False,
                )  # fmt: skip
        return point(values)

    def _arguments(self, point: Point) -> tuple[float, ...]:
        shape = (point["shape"],) if self._shaped else ()
        return *shape, point["location"], point["scale"]

    def _allowed(self, point: Point) -> bool:
        if not (0 < point["scale"] < 1e6 and 0.05 <= point["shape"] <= 1000):
            return False
        if not self.located:
            return True
        # With a shape below 1 the density, and the likelihood, has a pole at the first failure.
        return point["shape"] >= 1 and 0 <= point["location"] < self.first
