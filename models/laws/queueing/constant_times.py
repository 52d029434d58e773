"""Arrivals and services that are always alike: nobody waits for chance."""

import math

from models.laws.arguments import positive, whole
from models.laws.queueing.station_law import Queue, Unstable

_ROUNDING = 1e-12


def d_d_c(arrival_rate: float, service_rate: float, servers: int) -> Queue:
    """Constant times between arrivals, constant services, c servers: nobody waits, up to a load of
    exactly 1.

    Arguments:
        arrival_rate: /s.
        service_rate: of one server, /s.
        servers: 1 or more.

    Raises:
        ValueError: an argument out of range.
        Unstable: the arrival rate is above the capacity.

    Source: customer n takes the server of customer n - c, who came c times between arrivals before
        and needs no longer than that.
    """
    rate, service = positive("arrival_rate", arrival_rate), 1 / positive("rate", service_rate)
    load = rate * service / whole("servers", servers, 1)
    if load > 1 + _ROUNDING:
        raise Unstable(load, rate, servers / service)
    load = min(1.0, load)
    return Queue(
        arrival_rate=rate,
        throughput=rate,
        utilization=load,
        number=load * servers,
        waiting=0.0,
        waiting_time=0.0,
        response_time=service,
        waiting_time_variance=0.0,
        response_time_variance=0.0,
        wait_probability=0.0,
        law="D/D/c" if servers > 1 else "D/D/1",
        waiting_time_law=lambda share: 0.0,
        response_time_law=lambda share: service,
        number_law=lambda n: _number(n, load * servers),
    )


def _number(n: int, mean: float) -> float:
    """The number takes the two whole values around its mean."""
    low = math.floor(mean)
    return {low: 1 - (mean - low), low + 1: mean - low}.get(n, 0.0)
