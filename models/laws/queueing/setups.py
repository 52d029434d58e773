"""A single server that needs a setup after it was idle for a while."""

import math
from dataclasses import replace

from models.laws.arguments import non_negative, positive
from models.laws.queueing.general import m_g_1
from models.laws.queueing.station_law import Queue


def m_g_1_setup(
    arrival_rate: float,
    service_mean: float,
    service_second: float,
    setup_mean: float,
    setup_second: float,
    keep_warm: float = 0.0,
) -> Queue:
    """Poisson arrivals to a server that is set up anew when it was idle for longer than it stays
    warm.

    The wait counts the setup of who meets it: only who finds the server idle and warm is served at
    once.

    Arguments:
        arrival_rate: /s.
        service_mean: s.
        service_second: second moment of the service time, s^2.
        setup_mean: s.
        setup_second: second moment of the setup, s^2.
        keep_warm: time that an idle server stays warm, s.

    Raises:
        ValueError: an argument out of range.
        Unstable: the arrival rate is no less than the service rate.

    Source: Welch (1964), On a generalized M/G/1 queuing process in which the first customer of each
        busy period receives exceptional service; with a setup always: Levy and Kleinrock (1986), A
        queue with starter and a queue with vacations. An idle time is exponential, so that a share
        exp(-arrival_rate keep_warm) of the first customers is cold.
    """
    plain = m_g_1(arrival_rate, service_mean, service_second)
    non_negative("setup_mean", setup_mean)
    non_negative("setup_second", setup_second)
    positive("arrival_rate", arrival_rate)
    cold = math.exp(-arrival_rate * non_negative("keep_warm", keep_warm))
    more = cold * (2 * service_mean * setup_mean + setup_second)  # of the first service's square
    passing = 1 + arrival_rate * cold * setup_mean
    first = (1 - arrival_rate * service_mean) / passing  # of all customers
    wait = plain.waiting_time + arrival_rate * more / (2 * passing) + first * cold * setup_mean
    return replace(
        plain,
        law="M/G/1 with setup (Welch)",
        utilization=arrival_rate * (service_mean + first * cold * setup_mean),
        number=arrival_rate * (wait + service_mean),
        waiting=arrival_rate * wait,
        waiting_time=wait,
        response_time=wait + service_mean,
        waiting_time_variance=None,
        response_time_variance=None,
        waiting_time_law=None,
        response_time_law=None,
        number_law=None,
        wait_probability=1 - first * (1 - cold),
        cold_start_probability=first * cold,
    )
