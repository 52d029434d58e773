"""Uncertain failure rates, drawn once a replication: what one fleet is like in one year."""

import hashlib
from collections.abc import Mapping

from models.laws.reliability.uncertain_rates import drawn_factor
from models.parts.failure import Component

_LARGEST = 2**53


def drawn(
    components: tuple[Component, ...], seed: bytes, part: float = 1.0
) -> tuple[Component, ...]:
    """Components at the rates of one replication, certain and the same for all workloads.

    What is drawn of a rate hangs on its name and the year alone: neither another workload nor
    another component changes it.

    Arguments:
        components: of the stack.
        seed: of the year, 32 bytes.
        part: of the way from the typical rates to those that are drawn, 0 to 1.
    """
    rates = drawn_rates(spreads_of(components), seed, part)
    if not rates:
        return components
    return tuple(one.at(rates) if one.spreads() else one for one in components)


def spreads_of(components: tuple[Component, ...]) -> dict[str, float]:
    """Rates of a stack that are uncertain, by name, with their spread.

    Arguments:
        components: of the stack.
    """
    return {name: spread for one in components for name, spread in one.spreads().items()}


def drawn_rates(spreads: Mapping[str, float], seed: bytes, part: float = 1.0) -> dict[str, float]:
    """How many times its typical rate each uncertain one is in one replication, by name.

    Arguments:
        spreads: standard deviation of the logarithm of each rate.
        seed: of the year, 32 bytes.
        part: of the way from the typical rates to those that are drawn, 0 to 1.
    """
    return {
        name: drawn_factor(spread, _share(seed, name)) ** part for name, spread in spreads.items()
    }


def _share(seed: bytes, name: str) -> float:
    """A uniform value between 0 and 1 that a year and a name give."""
    digest = hashlib.sha256(seed + name.encode()).digest()
    return (int.from_bytes(digest[:8], "little") >> 11) / _LARGEST
