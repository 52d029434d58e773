"""An endpoint with something down, over time."""

from dataclasses import replace

from models.description.quantities import format_duration
from models.parts.workloads.endpoint_job import EndpointJob
from models.parts.workloads.replica_loss import loss_network, steady_network
from models.prediction import Estimate
from models.prediction.endpoint_answer import ServingCase
from models.queueing.network import Network
from models.queueing.network_answer import ClassInterval, ClassMeasures, NetworkAnswer
from sim.backends import Backend
from sim.queueing import simulate_network
from sim.queueing.replication import Engine

_RUNS = 4
_SERVICES = 25_000  # of each stage in one run
_MOST_SERVICES = 1_000_000  # of all runs, where what is slow takes many
_P95 = 95.0


def simulated(
    job: EndpointJob, case: ServingCase, seed: int, backend: Backend, engine: Engine = "compiled"
) -> ServingCase:
    """What becomes of requests while something is down.

    Where the time is known that a new replica takes to start, it is lost for so long, again and
    again; otherwise what is down stays down. In overload without such a time nothing is simulated.

    Arguments:
        job: the endpoint.
        case: by the laws.
        seed: of the experiment.
        backend: where the runs are.
        engine: compiled or simpy.
    """

    def run(network: Network) -> NetworkAnswer:
        return simulate_network.simulate(
            network,
            seed=seed,
            engine=engine,
            replications=_RUNS,
            visits=_SERVICES * len(job.stages),
            slow_visits=_MOST_SERVICES,
            backend=backend,
        )

    lost = loss_network(job, case)
    if lost is not None:
        answer = run(lost.network)
        if answer.intervals and not answer.unstable:
            away = format_duration(case.restored_after or 0.0)
            part = answer.intervals[lost.away].classes[0]
            return _with(case, part, f"of what is answered in the {away} of the loss")
    if not case.survives:
        return case
    answer = run(steady_network(job, case))
    if answer.unstable or not answer.classes:
        return case
    return _with(case, answer.classes[0], "with what is down for long")


def _with(case: ServingCase, seen: ClassMeasures | ClassInterval, what: str) -> ServingCase:
    p95: Estimate | None = seen.response_time_percentiles.get(_P95)
    return replace(case, simulated_response=seen.response_time, simulated_p95=p95, simulation=what)
