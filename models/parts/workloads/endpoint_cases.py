"""An endpoint with something down, by the laws."""

from dataclasses import replace

from models.parts.site import Site
from models.parts.workloads.endpoint_fit import by_zone
from models.parts.workloads.endpoint_job import EndpointJob
from models.parts.workloads.endpoint_laws import at_load, response
from models.parts.workloads.endpoint_load import P95
from models.prediction.endpoint_answer import ReplicasLeft, ServingCase
from models.queueing.distributions import mean


def cases(job: EndpointJob, site: Site) -> tuple[ServingCase, ...]:
    """One replica of each stage down, and the zone of several that is missed most.

    Arguments:
        job: the endpoint.
        site: that it runs on.
    """
    replicated = [stage for stage in job.stages if stage.described.replicated]
    found = [
        replace(
            _case(job, f"one replica of {stage.name}", {stage.name: stage.replicas - 1}),
            restored_after=None if stage.startup is None else mean(stage.startup),
        )
        for stage in replicated
    ]
    zones = len(site.stack.zones)
    if zones > 1:
        placed = by_zone(job.name, site)
        on_nodes = [stage for stage in replicated if stage.described.nodes is not None]
        of_zones = [
            _case(
                job,
                f"one of {zones} zones",
                {one.name: one.replicas - placed[one.name][zone] for one in on_nodes},
                of_zones=True,
            )
            for zone in range(zones)
        ]
        found.append(max(of_zones, key=lambda case: case.utilization))
    return tuple(found)


def _case(job: EndpointJob, what: str, left: dict[str, int], of_zones: bool = False) -> ServingCase:
    rate = job.highest_rate
    fewer = [stage for stage in job.stages if stage.name in left]
    loads = job.stage_loads({one.name: one.of_replica * left[one.name] for one in fewer})
    busiest = max(one.utilization for one in loads.values())
    survives = all(one.served for one in loads.values())
    stages = tuple(ReplicasLeft(one.name, one.replicas, left[one.name]) for one in fewer)
    if not survives or not job.whole:
        return ServingCase(what, of_zones, stages, rate, busiest, None, None, survives)
    answer = at_load(job, rate, stages)
    known = answer.classes and answer.classes[0].response_time is not None
    seconds = answer.classes[0].response_time.mean if known else None  # type: ignore[union-attr]
    return ServingCase(
        what, of_zones, stages, rate, busiest, seconds, response(job, answer, P95), True
    )
