"""The image of a container on AWS: the one that is named, or one of a repository of its own."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi_aws import ecr

from infra.aws.images import pulls
from infra.aws.policies import Grant
from infra.environment import environment
from infra.names import plain_name, tags
from models.parts.workloads.container_image import ContainerImage

LONGEST_NAME = 255  # characters of a repository


@dataclass(frozen=True)
class Image:
    """What a container is made from.

    Arguments:
        name: with its registry and its tag.
        rights: of who pulls it.
        repository: where it is pushed; None where it is in another.
    """

    name: pulumi.Input[str]
    rights: Sequence[Grant]
    repository: pulumi.Output[str] | None


def image_of(
    name: str,
    stack: str,
    path: str,
    container: ContainerImage,
    opts: pulumi.ResourceOptions,
    by_nodes: bool = False,
) -> Image:
    """The image of a container.

    Arguments:
        name: of the endpoint and the stage, or of another workload.
        stack: name of the stack.
        path: of the container in the stack file.
        container: as described.
        opts: of the resources.
        by_nodes: nodes of a Kubernetes cluster pull it, from any registry, and need no more rights.
    """
    if container.image is not None and by_nodes:
        return Image(container.image, (), None)
    if container.image is not None:
        return Image(container.image, pulls(f"{path}.image", container.image), None)
    repository = ecr.Repository(
        name,
        name=plain_name(stack, name, longest=LONGEST_NAME),
        # What was tested is what runs: a tag never comes to mean another image.
        image_tag_mutability="IMMUTABLE",
        image_scanning_configuration={"scan_on_push": True},
        force_delete=not environment().protect,
        tags=tags(stack, name),
        opts=opts,
    )
    ecr.LifecyclePolicy(name, repository=repository.name, policy=_UNTAGGED, opts=opts)
    url: pulumi.Output[str] = repository.repository_url
    tagged = pulumi.Output.concat(url, f":{container.tag}")
    return Image(tagged, [Grant(repository.arn, _pulls)], url)


_UNTAGGED = json.dumps(
    {
        "rules": [
            {
                "rulePriority": 1,
                "description": "Images without a tag end after a week",
                "selection": {
                    "tagStatus": "untagged",
                    "countType": "sinceImagePushed",
                    "countUnit": "days",
                    "countNumber": 7,
                },
                "action": {"type": "expire"},
            }
        ]
    }
)


def _pulls(arn: str) -> list[Mapping[str, Any]]:
    return [
        {
            "Effect": "Allow",
            "Action": [
                "ecr:BatchCheckLayerAvailability",
                "ecr:BatchGetImage",
                "ecr:GetDownloadUrlForLayer",
            ],
            "Resource": arn,
        },
        {"Effect": "Allow", "Action": ["ecr:GetAuthorizationToken"], "Resource": "*"},
    ]
