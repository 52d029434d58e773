"""A network as a graph of visits: a class at a station, what it needs there, where it goes next.

A fixed route may pass a station twice, and a customer may change class on the way: both are plain
edges here, so that the laws and both engines read the same graph.
"""

from dataclasses import dataclass
from enum import StrEnum

from models.queueing.distributions import AnyDistribution
from models.queueing.network import EXIT, CustomerClass, Dispatch, Fork, Network, Split
from models.queueing.reluctance import Balking, Retries

START = "start"


class Way(StrEnum):
    """How a customer who leaves a station finds the next; named as network files name it."""

    SPLIT = "split"
    SHORTEST_QUEUE = "shortest-queue"
    POWER_OF_TWO = "power-of-two"
    ROUND_ROBIN = "round-robin"
    FORK = "fork"

    @property
    def by_state(self) -> bool:
        """Who leaves looks at the queues."""
        return self in (Way.SHORTEST_QUEUE, Way.POWER_OF_TWO)


@dataclass(frozen=True)
class Destination:
    """Where a customer goes next.

    Arguments:
        way: how one of them is chosen.
        visits: positions in the graph; None is the outside.
        probabilities: of each of them; empty unless a split.
        then: after a fork, the visit that follows the join; None is the outside.
    """

    way: Way
    visits: tuple[int | None, ...]
    probabilities: tuple[float, ...] = ()
    then: int | None = None


@dataclass(frozen=True)
class Visit:
    """A class at a station.

    Arguments:
        station: its name.
        customer_class: its name.
        service: the time that a server needs.
        patience: the time after which a waiting customer leaves; None waits forever.
        destination: where the customer goes from here; None for a task of a fork, which ends.
        slots: servers that it takes at once.
        balking: which queues are too long to join; None joins any.
        retries: whether who is turned away or gives up comes again; None is lost.
    """

    station: str
    customer_class: str
    service: AnyDistribution
    patience: AnyDistribution | None
    destination: Destination | None
    slots: int = 1
    balking: Balking | None = None
    retries: Retries | None = None

    @property
    def loses(self) -> bool:
        """Some may go without service because of how long the queue is."""
        return self.patience is not None or self.balking is not None


@dataclass(frozen=True)
class Graph:
    """The visits of a network.

    Arguments:
        visits: in an order that depends on the description alone.
        starts: where the customers of each class enter; only classes with arrivals or population.
        closed: the classes that have a population.
    """

    visits: tuple[Visit, ...]
    starts: dict[str, Destination]
    closed: frozenset[str]

    @property
    def classes_change(self) -> bool:
        """Whether somebody may change class on the way, and leave as another than it came."""
        ways = [(name, start) for name, start in self.starts.items()]
        ways += [(one.customer_class, one.destination) for one in self.visits if one.destination]
        return any(
            visit is not None and self.visits[visit].customer_class != name
            for name, way in ways
            if way.way is not Way.FORK  # its tasks may be of any class, who forks keeps its own
            for visit in way.visits
        ) or any(
            way.then is not None and self.visits[way.then].customer_class != name
            for name, way in ways
        )


def graph(network: Network) -> Graph:
    """The graph of a checked network.

    Arguments:
        network: whose names all lead somewhere.
    """
    # Keys: (class, station) with a routing, (class, position) on a route, (class, station, "task").
    keys: dict[tuple[object, ...], int] = {}
    for name, customers in network.classes.items():
        for key in _keys(name, customers):
            keys.setdefault(key, len(keys))
    for name, customers in network.classes.items():
        for routing in customers.routing.values():
            if isinstance(routing, Fork):
                for text in routing.to:
                    station, owner = _parts(text, name)
                    keys.setdefault((owner, station, "task"), len(keys))
    visits = tuple(_visit(network, key, keys) for key in keys)
    starts = {
        name: _start(name, customers, keys)
        for name, customers in network.classes.items()
        if customers.arrivals is not None or customers.population is not None
    }
    closed = frozenset(
        name for name, customers in network.classes.items() if customers.population is not None
    )
    return Graph(visits, starts, closed)


def _keys(name: str, customers: CustomerClass) -> list[tuple[object, ...]]:
    if customers.route:
        return [(name, position) for position in range(len(customers.route))]
    return [(name, station) for station in customers.routing if station != START]


def _start(name: str, customers: CustomerClass, keys: dict[tuple[object, ...], int]) -> Destination:
    if customers.route:
        return Destination(Way.SPLIT, (keys[name, 0],), (1.0,))
    return _destination(name, customers.routing[START], keys)


def _visit(network: Network, key: tuple[object, ...], keys: dict[tuple[object, ...], int]) -> Visit:
    name, place = str(key[0]), key[1]
    customers = network.classes[name]
    station = customers.route[place] if isinstance(place, int) else str(place)
    destination = None
    if isinstance(place, int):
        following = keys.get((name, place + 1))
        destination = Destination(Way.SPLIT, (following,), (1.0,))
    elif len(key) == 2:
        destination = _destination(name, customers.routing[station], keys)
    return Visit(
        station,
        name,
        customers.service[station],
        customers.patience.get(station),
        destination,
        customers.slots.get(station, 1),
        customers.balking.get(station),
        customers.retries.get(station),
    )


def _destination(
    name: str, routing: Split | Dispatch | Fork, keys: dict[tuple[object, ...], int]
) -> Destination:
    if isinstance(routing, Split):
        visits = tuple(_position(text, name, keys) for text in routing.to)
        return Destination(Way.SPLIT, visits, tuple(routing.to.values()))
    if isinstance(routing, Fork):
        tasks = []
        for text in routing.to:
            station, owner = _parts(text, name)
            tasks.append(keys[owner, station, "task"])
        return Destination(Way.FORK, tuple(tasks), then=_position(routing.then, name, keys))
    return Destination(Way(routing.kind), tuple(_position(text, name, keys) for text in routing.to))


def _position(text: str, name: str, keys: dict[tuple[object, ...], int]) -> int | None:
    if text == EXIT:
        return None
    station, owner = _parts(text, name)
    return keys[owner, station] if (owner, station) in keys else keys[owner, 0]


def _parts(text: str, name: str) -> tuple[str, str]:
    station, _, owner = text.partition("/")
    return station, owner or name
