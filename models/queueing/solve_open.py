"""Open networks: exact for one station and in product form, else station by station."""

import math
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from typing import assert_never

import numpy as np

from models.laws.queueing.batch_arrivals import Batches, batches
from models.laws.queueing.station_law import Unstable
from models.queueing.demands import Demand, Input
from models.queueing.disciplines import Law
from models.queueing.distributions import is_exponential, mean, squared_variation
from models.queueing.interarrivals import interarrivals
from models.queueing.network import (
    CustomerClass,
    MarkovModulated,
    Poisson,
    Renewal,
    TimeVarying,
    Trace,
)
from models.queueing.phases import phases
from models.queueing.shares import NoLaw, Share, Solution, together
from models.queueing.solve_fluid import solve_fluid
from models.queueing.solve_parallel import solve_parallel
from models.queueing.solve_slots import solve_slots
from models.queueing.solve_station import StationSolution, busy_station, refuse, solve_station
from models.queueing.stations import Station
from models.queueing.steady_part import steady_part
from models.queueing.traffic import Floats, Traffic, mean_size, traffic
from models.queueing.variation import superposed, variations
from models.queueing.visits import Visit, Way


def solve_open(flows: Traffic) -> Solution:
    """The steady state of an open network whose stations all keep up.

    Arguments:
        flows: of the network.

    Raises:
        NoLaw: none covers it.
    """
    if single_station(flows) and (fluid := solve_fluid(flows)) is not None:
        return fluid
    if single_station(flows) and any(visit.slots > 1 for visit in flows.graph.visits):
        return solve_slots(flows)
    _refuse_arrivals(flows)
    if single_station(flows):
        return _single(flows)
    parallel = solve_parallel(flows)
    if parallel is not None:
        return parallel
    _refuse_choice(flows)
    refuse_inside(flows)
    reasons = [*not_product_form(flows), *not_poisson(flows)]
    if not reasons:
        law = "open Jackson network" if len(flows.open_rates) == 1 else "open BCMP network"
        return _by_station(flows, np.ones(len(flows.network.stations)), law)
    if not not_poisson(flows) and _fed_at_random(flows):
        law = "station by station, each with Poisson arrivals"
        return _by_station(flows, np.ones(len(flows.network.stations)), law)
    solution = _by_station(flows, variations(flows), "decomposition by station (QNA)")
    notes = (*(f"an approximation: {reason}" for reason in reasons), *solution.notes)
    return replace(solution, method="approximation", notes=notes)


def station_inputs(flows: Traffic) -> Iterator[tuple[str, Station, list[Demand], Input]]:
    """What comes to each station of an open network, as the law that is asked takes it.

    Arguments:
        flows: of the network.
    """
    if single_station(flows):
        [(name, station)] = flows.network.stations.items()
        yield name, station, _demands(flows, flows.graph.visits), _input(flows)
        return
    random = not not_poisson(flows) and (not not_product_form(flows) or _fed_at_random(flows))
    scvs = np.ones(len(flows.network.stations)) if random else variations(flows)
    for (name, station), scv in zip(flows.network.stations.items(), scvs, strict=True):
        visits = [v for k, v in enumerate(flows.graph.visits) if v.station == name]
        visits = [v for v in visits if flows.rates[flows.graph.visits.index(v)] > 0]
        if visits:
            demands = _demands(flows, visits)
            yield name, station, demands, _arriving(flows, visits, demands, float(scv))


def _refuse_arrivals(flows: Traffic) -> None:
    for visit in flows.graph.visits:
        if visit.slots > 1:
            raise NoLaw(f"customers of class {visit.customer_class} take several servers at once")
    for name in flows.open_rates:
        match flows.network.classes[name].arrivals:
            case Trace():
                raise NoLaw(f"class {name} arrives as recorded in a trace")
            case TimeVarying():
                raise NoLaw(f"the arrivals of class {name} vary with time")
            case MarkovModulated():
                raise NoLaw(f"the arrivals of class {name} are Markov-modulated")


def _refuse_choice(flows: Traffic) -> None:
    """Queues chosen by their length are far shorter than those chosen at random."""
    ways = [*flows.graph.starts.values(), *(visit.destination for visit in flows.graph.visits)]
    for one in ways:
        if one is not None and one.way.by_state:
            raise NoLaw(f"customers choose a station by its queue ({one.way})")


