"""Lifetimes and times to repair, as people write them: a name and its parameters."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, Field

from models.description.quantities import DURATION, Duration, parse
from models.laws.reliability import lifetimes
from models.laws.reliability.empirical import Empirical as EmpiricalLaw
from models.laws.reliability.lifetime import Lifetime
from models.queueing.distributions import (
    Deterministic,
    Empirical,
    Exponential,
    Gamma,
    Lognormal,
    Weibull,
)


class ShiftedWeibull(Weibull):
    """Weibull distribution with a scale, a shape and a time before which nothing happens."""

    location: Duration = Field(0.0, description="shortest duration; the Weibull begins there")


_Described = Annotated[
    Exponential | ShiftedWeibull | Lognormal | Gamma | Deterministic | Empirical,
    Field(discriminator="distribution"),
]


def _plain(value: object) -> object:
    """A duration is the distribution that always gives it."""
    if isinstance(value, (Mapping, BaseModel)):
        return value
    # In seconds, not text with a unit.
    return Deterministic.model_construct(value=parse(value, DURATION))


AnyLifetime = Annotated[
    _Described, BeforeValidator(_plain, json_schema_input_type=Duration | _Described)
]


def lifetime_of(described: AnyLifetime) -> Lifetime:
    """The law of a described lifetime.

    Arguments:
        described: as read.

    Raises:
        ValueError: parameters that no lifetime has, such as 0 s for ever.
    """
    match described:
        case Exponential():
            return lifetimes.Exponential(1 / described.mean)
        case ShiftedWeibull():
            return lifetimes.Weibull(described.shape, described.scale, described.location)
        case Lognormal():
            return lifetimes.LogNormal(described.mu, described.sigma)
        case Gamma():
            return lifetimes.Gamma(described.shape, described.mean / described.shape)
        case Deterministic():
            return lifetimes.Deterministic(described.value)
        case Empirical():
            return _observed(described)


def _observed(described: Empirical) -> EmpiricalLaw:
    """Values in their order, each once and with all its weight."""
    weights: dict[float, float] = {}
    for value, share in zip(described.values, described.probabilities, strict=True):
        if share > 0:
            weights[value] = weights.get(value, 0.0) + share
    return EmpiricalLaw(*zip(*sorted(weights.items()), strict=True))
