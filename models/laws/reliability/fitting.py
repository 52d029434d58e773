"""Lifetimes fitted to field data by maximum likelihood."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from models.laws.reliability.field_data import FieldData, check_confidence
from models.laws.reliability.lifetime import Lifetime
from models.laws.reliability.lifetimes import Exponential, Gamma, LogNormal, Weibull
from models.laws.reliability.likelihood import Point, Sample

Family = Literal["exponential", "weibull", "weibull3", "lognormal", "gamma"]


@dataclass(frozen=True)
class _Law:
    """A family in scipy's terms: its name, a shape and a scale, and a location in some.

    The parameters are ours, each with scipy's name and the way to it from scipy's value.
    """

    name: str
    build: Callable[[Point], Lifetime]
    parameters: Mapping[str, tuple[str, Callable[[float], float]]]
    shaped: bool = True

    @property
    def located(self) -> bool:
        return "location" in self.parameters

    def sample(self, data: FieldData) -> Sample:
        return Sample(data, self.name, shaped=self.shaped, located=self.located)


def _same(value: float) -> float:
    return value


def _inverse(value: float) -> float:
    return math.inf if value == 0 else 1 / value


def _logarithm(value: float) -> float:
    return -math.inf if value == 0 else math.log(value)


_SHAPE, _SCALE = {"shape": ("shape", _same)}, {"scale": ("scale", _same)}
_LAWS: dict[Family, _Law] = {
    "exponential": _Law(
        "expon",
        lambda at: Exponential(1 / at["scale"]),
        {"failure_rate": ("scale", _inverse)},
        shaped=False,
    ),
    "weibull": _Law("weibull_min", lambda at: Weibull(at["shape"], at["scale"]), _SHAPE | _SCALE),
    "weibull3": _Law(
        "weibull_min",
        lambda at: Weibull(at["shape"], at["scale"], at["location"]),
        _SHAPE | _SCALE | {"location": ("location", _same)},
    ),
    "lognormal": _Law(
        "lognorm",
        lambda at: LogNormal(math.log(at["scale"]), at["shape"]),
        {"log_mean": ("scale", _logarithm), "log_deviation": ("shape", _same)},
    ),
    "gamma": _Law("gamma", lambda at: Gamma(at["shape"], at["scale"]), _SHAPE | _SCALE),
}
FAMILIES: tuple[Family, ...] = tuple(_LAWS)


@dataclass(frozen=True)
class Fit:
    """The likeliest lifetime of a family.

    Arguments:
        family: its name.
        lifetime: the law.
        log_likelihood: of the data, with ages in s.
        parameters: names of those that were fitted.
        data: what they were fitted to.
    """

    family: Family
    lifetime: Lifetime
    log_likelihood: float
    parameters: tuple[str, ...]
    data: FieldData = field(repr=False)
    _point: Point = field(repr=False)

    @property
    def aic(self) -> float:
        """Akaike's information criterion; the least is the best.

        Source: Akaike (1974), A new look at the statistical model identification.
        """
        return 2 * len(self.parameters) - 2 * self.log_likelihood

    def interval(self, parameter: str, confidence: float = 0.95) -> tuple[float, float]:
        """Interval of confidence of a parameter, up to the end of its range where data set none.

        Arguments:
            parameter: its name.
            confidence: more than 0 and less than 1.

        Raises:
            ValueError: no such parameter was fitted, or the confidence is out of range.

        Source: profile likelihood, Meeker and Escobar (1998), Statistical Methods for Reliability
            Data, chapter 8.
        """
        from scipy.optimize import brentq
        from scipy.stats import chi2

        law = _LAWS[self.family]
        if parameter not in law.parameters:
            names = ", ".join(law.parameters)
            raise ValueError(f"parameter is {parameter}; it must be one of {names}")
        sample, (name, ours) = law.sample(self.data), law.parameters[parameter]
        enough = sample.log_likelihood(self._point)
        enough -= float(chi2.ppf(check_confidence(confidence), 1)) / 2

        def excess(value: float) -> float:
            point = sample.likeliest({name: value}, self._point)
            return sample.log_likelihood(point) - enough

        best = self._point[name]
        ends = []
        for limit, steps in _steps(name, best, sample):
            inner = best
            for outer in steps:
                if excess(outer) < 0:
                    ends.append(float(brentq(excess, inner, outer, rtol=1e-6)))
                    break
                inner = outer
            else:
                ends.append(limit)
        unit = 1.0 if name == "shape" else sample.unit
        low, high = sorted(float(ours(end * unit)) for end in ends)
        return low, high


def fit(data: FieldData, family: Family) -> Fit:
    """The likeliest lifetime of a family.

    Arguments:
        data: ages of failed and surviving units.
        family: "exponential", "weibull" (shape and scale), "weibull3" (and a location, with a
            shape above 1), "lognormal" or "gamma".

    Raises:
        ValueError: an unknown family, or the data has no likeliest lifetime in it.

    Source: Meeker and Escobar (1998), chapters 7 and 8; the pole of the likelihood of a location:
        Smith (1985), Maximum likelihood estimation in a class of nonregular cases.
    """
    if family not in _LAWS:
        raise ValueError(f"family is {family}; it must be one of {', '.join(FAMILIES)}")
    law = _LAWS[family]
    if law.shaped and len(set(data.failures)) + len(set(data.intervals)) < 2:
        raise ValueError(f"failures has 1 age; the shape of {family} needs 2 different ones")
    sample = law.sample(data)
    if not law.shaped and not data.intervals:
        total = math.fsum(data.failures) + math.fsum(data.survivals)
        mttf = total / len(data.failures)
        point = {"shape": 1.0, "location": 0.0, "scale": mttf / sample.unit}
    else:
        point = sample.likeliest({})
    if law.located:
        point = _located(sample, point)
    at = {name: value if name == "shape" else value * sample.unit for name, value in point.items()}
    likelihood = sample.log_likelihood(point) - len(data.failures) * math.log(sample.unit)
    return Fit(family, law.build(at), likelihood, tuple(law.parameters), data, point)


def fits(data: FieldData, families: Sequence[Family] = FAMILIES) -> tuple[Fit, ...]:
    """The likeliest lifetime of each of several families, the best by AIC first.

    Families in which the data has no likeliest lifetime are left out.

    Arguments:
        data: ages of failed and surviving units.
        families: as in `fit`.

    Raises:
        ValueError: an unknown family, or the data has a likeliest lifetime in none of them.
    """
    found, refused = [], ["families is empty"]
    for family in families:
        try:
            found.append(fit(data, family))
        except ValueError as error:
            if family not in _LAWS:
                raise
            refused.append(str(error))
    if not found:
        raise ValueError(refused[-1])
    return tuple(sorted(found, key=lambda one: one.aic))


def _located(sample: Sample, point: Point) -> Point:
    """The likelier of a point and the best one without a location."""
    start = sample.likeliest({"location": 0.0})
    if sample.log_likelihood(start) >= sample.log_likelihood(point) - 1e-9:
        point = start
    if point["shape"] < 1.001 or point["location"] > 0.999999 * sample.first:
        raise ValueError(
            "weibull3 has no likeliest location: the nearer to the first failure the better;"
            " fit weibull"
        )
    return point


def _steps(name: str, best: float, sample: Sample) -> list[tuple[float, list[float]]]:
    """Below and above the best value: the end of the range, and where to look for the interval."""
    if name == "location":
        last = sample.first * (1 - 1e-9)
        return [(0.0, [0.0] if best > 0 else []), (sample.first, [(best + last) / 2, last])]
    least = 1.0 if name == "shape" and sample.located else 0.0
    below = [best / 1.3**n for n in range(1, 25) if best / 1.3**n > least]
    return [(least, below), (math.inf, [best * 1.3**n for n in range(1, 25)])]
