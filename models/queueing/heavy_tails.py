"""Services so irregular that no interval of a mean wait holds."""

import math
from collections.abc import Iterator

from models.queueing.disciplines import Law
from models.queueing.network import CustomerClass, Network

_NAMES = {2: "variance", 3: "third moment", 4: "fourth moment"}


def heavy_tails(network: Network) -> Iterator[str]:
    """A note for each station whose waits vary too much for an interval, in words.

    One long service holds up all who come during it, for half of it in the mean: what it adds to a
    run grows with its square, which has a variance only where services have a fourth moment. Where
    no more than so many can wait, or nobody waits longer than so long, it grows with its length.

    Arguments:
        network: the description.

    Source: Asmussen and Glynn (2007), Stochastic Simulation, section 4.4 (means of regenerative
        cycles); the variance of the wait itself needs the third moment: Takacs (1962).
    """
    for name, station in network.stations.items():
        waits = station.discipline.law in (Law.IN_TURN, Law.BY_PRIORITY)
        if station.servers == "infinite" or not waits:
            continue
        here = [customers for customers in network.classes.values() if name in customers.service]
        services = [customers.service[name] for customers in here]
        missing = [k for k in _NAMES if any(math.isinf(s.moment(k)) for s in services)]
        if station.capacity is not None or all(_never_many(customers, name) for customers in here):
            missing = [k for k in missing if k == 2]
        elif missing and missing[0] == 2 and station.most_servers == 1:
            yield (
                f"Station {name}: services have no variance, so that the mean wait behind them is "
                "infinite: what runs show of waits, responses and numbers grows with their length;"
                " percentiles are not touched."
            )
            continue
        if missing:
            yield (
                f"Station {name}: services have no {_NAMES[missing[0]]}. The intervals of waits, "
                "responses and numbers hold the truth less often than they say, and means are "
                "mostly too low; percentiles are not touched."
            )


def _never_many(customers: CustomerClass, station: str) -> bool:
    """Whether customers of a class can't become ever more behind one long service."""
    return customers.arrivals is None or station in customers.patience