def refuse_inside(flows: Traffic) -> None:
    """Refuse what no law describes inside a network of several stations.

    Arguments:
        flows: of the network.

    Raises:
        NoLaw: a station or the arrivals have such a thing.
    """
    _refuse_arrivals(flows)
    for name, station in flows.network.stations.items():
        visits = [visit for visit in flows.graph.visits if visit.station == name]
        try:
            refuse(station)
            if station.setup is not None:
                raise NoLaw("needs a setup")
            if station.capacity is not None:
                raise NoLaw("loses customers inside a network")
            if station.breakdowns:
                raise NoLaw("breaks down inside a network")
            if station.speeds:
                raise NoLaw("has servers of unequal speed inside a network")
            if any(visit.loses for visit in visits):
                raise NoLaw("has impatient customers inside a network")
        except NoLaw as reason:
            raise NoLaw(f"station {name} {reason}") from None


def single_station(flows: Traffic) -> bool:
    """Whether every customer visits one and the same station once.

    Arguments:
        flows: of the network.
    """
    starts = flows.graph.starts.values()
    once = all(
        len(s.visits) == 1 and s.way is Way.SPLIT and s.visits[0] is not None for s in starts
    )
    gone = all(flows.exits(k) == 1 for k in range(len(flows.graph.visits)))
    return len(flows.network.stations) == 1 and once and gone


def _single(flows: Traffic) -> Solution:
    [(name, station)] = flows.network.stations.items()
    visits = flows.graph.visits
    try:
        solved = solve_station(station, _demands(flows, visits), _input(flows))
    except NoLaw as reason:
        raise NoLaw(f"station {name} {reason}") from None
    shares = {(name, v.customer_class): s for v, s in zip(visits, solved.shares, strict=True)}
    whole = {name: solved.whole} if solved.whole else {}
    return Solution(solved.law, solved.method, shares, whole, notes=solved.notes)


def solve_before_overload(flows: Traffic, overloaded: Collection[str]) -> Solution | None:
    """What holds of the classes that do not meet what grows without end.

    Whoever interrupts does not see who comes after; whoever waits for the end of a service finds
    all servers busy at all times. None where all meet it, or no law is known.

    Arguments:
        flows: of a network with stations that can't keep up.
        overloaded: these stations.
    """
    part = steady_part(flows, overloaded)
    steady = [name for name in flows.graph.starts if name in part.classes]
    if not steady or not part.growing or flows.graph.classes_change:
        return None
    try:
        _refuse_arrivals(flows)
        if single_station(flows) and not _interrupted(flows, overloaded):
            solved = _behind_nobody(flows, steady)
        else:
            solved = _without(flows, part.growing, overloaded)
    except (NoLaw, Unstable):
        return None
    return replace(solved, notes=(part.note, *solved.notes), overloaded=part.growing)


def _interrupted(flows: Traffic, overloaded: Collection[str]) -> bool:
    """Whether who is too much at a station is left at once for the others."""
    return all(flows.network.stations[name].discipline.interrupts for name in overloaded)


def _behind_nobody(flows: Traffic, steady: Sequence[str]) -> Solution:
    """Of the only station, whose servers are never idle, those who go before."""
    [(place, station)] = flows.network.stations.items()
    demands, visits = _demands(flows, flows.graph.visits), flows.graph.visits
    kept = [k for k, visit in enumerate(visits) if visit.customer_class in steady]
    solved = busy_station(station, demands, [demands[k] for k in kept], not not_poisson(flows))
    shares = zip((visits[k].customer_class for k in kept), solved.shares, strict=True)
    return Solution(solved.law, solved.method, {(place, name): share for name, share in shares})


def _without(flows: Traffic, gone: Collection[str], overloaded: Collection[str]) -> Solution:
    """The network as it is for those who never see the others."""
    network = flows.network
    visited: dict[bool, set[str]] = {False: set(), True: set()}
    for visit in flows.graph.visits:
        visited[visit.customer_class in gone].add(visit.station)
    shared = visited[False] & visited[True]
    if shared - set(overloaded) or not _interrupted(flows, shared):
        raise NoLaw("those who are too many hold up the others")
    stations = {name: one for name, one in network.stations.items() if name in visited[False]}
    classes = {name: one for name, one in network.classes.items() if name not in gone}
    alone = network.model_copy(update={"stations": stations, "classes": classes})
    return solve_open(traffic(alone))


