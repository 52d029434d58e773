"""Training jobs: how long a step takes, what holds it back, what it must hold and save."""

import math
from contextlib import suppress
from dataclasses import dataclass, replace

from models.catalog.operators import Regime
from models.catalog.providers import service_of
from models.catalog.records import NeuralNetwork
from models.description.quantities import format_duration, format_percent, format_scaled
from models.laws import checkpointing, scaling
from models.laws import training_step as training
from models.laws.transformers.search import Chosen
from models.parts.facts import Facts
from models.parts.node_group import Hardware
from models.parts.site import Site
from models.parts.stores import block_volume, local_disks
from models.parts.stores.store_speed import StoreSpeed
from models.parts.workloads.accelerator_rate import layers_of, single_rate
from models.parts.workloads.data_parallel import Servers, contributing, data_parallel_step
from models.parts.workloads.rate_errors import RATE_ERRORS, least_sure
from models.parts.workloads.saved_state import SavedState, checkpoint_in_words, saved_state
from models.parts.workloads.training import Training
from models.parts.workloads.transformer_job import TransformerJob, network_of, transformer_job
from models.parts.workloads.workload_kind import Impossible
from models.prediction.training_answer import LimitedBy, Memory, Stage, StepTime

_ROUNDING = 1e-9  # of a number of steps


@dataclass(frozen=True)
class TrainingJob:
    """A training workload with everything that the laws need to know of it.

    Arguments:
        name: of the workload.
        accelerators: that work on it.
        batch: samples of one step, over all accelerators.
        step: where the time of a step goes.
        stages: storage, preparation, accelerators.
        single_rate: samples/s of one accelerator alone.
        memory: of one accelerator.
        samples: of the whole run.
        checkpoint: what saving its state takes.
        rate_source: where the single rate comes from, for people.
        regime: how the step lies to what was measured.
        uncertainty: relative standard error of the step time.
        transformer: solved, where it trains one.
        servers: parameter servers and their workers; None where all-reduce agrees on gradients.
        loading: time in which the data set is copied to the nodes, before the first step and after
            each failure, s.
    """

    name: str
    accelerators: int
    batch: int
    step: StepTime
    stages: tuple[Stage, ...]
    single_rate: float
    memory: Memory
    samples: float
    checkpoint: SavedState
    rate_source: str
    regime: Regime
    uncertainty: float
    transformer: TransformerJob | None = None
    servers: Servers | None = None
    loading: float = 0.0

    @property
    def bottleneck(self) -> Stage:
        """The slowest stage."""
        return min(self.stages, key=lambda stage: stage.rate)

    @property
    def steps(self) -> int:
        """Steps of the run."""
        return max(1, math.ceil(self.samples / self.batch - 1e-9))

    @property
    def work(self) -> float:
        """Productive time of the run, s."""
        return self.steps * self.step.total

    @property
    def throughput(self) -> float:
        """Samples/s while it trains."""
        return self.batch / self.step.total

    @property
    def speedup(self) -> float:
        """Over one accelerator that does the same work alone and never waits for input."""
        return scaling.speedup(self.batch / self.single_rate, self.step.total)


def training_job(
    name: str, workload: Training, site: Site, dataset_speed: StoreSpeed | None = None
) -> TrainingJob:
    """Apply the laws to a training workload.

    Arguments:
        name: of the workload.
        workload: the description.
        site: that it runs on.
        dataset_speed: of the store of its dataset, where that is not whole.

    Raises:
        Impossible: the model does not fit the memory, or no rate is known.
        UnknownName: a name that the catalog does not hold.
    """
    facts, group = site.facts, site.groups[workload.nodes].described
    node = site.groups[workload.nodes].hardware
    network = neural_network(workload, facts)
    software = facts.software(workload.software)
    if node.accelerator is None:
        node = _as_one_device(node, workload)
    accelerators = node.accelerators * group.count
    counted = contributing(workload, accelerators, node.accelerators)
    batch = step_batch(workload, counted)
    speed = dataset_speed or site.speed(workload.dataset.store, workload.nodes)
    loading = 0.0
    if copies_first(workload):
        volume = _volume(workload, site)
        loading, speed = _loading(workload, group.count, speed, volume), volume
    stages = _input_stages(workload, group.count, speed, facts, node)
    solved, servers = None, None
    if workload.transformer is not None:
        solved = transformer_job(workload, site, node, batch)
        step, source = _step_of(solved, batch, stages), f"{solved.chosen.layout}"
        # One alone has its host to wait for and its parameters to update, too.
        rate = batch / accelerators / (step.compute + step.launching + step.update)
        memory = _held(solved.chosen, node)
        regime, error = solved.regime, solved.error
    else:
        local = batch / counted
        memory = _memory(workload, network, node, local)
        alone = single_rate(workload, local, network, node.accelerator, software, facts)
        rate, source = alone.rate, alone.source
        regime = least_sure((alone.regime, *([Regime.SEVERAL_NODES] if group.count > 1 else [])))
        error = RATE_ERRORS[regime]
        step, servers = data_parallel_step(
            workload, site, network, software, node, local / rate, local
        )
        step = replace(step, input_wait=_input_wait(step, batch, stages))
    computing = _computing_stage(step, batch, source)
    return TrainingJob(
        name=name,
        accelerators=accelerators,
        batch=batch,
        step=step,
        stages=(*stages, computing),
        single_rate=rate,
        memory=memory,
        samples=workload.epochs * workload.dataset.samples,
        checkpoint=saved_state(workload, network, node, site),
        rate_source=source,
        regime=regime,
        uncertainty=error if workload.uncertainty is None else workload.uncertainty,
        transformer=solved,
        servers=servers,
        loading=loading,
    )


