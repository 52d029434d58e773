"""What a network must satisfy beyond its shape: names that exist, and needs that fit the routes."""

import difflib
import math
from collections.abc import Iterable, Iterator

from models.queueing.check_pools import pools
from models.queueing.check_ways import ways
from models.queueing.disciplines import Order
from models.queueing.distributions import mean
from models.queueing.network import (
    EXIT,
    AnyRouting,
    CustomerClass,
    Dispatch,
    Fork,
    Network,
    Renewal,
    Split,
)
from models.queueing.visits import START
from models.reading.faults import Fault, PathInFile


def check(network: Network) -> list[Fault]:
    """Every fault that the shape of a description does not show.

    Arguments:
        network: the description.
    """
    faults = [*_stations(network), *pools(network)]
    for name, customers in network.classes.items():
        faults += _class(network, name, customers)
    # Where customers can go is only worth saying once every name leads somewhere.
    return faults or [*ways(network)]


def _stations(network: Network) -> Iterator[Fault]:
    for name, station in network.stations.items():
        path: PathInFile = ("stations", name)
        if name in (EXIT, START):
            yield Fault(path, f"'{name}' is taken: it names a place outside", "choose another name")
        if station.schedule and not any(shift.servers for shift in station.schedule.shifts):
            yield Fault((*path, "schedule", "shifts"), "have no servers at all")
        if station.schedule and "servers" in station.model_fields_set and not station.speeds:
            message = "is given beside a schedule, which says how many servers there are"
            yield Fault((*path, "servers"), message, "leave out one of them")
        if station.breakdowns and mean(station.breakdowns.time_to_failure) == 0:
            yield Fault((*path, "breakdowns", "time_to_failure"), "must be more than 0 s")


def _class(network: Network, name: str, customers: CustomerClass) -> Iterator[Fault]:
    path: PathInFile = ("classes", name)
    for key in ("service", "patience", "balking", "retries", "slots", "routing"):
        for station in getattr(customers, key):
            if key != "routing" or station != START:
                yield from _known((*path, key, station), station, network.stations, "station")
    for index, station in enumerate(customers.route):
        yield from _known((*path, "route", index), station, network.stations, "station")
        yield from _served(network, (*path, "route", index), name, station)
    yield from _slots(network, path, customers)
    yield from _reluctance(network, path, customers)
    yield from _beginning(path, customers)
    if isinstance(customers.arrivals, Renewal) and mean(customers.arrivals.interarrival) == 0:
        yield Fault((*path, "arrivals", "interarrival"), "must be more than 0 s")
    for place, routing in customers.routing.items():
        here = (*path, "routing", place)
        yield from _routing(network, here, name, routing)
        if place != START and place in network.stations:
            yield from _served(network, here, name, place)


def _slots(network: Network, path: PathInFile, customers: CustomerClass) -> Iterator[Fault]:
    """Several servers at once go with servers that serve one after the other."""
    for name, count in customers.slots.items():
        station = network.stations.get(name)
        if station is None or count == 1:
            continue
        here = (*path, "slots", name)
        most = station.most_servers
        if station.schedule is not None:
            numbers = [shift.servers for shift in station.schedule.shifts]
            most = max(math.inf if number == "infinite" else number for number in numbers)
        if count > most:
            yield Fault(here, f"is more than the {most:g} servers of the station")
        order = station.discipline.order
        keys = ("setup", "batch", "breakdowns", "scaling", "speeds")
        special = [key for key in keys if getattr(station, key)]
        if station.servers == "infinite":
            yield Fault(here, "is for a station of infinitely many servers", "leave it out")
        elif station.discipline.interrupts or order in (Order.TOGETHER, Order.AT_RANDOM):
            hint = "several servers at once go with fcfs, lcfs and priority"
            yield Fault(here, f"is for a station that serves by {station.discipline.name}", hint)
        elif special:
            yield Fault(here, f"is for a station with {special[0]}, which it does not go with")