def _input(flows: Traffic) -> Input:
    """How the customers of all classes come to the only station."""
    classes = [flows.network.classes[name] for name in flows.open_rates]
    if not not_poisson(flows):
        return Input()
    at_random = all(_at_random(customers) for customers in classes)
    if len(classes) == 1 and classes[0].arrival_batch is None:
        arrivals = classes[0].arrivals
        if isinstance(arrivals, Renewal):
            times = arrivals.interarrival
            law = interarrivals(times)
            return Input(
                squared_variation(times), law, phases(times), poisson=False, at_random=False
            )
    return Input(
        _gaps_scv(classes, list(flows.open_rates.values())), poisson=False, at_random=at_random
    )


def _at_random(customers: CustomerClass) -> bool:
    arrivals = customers.arrivals
    return isinstance(arrivals, Poisson) or (
        isinstance(arrivals, Renewal) and is_exponential(arrivals.interarrival)
    )


def _gaps_scv(classes: Sequence[CustomerClass], rates: Sequence[float]) -> float:
    """Squared variation of the times between arrivals of all classes, each perhaps of a batch."""
    arriving = [r / mean_size(c.arrival_batch) for c, r in zip(classes, rates, strict=True)]
    scvs = [
        squared_variation(c.arrivals.interarrival) if isinstance(c.arrivals, Renewal) else 1.0
        for c in classes
    ]
    return superposed(np.array(arriving), np.array(scvs), 1.0)


def _demands(flows: Traffic, visits: Sequence[Visit]) -> list[Demand]:
    """What comes to a station, of which the first visits of a class may come in batches."""
    rates = flows.rates
    demands = []
    for visit in visits:
        k = flows.graph.visits.index(visit)
        customers = flows.network.classes[visit.customer_class]
        demands.append(
            Demand(
                float(rates[k]),
                visit.service,
                customers.priority,
                visit.patience,
                _batch(flows, k),
                visit.balking,
                visit.retries,
            )
        )
    return demands


def _batch(flows: Traffic, visit: int) -> Batches | None:
    """How those who come to a visit in batches do so; None where none or not all of them do."""
    for name, rate in flows.open_rates.items():
        start, batch = flows.graph.starts[name], flows.network.classes[name].arrival_batch
        whole = start.way is Way.SPLIT and start.visits == (visit,)
        alone = math.isclose(rate, float(flows.rates[visit]), rel_tol=1e-9)
        if batch is not None and whole and alone and mean_size(batch) > 1:
            return batches(rate / mean_size(batch), batch.sizes, batch.probabilities)
    return None


def not_poisson(flows: Traffic) -> list[str]:
    """Which classes do not arrive one by one and at random, in words; nothing if all do.

    Arguments:
        flows: of the network.
    """
    reasons = []
    for name in flows.open_rates:
        customers = flows.network.classes[name]
        if not _at_random(customers):
            reasons.append(f"the arrivals of class {name} are not Poisson")
        if mean_size(customers.arrival_batch) > 1:
            reasons.append(f"customers of class {name} arrive in batches")
    return reasons


def not_product_form(flows: Traffic) -> list[str]:
    """What keeps a network from having a product form, in words; nothing if it has one.

    Arguments:
        flows: of the network.

    Source: Baskett, Chandy, Muntz and Palacios (1975), Open, closed, and mixed networks of queues
        with different classes of customers; orders that know no service: Kelly (1979),
        Reversibility and Stochastic Networks, section 3.1.
    """
    found = (_not_product_form_at(flows, name) for name in flows.network.stations)
    reasons = [reason for reason in found if reason is not None]
    ways = [*flows.graph.starts.values(), *(visit.destination for visit in flows.graph.visits)]
    several = (one.way for one in ways if one is not None and len(one.visits) > 1)
    for way in dict.fromkeys(several):
        if way is Way.FORK:
            reasons.append("the tasks of a fork arrive at the same time")
        elif way is not Way.SPLIT:
            reasons.append(f"{way} routing is taken to be random")
    return reasons