def copies_first(workload: Training) -> bool:
    """The data set is copied to the volume of each node before the first step.

    Arguments:
        workload: the training workload.
    """
    return workload.sagemaker is not None and workload.sagemaker.input_mode == "File"


def _loading(workload: Training, nodes: int, speed: StoreSpeed, volume: StoreSpeed) -> float:
    """How long the copy takes, s: all nodes copy all of it at once, each to its own volume."""
    size = workload.dataset.samples * workload.dataset.sample_size
    whole, objects = nodes * size, nodes * math.ceil(size / object_size(workload))
    return max(
        whole / speed.reading(whole),
        objects / speed.asking(objects),
        whole / volume.writing(whole),
    )


def _volume(workload: Training, site: Site) -> StoreSpeed:
    """The volumes that a service gives its instances, or their own disks where they have some."""
    group = site.groups[workload.nodes]
    instance = str(group.described.instance)
    if site.facts.instance(site.stack.cloud, instance).local_disk:
        disks = local_disks.LocalDisks.model_construct(kind="local", nodes=workload.nodes)
        with suppress(ValueError):  # how fast they are is not known: as a volume would be
            return local_disks.speed(disks, site.stack, site.facts, group.described.count, 0.0)
    service = service_of(site.stack.cloud, instance)
    assert service is not None  # the description has been checked
    volume = block_volume.BlockVolume.model_construct(
        kind="block", service=service.volume, size=group.described.boot_disk, nodes=workload.nodes
    )
    count, bandwidth = group.described.count, group.hardware.network_bandwidth
    return block_volume.speed(volume, site.stack, site.facts, count, bandwidth)


def step_batch(workload: Training, accelerators: int) -> int:
    """Samples of one step, over all accelerators.

    Arguments:
        workload: the training workload.
        accelerators: whose samples count.
    """
    if workload.global_batch is not None:
        return workload.global_batch
    assert workload.batch is not None  # the description demands one of the two
    return accelerators * workload.batch


def _held(chosen: Chosen, node: Hardware) -> Memory:
    held = chosen.memory
    states = held.weights + held.gradients + held.optimizer
    return Memory(
        states,
        held.activations + held.workspace,
        node.accelerator_memory,
        held.weights,
        held.gradients,
        held.optimizer,
    )


def _step_of(solved: TransformerJob, batch: int, stages: tuple[Stage, ...]) -> StepTime:
    """A transformer's step in the parts that those of all networks have."""
    step = solved.chosen.step
    return StepTime(
        compute=step.matrices + step.attention + step.memory,
        straggler=step.waiting,
        intra_node=step.tensor,
        inter_node=step.gradients + step.parameters + step.boundaries,
        hidden=0.0,
        input_wait=max(0.0, batch / min(stage.rate for stage in stages) - step.total),
        launching=step.host,
        bubble=step.bubble,
        update=step.optimizer + step.other,
    )


def _input_wait(step: StepTime, batch: int, stages: tuple[Stage, ...]) -> float:
    return max(0.0, batch / min(stage.rate for stage in stages) - step.total)


