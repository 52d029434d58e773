"""How long a server takes for a batch of customers."""

from models.queueing.distributions import AnyDistribution
from models.queueing.stations import Batch
from models.queueing.tails import moment_of_larger


def full_batch_time(batch: Batch, service: AnyDistribution) -> float:
    """Mean time of a server for a full batch, s.

    Arguments:
        batch: how customers are served together.
        service: time of the first of them.
    """
    more = batch.per_customer * (batch.size - 1)
    floor = batch.least_per_customer * batch.size - more
    return more + moment_of_larger(service, floor)
