"""What a stage of an endpoint names that must be in the region of the stack."""

import re
from collections.abc import Iterator

from models.description.stack import Stack
from models.parts.workloads.endpoint import Stage
from models.reading.faults import Fault, PathInFile

_REGISTRY = re.compile(r"\d{12}\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com/.+")


def region_faults(path: PathInFile, stage: Stage, stack: Stack) -> Iterator[Fault]:
    """Certificates and images of AWS that are of another region, where it takes no such.

    Containers of ECS and of Kubernetes may be pulled from any region.

    Arguments:
        path: of the stage.
        stage: the description.
        stack: that it belongs to.

    Source: Elastic Load Balancing user guide, "SSL certificates for your Application Load
        Balancer"; AWS Lambda developer guide, "Create a Lambda function using a container image";
        Amazon SageMaker API reference, ContainerDefinition (2026-11-28).
    """
    if stage.certificate is not None:
        region = stage.certificate.split(":")[3]
        if region != stack.region:
            text = f"is of {region}, and a load balancer takes one of its own region alone"
            yield Fault((*path, "certificate"), text, f"request one in {stack.region}")
    for key, what in (("function", "a function"), ("sagemaker", "a model server")):
        described = getattr(stage, key)
        found = None if described is None else _REGISTRY.fullmatch(described.image or "")
        if found is not None and found[1] != stack.region:
            text = f"is in {found[1]}, and {what} takes one of its own region alone"
            yield Fault((*path, key, "image"), text, f"push it to {stack.region}, too")
