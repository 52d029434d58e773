"""Container images in the registry of AWS, and what pulls them."""

import re

import pulumi

from infra.aws.policies import Grant

_ECR = re.compile(
    r"(?P<account>\d{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.amazonaws\.com/(?P<name>[^:@]+)[:@].+"
)


def pulls(path: str, image: str) -> list[Grant]:
    """What a role needs to pull an image, and no other.

    Arguments:
        path: of the image in the stack file.
        image: its name.

    Raises:
        pulumi.RunError: it is in another registry.
    """
    found = _ECR.fullmatch(image)
    if found is None:
        raise pulumi.RunError(
            f"{path}: '{image}' is not in the registry of AWS; write it like"
            " 123456789012.dkr.ecr.us-east-1.amazonaws.com/name:tag"
        )
    repository = f"arn:aws:ecr:{found['region']}:{found['account']}:repository/{found['name']}"
    return [
        Grant(
            repository,
            lambda arn: [
                {
                    "Effect": "Allow",
                    "Action": [
                        "ecr:BatchCheckLayerAvailability",
                        "ecr:BatchGetImage",
                        "ecr:GetDownloadUrlForLayer",
                    ],
                    "Resource": arn,
                },
                # The token is of the whole registry; AWS knows no other.
                {"Effect": "Allow", "Action": ["ecr:GetAuthorizationToken"], "Resource": "*"},
            ],
        )
    ]
