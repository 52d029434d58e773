"""What a service that trains can't do of what a training workload asks."""

from collections.abc import Iterator

from models.description.quantities import format_duration, format_scaled
from models.description.stack import Stack
from models.parts.managed_nodes import models_of
from models.parts.stores.object_store import ObjectStore
from models.parts.workloads.managed_training import ManagedTraining
from models.parts.workloads.training import Training
from models.parts.workloads.workload_kind import Impossible
from models.reading.check_names import reference
from models.reading.faults import Fault, PathInFile


def managed_faults(
    path: PathInFile, workload: Training, managed: ManagedTraining, stack: Stack
) -> Iterator[Fault]:
    """Stores, a data set and a time that it doesn't take.

    Arguments:
        path: of the workload.
        workload: the description.
        managed: what it says of the job.
        stack: that it belongs to.
    """
    place = (*path, "sagemaker", "output", "store")
    yield from reference(place, managed.output.store, stack.storage, "store")
    for key, name in (
        (("dataset", "store"), workload.dataset.store),
        (("checkpoint", "store"), workload.checkpoint.store),
        (("sagemaker", "output", "store"), managed.output.store),
    ):
        found = stack.storage.get(name)
        if found is not None and not isinstance(found, ObjectStore):
            yield Fault(
                (*path, *key), f"'{name}' is no object store, which a job of it takes alone"
            )
    service, where = models_of(stack), (*path, "sagemaker", "longest")
    if service is not None and managed.longest > service.longest_run:
        text = f"is {format_duration(managed.longest)}; a job of {service.name} may run"
        yield Fault(where, f"{text} {format_duration(service.longest_run)}")
    if managed.longest != round(managed.longest):
        yield Fault(where, "is no whole number of seconds")
    size = workload.dataset.samples * workload.dataset.sample_size
    group = stack.nodes.get(workload.nodes)
    if managed.input_mode == "File" and group is not None and size > group.boot_disk:
        sizes = format_scaled(group.boot_disk, "B"), format_scaled(size, "B")
        text = f"holds {sizes[0]}, and the data set of {sizes[1]} is copied to it"
        hint = f"a larger one, or workloads.{path[-1]}.sagemaker.input_mode: FastFile"
        yield Fault(("nodes", workload.nodes, "boot_disk"), text, hint)


def stopped(managed: ManagedTraining, time: float) -> None:
    """Refuse a run that is stopped before its end even if nothing fails.

    Arguments:
        managed: what is said of the job.
        time: that it takes if nothing fails, s.

    Raises:
        Impossible: it takes longer than it may.
    """
    if time > managed.longest:
        text = f"stops the run after {format_duration(managed.longest)}, and it takes"
        where: PathInFile = ("sagemaker", "longest")
        raise Impossible((where, f"{text} {format_duration(time)} if nothing fails"))
