"""What pools must satisfy: stations that exist, no two that overlap in part, enough for each."""

import difflib
from collections.abc import Iterator

from models.queueing.network import Fork, Network
from models.reading.faults import Fault, PathInFile


def pools(network: Network) -> Iterator[Fault]:
    """Every fault of the pools of a network and of who holds them.

    Arguments:
        network: the description.
    """
    tasks = {
        text.partition("/")[0]
        for customers in network.classes.values()
        for routing in customers.routing.values()
        if isinstance(routing, Fork)
        for text in routing.to
    }
    for name, pool in network.pools.items():
        path: PathInFile = ("pools", name, "stations")
        for index, station in enumerate(pool.stations):
            here = (*path, index)
            if station not in network.stations:
                yield _unknown(here, station, "station", list(network.stations))
            elif station in pool.stations[:index]:
                yield Fault(here, f"'{station}' is given twice")
            elif station in tasks:
                message = f"'{station}' serves the tasks of a fork, which hold nothing"
                yield Fault(here, message, "leave it out")
        yield from _overlaps(network, name)
    for station, described in network.stations.items():
        if network.pools and described.when_full == "block":
            yield Fault(
                ("stations", station, "when_full"),
                "blocks, which does not go with pools: who is blocked would hold what others need",
                "leave out the pools, or let it lose",
            )
    for owner, customers in network.classes.items():
        for name, amount in customers.holds.items():
            path = ("classes", owner, "holds", name)
            if name not in network.pools:
                yield _unknown(path, name, "pool", list(network.pools))
            elif amount > network.pools[name].limit:
                yield Fault(
                    path, f"is more than the limit of the pool, {network.pools[name].limit}"
                )
        if customers.holds and customers.arrivals is None and customers.population is None:
            message = "is of a class in which nobody comes; the class of coming decides"
            yield Fault(("classes", owner, "holds"), message)


def _overlaps(network: Network, name: str) -> Iterator[Fault]:
    """Who holds of one while it waits for another could wait for ever."""
    mine = set(network.pools[name].stations)
    for other, pool in network.pools.items():
        if other == name:
            return
        theirs = set(pool.stations)
        if mine & theirs and not (mine <= theirs or theirs <= mine):
            shared = ", ".join(sorted(mine & theirs))
            message = f"overlap with those of '{other}' ({shared}) in part"
            hint = "let one pool have all stations of the other, or none"
            yield Fault(("pools", name, "stations"), message, hint)


def _unknown(path: PathInFile, name: str, kind: str, known: list[str]) -> Fault:
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
    listed = ", ".join(known[:12]) or f"no {kind}"
    hint = f"did you mean '{close[0]}'?" if close else f"the file has: {listed}"
    return Fault(path, f"unknown {kind} '{name[:60]}'", hint)
