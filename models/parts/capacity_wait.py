"""How long a group waits for its nodes, of those that come and go as the cloud has capacity."""

import math
from collections.abc import Callable

from models.laws import first_time_up
from models.parts.failure import RECLAIM, Component
from models.prediction import CapacityWait

_TAIL = 0.05
_LONGEST = 1e12  # s; what waits longer never comes


def capacity_wait(component: Component) -> CapacityWait | None:
    """How long it takes until the nodes of a group are had; None where they are not reclaimed.

    Each node is there or not as what was measured of its reclaims says, independently of the
    others, and a run starts once enough are there together: the process of which its availability
    has the long run.

    Arguments:
        component: the nodes of the group.
    """
    reclaims = tuple(one for one in component.causes if one.name == RECLAIM)
    if not reclaims:
        return None
    nodes = Component(component.name, component.required, component.units, reclaims, True, "")
    fleets = [(weight, one.mttf, one.mttr) for weight, one in nodes.fleets()]

    def mean_of(law: Callable[..., float]) -> float:
        return math.fsum(
            weight * law(nodes.required, nodes.units, mttf, mttr) for weight, mttf, mttr in fleets
        )

    def longer(time: float) -> float:
        return mean_of(lambda *asked: first_time_up.chance_of_longer(time, *asked))

    return CapacityWait(
        needed=nodes.required,
        of=nodes.units,
        at_once=mean_of(first_time_up.chance_at_once),
        mean=mean_of(first_time_up.mean_time_until_up),
        p95=_where_it_falls_to(longer, _TAIL, nodes.mttr),
    )


def _where_it_falls_to(share: Callable[[float], float], level: float, step: float) -> float:
    """The time at which a falling share is no more than a level, s; infinite where it never is."""
    if share(0.0) <= level:
        return 0.0
    below = step
    while share(below) > level:
        below *= 4
        if below > _LONGEST:
            return math.inf
    from scipy.optimize import brentq  # heavy; only spot nodes that are waited for need it

    return float(brentq(lambda time: share(time) - level, 0.0, below, rtol=1e-6))
