"""How the nodes of a group are paid for by the workloads that hold them at the same time."""

import math
from collections.abc import Mapping

from models.parts.site import Site
from models.parts.workloads.workload_kind import SolvedWorkload


def shares_of_nodes(
    group: str, workloads: Mapping[str, SolvedWorkload], site: Site
) -> dict[str, float]:
    """Part of the nodes of a group that each workload on it pays for while it is there.

    What comes to its end has the nodes for itself and pays for all of them until then. Those that
    never end divide them by what they ask for, each counted by the resource of which it asks most,
    its dominant share; in equal parts where one of them does not say what it asks for.

    Arguments:
        group: its name.
        workloads: of the stack, by name.
        site: that they run on.

    Source: Ghodsi et al. (2011), Dominant Resource Fairness, section 4, for the dominant share.
    """
    on_it = {
        name: one for name, one in workloads.items() if group in one.kind.groups(one.described)
    }
    endless = [name for name, one in on_it.items() if not one.kind.completes(one.described)]
    asked = {name: on_it[name].kind.asks(on_it[name].answer, group, site) for name in endless}
    known = {name: ask for name, ask in asked.items() if ask is not None}
    total = math.fsum(known.values())
    by_need = len(known) == len(endless) and total > 0
    return {
        name: 1.0 if name not in asked else known[name] / total if by_need else 1 / len(endless)
        for name in on_it
    }
