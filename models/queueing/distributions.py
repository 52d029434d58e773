"""Distributions of durations, as people write them: a name and its parameters."""

import math
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, Field, field_validator, model_validator

from models.description.fields import Part, Positive
from models.description.quantities import DURATION, RATE, Duration, parse

Probability = Annotated[float, Field(ge=0, le=1)]
Shape = Annotated[float, Field(gt=0, le=1e6)]


def _mean_of_rate(value: object) -> object:
    """A rate is written in place of a mean: 11/h is a mean of an eleventh of an hour."""
    if not isinstance(value, Mapping) or "rate" not in value:
        return value
    if "mean" in value:
        raise ValueError("has a mean and a rate; give one of them")
    rate = parse(value["rate"], RATE)
    if rate == 0:
        raise ValueError("has a rate of 0; it must be more than 0")
    return {**{key: one for key, one in value.items() if key != "rate"}, "mean": f"{1 / rate!r} s"}


class WithMean(Part):
    """What distributions with a mean share: `rate`, such as `11/h`, may be given in its place."""

    mean: Annotated[Duration, Positive] = Field(
        description="mean, a duration above 0; or give `rate`, such as `11/h`, in its place"
    )

    _rate = model_validator(mode="before")(_mean_of_rate)


class Exponential(WithMean):
    """Durations without memory."""

    distribution: Literal["exponential"] = Field(
        "exponential", description="name of the distribution"
    )

    def moment(self, order: int) -> float:
        """E[X^order], s^order."""
        return math.factorial(order) * self.mean**order


class Deterministic(Part):
    """Always the same duration."""

    distribution: Literal["deterministic"] = Field(
        "deterministic", description="name of the distribution"
    )
    value: Duration = Field(description="the duration")

    def moment(self, order: int) -> float:
        """E[X^order], s^order."""
        return self.value**order


class Erlang(WithMean):
    """The sum of a number of equal exponential phases."""

    distribution: Literal["erlang"] = Field("erlang", description="name of the distribution")
    phases: Annotated[int, Field(strict=True, ge=1, le=1000)] = Field(
        description="number of phases, of mean/phases each; 1 is exponential"
    )

    def moment(self, order: int) -> float:
        """E[X^order], s^order."""
        return _gamma_moment(self.phases, self.mean / self.phases, order)


class HyperExponential(Part):
    """One of several exponential durations, chosen by probability."""

    distribution: Literal["hyper-exponential"] = Field(
        "hyper-exponential", description="name of the distribution"
    )
    probabilities: Annotated[tuple[Probability, ...], Field(min_length=1, max_length=100)] = Field(
        description="of each choice, 0 to 1; their sum is 1"
    )
    means: Annotated[
        tuple[Annotated[Duration, Positive], ...], Field(min_length=1, max_length=100)
    ] = Field(description="mean of each choice, durations above 0")

    @model_validator(mode="after")
    def _consistent(self) -> "HyperExponential":
        if len(self.probabilities) != len(self.means):
            raise ValueError("needs as many probabilities as means")
        _sum_to_one(self.probabilities)
        return self

    def moment(self, order: int) -> float:
        """E[X^order], s^order."""
        pairs = zip(self.probabilities, self.means, strict=True)
        return math.factorial(order) * sum(p * mean**order for p, mean in pairs)


class Gamma(WithMean):
    """Gamma distribution with a mean and a shape; shape 1 is exponential."""

    distribution: Literal["gamma"] = Field("gamma", description="name of the distribution")
    shape: Shape = Field(
        description="above 0, no unit; its inverse is the squared coefficient of variation"
    )

    def moment(self, order: int) -> float:
        """E[X^order], s^order."""
        return _gamma_moment(self.shape, self.mean / self.shape, order)


class Lognormal(WithMean):
    """The exponential of a normal: a mean and a squared coefficient of variation."""

    distribution: Literal["lognormal"] = Field("lognormal", description="name of the distribution")
    scv: Annotated[float, Field(gt=0, le=1e6)] = Field(
        description="squared coefficient of variation: variance over squared mean, no unit"
    )

    @property
    def sigma(self) -> float:
        """Standard deviation of the logarithm."""
        return math.sqrt(math.log1p(self.scv))

    @property
    def mu(self) -> float:
        """Mean of the logarithm of the duration in seconds."""
        return math.log(self.mean) - math.log1p(self.scv) / 2

    def moment(self, order: int) -> float:
        """E[X^order], s^order."""
        return self.mean**order * math.exp(math.log1p(self.scv) * order * (order - 1) / 2)


class Weibull(Part):
    """Weibull distribution with a scale and a shape; shape 1 is exponential."""

    distribution: Literal["weibull"] = Field("weibull", description="name of the distribution")
    scale: Annotated[Duration, Positive] = Field(description="duration that a share 1/e exceeds")
    shape: Annotated[float, Field(ge=0.05, le=1000)] = Field(
        description="no unit; below 1 the tail is longer than exponential"
    )

    def moment(self, order: int) -> float:
        """E[X^order], s^order."""
        return self.scale**order * math.gamma(1 + order / self.shape)