def _as_one_device(node: Hardware, workload: Training) -> Hardware:
    """A node without accelerators, whose processors train together at a rate that was measured."""
    if workload.rate is None and not workload.rates:
        raise Impossible(
            f"runs on {workload.nodes}, whose nodes have no accelerator; give the 'rate' that one"
            " node was measured to train"
        )
    return replace(node, accelerators=1, accelerator_memory=node.memory)


def neural_network(workload: Training, facts: Facts) -> NeuralNetwork:
    """The network that a workload trains, from the catalog or described by hand.

    Arguments:
        workload: the training workload.
        facts: the catalog.
    """
    if workload.network is not None:
        return facts.neural_network(workload.network)
    if workload.transformer is not None:
        return network_of(workload)
    import datetime

    layers = layers_of(workload)
    if layers is not None:
        name = workload.convolutional.measured_name if workload.convolutional else ""
        return NeuralNetwork(
            name,
            layers.parameters,
            layers.forward_flops,
            4.0 * layers.kept_values,
            "image",
            datetime.date.min,
            "the stack file",
        )
    model = workload.model
    assert model is not None  # the description demands one of them
    # Catalog rows give activations in fp32; the description gives them as they are kept.
    activations = model.activations * 4 / training.BYTES_OF[workload.precision]
    return NeuralNetwork(
        "",
        model.parameters,
        model.forward,
        activations,
        "sample",
        datetime.date.min,
        "the stack file",
    )


def _memory(workload: Training, network: NeuralNetwork, node: Hardware, batch: float) -> Memory:
    width = training.BYTES_OF[workload.precision]
    each = network.parameters * width  # weights, and as many gradients
    memory = Memory(
        training.state_bytes(network.parameters, workload.precision, workload.optimizer),
        batch * network.activation_bytes_per_sample * width / 4,
        node.accelerator_memory,
        each,
        each,
        network.parameters * training.optimizer_bytes(workload.precision, workload.optimizer),
    )
    if memory.needed > memory.available:
        raise Impossible(
            f"needs {format_scaled(memory.needed, 'B')} on each accelerator"
            f" ({format_scaled(memory.parameters, 'B')} of model state,"
            f" {format_scaled(memory.activations, 'B')} of activations at batch {batch:g}),"
            f" which has {format_scaled(memory.available, 'B')}"
        )
    return memory


def _input_stages(
    workload: Training, nodes: int, speed: StoreSpeed, facts: Facts, node: Hardware
) -> tuple[Stage, ...]:
    dataset = workload.dataset
    size = object_size(workload)
    # Credits for a burst are full at the beginning, and have to last for the whole run.
    samples = workload.epochs * dataset.samples
    read = speed.reading(samples * dataset.sample_size)
    requests = speed.asking(samples * min(1.0, dataset.sample_size / size))
    rate = training.request_limited_rate(read, requests, size, dataset.sample_size)
    by_requests = rate < read / dataset.sample_size
    limit, by = "requests/s of the store", LimitedBy.REQUESTS
    if not by_requests:
        limit, by = f"{speed.limit}, {format_scaled(read, 'B/s')}", LimitedBy.BANDWIDTH
        limit += " over the run" if read > speed.read else ""
    where = f"{workload.nodes} volumes" if copies_first(workload) else dataset.store
    stages = [Stage(f"storage ({where})", rate, limit, by)]
    if dataset.preparation.where == "cpu":
        each = dataset.preparation.rate or _preparation_rate(workload, facts)
        cpus = node.vcpus * nodes
        limit = f"{cpus} vCPU at {each:,.0f} samples/s each"
        stages.append(Stage("preparation", cpus * each, limit, LimitedBy.PREPARATION))
    return tuple(stages)


def _preparation_rate(workload: Training, facts: Facts) -> float:
    unit = "sequence" if workload.transformer else "image" if workload.convolutional else "sample"
    if workload.network:
        unit = facts.neural_network(workload.network).sample_unit
    try:
        return facts.data_preparation(unit).samples_per_second
    except LookupError:
        raise Impossible(
            f"has no known rate at which a vCPU prepares one {unit};"
            " give 'dataset.preparation.rate'"
        ) from None


def object_size(workload: Training) -> float:
    """Size of one object of the data set, bytes.

    Arguments:
        workload: the training workload.
    """
    dataset = workload.dataset
    return max(dataset.sample_size, dataset.object_size or dataset.sample_size)


