"""Replicas of partitions on brokers: what is lost with brokers down, and who can still write."""


def partitions_lost(partitions: int, brokers: int, replicas: int, down: int) -> int:
    """Partitions of which no replica is left, where the worst neighbours are down.

    The replicas of partition p are on the brokers p, p + 1, ... modulo their number.

    Arguments:
        partitions: how many there are.
        brokers: how many there are.
        replicas: of each partition.
        down: brokers that are.

    Raises:
        ValueError: more replicas, or more down, than there are brokers.

    Source: Apache Kafka documentation, section Replication: a partition with N replicas tolerates
        N - 1 failures without losing what was committed.
    """
    if not 0 <= down <= brokers or not 1 <= replicas <= brokers:
        raise ValueError(f"{brokers} brokers can't hold {replicas} replicas, with {down} down")
    if down == brokers:
        return partitions
    leaders = max(0, down - replicas + 1)  # whose followers are all down with them
    return sum(-(-(partitions - leader) // brokers) for leader in range(leaders))


def brokers_to_spare(replicas: int, in_sync: int) -> int:
    """Brokers that may be down while every partition can still be written.

    Arguments:
        replicas: of each partition.
        in_sync: replicas without which nothing counts as written.

    Source: Apache Kafka documentation, min.insync.replicas with acks=all.
    """
    return replicas - in_sync
