"""Stations to which customers come in batches."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from models.laws.arguments import non_negative, positive, probability, whole
from models.laws.queueing.general import check_moments, lighter_traffic
from models.laws.queueing.markovian import m_m_c, spare_capacity
from models.laws.queueing.quantiles import Array
from models.laws.queueing.station_law import Unstable


@dataclass(frozen=True)
class Batches:
    """Customers of a class who arrive together; `batches` makes one and checks it.

    Arguments:
        rate: of batches, /s.
        sizes: of a batch, 1 or more, in ascending order.
        probabilities: of the sizes.
    """

    rate: float
    sizes: tuple[int, ...]
    probabilities: tuple[float, ...]

    def moment(self, order: int) -> float:
        """Of the size of a batch."""
        pairs = zip(self.sizes, self.probabilities, strict=True)
        return math.fsum(p * float(n) ** order for n, p in pairs)

    @property
    def customers(self) -> float:
        """Rate of customers, /s."""
        return self.rate * self.moment(1)

    @property
    def before(self) -> float:
        """Mean number of a customer's own batch in front of that customer."""
        return (self.moment(2) / self.moment(1) - 1) / 2

    @cached_property
    def positions(self) -> Array:
        """Probability that a customer is the first, second, ... of a batch."""
        counts = np.zeros(self.sizes[-1] + 1)
        counts[list(self.sizes)] = self.probabilities
        at_least = np.cumsum(counts[::-1])[::-1][1:]
        return np.asarray(at_least / at_least.sum())


def batches(rate: float, sizes: Sequence[int], probabilities: Sequence[float]) -> Batches:
    """Batches of customers.

    Arguments:
        rate: of batches, /s.
        sizes: of a batch, 1 or more.
        probabilities: of the sizes; they sum to 1.

    Raises:
        ValueError: an argument out of range.
    """
    positive("rate", rate)
    if not sizes or len(sizes) != len(probabilities):
        raise ValueError(f"probabilities is {probabilities}; each of the sizes {sizes} needs one")
    chances = [probability("probabilities", chance) for chance in probabilities]
    if abs(math.fsum(chances) - 1) > 1e-9:
        raise ValueError(f"probabilities is {probabilities}; they must sum to 1")
    together: dict[int, float] = {}
    for size, chance in zip(sizes, chances, strict=True):
        number = whole("sizes", size, 1)
        together[number] = together.get(number, 0.0) + chance
    known = sorted((size, chance) for size, chance in together.items() if chance > 0)
    return Batches(rate, tuple(n for n, _ in known), tuple(p for _, p in known))


def mixed_batches(several: Sequence[Batches]) -> Batches:
    """The batches of several classes as one stream.

    Arguments:
        several: one or more.
    """
    rate = math.fsum(one.rate for one in several)
    sizes = [size for one in several for size in one.sizes]
    chances = [one.rate / rate * chance for one in several for chance in one.probabilities]
    return batches(rate, sizes, chances)


def batch_m_g_1(
    arriving: Sequence[Batches],
    service_times: Sequence[float],
    second_moments: Sequence[float],
    levels: Sequence[int],
    interrupts: bool = False,
) -> list[float]:
    """Mean wait of each class at one server to which Poisson batches come, s.

    A customer waits for the work that the batch finds, for those of its batch who go before it,
    and for the higher classes who come meanwhile; an interrupted service counts as waiting.

    Arguments:
        arriving: batches of each class.
        service_times: means, s.
        second_moments: of the service times, s^2.
        levels: priority of each class, the lower the sooner; equal ones go in turn.
        interrupts: a customer is left at once for one of a higher priority, and resumed later.

    Raises:
        ValueError: an argument out of range.
        Unstable: the server can't keep up.

    Source: mean values as in Cobham (1954), with the wait behind one's own batch: Takagi (1991),
        Queueing Analysis 1, sections 2.4 (batches) and 3.6; a batch that comes at random finds
        what is there on average.
    """
    for moments in zip(service_times, second_moments, strict=True):
        check_moments(positive("service_times", moments[0]), moments[1], None)
    classes = list(zip(arriving, service_times, second_moments, levels, strict=True))
    loads = [one.customers * time for one, time, _, _ in classes]
    if math.fsum(loads) >= 1:
        raise Unstable(math.fsum(loads))
    residual = math.fsum(one.customers * square / 2 for one, _, square, _ in classes)
    waits: dict[int, float] = {}
    for level in sorted(set(levels)):
        upto = [(c, load) for c, load in zip(classes, loads, strict=True) if c[3] <= level]
        here = [k for k, c in enumerate(classes) if c[3] == level]
        above = math.fsum(load for c, load in upto if c[3] < level)
        if interrupts:
            squares = [
                one.rate * (one.moment(1) * (square - time * time) + one.moment(2) * time * time)
                for (one, time, square, _), _ in upto
            ]
            found = math.fsum(squares) / 2 / (1 - math.fsum(load for _, load in upto))
        else:
            # All of the level find the same work and wait for their own batch beside it.
            queued = math.fsum(loads[k] * waits[k] for k, c in enumerate(classes) if c[3] < level)
            own = math.fsum(loads[k] * arriving[k].before * service_times[k] for k in here)
            own_load = math.fsum(loads[k] for k in here)
            rest = (residual + queued) * (1 - above) + own
            found = rest / (1 - above - own_load)
        for k in here:
            behind = arriving[k].before * service_times[k]
            waits[k] = (found + behind) / (1 - above)
            if interrupts:
                waits[k] += service_times[k] * above / (1 - above)
    return [waits[k] for k in range(len(classes))]


