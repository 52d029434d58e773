"""What services that run nodes themselves let an account have: asked before the first resource."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from infra.aws.quota import Quota, refuse_beyond
from models.description.stack import Stack
from models.parts.workloads.endpoint import Endpoint
from models.parts.workloads.jobs import Jobs
from models.parts.workloads.training import Training

# Amazon ECS developer guide, "Service quotas" (2026-11-28); in Service Quotas it is L-3032A538.
FARGATE = Quota("fargate", "L-3032A538")


@dataclass(frozen=True)
class Needed:
    """What parts of a stack need of one quota.

    Arguments:
        quota: whose.
        where: in the stack file.
        what: is counted.
        amount: of it.
    """

    quota: Quota
    where: tuple[str, ...]
    what: str
    amount: float


def needed(stack: Stack) -> list[Needed]:
    """What a stack needs of services' quotas, a line each.

    Arguments:
        stack: the description.
    """
    found: dict[Quota, Needed] = {}
    for one in (*_jobs(stack), *_endpoints(stack), *_notebooks(stack)):
        before = found.get(one.quota, replace(one, where=(), amount=0))
        where = (*before.where, *one.where)
        found[one.quota] = replace(before, where=where, amount=before.amount + one.amount)
    return list(found.values())


def refuse_beyond_services(stack: Stack, region: str) -> None:
    """Stop where services would not start what the stack needs of them.

    Arguments:
        stack: the description.
        region: of the stack.

    Raises:
        pulumi.RunError: a quota is too small.
    """
    for one in needed(stack):
        refuse_beyond(", ".join(one.where), one.what, one.amount, one.quota, region)


def _of_sagemaker(where: str, instance: str, use: str, count: int) -> Needed:
    """A quota for each type and use, which Service Quotas lists by its name.

    AWS General Reference, "Amazon SageMaker AI endpoints and quotas" (2026-11-28).
    """
    quota = Quota("sagemaker", name=f"{instance} for {use} usage")
    return Needed(quota, (where,), "instances", count)


def _jobs(stack: Stack) -> Iterator[Needed]:
    for name, one in stack.workloads.items():
        if isinstance(one, Training | Jobs) and one.sagemaker is not None:
            group = stack.nodes[one.nodes]
            instance, where = str(group.instance), f"workloads.{name}"
            yield _of_sagemaker(where, instance, "training job", group.count)


def _endpoints(stack: Stack) -> Iterator[Needed]:
    for name, one in stack.workloads.items():
        if not isinstance(one, Endpoint):
            continue
        for part, stage in one.stages.items():
            where = f"workloads.{name}.stages.{part}"
            most = stage.scaling.maximum if stage.scaling else stage.replicas
            if stage.sagemaker is not None:
                yield _of_sagemaker(where, stage.sagemaker.instance, "endpoint", most)
            if stage.fargate is not None:
                yield Needed(FARGATE, (where,), "vCPUs of tasks", most * stage.fargate.vcpus)


def _notebooks(stack: Stack) -> Iterator[Needed]:
    for name, one in stack.notebooks.items():
        yield _of_sagemaker(f"notebooks.{name}", one.instance, "notebook instance", 1)
