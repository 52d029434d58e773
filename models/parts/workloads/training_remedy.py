"""What relieves the bottleneck of a training run, with the key of the stack file and a figure."""

import math

from models.description.quantities import format_count, format_percent, format_scaled
from models.laws.training_step import BYTES_OF
from models.parts.site import Site
from models.parts.workloads.training import Training
from models.parts.workloads.training_job import TrainingJob
from models.prediction.training_answer import LimitedBy, Stage

_MUCH = 0.25  # of a step


def remedy(job: TrainingJob, workload: Training, site: Site) -> str:
    """What makes the slowest stage faster, until another one is the slowest.

    Arguments:
        job: the training job.
        workload: its description.
        site: that it runs on.
    """
    slowest = job.bottleneck
    others = [stage for stage in job.stages if stage is not slowest]
    after = min(others, key=lambda stage: stage.rate, default=None)
    match slowest.by:
        case LimitedBy.REQUESTS:
            return _larger_objects(workload, site, after)
        case LimitedBy.BANDWIDTH:
            return _faster_store(workload, site, after)
        case LimitedBy.PREPARATION:
            return _more_processors(job, workload, site, after)
        case LimitedBy.ACCELERATORS:
            if (better := _of_the_layout(job, workload)) is not None:
                return better
            faster = _of_a_node(workload, site)
            return f"a faster {faster} or a higher `nodes.{workload.nodes}.count`"
        case LimitedBy.NETWORK:
            return _less_communication(job, workload, site)
        case LimitedBy.HOST:
            return "more samples a step, so that the accelerators compute longer: a larger `batch`"
        case LimitedBy.PIPELINE:
            return "more micro-batches a step: a larger `global_batch`, or fewer stages, `pipeline`"
        case LimitedBy.STRAGGLERS:
            return _no_slowest(workload)


def _of_the_layout(job: TrainingJob, workload: Training) -> str | None:
    """What accelerators wait for where that is much of a step, which faster ones would, too."""
    if job.transformer is None:
        return None
    step = job.transformer.chosen.step
    if workload.slow_nodes is not None and step.waiting > _MUCH * step.total:
        return _no_slowest(workload)
    if step.bubble > _MUCH * step.total:
        return (
            "less of a bubble: more parts of a stage, `interleave`, more micro-batches, a larger"
            " `global_batch`, or fewer stages, `pipeline`"
        )
    return None


def _of_a_node(workload: Training, site: Site) -> str:
    """The key of the stack file that says what a node is."""
    owned = site.stack.nodes[workload.nodes].machine is not None
    return "`machine`" if owned else "`instance`"


def _no_slowest(workload: Training) -> str:
    """Slow nodes are what all wait for, where there are any; else whoever is slow this time."""
    slow = workload.slow_nodes
    if slow is None:
        return "steps that vary less, `jitter`, or longer ones: a larger `batch`"
    ways = [
        "another node instead of the slow one (`slow_nodes`)"
        if slow.count == 1
        else f"other nodes instead of the {slow.count:,} slow ones (`slow_nodes`)"
    ]
    if workload.parameter_server is not None:
        ways.append(f"`backup_workers: {slow.count}`")
        ways.append("`mode: asynchronous`")
    return " or ".join(filter(None, (", ".join(ways[:-1]), ways[-1])))


def _larger_objects(workload: Training, site: Site, after: Stage | None) -> str:
    """Each request then brings more samples, until bandwidth or the next stage limits."""
    dataset = workload.dataset
    speed = site.speed(dataset.store, workload.nodes)
    enough = speed.read
    if after is not None and math.isfinite(after.rate):
        enough = min(enough, after.rate * dataset.sample_size)
    size = enough / speed.requests
    return f"pack objects: an `object_size` of {format_scaled(size, 'B')} at least"


def _faster_store(workload: Training, site: Site, after: Stage | None) -> str:
    dataset = workload.dataset
    relief = site.speed(dataset.store, workload.nodes).relief or "another store"
    if after is None or not math.isfinite(after.rate):
        return f"{relief} ({dataset.store})"
    enough = format_scaled(after.rate * dataset.sample_size, "B/s")
    return f"{relief} ({dataset.store}); {enough} keep up with {after.name}"


def _more_processors(job: TrainingJob, workload: Training, site: Site, after: Stage | None) -> str:
    group = site.groups[workload.nodes]
    has = group.hardware.vcpus * group.described.count
    key = _of_a_node(workload, site)
    text = f"{'an' if key == '`instance`' else 'a'} {key} with more vCPUs"
    if after is not None and math.isfinite(after.rate):
        needed = math.ceil(has * after.rate / job.bottleneck.rate)
        text += f", {format_count(needed, 'vCPUs')} instead of {has:,}"
    if job.accelerators > group.described.count or group.hardware.accelerator is not None:
        text += ", or preparation `where: accelerator`"
    return text


def _less_communication(job: TrainingJob, workload: Training, site: Site) -> str:
    """What is sent can be less, or be sent less often, or over more links."""
    step = job.step
    sent = step.intra_node + step.inter_node
    between = format_percent(step.inter_node / sent, 0) if sent > 0 else ""
    ways = ["a larger `batch`, of which fewer sums are made"]
    if BYTES_OF[workload.gradient_precision] > 2:
        ways.append("`gradient_precision: fp16`, half of what is sent")
    if step.inter_node > step.intra_node:
        ways.append(f"nodes with a faster network ({between} of the communication)")
    else:
        ways.append("accelerators with faster links in a node")
    return ", ".join(ways[:-1]) + f" or {ways[-1]}"
