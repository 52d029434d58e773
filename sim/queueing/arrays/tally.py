"""What a run counts, in constant memory; both engines fill the same arrays.

Counts, sums and areas only grow, so that the difference of two copies is what happened between.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.kernels.rows import bits_of
from sim.queueing.arrays.queue_compilation import compiled

# A bin of a histogram is the exponent and the first bits of the fraction of a number, so that its
# width is at most 1/128 of its value, from 1e-12 s to 1e12 s. What lies below is in the first bin.
FRACTION_BITS = 7
_LARGEST = 2.0**40
BINS = (80 << FRACTION_BITS) + 2  # and one for zero, one for what lies beyond
LENGTHS = 2048  # numbers of customers at a station that are told apart; the last is "or more"

FLOW = np.dtype(  # a class at a station
    [
        ("arrivals", "i8"),  # who were let in
        ("departures", "i8"),  # who were served
        ("lost", "i8"),  # who found the station full
        ("abandoned", "i8"),  # who lost patience
        ("waiting_time", "f8"),  # sum over departures of response less service, s
        ("waiting_time_squares", "f8"),
        ("response_time", "f8"),
        ("response_time_squares", "f8"),
        ("server_time", "f8"),  # sum over departures of service by the servers that they take, s
        ("waited", "i8"),  # departures that were not served at once: they waited, or for a setup
        ("cold", "i8"),  # departures for which a server needed its setup
        ("number", "f8"),  # integral of the number of customers over time, s
        ("waiting", "f8"),  # integral of the number of them that is not in service, s
        ("balked", "i8"),  # who did not join
        ("retried", "i8"),  # who were turned away or gave up, and will come again
        ("returned", "i8"),  # who came again
        ("away", "f8"),  # integral of the number of those who will come again, s
    ],
    align=True,
)
STATION = np.dtype(
    [
        ("number", "f8"),  # integral of the number of customers, s
        ("busy", "f8"),  # integral of the number of busy servers, s
        ("servers", "f8"),  # integral of the number of servers that are there to serve, s
        ("paid", "f8"),  # the same with those that still start, s
        ("busy_periods", "i8"),  # complete ones: from an arrival at the empty station until empty
        ("busy_period_time", "f8"),  # their sum, s
    ],
    align=True,
)
POOL = np.dtype(
    [
        ("came", "i8"),  # who came from elsewhere
        ("granted", "i8"),  # who took their part
        ("waited", "i8"),  # of them, who had to wait for it
        ("lost", "i8"),  # who found too little left
        ("waiting_time", "f8"),  # sum over those who took their part, s
        ("waiting", "f8"),  # integral of the number who wait, s
        ("held", "f8"),  # integral of what is held, s
    ],
    align=True,
)
CLASS = np.dtype(
    [
        ("entered", "i8"),  # customers, or trips if the class is closed
        ("left", "i8"),  # who completed their way
        ("lost", "i8"),  # who were lost or lost patience anywhere
        ("within", "i8"),  # who completed it within the target of the class
        ("response_time", "f8"),  # sum over those who left, s
        ("response_time_squares", "f8"),
        ("number", "f8"),  # integral of the number of customers in the network, s
    ],
    align=True,
)


@dataclass(frozen=True)
class Tally:
    """What has been counted up to a time.

    Arguments:
        time: simulated since the count began, s.
        flows: one record a pair of station and class.
        stations: one record a station.
        classes: one record a class, of where the customer left; where classes change on the way,
            then one of each in which customers came, without their number.
        waiting_times: departures by bin of waiting time, flows x bins.
        response_times: departures by bin of response time, flows x bins.
        trip_times: customers who left by bin of time in the network, classes x bins.
        lengths: time with each number of customers, s, stations x lengths.
        waits_within: departures who waited no longer than each time asked, flows x times.
        responses_within: departures who responded within each time asked, flows x times.
        trips_within: customers who left within each time asked, classes x times.
        each_busy: integral of being busy of each server that has a speed of its own, s, in the
            order of the stations and, within one, of the layout.
        pools: one record a pool.
    """

    time: float
    flows: NDArray[np.void]
    stations: NDArray[np.void]
    classes: NDArray[np.void]
    waiting_times: NDArray[np.int64]
    response_times: NDArray[np.int64]
    trip_times: NDArray[np.int64]
    lengths: NDArray[np.float64]
    waits_within: NDArray[np.int64]
    responses_within: NDArray[np.int64]
    trips_within: NDArray[np.int64]
    each_busy: NDArray[np.float64]
    pools: NDArray[np.void]


def empty_tally(flows: int, stations: int, classes: int, asked: int = 0) -> Tally:
    """A tally of nothing.

    Arguments:
        flows: pairs of station and class.
        stations: of the network.
        classes: of customers.
        asked: times of which the shares within them are counted.
    """
    return Tally(
        0.0,
        np.zeros(flows, FLOW),
        np.zeros(stations, STATION),
        np.zeros(classes, CLASS),
        np.zeros((flows, BINS), np.int64),
        np.zeros((flows, BINS), np.int64),
        np.zeros((classes, BINS), np.int64),
        np.zeros((stations, LENGTHS)),
        np.zeros((flows, asked), np.int64),
        np.zeros((flows, asked), np.int64),
        np.zeros((classes, asked), np.int64),
        np.zeros(0),
        np.zeros(0, POOL),
    )


@compiled
def bin_of(value):
    """The bin of a duration, s."""
    place = 1 + (bits_of(value) >> (52 - FRACTION_BITS)) - ((1023 - 40) << FRACTION_BITS)
    return max(0, min(place, BINS - 1))  # no branch: half of all waiting times are zero


def bin_edges() -> NDArray[np.float64]:
    """Lower edge of each bin, and the end of the last, s."""
    steps = 1 + np.arange(1 << FRACTION_BITS) / (1 << FRACTION_BITS)
    inner = np.concatenate([steps * 2.0**exponent for exponent in range(-40, 40)])
    return np.concatenate([[0.0], inner, [_LARGEST, math.inf]])
