"""Stores of disks while a disk or a machine of theirs is away, and what workloads do then."""

from models.parts.site import Site
from models.parts.workloads.workload_kind import SolvedWorkload
from models.prediction import DegradedStore


def degraded(site: Site, workloads: tuple[SolvedWorkload, ...]) -> tuple[DegradedStore, ...]:
    """What every store of disks does when whole and when something of it has failed.

    Arguments:
        site: with its stores.
        workloads: that use them.
    """
    return tuple(row for name in site.stores for row in _states(name, site, workloads))


def _states(
    name: str, site: Site, workloads: tuple[SolvedWorkload, ...]
) -> tuple[DegradedStore, ...]:
    users = [use.nodes for one in workloads for use in one.uses if use.store == name]
    if not (users or site.groups):
        return ()  # no node sees it: it has no speed, whole or not
    most = max(users or site.groups, key=lambda group: site.groups[group].described.count)
    readers = [
        (one, site.states(name, use.nodes))
        for one in workloads
        for use in one.uses
        if use.store == name and use.sets_rate
    ]
    return tuple(
        DegradedStore(
            name,
            state.name,
            state.speed.read,
            state.speed.write,
            state.duration,
            state.share,
            tuple(
                (one.name, one.kind.rate_reading(one.answer, seen[position].speed, site))
                for one, seen in readers
            ),
        )
        for position, state in enumerate(site.states(name, most))
    )