@dataclass(frozen=True)
class BatchWaits:
    """Waits of classes whose services are alike.

    Arguments:
        waiting_times: mean of each class, s.
        wait_probabilities: that a customer of each class is not served at once.
    """

    waiting_times: tuple[float, ...]
    wait_probabilities: tuple[float, ...]


def batch_m_m_c(arriving: Sequence[Batches], service_rate: float, servers: int) -> BatchWaits:
    """Several servers with equal exponential services, to which Poisson batches come in turn.

    Arguments:
        arriving: batches of each class.
        service_rate: of one server, /s.
        servers: 1 or more.

    Raises:
        ValueError: an argument out of range.
        Unstable: the servers can't keep up.

    Source: what crosses a number upwards crosses it downwards; the mean from the generating
        function: Chaudhry and Templeton (1983), A First Course in Bulk Queues, section 4.2.
    """
    servers = whole("servers", servers, 1)
    everybody = mixed_batches(arriving)
    spare = spare_capacity(everybody.customers, service_rate, servers)
    below = _below(everybody, service_rate, servers, spare)
    numbers = np.arange(servers)
    idle = (servers - numbers) * below
    # Batches pull the number up by half of their customers beyond the first.
    number = service_rate * float(numbers @ idle) + everybody.customers * (1 + everybody.before)
    number /= spare
    free = np.cumsum(below)  # probability of less than 1, 2, ... in the system
    missing = np.cumsum(free)  # mean number that is missing to 1, 2, ... in the system
    waits, waited = [], []
    for one in arriving:
        chances = one.positions
        # Who comes as j-th waits for as many departures as n + j is beyond the servers.
        ahead = number + float(chances @ np.arange(1.0, len(chances) + 1)) - servers
        among = min(servers, len(chances))
        gaps = missing[::-1][1 : among + 1] if servers > 1 else np.zeros(0)
        ahead += float(chances[: len(gaps)] @ gaps)
        at_once = float(chances[:among] @ free[::-1][:among])
        waits.append(max(0.0, ahead) / servers / service_rate)
        waited.append(min(1.0, max(0.0, 1 - at_once)))
    return BatchWaits(tuple(waits), tuple(waited))


def _below(everybody: Batches, service_rate: float, servers: int, spare: float) -> Array:
    """Probabilities of 0, 1, ... up to one less than the servers."""
    longer = np.zeros(everybody.sizes[-1])
    for size, chance in zip(everybody.sizes, everybody.probabilities, strict=True):
        longer[:size] += chance
    weights = np.zeros(servers)
    weights[0] = 1.0
    for n in range(1, servers):
        reach = min(n, len(longer))
        up = everybody.rate * float(weights[n - reach : n][::-1] @ longer[:reach])
        weights[n] = up / n / service_rate
        if weights[n] > 1e200:
            weights[: n + 1] /= 1e200
    idle = float((servers - np.arange(servers)) @ weights)
    return np.asarray(weights * (spare / service_rate / idle))


def batch_g_g_c(
    arriving: Sequence[Batches],
    gaps_scv: float,
    service_time: float,
    service_scv: float,
    servers: int,
) -> list[float]:
    """Mean wait of each class where batches come to several servers in turn, s: an approximation.

    The wait of M/M/c, corrected for the variation of arrivals and services, and beside it what
    batches add to it where services are exponential. It is exact for Poisson batches with equal
    exponential services or with one server, and in heavy traffic.

    Arguments:
        arriving: batches of each class.
        gaps_scv: squared coefficient of variation of the times between batches of all classes.
        service_time: mean, s.
        service_scv: variance of the service time over its squared mean.
        servers: 1 or more.

    Raises:
        ValueError: an argument out of range.
        Unstable: the servers can't keep up.

    Source: composed here of Allen (1990), section 5.4, Whitt (1993) and M[X]/M/c; in services of a
        fixed length the rest of a batch waits half a round longer.
    """
    non_negative("gaps_scv", gaps_scv)
    non_negative("service_scv", service_scv)
    everybody = mixed_batches(arriving)
    single = m_m_c(everybody.customers, 1 / service_time, servers)
    exact = batch_m_m_c(arriving, 1 / service_time, servers)
    factor = lighter_traffic(single.utilization, gaps_scv, service_scv, servers)
    alone = single.waiting_time * (gaps_scv + service_scv) / 2 * factor
    mean = everybody.moment(1)
    varies = everybody.moment(2) / mean - mean
    part = 1.0 if mean == 1 else ((mean - 1) * gaps_scv + varies) / (mean - 1 + varies)
    waits = []
    for one, wait in zip(arriving, exact.waiting_times, strict=True):
        places = np.arange(1.0, len(one.positions) + 1) - servers
        beyond = float(one.positions @ np.maximum(places, 0.0)) / servers
        late = float(one.positions[servers:].sum()) * (servers - 1) / servers / 2
        late *= (1 - service_scv) * (1 - single.utilization)
        own = beyond * service_time
        added = wait - single.waiting_time - own
        waits.append(max(0.0, alone + own + added * part + late * service_time))
    return waits
