"""Failure domains: what fails takes all it holds along, a rack its nodes, a host its machines."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.laws.arguments import probability, whole
from models.laws.queueing.quantiles import unimodal

Probabilities = NDArray[np.float64]
MOST_UNITS = 20_000


@dataclass(frozen=True)
class Units:
    """Units of one kind side by side, each of which fails on its own.

    Arguments:
        count: 1 or more.
        unavailability: of one unit, for causes of its own, 0 to 1.

    Raises:
        ValueError: an argument out of range.
    """

    count: int
    unavailability: float

    def __post_init__(self) -> None:
        whole("count", self.count, 1)
        probability("unavailability", self.unavailability)

    @property
    def size(self) -> int:
        """How many units there are."""
        return self.count


@dataclass(frozen=True)
class Domain:
    """What is lost together: while the domain is down, so is every unit in it.

    Arguments:
        members: units and domains inside; a rack holds hosts, a host holds virtual machines.
        unavailability: of the domain itself, 0 to 1; a site that never fails has 0.

    Raises:
        ValueError: nothing inside, more than 20,000 units, or a probability out of range.
    """

    members: tuple["Units | Domain", ...]
    unavailability: float = 0.0

    def __post_init__(self) -> None:
        probability("unavailability", self.unavailability)
        if not self.members:
            raise ValueError("members is empty; a failure domain holds one unit or more")
        if self.size > MOST_UNITS:
            raise ValueError(f"members holds {self.size:,} units, more than {MOST_UNITS:,}")

    @property
    def size(self) -> int:
        """How many units there are inside."""
        return sum(member.size for member in self.members)


def racks(
    sizes: Sequence[int], rack_unavailability: float | Sequence[float], unavailability: float
) -> Domain:
    """Nodes spread over racks, each of which takes all its nodes along.

    Arguments:
        sizes: nodes in each rack; shape (racks,).
        rack_unavailability: of a rack's switch and power, 0 to 1; one for all, or shape (racks,).
        unavailability: of one node, for causes of its own, 0 to 1.

    Raises:
        ValueError: an argument out of range.
    """
    if isinstance(rack_unavailability, int | float):
        rack_unavailability = [rack_unavailability] * len(sizes)
    if len(rack_unavailability) != len(sizes):
        raise ValueError(
            f"rack_unavailability has {len(rack_unavailability)} values; it needs one, or one for"
            f" each of the {len(sizes)} racks"
        )
    return Domain(
        tuple(
            Domain((Units(size, unavailability),), away)
            for size, away in zip(sizes, rack_unavailability, strict=True)
        )
    )


def contained(inside: Mapping[str, str], unavailabilities: Mapping[str, float]) -> Domain:
    """Domains by name, from what each thing stands in; what holds nothing is a unit.

    Arguments:
        inside: the name of what directly holds it, by name; {"host 1": "rack 1", ...}.
        unavailabilities: by name, for causes of its own, 0 to 1; of everything.

    Raises:
        ValueError: nothing is named, containment in a circle, a name without an unavailability,
            or a probability out of range.
    """
    if not unavailabilities:
        raise ValueError("unavailabilities is empty; a site holds one unit or more")
    for name in (*inside, *inside.values()):
        if name not in unavailabilities:
            raise ValueError(f"unavailabilities has no {name!r}, which inside names")
    members: dict[str, list[str]] = {name: [] for name in unavailabilities}
    for name, holder in inside.items():
        members[holder].append(name)
    # From the outside in: what is in a circle is reached from nowhere.
    order = [name for name in unavailabilities if name not in inside]
    for name in order:
        order.extend(members[name])
    missed = [name for name in unavailabilities if name not in set(order)]
    if missed:
        circle = [missed[0]]
        while inside[circle[-1]] not in circle:
            circle.append(inside[circle[-1]])
        circle = [*circle[circle.index(inside[circle[-1]]) :], inside[circle[-1]]]
        raise ValueError(f"inside goes in a circle: {' in '.join(map(repr, circle))}")
    built: dict[str, Units | Domain] = {}
    for name in reversed(order):
        within = tuple(built[member] for member in members[name])
        away = unavailabilities[name]
        built[name] = Domain(within, away) if within else Units(1, away)
    return Domain(tuple(built[name] for name in unavailabilities if name not in inside))


def units_down(domain: Units | Domain) -> Probabilities:
    """Probabilities that 0, 1, ... n units are down at the same time; shape (n + 1,).

    Arguments:
        domain: its units fail independently, but for the domains that they share.

    Source: total probability over the domain's own state; inside, the convolution of Barlow and
        Heidtmann (1984), Computing k-out-of-n system reliability. Only sums of positive terms,
        so that small probabilities keep their digits.
    """
    if isinstance(domain, Units):
        return _binomial(domain.count, domain.unavailability)
    inside = np.ones(1)
    for member in domain.members:
        inside = np.convolve(inside, units_down(member))
    inside *= 1 - domain.unavailability
    inside[-1] += domain.unavailability
    return inside


def unavailability(required: int, domain: Units | Domain) -> float:
    """Probability that fewer units work than must.

    Arguments:
        required: units that must work, from 1 to all.
        domain: where they are.

    Raises:
        ValueError: required is not between 1 and the number of units.

    Source: the tail of `units_down`.
    """
    if not 1 <= required <= domain.size:
        raise ValueError(f"required is {required}; it must be between 1 and {domain.size}")
    return min(1.0, math.fsum(units_down(domain)[domain.size - required + 1 :]))


def _binomial(count: int, away: float) -> Probabilities:
    if away in (0.0, 1.0):
        certain = np.zeros(count + 1)
        certain[count if away else 0] = 1.0
        return certain
    more = np.arange(1.0, count + 1)
    return unimodal((count + 1 - more) / more * (away / (1 - away)))