def _reluctance(network: Network, path: PathInFile, customers: CustomerClass) -> Iterator[Fault]:
    """Who does not join, or comes again, needs something that may keep it from its service."""
    for name in customers.balking:
        station = network.stations.get(name)
        if station is not None and station.servers == "infinite":
            message = "is for a station of infinitely many servers, where nobody waits"
            yield Fault((*path, "balking", name), message, "leave it out")
    for name, retries in customers.retries.items():
        station = network.stations.get(name)
        if mean(retries.delay) == 0:
            yield Fault((*path, "retries", name, "delay"), "must be more than 0 s")
        turns_away = name in customers.balking or name in customers.patience
        if station is not None and station.capacity is None and not turns_away:
            hint = f"give '{name}' a capacity, or the class patience or balking there"
            message = "is for a station at which nobody is turned away or gives up"
            yield Fault((*path, "retries", name), message, hint)


def _beginning(path: PathInFile, customers: CustomerClass) -> Iterator[Fault]:
    comes = customers.arrivals is not None or customers.population is not None
    if comes and not customers.route and not customers.routing:
        hint = "give a route: a list of stations"
        yield Fault(path, "has neither a route nor a routing", hint)
    elif comes and not customers.route and START not in customers.routing:
        hint = "add 'start' with the first station"
        yield Fault((*path, "routing"), "does not say where customers start", hint)
    elif not comes and START in customers.routing:
        message = "is of a class that has neither arrivals nor a population"
        yield Fault((*path, "routing", START), message)


def _routing(network: Network, path: PathInFile, name: str, routing: AnyRouting) -> Iterator[Fault]:
    targets: Iterable[tuple[PathInFile, str]]
    if isinstance(routing, Split):
        targets = [((*path, "to", text), text) for text in routing.to]
    else:
        targets = [((*path, "to", index), text) for index, text in enumerate(routing.to)]
    seen: set[str] = set()
    for here, text in targets:
        if text == EXIT and not isinstance(routing, Split):
            yield Fault(here, f"can't be '{EXIT}' in a {routing.kind}", "name stations")
            continue
        station = text.partition("/")[0]
        if isinstance(routing, Dispatch | Fork) and station in seen:
            yield Fault(here, f"'{station}' is given twice")
        seen.add(station)
        yield from _target(network, here, name, text, task=isinstance(routing, Fork))
        if isinstance(routing, Fork) and station in network.stations:
            yield from _task(network, here, name, text)
    if isinstance(routing, Fork):
        yield from _target(network, (*path, "then"), name, routing.then, task=False)


def _target(
    network: Network, path: PathInFile, name: str, text: str, task: bool
) -> Iterator[Fault]:
    if text == EXIT:
        return
    station, slash, owner = text.partition("/")
    faults = [*_known(path, station, [*network.stations, EXIT], "station")]
    if slash:
        faults += _known(path, owner, network.classes, "class")
    if faults:
        yield from faults
        return
    owner = owner or name
    customers = network.classes[owner]
    if task:
        yield from _served(network, path, owner, station)
    elif customers.route:
        if station != customers.route[0]:
            message = f"'{owner}' has a route, which begins at '{customers.route[0]}'"
            yield Fault(path, message, f"did you mean '{customers.route[0]}/{owner}'?")
    elif station not in customers.routing:
        message = f"the routing of '{owner}' does not say where to go from '{station}'"
        yield Fault(path, message, f"add '{station}: {{kind: split, to: {{{EXIT}: 1}}}}'")


def _task(network: Network, path: PathInFile, name: str, text: str) -> Iterator[Fault]:
    """What is forked must be served everywhere, or it would never be joined."""
    station, _, owner = text.partition("/")
    if network.stations[station].capacity is not None:
        yield Fault(path, f"'{station}' has a capacity; a task of a fork can't be turned away")
    customers = network.classes.get(owner or name)
    if customers is not None and (station in customers.patience or station in customers.balking):
        yield Fault(path, f"'{station}' has impatient customers; a task of a fork must be served")


def _served(network: Network, path: PathInFile, name: str, station: str) -> Iterator[Fault]:
    if station in network.stations and station not in network.classes[name].service:
        message = f"class '{name}' has no service at '{station}'"
        yield Fault(path, message, f"add '{station}' to classes.{name}.service")


def _known(path: PathInFile, name: str, known: Iterable[str], kind: str) -> Iterator[Fault]:
    names = list(known)
    if name in names:
        return
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
    listed = ", ".join(names[:12])
    hint = f"did you mean '{close[0]}'?" if close else f"the file has: {listed}"
    yield Fault(path, f"unknown {kind} '{name[:60]}'", hint)
