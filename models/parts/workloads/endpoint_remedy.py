"""What relieves the bottleneck of an endpoint, with the key of the stack file and a figure."""

import math

from models.description.quantities import format_rate
from models.parts.site import Site
from models.parts.workloads.endpoint_fit import nodes_for
from models.parts.workloads.endpoint_job import EndpointJob
from models.parts.workloads.endpoint_load import spares
from models.parts.workloads.endpoint_network import SolvedStage
from models.prediction.endpoint_answer import ReplicasLeft

_MOST = 1024  # times as many replicas, beyond which more of them do not help


def remedy(job: EndpointJob, site: Site, late: bool = False) -> str:
    """What lets the busiest stage serve the highest load, keep to what is wanted, or serve more.

    Where there are too few nodes for it, it says how many there must be.

    Arguments:
        job: the endpoint.
        site: that it runs on.
        late: what is wanted is missed though the highest load keeps to it with all replicas.
    """
    stage = job.bottleneck
    if not math.isfinite(stage.capacity):
        return "nothing is near its limit"
    unit, there = job.described.requests.unit, stage.units
    key, load = stage.counted_by, format_rate(job.highest_rate, unit, digits=4)
    needed = job.units_needed(stage)
    if needed > there:
        less = " less the loss that is allowed" if stage.limited and job.loss else ""
        instead = f"`{key}` of {needed:,} at least, instead of {there:,}"
        instead += _more_nodes(job, stage, needed, site)
        return f"{instead}, for the highest load of {load}{less}"
    if _misses(job, stage, there):
        enough = _enough(job, stage)
        if enough is None:
            return f"more of `{key}` alone do not keep to {job.kept} at the highest load of {load}"
        instead = f"`{key}` of {enough:,}, instead of {there:,}"
        instead += _more_nodes(job, stage, enough, site)
        return f"{instead}, keeps to {job.kept} at the highest load of {load}"
    scaled = [one.name for one in job.stages if one.described.scaling is not None]
    if late and scaled:
        minimum = " and ".join(f"`stages.{name}.scaling.minimum`" for name in scaled)
        other = "a lower `target` or a shorter `interval` and `startup` of it"
        return f"a higher {minimum}, or {other}: replicas follow the load too late"
    gain = format_rate(stage.of_unit, unit, "requests", 4)
    text = f"one more of `{key}`{_more_nodes(job, stage, there + 1, site)} adds {gain}"
    if stage.batch is None and stage.readable >= 2:
        size = f" of {math.floor(stage.readable):,}" if math.isfinite(stage.readable) else ""
        text += f"; a `batch`{size} reads the weights once for all of its requests"
    return text


def _more_nodes(job: EndpointJob, stage: SolvedStage, replicas: int, site: Site) -> str:
    """The nodes that so many replicas need, in words; empty where there are as many."""
    if stage.described.nodes is None:
        return ""
    there = site.groups[stage.described.nodes].described.count
    needed = nodes_for(job.name, stage.name, replicas, site)
    if needed <= there:
        return ""
    return f" (with `nodes.{stage.described.nodes}.count` of {needed:,}, instead of {there:,})"


def _misses(job: EndpointJob, stage: SolvedStage, replicas: int) -> bool:
    """A law knows that the highest load does not keep to what is wanted with so many replicas."""
    if not job.curve_by_law or not stage.described.replicated:
        return False
    with_others = (ReplicasLeft(stage.name, stage.replicas, replicas),)
    return any(
        spare is not None and spare < 0 for spare in spares(job, job.highest_rate, with_others)
    )


def _enough(job: EndpointJob, stage: SolvedStage) -> int | None:
    """The fewest replicas of a stage with which the highest load keeps to what is wanted."""
    low, high = stage.replicas, 2 * stage.replicas
    while _misses(job, stage, high):
        if high >= _MOST * stage.replicas:
            return None
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _misses(job, stage, middle) else (low, middle)
    return high
