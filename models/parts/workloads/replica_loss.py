"""An endpoint whose replicas are lost and come back, as queueing networks to be simulated."""

import math
from dataclasses import dataclass

from models.parts.workloads.endpoint_job import EndpointJob
from models.parts.workloads.endpoint_laws import under_load
from models.parts.workloads.endpoint_network import SolvedStage
from models.prediction.endpoint_answer import ServingCase
from models.queueing.distributions import mean
from models.queueing.network import Network
from models.queueing.stations import Schedule, Shift

MOST_REQUESTS = 50_000  # of one period, beyond which a loss is as good as steady
_SHORTEST = 1e-6  # share of the period, below which no request meets the loss
_CALM = 10  # times as long as a queue remembers


@dataclass(frozen=True)
class LossNetwork:
    """A network in which a replica is lost again and again, long after the time before.

    Arguments:
        network: whose servers follow a schedule.
        away: number of the interval of its period in which the replica is lost.
    """

    network: Network
    away: int


def steady_network(job: EndpointJob, case: ServingCase) -> Network:
    """The endpoint under its highest load, as if what is down stayed down.

    Arguments:
        job: the endpoint.
        case: that leaves some of every stage.
    """
    return under_load(job, case.rate, case.stages)


def loss_network(job: EndpointJob, case: ServingCase) -> LossNetwork | None:
    """The endpoint under its highest load, with a replica lost until another has started.

    None where nothing says how long that takes, where no stage or several have fewer, where the
    stage goes in batches or starts cold, which a schedule does not do, where nothing is left of it
    or the whole is overloaded too, and where the start takes so long that the loss is as good as
    steady, or no time at all.

    Arguments:
        job: the endpoint.
        case: with a replica of one stage down.
    """
    if len(case.stages) != 1 or not case.restored_after or not case.stages[0].left:
        return None
    [stage] = (one for one in job.stages if one.name == case.stages[0].stage)
    whole = steady_network(job, case)
    station = whole.stations[stage.name]
    if station.batch is not None or station.setup is not None or case.rate >= job.capacity:
        return None
    calm = _calm(job, stage, case)
    period = calm + case.restored_after
    if period * case.rate > MOST_REQUESTS or case.restored_after < _SHORTEST * period:
        return None
    servers = stage.servers
    shifts = (
        Shift.model_construct(start=0.0, servers=servers),
        Shift.model_construct(start=calm, servers=case.stages[0].left * servers // stage.replicas),
    )
    update = {
        "servers": servers,
        "schedule": Schedule.model_construct(period=period, shifts=shifts),
    }
    if station.capacity is not None:
        # The room for those who wait stays as it is.
        update["capacity"] = servers + int(stage.described.queue_limit or 0)
    stations = {**whole.stations, stage.name: station.model_copy(update=update)}
    return LossNetwork(whole.model_copy(update={"stations": stations}), 1)


def _calm(job: EndpointJob, stage: SolvedStage, case: ServingCase) -> float:
    """Time until nothing reminds of the loss: the backlog is worked off, and the queue has settled.

    The backlog is that of a fluid; a queue forgets in 1/(sqrt(mu) - sqrt(lambda))^2.

    Source: Newell (1982), Applications of Queueing Theory, chapter 2; Karlin and McGregor (1958),
        Many server queueing processes, for M/M/1, here a server as fast as the slowest stage.
    """
    assert case.restored_after is not None  # loss_network asks
    away = case.stages[0].left * stage.of_replica
    backlog = max(0.0, case.rate - away) * case.restored_after
    relaxation = 1 / (math.sqrt(job.capacity) - math.sqrt(case.rate)) ** 2
    service = math.fsum(mean(one.service) for one in job.stages)
    return 2 * backlog / (job.capacity - case.rate) + _CALM * (relaxation + service)
