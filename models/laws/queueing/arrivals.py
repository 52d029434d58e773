"""Exponential servers with general arrivals: G/M/1, G/M/c and the laws of their arrivals."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from models.laws.arguments import non_negative, positive, probability, whole
from models.laws.queueing.markovian import spare_capacity
from models.laws.queueing.quantiles import ExponentialWait
from models.laws.queueing.station_law import Queue

Function = Callable[[float], float]


@dataclass(frozen=True)
class Arrivals:
    """Law of the time between two arrivals.

    Arguments:
        rate: of arrivals, /s.
        transform: its Laplace transform A(s).
        excess: A(s) - 1 + s/rate without loss of digits at small s.
    """

    rate: float
    transform: Function
    excess: Function


def arrivals(rate: float, transform: Function) -> Arrivals:
    """Arrivals of any law; near a utilization of 1, G/M/1 loses digits with it.

    Arguments:
        rate: /s.
        transform: Laplace transform of the time between two arrivals.

    Raises:
        ValueError: an argument out of range.
    """
    positive("rate", rate)
    return Arrivals(rate, transform, lambda s: transform(s) - 1 + s / rate)


def deterministic_arrivals(rate: float) -> Arrivals:
    """Arrivals at equal intervals.

    Arguments:
        rate: /s.

    Raises:
        ValueError: an argument out of range.
    """
    positive("rate", rate)
    return Arrivals(rate, lambda s: math.exp(-s / rate), lambda s: _exponential_excess(-s / rate))


def gamma_arrivals(rate: float, shape: float) -> Arrivals:
    """Arrivals with gamma distributed intervals; a whole shape is Erlang's distribution.

    Arguments:
        rate: /s.
        shape: more than 0; its inverse is the squared coefficient of variation.

    Raises:
        ValueError: an argument out of range.
    """
    positive("rate", rate)
    positive("shape", shape)

    def transform(s: float) -> float:
        return math.exp(-shape * math.log1p(s / rate / shape))

    def excess(s: float) -> float:
        x = s / rate / shape
        return shape * _logarithm_excess(x) + _exponential_excess(-shape * math.log1p(x))

    return Arrivals(rate, transform, excess)


def erlang_arrivals(rate: float, stages: int) -> Arrivals:
    """Arrivals with intervals of a number of equal exponential stages.

    Arguments:
        rate: of arrivals, /s.
        stages: 1 or more.

    Raises:
        ValueError: an argument out of range.
    """
    return gamma_arrivals(rate, whole("stages", stages, 1))


def hyperexponential_arrivals(shares: Sequence[float], rates: Sequence[float]) -> Arrivals:
    """Arrivals with intervals that are exponential at a rate drawn anew each time.

    Arguments:
        shares: probability of each rate; they sum to 1.
        rates: /s.

    Raises:
        ValueError: an argument out of range.
    """
    if not shares or len(shares) != len(rates) or abs(math.fsum(shares) - 1) > 1e-12:
        raise ValueError(f"shares is {shares}; they must sum to 1, one for each of {rates}")
    for share, rate in zip(shares, rates, strict=True):
        probability("shares", share)
        positive("rates", rate)
    pairs = tuple(zip(shares, rates, strict=True))
    return Arrivals(
        float(1 / sum(Fraction(share) / Fraction(rate) for share, rate in pairs)),
        lambda s: math.fsum(share * rate / (rate + s) for share, rate in pairs),
        lambda s: math.fsum(share * (s / rate) * (s / (rate + s)) for share, rate in pairs),
    )


def uniform_arrivals(shortest: float, longest: float) -> Arrivals:
    """Arrivals with intervals that are uniform between two ends.

    Arguments:
        shortest: s.
        longest: more than the shortest, s.

    Raises:
        ValueError: an argument out of range.
    """
    non_negative("shortest", shortest)
    if not positive("longest", longest) > shortest:
        raise ValueError(f"longest is {longest} s; it must be more than shortest {shortest} s")
    middle, half = (shortest + longest) / 2, (longest - shortest) / 2

    def transform(s: float) -> float:
        x = s * half
        if x > 1:
            return (math.exp(-s * shortest) - math.exp(-s * longest)) / (2 * x)
        return math.exp(-s * middle) * (1 + _sine_excess(x))

    def excess(s: float) -> float:
        x = s * half
        if x > 1:
            return transform(s) - 1 + s * middle
        return math.exp(-s * middle) * _sine_excess(x) + _exponential_excess(-s * middle)

    return Arrivals(1 / middle, transform, excess)


def g_m_1(interarrival: Arrivals, service_rate: float) -> Queue:
    """One exponential server with any independent times between arrivals.

    Arguments:
        interarrival: law of the times between arrivals.
        service_rate: /s.

    Raises:
        ValueError: an argument out of range.
        Unstable: the arrival rate is no less than the service rate.

    Source: Kleinrock (1975), Queueing Systems 1, section 6.4: the wait is exponential with the
        root of A(m - ms) = s. Solved for 1 - s, which is small in heavy traffic.
    """
    rate = interarrival.rate
    gap = spare_capacity(rate, service_rate) / rate
    lower, upper = 0.0, 1.0
    while upper - lower > 1e-16 * upper:
        middle = (lower + upper) / 2 if lower else upper / 2
        if middle in (lower, upper):
            break
        low = interarrival.excess(service_rate * middle) < gap * middle
        lower, upper = (middle, upper) if low else (lower, middle)
    wait, decay = interarrival.transform(service_rate * upper), service_rate * upper
    waiting_time, service_time = wait / decay, 1 / service_rate
    utilization = rate / service_rate

    def number_law(n: int) -> float:
        return utilization * upper * wait ** (n - 1) if n else gap * utilization

    return Queue(
        arrival_rate=rate,
        throughput=rate,
        utilization=utilization,
        number=rate * (waiting_time + service_time),
        waiting=rate * waiting_time,
        waiting_time=waiting_time,
        response_time=1 / decay,
        waiting_time_variance=waiting_time * (2 - wait) / decay,
        response_time_variance=1 / decay / decay,
        wait_probability=wait,
        law="G/M/1",
        waiting_time_law=lambda p: math.log1p((p - upper) / (1 - p)) / decay if p > upper else 0.0,
        response_time_law=lambda p: -math.log1p(-p) / decay,
        number_law=number_law,
    )


def g_m_c(interarrival: Arrivals, service_rate: float, servers: int) -> Queue:
    """Several exponential servers with any independent times between arrivals.

    Arguments:
        interarrival: law of the times between arrivals.
        service_rate: of one server, /s.
        servers: 1 or more.

    Raises:
        ValueError: an argument out of range.
        Unstable: the arrival rate is no less than the capacity.

    Source: Takacs (1962), Introduction to the Theory of Queues, chapter 2, theorem 3: who must wait
        does so as at one server as fast as all of them together.
    """
    servers = whole("servers", servers, 1)
    one = g_m_1(interarrival, servers * service_rate)
    if servers == 1:
        return one
    rate, decay = interarrival.rate, 1 / one.response_time
    gap = decay / service_rate / servers  # 1 less the root
    terms, product = [1 / gap], 1.0
    for j in range(1, servers + 1):
        shift = j * service_rate
        over = shift / rate - interarrival.excess(shift)  # 1 less the transform
        under = interarrival.transform(shift)
        if under == 0:
            break
        # Binomial coefficient over the product of under/over, built up factor by factor.
        product *= (servers - j + 1) / j * over / under
        terms.append(product / over * _ratio(interarrival, servers, j, service_rate, gap))
        if product > 1e250:
            terms, product = [term / 1e250 for term in terms], product / 1e250
    wait = terms[0] / math.fsum(terms)
    times = ExponentialWait(1 - wait, wait, decay, service_rate)
    waiting_time, service_time = wait / decay, 1 / service_rate
    variance = waiting_time * (2 - wait) / decay
    return Queue(
        arrival_rate=rate,
        throughput=rate,
        utilization=rate / servers / service_rate,
        number=rate * (waiting_time + service_time),
        waiting=rate * waiting_time,
        waiting_time=waiting_time,
        response_time=waiting_time + service_time,
        waiting_time_variance=variance,
        response_time_variance=variance + service_time * service_time,
        wait_probability=wait,
        law="G/M/c",
        waiting_time_law=times.waiting_quantile,
        response_time_law=times.response_quantile,
    )


def _ratio(interarrival: Arrivals, servers: int, j: int, service_rate: float, gap: float) -> float:
    """(c(1 - A(jm)) - j)/(c(1 - root) - j), which stays finite where both are 0."""
    shift = j * service_rate
    below = servers * gap - j
    if abs(below) > 1e-5 * j:
        over = shift / interarrival.rate - interarrival.excess(shift)
        return (servers * over - j) / below
    step = 1e-4 * shift
    ahead, behind = (interarrival.transform(shift + sign * step) for sign in (1, -1))
    return 1 + servers * service_rate * (ahead - behind) / 2 / step


def _exponential_excess(x: float) -> float:
    """e^x - 1 - x."""
    if abs(x) > 0.5:
        return math.expm1(x) - x
    return _series(x * x / 2, lambda n: x / (n + 2))


def _logarithm_excess(x: float) -> float:
    """x - ln(1 + x), for x of 0 or more."""
    if x > 0.2:
        return x - math.log1p(x)
    return _series(x * x / 2, lambda n: -x * (n + 1) / (n + 2))


def _sine_excess(x: float) -> float:
    """sinh(x)/x - 1, for x of 0 to 1."""
    return _series(x * x / 6, lambda n: x * x / ((2 * n + 2) * (2 * n + 3)))


def _series(first: float, ratio: Function) -> float:
    """Sum of a power series by the ratio of its term n + 1 to its term n, from n = 1."""
    term = total = first
    n = 1
    while abs(term) > 1e-18 * abs(total):
        term *= ratio(n)
        total += term
        n += 1
    return total
