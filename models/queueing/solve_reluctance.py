"""One station whose customers do not all join, give up or come again: by their chain."""

import math

from models.laws.queueing.reluctant_customers import m_g_1_retrial, m_m_c_reluctant
from models.queueing.demands import Input, Mixture
from models.queueing.disciplines import FCFS, Law
from models.queueing.distributions import is_exponential, mean
from models.queueing.shares import Method, NoLaw, Share
from models.queueing.stations import Station


def reluctant_shares(
    station: Station, servers: int, mixed: Mixture, comes: Input
) -> tuple[str, Method, tuple[Share, ...]]:
    """What a law says of each demand: its name, whether it is exact, and the shares.

    Arguments:
        station: the description.
        servers: of the station.
        mixed: what comes to it, of whom some do not join or come again.
        comes: how they come.

    Raises:
        NoLaw: none fits.
        Unstable: it can't keep up.
    """
    first = mixed.demands[0]
    ways = {(demand.balking, demand.retries) for demand in mixed.demands}
    retries, patience, balking = first.retries, _same_patience(mixed), first.balking
    in_order = station.discipline == FCFS or (
        station.discipline.law is Law.IN_TURN and patience is None
    )
    reasons = {
        "arrivals that are not Poisson": not comes.poisson,
        "a setup, breakdowns or servers of unequal speed": (
            station.setup or station.breakdowns or station.speeds
        ),
        "an order of service that the law does not know": not in_order,
        "classes that differ in it": len(ways) > 1,
        "a delay that is not exponential": retries and not is_exponential(retries.delay),
        "a limit on how often they come": retries and retries.most is not None,
    }
    for reason, holds in reasons.items():
        if holds:
            raise NoLaw(f"has customers who do not join or come again, and {reason}")
    delay = mean(retries.delay) if retries else math.inf
    bare = servers == 1 == station.capacity and retries is not None and retries.for_ever
    if bare and balking is None and not mixed.exponential and not math.isinf(mixed.moment(2)):
        found = m_g_1_retrial(mixed.rate, mixed.mean, mixed.moment(2), 1 / delay)
    elif not mixed.exponential:
        raise NoLaw("has customers who do not join or come again, and no exponential services")
    else:
        try:
            found = m_m_c_reluctant(
                mixed.rate,
                1 / mixed.mean,
                servers,
                station.capacity,
                balking.joins if balking else None,
                1 / patience if patience else 0.0,
                1 / delay,
                retries.probability if retries else 0.0,
            )
        except ValueError as error:
            raise NoLaw(f"has customers who do not join or come again: {error}") from None
    served = found.throughput / mixed.rate
    shares = tuple(
        Share(
            rate=demand.rate * served,
            service=mean(demand.service),
            waiting_time=found.waiting_time,
            loss=None if station.capacity is None else found.turned_away,
            abandonment=found.abandoned if patience else None,
            abandoned=weight * max(0.0, found.waiting - found.throughput * found.waiting_time),
            wait_probability=found.waited,
            balking=found.balked if balking else None,
            attempts=found.attempts if retries else None,
            away=weight * found.away if retries else None,
            gone=0.0 if retries and retries.for_ever else max(0.0, 1 - served),
        )
        for demand, weight in zip(mixed.demands, mixed.weights, strict=True)
    )
    return found.law, "exact", shares


def _same_patience(mixed: Mixture) -> float | None:
    """Mean of the exponential patience that all have, s; None if all are patient."""
    means = {None if d.patience is None else mean(d.patience) for d in mixed.demands}
    if len(means) > 1 or not all(d.patience is None or is_exponential(d.patience)
                                 for d in mixed.demands):  # fmt: skip
        raise NoLaw("has impatient customers whose patience is not exponential and one for all")
    return means.pop()
