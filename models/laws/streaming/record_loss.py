"""Records that a log has acknowledged and loses with its brokers, though their disks survive."""

import numpy as np

from models.laws.arguments import non_negative, positive, whole


def lost_with_leaders(rate: float, lag: float, replicas: int, mttf: float, mttr: float) -> float:
    """Records lost in a second where the leader alone acknowledges them (acks=1).

    A leader that fails leaves what no follower has yet, as another takes over and its own log is
    cut there. One whose followers are all down comes back with what it has.

    Arguments:
        rate: records written, 1/s.
        lag: time until followers have what the leader has, s; short beside mttf.
        replicas: of each partition.
        mttf: of a broker, s.
        mttr: mean time until it is back with its disk, s.

    Raises:
        ValueError: an argument out of range.

    Source: Apache Kafka documentation, producer configuration acks, and section Replication;
        brokers fail and are repaired independently, so that those up follow a binomial
        distribution (Trivedi 2002, section 2.5).
    """
    copies = whole("replicas", replicas, 1)
    failing = 1 / positive("mttf", mttf)
    up = mttf / (mttf + positive("mttr", mttr))
    followed = 1 - (1 - up) ** copies - copies * up * (1 - up) ** (copies - 1)
    lost = non_negative("rate", rate) * non_negative("lag", lag)
    return failing * lost * max(0.0, followed)


def lost_with_unclean_elections(
    rate: float, replicas: int, in_sync: int, mttf: float, mttr: float
) -> float:
    """Records lost in a second where a broker that was left behind may lead (acks=all).

    Once all brokers of a partition are down, the first that is back leads, and what was written
    since it went down is lost. Fewer than `in_sync` take no records, so that with all of them
    nothing is lost.

    Arguments:
        rate: records written while enough brokers are up, 1/s.
        replicas: of each partition.
        in_sync: brokers that must be up to write (min.insync.replicas).
        mttf: of a broker, s.
        mttr: mean time until it is back with its disk, s.

    Raises:
        ValueError: an argument out of range.

    Source: Apache Kafka documentation, unclean.leader.election.enable and min.insync.replicas. Of
        the Markov chain of brokers that are up, independent and exponential, the mean of what each
        that is down has missed follows from balance equations, the longest down first (rewards of
        Howard 1971, Dynamic Probabilistic Systems, volume 2).
    """
    copies = whole("replicas", replicas, 1)
    least = whole("in_sync", in_sync, 1)
    if least > copies:
        raise ValueError(f"in_sync is {least}, more than {copies} replicas")
    failing, back = 1 / positive("mttf", mttf), 1 / positive("mttr", mttr)
    missed = _missed(copies, least, failing, back)
    all_down = (failing / (failing + back)) ** copies
    return non_negative("rate", rate) * back * all_down * sum(missed)


def _missed(copies: int, least: int, failing: float, back: float) -> list[float]:
    """Mean time of writing that each broker has missed where all are down, longest down first, s.

    Unknowns are means, given how many are up; reversibility turns rates around between neighbours,
    so that all of them are of one size.
    """
    place = {
        pair: number
        for number, pair in enumerate(
            (up, one) for up in range(copies) for one in range(1, copies - up + 1)
        )
    }
    matrix, written = np.zeros((len(place), len(place))), np.zeros(len(place))
    for (up, one), number in place.items():
        down = copies - up
        written[number] = 1.0 if up >= least else 0.0
        matrix[number, number] += up * failing + down * back
        if one < down:  # the last is the one that has just gone down
            matrix[number, place[up + 1, one]] -= down * back
        share = up * failing / (down + 1)
        if up == 1:  # one leads that was left behind: others have missed less, or nothing
            for leader in range(one + 1, down + 2):
                matrix[number, place[0, one]] -= share
                matrix[number, place[0, leader]] += share
        elif up > 1:
            matrix[number, place[up - 1, one]] -= share * (down + 1 - one)
            matrix[number, place[up - 1, one + 1]] -= share * one
    means = np.linalg.solve(matrix, written)
    return [float(means[place[0, one]]) for one in range(1, copies + 1)]
