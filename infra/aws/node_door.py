"""How nodes on AWS find each other, tell how what they run goes, and where their stores are."""

from collections.abc import Iterator

import pulumi

from infra.access import rights_of
from infra.aws.policies import Grant, Statement
from infra.aws.site import Site
from infra.builders import Place
from infra.names import tags, unique_name
from models.parts.stores.object_store import ObjectStore
from models.parts.workloads.program import Program

LONGEST_NAME = 100  # characters of the last part of a parameter's name
_METADATA = "http://169.254.169.254/latest"
_TOKEN = f"curl -sS -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 300' {_METADATA}/api/token"
_ABOUT_NODES = "[LaunchTime,InstanceId,PrivateIpAddress]"
FETCH = "aws s3 cp --only-show-errors"


def state_name(stack: str, workload: str) -> str:
    """Name of the parameter that has the state of a workload.

    Arguments:
        stack: name of the stack.
        workload: its name.
    """
    return f"/windtunnel/{unique_name(stack, workload, longest=LONGEST_NAME)}/state"


def node_door(place: Place, nodes: str, state: str) -> dict[str, str]:
    """Bodies of functions of a shell by which a node asks and tells.

    Arguments:
        place: where the stack is built.
        nodes: name of its node group.
        state: name of the parameter.
    """
    parameter = f"--region {place.region} --name {state}"
    mine = tags(place.stack.name, nodes)
    filters = " ".join(
        f"Name=tag:{key},Values={mine[key]}" for key in ("project", "environment", "Name")
    )
    return {
        "report": f'timeout 60 aws ssm put-parameter {parameter} --overwrite --value "$1"'
        " >/dev/null || true",
        "told": f"timeout 60 aws ssm get-parameter {parameter} --query Parameter.Value"
        " --output text",
        "peers": f"timeout 60 aws ec2 describe-instances --region {place.region}"
        f" --filters {filters} Name=instance-state-name,Values=running"
        f" --query 'Reservations[].Instances[].{_ABOUT_NODES}' --output text",
        "this_node": 'peers | grep -w "$(curl -sS -H "X-aws-ec2-metadata-token: $('
        f'{_TOKEN})" {_METADATA}/meta-data/instance-id)"',
    }


def places(site: Site, nodes: str) -> dict[str, pulumi.Output[str]]:
    """Where nodes find the stores that they have or may use, by variable of the environment.

    Arguments:
        site: what is there of the stack.
        nodes: name of their group.
    """
    stack, found = site.place.stack, {}
    own = [name for name, one in stack.storage.items() if getattr(one, "nodes", None) == nodes]
    for store in dict.fromkeys([*rights_of(stack, nodes), *own]):
        bucket = isinstance(stack.storage[store], ObjectStore)
        found[_variable(store)] = (
            _bucket(site, store) if bucket else pulumi.Output.from_input(f"/mnt/{store}")
        )
    return found


def buckets(site: Site, nodes: str) -> dict[str, pulumi.Output[str]]:
    """Where containers on nodes find the buckets that they may use, by variable likewise.

    Arguments:
        site: what is there of the stack.
        nodes: name of their group.
    """
    stack = site.place.stack
    may_use = [
        one for one in rights_of(stack, nodes) if isinstance(stack.storage[one], ObjectStore)
    ]
    return {_variable(store): _bucket(site, store) for store in may_use}


def _variable(store: str) -> str:
    return f"STORE_{store.upper().replace('-', '_')}"


def _bucket(site: Site, store: str) -> pulumi.Output[str]:
    return pulumi.Output.concat("s3://", site.stores.address(store))


def read_package(program: Program, state: str, place: Place) -> Iterator[Grant]:
    """What the role of nodes needs to run a program and to tell how it goes.

    Arguments:
        program: as described.
        state: name of the parameter.
        place: where the stack is built.
    """
    yield Grant(
        f"arn:aws:ssm:{place.region}:{place.owner}:parameter{state}",
        lambda arn: [may(arn, "ssm:GetParameter", "ssm:PutParameter")],
    )
    # It knows no resource that could be named.
    yield Grant("*", lambda everything: [may(everything, "ec2:DescribeInstances")])
    if program.package is not None:
        package = program.package.removeprefix("s3://")
        yield Grant(f"arn:aws:s3:::{package}", lambda arn: [may(arn, "s3:GetObject")])


def may(resource: str, *actions: str) -> Statement:
    """A statement that allows some actions on a resource.

    Arguments:
        resource: its ARN.
        actions: allowed.
    """
    return {"Effect": "Allow", "Action": list(actions), "Resource": resource}