class Pareto(Part):
    """Pareto distribution: no duration below the minimum, a tail of the power shape."""

    distribution: Literal["pareto"] = Field("pareto", description="name of the distribution")
    minimum: Annotated[Duration, Positive] = Field(description="shortest duration, above 0")
    shape: Annotated[float, Field(gt=1, le=1000)] = Field(
        description="power of the tail, no unit; above 1, so that a mean exists"
    )

    def moment(self, order: int) -> float:
        """E[X^order], s^order; infinite from the order of the shape on."""
        if order >= self.shape:
            return math.inf
        return self.shape * self.minimum**order / (self.shape - order)


class Uniform(Part):
    """Every duration between two bounds alike."""

    distribution: Literal["uniform"] = Field("uniform", description="name of the distribution")
    low: Duration = Field(description="shortest duration")
    high: Annotated[Duration, Positive] = Field(description="longest duration, above low")

    @model_validator(mode="after")
    def _ordered(self) -> "Uniform":
        if self.low >= self.high:
            raise ValueError("needs low below high")
        return self

    def moment(self, order: int) -> float:
        """E[X^order], s^order."""
        # The divided difference of x^(order+1), without cancellation.
        terms = (self.low**k * self.high ** (order - k) for k in range(order + 1))
        return sum(terms) / (order + 1)


class Triangular(Part):
    """Durations between two bounds, most of them near one value, as people estimate them."""

    distribution: Literal["triangular"] = Field(
        "triangular", description="name of the distribution"
    )
    low: Duration = Field(description="shortest duration")
    mode: Duration = Field(description="likeliest duration, from low to high")
    high: Annotated[Duration, Positive] = Field(description="longest duration, above low")

    @model_validator(mode="after")
    def _ordered(self) -> "Triangular":
        if not self.low <= self.mode <= self.high or self.low == self.high:
            raise ValueError("needs low, mode and high in this order, and low below high")
        return self

    def moment(self, order: int) -> float:
        """E[X^order], s^order: the second divided difference of x^(order + 2)."""
        terms = (
            self.low**i * self.mode**j * self.high ** (order - i - j)
            for i in range(order + 1)
            for j in range(order + 1 - i)
        )
        return 2 * sum(terms) / ((order + 1) * (order + 2))


class Empirical(Part):
    """Measured durations, each as likely as the others or by weight.

    They are `values`, or the rows of a `file`: a CSV or Parquet file beside the description with a
    `column` of durations, such as `3 min`, or of numbers of seconds.
    """

    distribution: Literal["empirical"] = Field("empirical", description="name of the distribution")
    values: Annotated[tuple[Duration, ...], Field(max_length=100_000)] = Field(
        (), description="measured durations; instead of a file"
    )
    file: Annotated[str, Field(min_length=1, max_length=500)] | None = Field(
        None, description="path from the folder of the description; .csv or .parquet"
    )
    column: Annotated[str, Field(min_length=1, max_length=100)] = Field(
        "duration", description="column of the file that holds the durations"
    )
    weights: tuple[Annotated[float, Field(ge=0, le=1e12)], ...] = Field(
        (),
        description="how often each value is drawn beside the others, no unit; all alike if not"
        " given",
    )

    @model_validator(mode="after")
    def _consistent(self) -> "Empirical":
        if not self.values:
            raise ValueError("needs values, or a file with durations")
        if self.weights and len(self.weights) != len(self.values):
            raise ValueError("needs as many weights as values")
        if self.weights and sum(self.weights) == 0:
            raise ValueError("needs a weight above 0")
        if max(self.values) == 0:
            raise ValueError("needs a value above 0")
        return self

    @property
    def probabilities(self) -> tuple[float, ...]:
        """Of each value."""
        weights = self.weights or (1.0,) * len(self.values)
        total = math.fsum(weights)
        return tuple(weight / total for weight in weights)

    def moment(self, order: int) -> float:
        """E[X^order], s^order."""
        pairs = zip(self.probabilities, self.values, strict=True)
        return math.fsum(p * value**order for p, value in pairs)


