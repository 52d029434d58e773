"""What comes to a station: how much of what service, and how irregularly."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from models.laws.queueing.arrivals import Arrivals
from models.laws.queueing.batch_arrivals import Batches
from models.laws.queueing.general import g_g_c, m_g_1
from models.laws.queueing.phase_type import PhaseType, branches, ph_ph_c, phases_of
from models.laws.queueing.station_law import Queue
from models.queueing.distributions import AnyDistribution, is_exponential, mean
from models.queueing.phases import mixed_phases
from models.queueing.reluctance import Balking, Retries
from models.queueing.shares import UNKNOWN_LAW, NoLaw, Share, time_laws

MOST_PHASES = 120  # of blocks whose elimination takes a fifth of a second


@dataclass(frozen=True)
class Demand:
    """What customers of a class bring to a station at one visit.

    Arguments:
        rate: of arrivals, /s.
        service: of the visit.
        priority: the lower, the sooner.
        patience: of the visit, if customers may leave.
        batch: how many come together; None if they come one by one.
        balking: which queues are too long to join, if any are.
        retries: whether who is turned away or gives up comes again.
    """

    rate: float
    service: AnyDistribution
    priority: int = 0
    patience: AnyDistribution | None = None
    batch: Batches | None = None
    balking: Balking | None = None
    retries: Retries | None = None


@dataclass(frozen=True)
class Input:
    """How the customers of a station come.

    Arguments:
        scv: squared coefficient of variation of the times between arrivals, of single customers
            or of batches.
        interarrival: their law, if they are independent and not exponential.
        phases: their phases, if they have such.
        poisson: customers come one by one and at random.
        at_random: batches come at random, whatever their size.
    """

    scv: float = 1.0
    interarrival: Arrivals | None = None
    phases: PhaseType | None = None
    poisson: bool = True
    at_random: bool = True


def without_variance(servers: int) -> NoLaw:
    """What is said of services whose square has no mean.

    Arguments:
        servers: 1 or more; of several, a mean wait may exist even so.

    Source: Scheller-Wolf and Vesilo (2006), Structural interpretation and derivation of necessary
        and sufficient conditions for delay moments in FIFO multiserver queues.
    """
    infinite = ": its mean wait is infinite" if servers == 1 else ""
    return NoLaw(f"has services without a variance{infinite}")


class Mixture:
    """The services of several demands as one.

    Arguments:
        demands: of which it is made.
    """

    def __init__(self, demands: Sequence[Demand]) -> None:
        self.demands = demands
        self.rate = math.fsum(demand.rate for demand in demands)
        self.weights = [demand.rate / self.rate for demand in demands]
        self.mean = self.moment(1)

    def moment(self, order: int) -> float:
        """E[S^order], s^order; infinite where there is none."""
        pairs = zip(self.weights, self.demands, strict=True)
        return math.fsum(w * d.service.moment(order) for w, d in pairs if w > 0)

    @property
    def scv(self) -> float:
        """Squared coefficient of variation."""
        return max(0.0, self.moment(2) / self.mean**2 - 1)

    @property
    def exponential(self) -> bool:
        """All services are exponential with the same mean."""
        services = [d.service for d in self.demands if d.rate > 0]
        same = all(math.isclose(mean(s), self.mean, rel_tol=1e-12) for s in services)
        return same and all(map(is_exponential, services))

    def fifo_wait(self, servers: int, scv: float) -> float:
        """Mean wait in turn of G/G/c, s; exact where arrivals are Poisson and there is a law."""
        if math.isinf(self.moment(2)):
            raise without_variance(servers)
        if math.isinf(scv):
            law = "exponential services alone"
            raise NoLaw(f"gets arrivals whose gaps have no variance, which a law knows for {law}")
        if servers == 1 and scv == 1:
            return m_g_1(self.rate, self.mean, self.moment(2)).waiting_time
        queue = self.in_phases(servers, Input()) if scv == 1 else None
        if queue is not None:
            return queue.waiting_time
        return g_g_c(self.rate, self.mean, servers, scv, self.scv).waiting_time

    def in_phases(self, servers: int, comes: Input) -> Queue | None:
        """What is exact where times between arrivals and services have not too many phases."""
        arriving = branches([1.0], [1], [self.rate]) if comes.poisson else comes.phases
        serving = mixed_phases(self.weights, [demand.service for demand in self.demands])
        if arriving is None or serving is None:
            return None
        if phases_of(arriving, serving, servers) > MOST_PHASES:
            return None
        return ph_ph_c(arriving, serving, servers)

    def shares(self, queue: Queue, in_order: bool, **given: float | None) -> tuple[Share, ...]:
        """Every demand waits as long as the law says, and is served for its own time."""
        waits, responses = time_laws(queue) if in_order else (UNKNOWN_LAW, UNKNOWN_LAW)
        alone = in_order and (self.exponential or len(self.demands) == 1)
        wait = given.pop("waiting_time", queue.waiting_time)
        waited = given.pop("wait_probability", queue.wait_probability)
        served = queue.throughput / queue.arrival_rate
        return tuple(
            Share(
                rate=demand.rate * served,
                service=mean(demand.service),
                waiting_time=wait,
                waiting_law=waits,
                response_law=responses if self.exponential else UNKNOWN_LAW,
                loss=given.get("loss"),
                abandonment=given.get("abandonment"),
                abandoned=demand.rate / self.rate * (given.get("abandoned") or 0.0),
                wait_probability=waited,
                waiting_variance=queue.waiting_time_variance if in_order else None,
                response_variance=queue.response_time_variance if alone else None,
            )
            for demand in self.demands
        )
