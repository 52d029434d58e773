"""A network in which only so many of one class may be at once: by its flow-equivalent server."""

from dataclasses import replace

from models.laws.queueing.flow_equivalent import limited_clients, limited_network
from models.queueing.distributions import is_exponential, mean
from models.queueing.network_answer import PoolMeasures
from models.queueing.shares import UNKNOWN_LAW, Method, NoLaw, Share, Solution, estimate, together
from models.queueing.solve_open import not_poisson, not_product_form, refuse_inside
from models.queueing.traffic import Traffic, as_number


def solve_pools(flows: Traffic) -> Solution:
    """The steady state of a network of product form with one class and one pool over all of it.

    Arguments:
        flows: of a network with a pool.

    Raises:
        NoLaw: it is another network.
        Unstable: more comes than the pool lets through.
    """
    network = flows.network
    [(name, pool), *others] = network.pools.items()
    refuse_inside(flows)
    several = len(flows.graph.starts) > 1 or any(c.holds for c in network.classes.values())
    if others or several or set(pool.stations) != set(network.stations):
        raise NoLaw("a pool is not the only one, of one class and over all stations")
    if not_product_form(flows) or not_poisson(flows):
        raise NoLaw(f"pool {name} is over stations that have no product form")
    [owner] = flows.graph.starts
    customers, trips = network.classes[owner], flows.trips[owner]
    visits = list(zip(flows.graph.visits, map(float, trips), strict=True))
    stations = list(network.stations)
    demands = [sum(n * mean(v.service) for v, n in visits if v.station == s) for s in stations]
    servers = [as_number(network.stations[station].servers) for station in stations]
    method: Method = "approximation" if len(stations) > 1 else "exact"
    try:
        if owner in flows.graph.closed:
            think = customers.think_time
            if think is None or pool.when_full == "lose":
                raise NoLaw(f"pool {name} is of closed customers who do not think, or are lost")
            if not is_exponential(think):
                method = "approximation"
            found = limited_clients(
                customers.population or 0, mean(think), demands, servers, pool.limit
            )
        else:
            rate = flows.open_rates[owner]
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
    total = (found.inside + found.waiting) / found.throughput
    lost = found.blocking_probability if pool.when_full == "lose" else None
    law = estimate(found.inside, method)
    waited = None if lost is not None else estimate(found.wait_probability, method)
    measures = PoolMeasures(
        name,
        estimate(found.inside / pool.limit, method),
        law,
        None if lost is not None else estimate(found.waiting, method),
        None if lost is not None else estimate(found.waiting / found.throughput, method),
        waited,
        None if lost is None else estimate(lost, method),
    )
    solution = Solution(
        "network with a limit (flow-equivalent server)",
        method,
        {key: together(some) for key, some in parts.items()},
        trips={owner: found.throughput},
        responses={owner: (total, UNKNOWN_LAW)},
        pools=(measures,),
    )
    return solution if lost is None else replace(solution, lost={owner: lost})
