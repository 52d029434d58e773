"""Training as a kind of workload: what it uses, and what the laws answer."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from pathlib import Path

from pydantic import ValidationError

from models.catalog.errors import UnknownName
from models.catalog.records import Catalog
from models.description.quantities import format_duration
from models.description.stack import Stack
from models.laws.checkpointing import number_of_checkpoints
from models.laws.sample_means import standard_error
from models.measurements.measured import Key, Samples
from models.parts.facts import Facts
from models.parts.site import Site
from models.parts.stores.store_speed import StoreSpeed
from models.parts.use import Use
from models.parts.workloads import saved_state, training_job
from models.parts.workloads.hugging_face import read_dimensions
from models.parts.workloads.managed_training_faults import managed_faults, stopped
from models.parts.workloads.program import program_faults
from models.parts.workloads.training import Training
from models.parts.workloads.training_job import TrainingJob
from models.parts.workloads.transformer import TransformerDimensions
from models.parts.workloads.transformer_job import TransformerJob, nearly_full
from models.parts.workloads.workload_kind import Given, Unreadable, WorkloadKind
from models.prediction import Finding
from models.prediction.deployment_mode import DeploymentMode
from models.prediction.expected import Measure
from models.prediction.explanation_answer import Factor, LawUsed
from models.prediction.training_answer import StepTime
from models.reading.check_names import reference, unknown
from models.reading.faults import Fault, PathInFile
from models.reading.files_beside import UnusableFile


def _always(workload: Training) -> bool:
    return True


def _groups(workload: Training) -> tuple[str, ...]:
    servers = workload.parameter_server
    if servers is None or servers.nodes in (None, workload.nodes):
        return (workload.nodes,)
    return (workload.nodes, str(servers.nodes))


def _faults(name: str, workload: Training, stack: Stack, catalog: Catalog) -> Iterator[Fault]:
    path: PathInFile = ("workloads", name)
    yield from reference((*path, "nodes"), workload.nodes, stack.nodes, "node group")
    data: dict[PathInFile, str] = {
        ("dataset", "store"): workload.dataset.store,
        ("checkpoint", "store"): workload.checkpoint.store,
    }
    managed = workload.sagemaker is not None
    yield from program_faults(path, workload.program, managed, workload.nodes, data, stack)
    if workload.sagemaker is not None:
        yield from managed_faults(path, workload, workload.sagemaker, stack)
    servers = workload.parameter_server
    if servers is not None and servers.nodes is not None:
        place = (*path, "parameter_server", "nodes")
        yield from reference(place, servers.nodes, stack.nodes, "node group")
    for below, store in data.items():
        yield from reference((*path, *below), store, stack.storage, "store")
    if workload.network is not None and workload.network not in catalog.neural_networks:
        names = tuple(catalog.neural_networks)
        yield unknown((*path, "network"), UnknownName("network", workload.network, names))
    if workload.software not in catalog.software:
        names = tuple(catalog.software)
        yield unknown((*path, "software"), UnknownName("software", workload.software, names))


def _completed(name: str, workload: Training, folder: Path) -> tuple[Training, bytes]:
    """With the dimensions that a config.json gives."""
    described = workload.transformer
    if described is None or described.config is None:
        return workload, b""
    path: PathInFile = ("workloads", name, "transformer", "config")
    try:
        found, content = read_dimensions(described.config, folder)
    except UnusableFile as error:
        raise Unreadable(Fault(path, error.message, error.hint)) from None
    given = {key: getattr(described, key) for key in described.model_fields_set}
    try:
        whole = TransformerDimensions.model_validate(found | given)
    except ValidationError as error:
        said = error.errors(include_url=False)[0]
        place = ".".join(map(str, said["loc"]))
        text = f"gives dimensions that don't fit: {place} {said['msg']}".replace(":  ", ": ")
        raise Unreadable(Fault(path, text)) from None
    return workload.model_copy(update={"transformer": whole}), content


def _uses(name: str, workload: Training, stack: Stack, facts: Facts) -> tuple[Use, ...]:
    dataset, network = workload.dataset, training_job.neural_network(workload, facts)
    size, in_object = dataset.samples * dataset.sample_size, training_job.object_size(workload)
    state = saved_state.size(workload, network)
    shards = stack.nodes[workload.nodes].count if workload.checkpoint.sharded else 1
    copied = training_job.copies_first(workload)
    epochs = stack.nodes[workload.nodes].count if copied else workload.epochs
    read = epochs * dataset.samples * min(1.0, dataset.sample_size / in_object)
    return (
        Use(
            name,
            "dataset",
            dataset.store,
            workload.nodes,
            "read",
            size,
            math.ceil(size / in_object),
            common=True,
            reads=read,
            read_size=epochs * size,
            sets_rate=not copied,
        ),
        # A restart reads what was saved.
        Use(
            name,
            "checkpoint",
            workload.checkpoint.store,
            workload.nodes,
            "read_write",
            state,
            shards,
            between_nodes=True,
            overwrites=True,
        ),
    )


def _traffic(
    job: TrainingJob, uses: tuple[Use, ...], interruption_rate: float, site: Site
) -> tuple[Use, ...]:
    """Each checkpoint is written, and each restart reads the last by all nodes."""
    workload = _described(job, site)
    interval = training_job.checkpoint_interval(job, workload, interruption_rate)
    saves = number_of_checkpoints(job.work, interval)
    restarts = interruption_rate * job.work
    readers = 1 if workload.checkpoint.sharded else site.groups[workload.nodes].described.count
    return tuple(
        replace(
            use,
            writes=saves * use.objects,
            written_size=saves * use.size,
            reads=restarts * readers * use.objects,
            read_size=restarts * readers * use.size,
        )
        if use.overwrites
        else use
        for use in uses
    )


def _solve(name: str, workload: Training, site: Site) -> TrainingJob:
    job = training_job.training_job(name, workload, site)
    if workload.sagemaker is not None:
        stopped(workload.sagemaker, workload.startup + job.loading + job.work)
    return job


def _assumptions(job: TrainingJob, site: Site) -> tuple[str, ...]:
    return training_job.assumptions(job, _described(job, site))


def _findings(job: TrainingJob, site: Site) -> tuple[Finding, ...]:
    described, path = _described(job, site), f"workloads.{job.name}"
    samples, interval = described.dataset.samples, described.checkpoint.interval
    found = []
    if job.batch > samples:
        text = f"one step takes {job.batch:,} samples, more than the {samples:,} of the data set"
        key = "batch" if described.global_batch is None else "global_batch"
        found.append(Finding("warning", f"{path}.{key}", text))
    if job.transformer is not None:
        whole = site.groups[described.nodes].hardware.accelerator_memory
        text = nearly_full(job.transformer.chosen.memory.total, whole)
        if text:
            found.append(Finding("warning", f"{path}.layout", text))
    if described.program is not None and described.program.container is not None:
        text = (
            "Kubernetes begins a container that failed anew after 10 s, and after twice as long"
            " each further time, up to 10 min, which is not in `detection`"
        )
        found.append(Finding("note", f"{path}.program", text))
    if isinstance(interval, float) and interval < job.step.total:
        text = f"a step takes {format_duration(job.step.total)}, and it is saved after each"
        found.append(Finding("warning", f"{path}.checkpoint.interval", text))
    return tuple(found)


def _rate_reading(job: TrainingJob, speed: StoreSpeed, site: Site) -> float:
    if speed.read == 0:
        return 0.0
    workload = _described(job, site)
    return training_job.training_job(job.name, workload, site, speed).throughput


def _work(job: TrainingJob) -> float:
    return job.work


def _uncertainty(job: TrainingJob) -> float:
    return job.uncertainty


def _at(job: TrainingJob, factor: float) -> TrainingJob:
    """Every part of a step takes the factor as long, and every stage is so much slower."""
    parts = {one.name: getattr(job.step, one.name) * factor for one in fields(job.step)}
    stages = tuple(replace(one, rate=one.rate / factor) for one in job.stages)
    return replace(job, step=StepTime(**parts), stages=stages, uncertainty=0.0)


def _laws(job: TrainingJob) -> tuple[LawUsed, ...]:
    whole = ("time", "time_to_train", "completion", "run", "run_carbon", "cost")
    rate = (*whole, "throughput", "step_time", "work")
    speed = (*rate, "speedup", "efficiency", "ideal_throughput", "ideal_time")
    failures = (*whole, "goodput", "restarts", "yearly_goodput", "yearly_restarts")
    return (
        *(_of_rates(job, speed) if job.transformer is None else _of_layers(job.transformer, speed)),
        LawUsed(
            (*speed, "input_wait"),
            "Wait for input: what the slowest of storage and preparation adds.",
            "Mohan et al. (2021), Analyzing and mitigating data stalls in DNN training",
        ),
        LawUsed((*failures, "checkpoint_interval", "checkpoints"), "", "", "optimal_interval"),
        LawUsed(
            failures,
            "A failure sends the run back to its last checkpoint: simulated year by year.",
            "Daly (2006), eq. 20, is what it comes to on average",
        ),
    )


def _of_rates(job: TrainingJob, speed: tuple[str, ...]) -> tuple[LawUsed, ...]:
    """A step of replicas that compute at a known rate and agree on gradients."""
    return (
        LawUsed(speed, f"compute = batch / rate of one accelerator: {job.rate_source}", "catalog"),
        *(LawUsed((*speed, "communication"), "", "", name) for name in _agreeing(job)),
        LawUsed(speed, "", "", "backup_delay" if job.servers else "straggler_delay"),
    )


def _of_layers(solved: TransformerJob, speed: tuple[str, ...]) -> tuple[LawUsed, ...]:
    """A step of a transformer, layer by layer in its layout."""
    layout = solved.chosen.layout
    found = [
        LawUsed(
            speed,
            "Step: products of matrices at rates measured by shape, attention, traffic of memory"
            f" and launches of the host, layer by layer, as calibrated: {solved.source}.",
            "matrix_rates.csv and step_calibrations.csv of the catalog",
        ),
        LawUsed(
            (*speed, "communication"),
            "Collectives: inside nodes as measured by size; between them the traffic of the busiest"
            " link, and a latency that grows with the logarithm of the nodes.",
            "collective_times.csv of the catalog; nccl-tests, PERFORMANCE.md; Sanders, Speck and"
            " Träff (2009)",
        ),
    ]
    if layout.pipeline > 1:
        text = "Bubble of the pipeline: (p-1) / (v m) of what p stages of v parts compute in m"
        source = "Narayanan et al. (2021), arXiv 2104.04473, section 2.2"
        found.append(LawUsed(speed, f"{text} micro-batches.", source))
    if solved.slow_stages:
        text = "Slow nodes: a step ends with its slowest replica, and m of the m + p - 1 slots of a"
        source = "Narayanan et al. (2021), section 2.2; Chen et al. (2016), arXiv 1604.00981"
        found.append(LawUsed(speed, f"{text} pipeline are as long as its slowest stage's.", source))
    if layout.zero:
        text = "Sharding: gradients are scattered and parameters gathered, twice their bytes in all"
        text += "; with stage 3 in every micro-batch, three times." if layout.zero == 3 else "."
        source = "Rajbhandari et al. (2020), ZeRO, section 7"
        found.append(LawUsed((*speed, "communication"), text, source))
    return tuple(found)


def _agreeing(job: TrainingJob) -> tuple[str, ...]:
    """Laws by which nodes agree on gradients."""
    if job.servers is None:
        return ("hierarchical_all_reduce",)
    if job.servers.asynchronous:
        return ("parameter_server_synchronization", "asynchronous_updates", "mean_staleness")
    return ("parameter_server_synchronization",)


def _described(job: TrainingJob, site: Site) -> Training:
    described = site.stack.workloads[job.name]
    assert isinstance(described, Training)  # the job was made of it
    return described


def _calibrated(job: TrainingJob, values: Mapping[Key, Samples]) -> dict[str, Given]:
    """The rate of one accelerator at which a step takes what it was measured to take.

    Where computing alone was measured too, and the rest of a step is not as predicted, the rate
    makes up for that in this stack, and not in one with other nodes: the uncertainty is as large.
    """
    by, by_compute = Key(job.name, Measure.STEP_TIME), Key(job.name, Measure.COMPUTE)
    steps, computed = values.get(by), values.get(by_compute)
    rates = values.get(Key(job.name, Measure.THROUGHPUT))
    if steps is None and rates is not None:
        by, steps = Key(job.name, Measure.THROUGHPUT), job.batch / rates
    if steps is not None:
        compute = float(steps.mean()) - (job.step.total - job.step.compute)
    elif computed is not None:
        by, compute = by_compute, float(computed.mean())
    else:
        return {}
    if compute <= 0:  # what is predicted beside it takes longer already
        return {}
    found = {"rate": Given(float(f"{job.batch / job.accelerators / compute:.6g}"), by)}
    if steps is not None and (error := standard_error(steps)) is not None:
        made_up = 0.0 if computed is None else compute - float(computed.mean())
        share = min(1.0, math.hypot(error, made_up) / float(steps.mean()))
        found["uncertainty"] = Given(float(f"{share:.3g}"), by)
    return found


def _managed(workload: Training) -> bool:
    return workload.sagemaker is not None


def _scales(workload: Training, group: str) -> bool:
    """A service starts its nodes for the run, and ends them with it."""
    return workload.sagemaker is not None


def _frameworks(workload: Training) -> tuple[str, str]:
    if workload.parameter_server is not None:
        return workload.software, "parameter server"
    return workload.software, "collectives between accelerators"


_FACTORS: Mapping[Factor, tuple[str, ...]] = {
    Factor.PROCESSORS: ("rate", "rates.*.rate"),
    Factor.LOAD: ("dataset.samples",),
}


KIND = WorkloadKind(
    description=Training,
    mode=DeploymentMode.BATCH,
    frameworks=_frameworks,
    completes=_always,
    alone=True,
    serves=False,
    groups=_groups,
    faults=_faults,
    completed=_completed,
    uses=_uses,
    solve=_solve,
    assumptions=_assumptions,
    findings=_findings,
    rate_reading=_rate_reading,
    work=_work,
    calibrated=_calibrated,
    traffic=_traffic,
    uncertainty=_uncertainty,
    at=_at,
    laws=_laws,
    factors=_FACTORS,
    managed=_managed,
    hires=_managed,
    scales=_scales,
)
