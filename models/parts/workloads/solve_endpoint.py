"""An endpoint solved: what the laws say of it, before anything is simulated."""

from dataclasses import replace

from models.parts.site import Site
from models.parts.workloads import endpoint_network
from models.parts.workloads.endpoint import Endpoint
from models.parts.workloads.endpoint_cases import cases
from models.parts.workloads.endpoint_fit import fit
from models.parts.workloads.endpoint_job import EndpointJob, LatencyWish, asked_of
from models.parts.workloads.endpoint_laws import lawful
from models.parts.workloads.endpoint_load import P95, highest_load, load_curve
from models.queueing.network import Poisson


def solve_endpoint(name: str, endpoint: Endpoint, site: Site) -> EndpointJob:
    """Apply the laws to an endpoint.

    Arguments:
        name: of the workload.
        endpoint: the description.
        site: that it runs on.

    Raises:
        Impossible: replicas do not fit their nodes, or a rate is not known.
    """
    stages = tuple(
        endpoint_network.solved_stage(stage, described, site)
        for stage, described in endpoint.stages.items()
    )
    fit(name, site)
    recorded: tuple[float, ...] = site.files.get(name, ())
    mean_rate, highest = endpoint_network.rates(endpoint.requests, recorded)
    whole = endpoint_network.network(name, endpoint, stages)
    endpoint_network.check(whole)
    came = Poisson.model_construct(rate=mean_rate)
    fixed = {stage.name: stage.replicas for stage in stages if stage.described.scaling}
    latency, loss = _latency(name, endpoint, site), site.stack.objectives.loss
    law, complete = lawful(name, endpoint, stages, came, fixed, asked_of(latency))
    job = EndpointJob(
        name=name,
        described=endpoint,
        network=whole,
        recorded=recorded,
        stages=stages,
        mean_rate=mean_rate,
        highest_rate=highest,
        law=law,
        whole=complete,
        load=(),
        highest_load=None,
        cases=(),
        latency=latency,
        loss=loss.at_most if loss is not None and loss.workload == name else None,
    )
    job = replace(job, cases=cases(job, site))
    if not job.curve_by_law:
        return job
    known = None if latency is None and job.loss is None else highest_load(job)
    return replace(job, load=load_curve(job), highest_load=known)


def _latency(name: str, endpoint: Endpoint, site: Site) -> LatencyWish | None:
    """The objective of this endpoint, or else its target for 95 % of the requests."""
    wanted = site.stack.objectives.latency
    if wanted is not None and wanted.workload == name:
        return LatencyWish(wanted.percentile, wanted.at_most, True)
    return None if endpoint.target is None else LatencyWish(P95, endpoint.target, False)
