"""Limits over several stations: what a customer holds from one station to another."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from models.description.fields import Count, Name, Part


class Pool(Part):
    """A limit on what the customers of some stations hold together, such as connections or memory.

    A customer who comes from elsewhere takes its part before it enters the first of the stations,
    and gives it back when it goes to a station beyond them, leaves the network or is lost. While
    there is not enough it waits in a line before the stations, at none of them, and holds back
    whoever is behind it; or, with `when_full: lose`, is lost.

    Source: Lazowska et al. (1984), Quantitative System Performance, chapter 9 (memory constraints).
    """

    limit: Count = Field(description="what all of them hold together at most")
    stations: Annotated[tuple[Name, ...], Field(min_length=1, max_length=1000)] = Field(
        description="at which it is held; all or none of those of another pool"
    )
    when_full: Literal["wait", "lose"] = Field(
        "wait", description="what becomes of who comes when not enough is left"
    )


def outer_of(pools: Mapping[str, Pool]) -> dict[str, str | None]:
    """The smallest pool around each, or None.

    Arguments:
        pools: of a checked network, of which no two overlap in part.
    """
    order = {name: k for k, name in enumerate(pools)}
    around: dict[str, str | None] = {}
    for name, pool in pools.items():
        wider = [
            other
            for other, one in pools.items()
            if other != name and _is_around(one, pool, order[other] < order[name])
        ]
        around[name] = min(
            wider, key=lambda other: (len(pools[other].stations), -order[other]), default=None
        )
    return around


def _is_around(wide: Pool, narrow: Pool, first: bool) -> bool:
    """Of two with the same stations, the first in the file is around the other."""
    a, b = set(wide.stations), set(narrow.stations)
    return a > b or (a == b and first)


def innermost(pools: Mapping[str, Pool], station: str) -> str | None:
    """The smallest pool that a station is in, or None.

    Arguments:
        pools: of a checked network.
        station: its name.
    """
    mine = [name for name, pool in pools.items() if station in pool.stations]
    order = {name: k for k, name in enumerate(pools)}
    return min(mine, key=lambda name: (len(pools[name].stations), -order[name]), default=None)