class TwoMoments(WithMean):
    """Fitted to a mean and a squared coefficient of variation.

    Source: Tijms (2003), A First Course in Stochastic Models, appendix B: deterministic, a mixture
        of two Erlangs, exponential, or a hyper-exponential with balanced means.
    """

    distribution: Literal["two-moments"] = Field(
        "two-moments", description="name of the distribution"
    )
    scv: Annotated[float, Field(ge=0, le=1e6)] = Field(
        description="squared coefficient of variation: variance over squared mean, no unit; 0 or"
        " 0.001 and more"
    )

    @field_validator("scv")
    @classmethod
    def _within_phases(cls, scv: float) -> float:
        if 0 < scv < 0.001:
            raise ValueError("between 0 and 0.001 needs more than 1,000 phases; use 0 or more")
        return scv

    @property
    def erlang_mixture(self) -> tuple[int, float]:
        """Phases k and probability p of k - 1 phases instead, for scv between 0 and 1."""
        phases = math.ceil(1 / self.scv - 1e-12)
        root = math.sqrt(max(0.0, phases * (1 + self.scv) - phases * phases * self.scv))
        return phases, max(0.0, (phases * self.scv - root) / (1 + self.scv))

    @property
    def balanced(self) -> HyperExponential:
        """The hyper-exponential with balanced means, for scv of 1 and more."""
        first = (1 + math.sqrt((self.scv - 1) / (self.scv + 1))) / 2
        means = (self.mean / (2 * first), self.mean / (2 * (1 - first)))
        # Built without the reader: these are seconds, not text with a unit.
        return HyperExponential.model_construct(probabilities=(first, 1 - first), means=means)

    def moment(self, order: int) -> float:
        """E[X^order], s^order."""
        if self.scv == 0:
            return self.mean**order
        if self.scv >= 1:
            return self.balanced.moment(order)
        phases, fewer = self.erlang_mixture
        scale = self.mean / (phases - fewer)
        rest = fewer * _gamma_moment(phases - 1, scale, order) if fewer else 0.0
        return rest + (1 - fewer) * _gamma_moment(phases, scale, order)


_Described = Annotated[
    Exponential
    | Deterministic
    | Erlang
    | HyperExponential
    | Gamma
    | Lognormal
    | Weibull
    | Pareto
    | Uniform
    | Triangular
    | Empirical
    | TwoMoments,
    Field(discriminator="distribution"),
]


def _plain(value: object) -> object:
    """A duration is the distribution that always gives it."""
    if isinstance(value, (Mapping, BaseModel)):
        return value
    # In seconds, not text with a unit.
    return Deterministic.model_construct(value=parse(value, DURATION))


AnyDistribution = Annotated[
    _Described, BeforeValidator(_plain, json_schema_input_type=Duration | _Described)
]


class Recorded(Part):
    """Services recorded beside the arrivals of a trace: each customer is served as it was.

    The laws and a look at the description see them as measured durations, each as likely.
    """

    distribution: Literal["trace"] = Field("trace", description="name of the distribution")
    column: str | None = Field(
        None,
        description="column of the file of the arrivals, of durations or numbers of seconds; named"
        " as the station if not given",
    )


AnyService = Annotated[  # `Recorded` is replaced by the rows of its table before it is read
    _Described, BeforeValidator(_plain, json_schema_input_type=Duration | _Described | Recorded)
]


def mean(distribution: AnyDistribution) -> float:
    """Mean of a distribution, s."""
    return distribution.moment(1)


# What of a distribution is a duration; all else says its shape.
_DURATIONS = ("mean", "value", "means", "scale", "minimum", "low", "mode", "high", "values")


def stretched(distribution: AnyDistribution, factor: float) -> AnyDistribution:
    """The same where everything takes a factor as long.

    Arguments:
        distribution: of durations.
        factor: of all of them.
    """
    known = {name: getattr(distribution, name) for name in type(distribution).model_fields}
    for name in _DURATIONS:
        if name in known:
            one = known[name]
            many = isinstance(one, tuple)
            known[name] = tuple(factor * each for each in one) if many else factor * one
    return type(distribution).model_construct(**known)


def squared_variation(distribution: AnyDistribution) -> float:
    """Squared coefficient of variation of a distribution; infinite without a second moment."""
    first = distribution.moment(1)
    second = distribution.moment(2)
    return max(0.0, second / first**2 - 1) if first else 0.0


def is_exponential(distribution: AnyDistribution) -> bool:
    """Whether a distribution is the exponential one, under whatever name."""
    match distribution:
        case Exponential():
            return True
        case Erlang():
            return distribution.phases == 1
        case Gamma() | Weibull():
            return distribution.shape == 1
        case TwoMoments():
            return distribution.scv == 1
        case HyperExponential():
            pairs = zip(distribution.probabilities, distribution.means, strict=True)
            return len({mean for p, mean in pairs if p > 0}) == 1
        case _:
            return False


def exponential(mean: float) -> Exponential:
    """The exponential distribution of a mean in seconds."""
    return Exponential.model_construct(mean=mean)


def _gamma_moment(shape: float, scale: float, order: int) -> float:
    return scale**order * math.prod(shape + k for k in range(order))


def _sum_to_one(probabilities: tuple[float, ...]) -> None:
    if abs(math.fsum(probabilities) - 1) > 1e-9:
        raise ValueError(f"has probabilities that sum to {math.fsum(probabilities):.6g}, not 1")
