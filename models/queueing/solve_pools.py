"""A network in which only so many may be at once: by its flow-equivalent server."""

from collections.abc import Mapping
from dataclasses import replace

from models.laws.queueing.flow_equivalent import limited_clients, limited_network
from models.queueing.distributions import is_exponential, mean
from models.queueing.network_answer import PoolMeasures
from models.queueing.shares import UNKNOWN_LAW, Method, NoLaw, Share, Solution, estimate, together
from models.queueing.solve_open import not_poisson, not_product_form, refuse_inside
from models.queueing.traffic import Traffic, as_number


def solve_pools(flows: Traffic) -> Solution:
    """The steady state of a network of product form with one pool over all of it.

    Of open classes all that matters is how many are inside: what they bring to a station together
    is as if one class brought it in the mean.

    Arguments:
        flows: of a network with a pool.

    Raises:
        NoLaw: it is another network.
        Unstable: more comes than the pool lets through.
    """
    network = flows.network
    [(name, pool), *others] = network.pools.items()
    refuse_inside(flows)
    if others or set(pool.stations) != set(network.stations):
        raise NoLaw("there are several pools, or one that is not over all stations")
    if any(amount != 1 for one in network.classes.values() for amount in one.holds.values()):
        raise NoLaw(f"some customers hold more than 1 of pool {name}")
    if flows.graph.closed and len(flows.graph.starts) > 1:
        raise NoLaw(f"pool {name} is of several classes, some of them closed")
    if not_product_form(flows) or not_poisson(flows):
        raise NoLaw(f"pool {name} is over stations that have no product form")
    if flows.graph.closed:
        [owner] = flows.graph.closed
        rate, trips = 1.0, flows.trips[owner]  # as if one came each second
    else:
        rate, trips = sum(flows.open_rates.values()), flows.rates
    visits = list(zip(flows.graph.visits, (float(each) / rate for each in trips), strict=True))
    stations = list(network.stations)
    demands = [sum(n * mean(v.service) for v, n in visits if v.station == s) for s in stations]
    servers = [as_number(network.stations[station].servers) for station in stations]
    alike = len({mean(v.service) for v, _ in visits}) == 1
    alone = len(stations) == 1 and alike and all(is_exponential(v.service) for v, _ in visits)
    method: Method = "exact" if alone else "approximation"
    try:
        if flows.graph.closed:
            customers = network.classes[owner]
            think = customers.think_time
            if think is None or pool.when_full == "lose":
                raise NoLaw(f"pool {name} is of closed customers who do not think, or are lost")
            if not is_exponential(think):
                method = "approximation"
            found = limited_clients(
                customers.population or 0, mean(think), demands, servers, pool.limit
            )
        else:
            if pool.when_full == "lose":
                method = "exact"
            waits = pool.when_full == "wait"
            found = limited_network(rate, demands, servers, pool.limit, waits)
    except ValueError as error:
        raise NoLaw(f"pool {name}: {error}") from None
    at = dict(zip(stations, zip(found.numbers, demands, strict=True), strict=True))
    parts: dict[tuple[str, str], list[Share]] = {}
    for visit, times in visits:
        if times > 0:
            number, demand = at[visit.station]
            each, service = found.throughput * times, mean(visit.service)
            # Visits of one class with one mean service at a station in turn wait alike.
            stretch = number / (found.throughput * demand) if demand else 1.0
            share = Share(each, service, max(0.0, service * (stretch - 1)))
            parts.setdefault((visit.station, visit.customer_class), []).append(share)
    shares = {key: together(some) for key, some in parts.items()}
    lost = found.blocking_probability if pool.when_full == "lose" else None
    law = estimate(found.inside, method)
    before = found.waiting / found.throughput
    waited = None if lost is not None else estimate(found.wait_probability, method)
    measures = PoolMeasures(
        name,
        estimate(found.inside / pool.limit, method),
        law,
        None if lost is not None else estimate(found.waiting, method),
        None if lost is not None else estimate(before, method),
        waited,
        None if lost is None else estimate(lost, method),
    )
    solution = Solution(
        "network with a limit (flow-equivalent server)",
        method,
        shares,
        trips=dict.fromkeys(flows.graph.closed, found.throughput),
        responses={
            owner: (_response(flows, owner, shares, before), UNKNOWN_LAW)
            for owner in flows.graph.starts
        },
        pools=(measures,),
    )
    if lost is None:
        return solution
    return replace(solution, lost=dict.fromkeys(flows.graph.starts, lost))


def _response(
    flows: Traffic, owner: str, shares: Mapping[tuple[str, str], Share], before: float
) -> float:
    """Mean time from coming to leaving of those who came in a class, s."""
    visits = zip(flows.graph.visits, map(float, flows.trips[owner]), strict=True)
    return before + sum(
        times * (shares[visit.station, visit.customer_class].response_time or 0.0)
        for visit, times in visits
        if times > 0
    )
