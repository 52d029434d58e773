"""Instances that a service of AWS starts for a job: training jobs of SageMaker."""

from infra.existing.found import Found
from infra.existing.node_groups import GIB, Machines, add
from infra.existing.resource import Program, Resource
from models.catalog.records import Catalog

TRAINING = "aws:sagemaker/trainingJob:TrainingJob"
_GB = 1e9


def find(program: Program, found: Found, catalog: Catalog) -> None:
    """Put the instances of training jobs into a stack.

    Arguments:
        program: its resources.
        found: the stack.
        catalog: that has the machines.
    """
    for job in program.of(TRAINING):
        add(found, _machines(job), catalog, "aws")


def _machines(job: Resource) -> Machines:
    size = job.number("resourceConfig", "volumeSizeInGb")
    return Machines(
        name=job.name,
        instance=job.text("resourceConfig", "instanceType"),
        count=int(job.number("resourceConfig", "instanceCount") or 1),
        boot_disk=None if size is None else size * _GB / GIB,
        resources=(job,),
    )