def _computing_stage(step: StepTime, batch: int, source: str) -> Stage:
    """The accelerators' stage, called after what takes most of its time."""
    parts = {
        LimitedBy.ACCELERATORS: step.compute,
        LimitedBy.NETWORK: step.intra_node + step.inter_node - step.hidden,
        LimitedBy.HOST: step.launching,
        LimitedBy.PIPELINE: step.bubble,
        LimitedBy.STRAGGLERS: step.straggler,
    }
    busy = replace(step, input_wait=0.0).total  # not a difference: the wait may be far longer
    by = max(parts, key=lambda one: parts[one])
    share = format_percent(parts[by] / busy, 0)
    limits = {
        LimitedBy.ACCELERATORS: source,
        LimitedBy.NETWORK: f"communication takes {share} of a step without waiting",
        LimitedBy.STRAGGLERS: f"waiting for the slowest takes {share} of a step",
    }
    limit = limits.get(by, f"waiting for the {by} takes {share} of a step")
    return Stage(by.value, batch / busy, limit, by)


def checkpoint_interval(job: TrainingJob, workload: Training, interruption_rate: float) -> float:
    """Productive time between two checkpoints, s; infinite where only the end is saved.

    There is nothing to save within a step: it is as many whole steps, whatever the law or the
    description asks for.

    Arguments:
        job: the training job.
        workload: its description.
        interruption_rate: of the run, 1/s.
    """
    choice, saved = workload.checkpoint.interval, job.checkpoint
    if choice == "none" or (choice == "optimal" and interruption_rate == 0):
        return math.inf
    if isinstance(choice, float):
        return _whole_steps(job, choice)
    if saved.stall == 0:
        return _whole_steps(job, saved.flush)
    # What is lost depends on the wait alone, and one is written after the other.
    mttf = 1 / interruption_rate
    best = checkpointing.optimal_interval(saved.stall, mttf)
    longer = _whole_steps(job, max(saved.flush, best))
    shorter = longer - job.step.total
    if shorter < max(job.step.total, saved.flush):
        return longer

    def lost(interval: float) -> float:
        return checkpointing.time_per_work(interval, saved.stall, mttf)

    return min(longer, shorter, key=lost)


def _whole_steps(job: TrainingJob, least: float) -> float:
    """The time of the fewest steps that take so long, s: one at least."""
    steps = math.ceil(least / job.step.total * (1 - _ROUNDING))
    return max(1, steps) * job.step.total


def assumptions(job: TrainingJob, workload: Training) -> tuple[str, ...]:
    """What the prediction of a job takes for granted, one sentence each.

    Arguments:
        job: the training job.
        workload: its description.
    """
    prepared = workload.dataset.preparation.where
    alone = f"one accelerator alone trains {job.single_rate:,.1f} samples/s ({job.rate_source})"
    travel = f"gradients travel in {workload.gradient_precision}, summed in nodes, then between"
    if job.transformer is not None:
        solved = job.transformer
        alone = f"steps as calibrated: {solved.source}; {solved.regime}"
        travel = f"gradients travel in {workload.gradient_precision}; layout: {job.rate_source}"
    if job.servers is not None:
        travel = f"gradients travel in {workload.gradient_precision}, summed in nodes, to servers"
        if job.servers.asynchronous:
            travel += "; that stale gradients may need more epochs is not predicted"
    return (
        f"{job.name}: {alone}.",
        f"{job.name}: {travel}.",
        f"{job.name}: samples are prepared on the {prepared}"
        + (
            "; its rate includes that."
            if prepared == "accelerator"
            else "; every vCPU works on it."
        ),
        f"{job.name}: a step time is uncertain by {job.uncertainty:.0%} (one standard error;"
        f" {job.regime}), the same for a whole run.",
        f"{job.name}: a failure is found after {format_duration(workload.detection)}; a restart"
        f" takes {format_duration(workload.startup + job.loading + job.checkpoint.read)},"
        " reading the checkpoint included.",
        f"{job.name}: {checkpoint_in_words(job.checkpoint, workload.checkpoint)}.",
        *_of_service(job, workload),
    )


def _of_service(job: TrainingJob, workload: Training) -> tuple[str, ...]:
    managed = workload.sagemaker
    if managed is None:
        return ()
    found = [f"a run is stopped after {format_duration(managed.longest)}, retries included"]
    if job.loading:
        found.append(
            f"the data set is copied to the volumes first, in {format_duration(job.loading)}"
        )
    return tuple(f"{job.name}: {one}." for one in found)
