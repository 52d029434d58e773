"""Object stores: requests that wait for their first byte and are limited a prefix."""

import math

from models.laws.arguments import non_negative, positive, whole


def stream_bandwidth(size: float, latency: float, stream_limit: float) -> float:
    """Bandwidth of one stream of requests, each sent when the one before is done, bytes/s.

    Arguments:
        size: of a request or of a range of an object, bytes.
        latency: until the first byte, s.
        stream_limit: of one connection after the first byte, bytes/s; may be infinite.

    Raises:
        ValueError: an argument out of range.

    Source: the response time law with one customer, Lazowska et al. (1984), chapter 3.
    """
    time = non_negative("latency", latency)
    if stream_limit != math.inf:
        time += positive("size", size) / positive("stream_limit", stream_limit)
    elif time == 0:
        raise ValueError("latency is 0 s and stream_limit infinite; one of them must limit")
    return positive("size", size) / time


def parallel_bandwidth(
    streams: int,
    size: float,
    latency: float,
    stream_limit: float,
    client_bandwidth: float,
    request_rate: float = math.inf,
) -> float:
    """Bandwidth of many streams of ranged requests at one client, bytes/s.

    Arguments:
        streams: requests at the same time.
        size: of one range, bytes.
        latency: until the first byte, s.
        stream_limit: of one connection after the first byte, bytes/s; may be infinite.
        client_bandwidth: of the client's network card, bytes/s.
        request_rate: requests that the store accepts, /s.

    Raises:
        ValueError: an argument out of range.

    Source: asymptotic bounds, Lazowska et al. (1984), section 5.2.
    """
    together = whole("streams", streams, 1) * stream_bandwidth(size, latency, stream_limit)
    accepted = math.inf if request_rate == math.inf else positive("request_rate", request_rate)
    return min(together, positive("client_bandwidth", client_bandwidth), accepted * size)


def streams_needed(bandwidth: float, size: float, latency: float, stream_limit: float) -> int:
    """Requests that must be under way at the same time for a bandwidth.

    Arguments:
        bandwidth: wanted, bytes/s.
        size: of one range, bytes.
        latency: until the first byte, s.
        stream_limit: of one connection after the first byte, bytes/s; may be infinite.

    Raises:
        ValueError: an argument out of range.

    Source: Little (1961): requests under way = requests/s x time of one.
    """
    one = stream_bandwidth(size, latency, stream_limit)
    wanted = positive("bandwidth", bandwidth) / one
    # A whole number of streams that is met exactly must not be rounded up by its last digit.
    return max(1, math.ceil(wanted * (1 - 1e-12)))


def request_rate(limit: float, prefixes: int, shares: tuple[float, ...] | None = None) -> float:
    """Requests that a store with a limit a prefix accepts, /s.

    Arguments:
        limit: of one prefix, /s; may be infinite.
        prefixes: of the keys.
        shares: of the requests that go to each prefix, summing to 1; None for equal ones. The
            busiest prefix then limits the whole.

    Raises:
        ValueError: an argument out of range, or shares that don't sum to 1.

    Source: the utilization law at the bottleneck, Lazowska et al. (1984), section 5.2.
    """
    if not limit > 0:
        raise ValueError(f"limit is {limit}/s; it must be more than 0")
    count = whole("prefixes", prefixes, 1)
    if shares is None:
        return limit * count
    if len(shares) != count or min(shares) < 0 or not math.isclose(sum(shares), 1):
        raise ValueError(
            f"shares is {shares}; it must be {count} numbers of 0 or more that sum to 1"
        )
    return limit / max(shares)
