"""Instances that a service of AWS starts for jobs: training and tuning jobs of SageMaker."""

from collections.abc import Iterator

from infra.existing.found import Found
from infra.existing.node_groups import GIB, Machines, add
from infra.existing.resource import Program, Resource
from models.catalog.records import Catalog

TRAINING = "aws:sagemaker/trainingJob:TrainingJob"
TUNING = "aws:sagemaker/hyperParameterTuningJob:HyperParameterTuningJob"
_GB = 1e9


def find(program: Program, found: Found, catalog: Catalog) -> None:
    """Put the instances of jobs into a stack.

    Arguments:
        program: its resources.
        found: the stack.
        catalog: that has the machines.
    """
    for job in program.of(TRAINING):
        count = job.number("resourceConfig", "instanceCount")
        add(found, _machines(job, ("resourceConfig",), count), catalog, "aws")
    for job in program.of(TUNING):
        # Each of its jobs has an instance.
        at_once = job.number("config", "resourceLimits", "maxParallelTrainingJobs")
        where = ("trainingJobDefinition", "resourceConfig")
        add(found, _machines(job, where, at_once), catalog, "aws")


def roles(program: Program, found: Found) -> Iterator[tuple[Resource, str]]:
    """Each role that a job has, with the group of its instances.

    Arguments:
        program: its resources.
        found: the stack, with its nodes.
    """
    for key, kind in (("roleArn", TRAINING), ("trainingJobDefinition", TUNING)):
        for job in program.of(kind):
            for role in program.referred(job, key):
                for group in found.groups.get(job.key, ()):
                    yield role, group


def _machines(job: Resource, where: tuple[str, ...], count: float | None) -> Machines:
    size = job.number(*where, "volumeSizeInGb")
    return Machines(
        name=job.name,
        instance=job.text(*where, "instanceType"),
        count=int(count or 1),
        boot_disk=None if size is None else size * _GB / GIB,
        resources=(job,),
    )
