"""A network under other loads, by the laws: what becomes of the response as more customers come."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from models.queueing.network import Network, Poisson
from models.queueing.network_answer import NetworkAnswer
from models.queueing.solve import solve

_POINTS = 14
_FULL = 0.96  # utilization of the busiest station, up to which is looked


@dataclass(frozen=True)
class LoadPoint:
    """A network in which so many times the customers come.

    Arguments:
        times: as many as are described.
        utilization: of the busiest station.
        responses: mean time through the network by class, s.
    """

    times: float
    utilization: float
    responses: Mapping[str, float]


def loads(network: Network, law: NetworkAnswer) -> tuple[LoadPoint, ...]:
    """The network from an empty one to one that is nearly full, the load as described among them.

    Arguments:
        network: whose customers all come at random at constant rates; of others nothing is said.
        law: the answer to it.
    """
    at_random = all(isinstance(one.arrivals, Poisson) for one in network.classes.values())
    described = _point(1.0, law)
    if not at_random or described is None or not 0 < described.utilization < 1:
        return ()
    most = _FULL / described.utilization
    found = {1.0: described}
    for step in range(1, _POINTS + 1):
        times = most * (1 - (1 - step / _POINTS) ** 1.5)  # nearer to each other where it bends
        point = _point(times, solve(_times(network, times)))
        if point is not None:
            found[times] = point
    return tuple(found[times] for times in sorted(found)) if len(found) > _POINTS // 2 else ()


def _times(network: Network, times: float) -> Network:
    """The network with so many times the customers."""
    classes = {}
    for name, one in network.classes.items():
        assert isinstance(one.arrivals, Poisson)  # the caller has seen to it
        more = one.arrivals.model_copy(update={"rate": one.arrivals.rate * times})
        classes[name] = one.model_copy(update={"arrivals": more})
    return network.model_copy(update={"classes": classes})


def _point(times: float, law: NetworkAnswer) -> LoadPoint | None:
    """What a law says of a load; None where it does not know, or there is no steady state."""
    if law.unstable:
        return None
    busy = max(_utilizations(law), default=0.0)
    responses = {
        one.customer_class: one.response_time.mean
        for one in law.classes
        if one.response_time is not None
    }
    return LoadPoint(times, busy, responses) if responses else None


def _utilizations(law: NetworkAnswer) -> Iterator[float]:
    for one in law.stations:
        if one.customer_class is None and one.utilization.mean <= 1:
            yield one.utilization.mean
