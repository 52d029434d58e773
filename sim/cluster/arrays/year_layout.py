"""The components of a stack as arrays, laid out once for all of its years."""

import functools
import math
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.parts.failure import Component
from sim.cluster.arrays.year_records import CAUSE, GROUP
from sim.cluster.cluster_contract import check_components, cumulative_shares, failure_rate


@dataclass(frozen=True)
class YearLayout:
    """What is the same in every year of a stack; nobody writes to its arrays.

    Arguments:
        groups: one a component, as a year begins.
        causes: of all components, each after those of the component before.
        units: of all components together.
        carrying: positions of the components that carry work.
    """

    groups: NDArray[np.void]
    causes: NDArray[np.void]
    units: int
    carrying: NDArray[np.intp]


@functools.lru_cache(maxsize=16)  # a stack has thousands of years, and few kinds of needs
def lay_out(components: tuple[Component, ...], needs: frozenset[str]) -> YearLayout:
    """The components of a stack as arrays.

    Arguments:
        components: of the whole stack, whether a run needs them or not.
        needs: names of those that the run needs.

    Raises:
        ValueError: components that can't be simulated.
    """
    check_components(components)
    firsts = accumulate((len(one.causes) for one in components), initial=0)
    rows = [_group(one, needs, first) for one, first in zip(components, firsts, strict=False)]
    causes = [row for one in components for row in _causes(one)]
    return YearLayout(
        _kept(rows, GROUP),
        _kept(causes or [(1, 0, 0)], CAUSE),
        sum(one.units for one in components),
        np.flatnonzero([one.carries_work for one in components]),
    )


def _kept(rows: list[Any], kind: np.dtype[np.void]) -> NDArray[np.void]:
    array = np.array(rows, kind)
    array.flags.writeable = False
    return array


def _group(one: Component, needs: frozenset[str], first_cause: int) -> tuple[int | float, ...]:
    fixed = (one.required, failure_rate(one), first_cause, one.carries_work, one.name in needs)
    return (*fixed, one.units, 0, 0.0, 0.0, math.inf, 0.0, 0.0)


def _causes(one: Component) -> list[tuple[float, float, float]]:
    return [
        (share, cause.mttr, cause.notice)
        for share, cause in zip(cumulative_shares(one), one.causes, strict=False)
    ]
