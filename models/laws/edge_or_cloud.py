"""Where a message is worked on sooner: beside the one who sends it, or in a cloud."""

import math

from models.laws.arguments import non_negative, positive


def cloud_response(cloud: float, round_trip: float, size: float, bandwidth: float) -> float:
    """Time until a message that is sent to a cloud is answered, where nothing waits, s.

    Arguments:
        cloud: time that the cloud computes, s.
        round_trip: of the way there and back, s.
        size: of the message, bytes.
        bandwidth: of the link, bytes/s.

    Raises:
        ValueError: an argument out of range.

    Source: the three follow each other; Kurose and Ross (2017), Computer Networking, 7th edition,
        section 1.4, for transmission and propagation.
    """
    non_negative("cloud", cloud)
    non_negative("round_trip", round_trip)
    non_negative("size", size)
    positive("bandwidth", bandwidth)
    return cloud + round_trip + size / bandwidth


def turning_bandwidth(edge: float, cloud: float, round_trip: float, size: float) -> float:
    """Bandwidth beyond which the cloud is sooner, bytes/s; infinite where the edge always is.

    Arguments:
        edge: time that the edge computes, s.
        cloud: time that the cloud computes, s.
        round_trip: of the way there and back, s.
        size: of a message, bytes.

    Raises:
        ValueError: an argument out of range.

    Source: both are equal where edge = cloud + round_trip + size / bandwidth.
    """
    non_negative("edge", edge)
    non_negative("cloud", cloud)
    non_negative("round_trip", round_trip)
    positive("size", size)
    left = edge - cloud - round_trip
    return size / left if left > 0 else math.inf


def turning_round_trip(edge: float, cloud: float, size: float, bandwidth: float) -> float:
    """Round trip beyond which the edge is sooner, s; 0 where it always is.

    Arguments:
        edge: time that the edge computes, s.
        cloud: time that the cloud computes, s.
        size: of a message, bytes.
        bandwidth: of the link, bytes/s.

    Raises:
        ValueError: an argument out of range.

    Source: both are equal where edge = cloud + round_trip + size / bandwidth.
    """
    non_negative("edge", edge)
    return max(0.0, edge - cloud_response(cloud, 0.0, size, bandwidth))
