"""How many servers are enough: by a law where one tells, else by simulation."""

from typing import Any

from models.queueing.asked import Asked
from models.queueing.enough_servers import by_law, fewest
from models.queueing.network import Network
from models.queueing.network_answer import EnoughServers
from sim.queueing.simulate_network import simulate


def enough_servers(
    network: Network, station: str, share: float, within: float, **options: Any
) -> EnoughServers:
    """The fewest servers of a station with which a share of all who come waits no longer than so.

    Arguments:
        network: the description, checked.
        station: its name; all others stay as they are.
        share: of all who come who are to be served and wait no longer; below 1.
        within: time that they wait at most, s.
        options: of the simulation, where no law tells the shares.
    """
    found = by_law(network, station, share, within)
    if found is not None:
        return found
    asked = Asked((within,))
    return fewest(
        network, station, share, within, lambda one: simulate(one, asked=asked, **options)
    )