def _not_product_form_at(flows: Traffic, name: str) -> str | None:
    """What of a station does not keep a product form, in words; None if nothing."""
    station = flows.network.stations[name]
    visits = [visit for visit in flows.graph.visits if visit.station == name]
    ranks = {flows.network.classes[visit.customer_class].priority for visit in visits}
    if station.servers == "infinite" or station.discipline.law is Law.SHARING:
        return None
    if not _knows_no_service(station, len(ranks)):
        return f"station {name} serves by {station.discipline.name}"
    if not all(is_exponential(visit.service) for visit in visits):
        return f"the service at station {name} is not exponential"
    if len({mean(visit.service) for visit in visits}) > 1:
        return f"the mean service at station {name} is not the same at all visits"
    return None


def _fed_at_random(flows: Traffic) -> bool:
    """Whether each station gets a Poisson process: nobody comes back to a station, ways are chosen
    by chance, and what is not of product form leads outside.

    Source: Burke (1956); Kelly (1979), Reversibility and Stochastic Networks, section 3.2: what
        leaves a quasi-reversible queue is Poisson and independent of who is there.
    """
    visits = flows.graph.visits
    ways = [*flows.graph.starts.values(), *(visit.destination for visit in visits)]
    if any(way is None or (way.way is not Way.SPLIT and len(way.visits) > 1) for way in ways):
        return False
    leads = {name: set[str]() for name in flows.network.stations}
    for k, visit in enumerate(visits):
        leads[visit.station] |= {visits[int(j)].station for j in np.flatnonzero(flows.routing[k])}
    reached = {name: set(following) for name, following in leads.items()}
    for _ in leads:
        for following in reached.values():
            following |= {far for near in following for far in leads[near]}
    if any(name in following for name, following in reached.items()):
        return False
    return all(not to or _not_product_form_at(flows, name) is None for name, to in leads.items())


def _knows_no_service(station: Station, ranks: int) -> bool:
    """Whether an order could be one at random for all that it knows of those who wait."""
    match station.discipline.law:
        case Law.IN_TURN:
            return True
        case Law.BY_PRIORITY:
            return ranks == 1
        case Law.SHARING | Law.SHORTEST_REMAINING | Law.NONE:
            return False
        case other:
            assert_never(other)


def _by_station(flows: Traffic, scvs: Floats, law: str) -> Solution:
    rates = flows.rates
    laws: list[str] = []
    shares: dict[tuple[str, str], Share] = {}
    whole: dict[str, Share] = {}
    notes: list[str] = []
    exact = True
    for (name, station), scv in zip(flows.network.stations.items(), scvs, strict=True):
        visits = [v for k, v in enumerate(flows.graph.visits) if v.station == name and rates[k] > 0]
        if not visits:
            continue
        demands = _demands(flows, visits)
        solved = _solved(name, station, demands, _arriving(flows, visits, demands, float(scv)))
        grouped: dict[str, list[Share]] = {}
        for visit, share in zip(visits, solved.shares, strict=True):
            grouped.setdefault(visit.customer_class, []).append(share)
        shares |= {(name, owner): together(parts) for owner, parts in grouped.items()}
        if solved.whole:
            whole[name] = solved.whole
        exact = exact and solved.method == "exact"
        laws.append(solved.law)
        notes += [f"station {name}: {note}" for note in solved.notes]
    words = f"{law}: {', '.join(dict.fromkeys(laws))}"
    return Solution(words, "exact" if exact else "approximation", shares, whole, notes=tuple(notes))


def _arriving(
    flows: Traffic, visits: Sequence[Visit], demands: Sequence[Demand], scv: float
) -> Input:
    """How customers come to a station inside a network."""
    if any(demand.batch for demand in demands):
        # Of the classes that come here: the others say nothing of this station.
        here = {visit.customer_class for visit in visits}
        names = [name for name in flows.open_rates if name in here]
        classes = [flows.network.classes[name] for name in names]
        at_random = all(_at_random(customers) for customers in classes)
        gaps = _gaps_scv(classes, [flows.open_rates[name] for name in names])
        return Input(gaps, poisson=False, at_random=at_random)
    poisson = math.isclose(scv, 1.0, rel_tol=1e-9)
    return Input(1.0 if poisson else scv, poisson=poisson, at_random=poisson)


def _solved(name: str, station: Station, demands: list[Demand], comes: Input) -> StationSolution:
    try:
        return solve_station(station, demands, comes)
    except NoLaw as reason:
        raise NoLaw(f"station {name} {reason}") from None
