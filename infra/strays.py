"""Lists what AWS has of a Pulumi stack and its state does not know: nothing ends it.

pulumi stack export | python -m infra.strays

A request that AWS carried out and nobody heard the end of, such as one that ran out of time, leaves
no note in the state: the next `up` makes it again. What was made carries the tags of the stack.
Without a state, or with an empty one, say whose they are: --project NAME --environment STACK.
Needs boto3 and its credentials, and AWS_REGION. Roles and users, which cost nothing, are not seen;
instances, NAT gateways, services and keys are for some time after their end.
"""

import argparse
import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from infra.command_line import REFUSED, read_state, refuse, run

Client = Callable[[str], Any]
# What services of AWS make for what is in the state, with its tags.
_MADE_BY = {
    "instance": ("autoscaling/group:Group", "emr/cluster:Cluster", "eks/nodeGroup:NodeGroup"),
    "volume": ("autoscaling/group:Group", "emr/cluster:Cluster", "eks/nodeGroup:NodeGroup"),
    "network-interface": ("ec2/", "ecs/service:Service", "eks/"),
    "task": ("ecs/service:Service",),
    "recovery-point": ("backup/plan:Plan",),
    "backup": ("fsx/lustreFileSystem:LustreFileSystem",),
}


def strays(
    resources: list[dict[str, Any]], tags: Mapping[str, str], client: Client
) -> Iterator[tuple[str, str]]:
    """ARN and name of each resource with the tags that no resource of the state is.

    Arguments:
        resources: of the state.
        tags: which all that was built has.
        client: gives a client of AWS by the name of its service.
    """
    known, types = _known(resources), {one.get("type", "") for one in resources}
    filters = [{"Key": key, "Values": [value]} for key, value in tags.items()]
    pages = client("resourcegroupstaggingapi").get_paginator("get_resources")
    for page in pages.paginate(TagFilters=filters):
        for one in page["ResourceTagMappingList"]:
            arn = one["ResourceARN"]
            if not ({arn, *_ends(arn)} & known or _is_made_by(arn, types)):
                names = [tag["Value"] for tag in one["Tags"] if tag["Key"] == "Name"]
                yield arn, next(iter(names), "")


def _known(resources: list[dict[str, Any]]) -> set[str]:
    """What resources of a state are called in AWS: their IDs and their ARNs."""
    found = set()
    for one in resources:
        outputs = one.get("outputs", {})
        called = (one.get("id"), outputs.get("arn"), outputs.get("name"), outputs.get("keyId"))
        found |= {str(name) for name in called if name}
    return found


def _ends(arn: str) -> Iterator[str]:
    """What stands for a resource in its ARN: behind the account, and behind its type."""
    rest = arn.split(":", 5)[-1]
    yield rest
    kind = re.match(r"[^:/]+[:/]", rest)
    yield rest[kind.end() :] if kind else rest
    yield re.split(r"[:/]", rest)[-1]


def _is_made_by(arn: str, types: set[str]) -> bool:
    kind = re.split(r"[:/]", arn.split(":", 5)[-1])[0]
    return any(f"aws:{maker}" in one for maker in _MADE_BY.get(kind, ()) for one in types)


def _tags_of(resources: list[dict[str, Any]], asked: argparse.Namespace) -> dict[str, str]:
    """The tags of a Pulumi stack, whose names every URN has."""
    found = (one["urn"].split("::", 2)[:2] for one in resources)
    stack, project = next(found, ["", ""])
    return {
        "project": asked.project or project,
        "environment": asked.environment or stack.removeprefix("urn:pulumi:"),
    }


def main() -> None:
    """Read a state, ask AWS, list what is not in it."""
    about, _, more = __doc__.partition("\n\n")
    parser = argparse.ArgumentParser(
        prog="python -m infra.strays",
        usage="pulumi stack export | %(prog)s [options]",
        description=about,
        epilog=more.partition("\n\n")[2],
    )
    parser.add_argument("--project", help="the Pulumi project [that of the state]")
    parser.add_argument(
        "--environment", metavar="STACK", help="the Pulumi stack [that of the state]"
    )
    asked = parser.parse_args()
    resources = read_state(sys.stdin, empty=True)["deployment"]["resources"]
    tags = _tags_of(resources, asked)
    if not all(tags.values()):
        refuse("whose? say --project and --environment: the state is empty")
    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
    if not region:
        refuse("in which region? set AWS_REGION")
    import boto3

    try:
        found = sorted(strays(resources, tags, lambda name: boto3.client(name, region_name=region)))
    except Exception as error:  # boto3 raises many types, and none of them is ours
        refuse(f"AWS did not say: {error}", REFUSED)
    for arn, name in found:
        print(f"{arn}  {name}".rstrip())
    where = f"of {tags['project']}, {tags['environment']} in {region}"
    print(f"{len(found)} {where} that the state does not know", file=sys.stderr)


if __name__ == "__main__":
    run(main)
