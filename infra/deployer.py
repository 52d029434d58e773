"""Prints the least policy of AWS with which a stack can be built, changed and taken down.

python -m infra.deployer STACK [--pulumi-stack NAME] [--account ACCOUNT] [--managed FOLDER]
"""

import argparse
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pulumi

from infra.aws.allowed_actions import Actions
from infra.aws.deployer_actions import BY_FUNCTION, BY_TYPE, EMPTIED, ENCRYPTING
from infra.aws.encryption import KEY
from infra.command_line import refuse, run
from infra.names import DIGEST
from infra.offline import Graph, Resource, graph_of
from models.catalog.load import load_catalog
from models.catalog.records import CatalogError, UnknownName
from models.parts.read_stack import read_stack
from models.reading.faults import InvalidDescription

# Characters without white space: of a managed policy, and of a role's own ones together.
MANAGED, INLINE = 6144, 10_240
KEYS = "aws:kms/key:Key"
_EVERYWHERE = (
    "budgets:",
    "iam:",
    "s3:",
    "sts:",
)  # services that know no region, or whose names are for all
_ATTACHED = "policyArn"  # input of what gives a role a policy of AWS
_ATTACHES = frozenset({"iam:AttachRolePolicy", "iam:DetachRolePolicy"})
# The end of a name that is unique: the account is in it.
_DIGEST = re.compile(rf"-[0-9a-f]{{{DIGEST}}}$")
_PULUMI_STACK, _ACCOUNT = re.compile(r"[\w.-]{1,100}", re.ASCII), re.compile(r"[0-9]{12}")


@dataclass(frozen=True)
class Whom:
    """What roles are for.

    Arguments:
        passed_to: services that take them.
        attached: policies of AWS that they are given.
    """

    passed_to: list[str]
    attached: list[str]


def policy(graph: Graph, region: str, account: str | None) -> dict[str, Any]:
    """What the account that deploys must be allowed.

    Arguments:
        graph: what is registered.
        region: where it is built.
        account: where it is built; None for any, whose names end otherwise.

    Raises:
        KeyError: a type or a function has no row in the table.
    """
    on: dict[tuple[str, ...], set[str]] = {}
    for resource in graph.resources:
        for needed in _needed(resource):
            known = {"region": region, "account": account or "*"}
            name = _name(resource) if account else _DIGEST.sub("-*", _name(resource))
            names = tuple(one.format(name=name, **known) for one in needed.on)
            on.setdefault(names, set()).update(needed.actions)
    on.setdefault(("*",), set()).update(*(BY_FUNCTION[one] for one in graph.functions))
    whom = Whom(
        sorted({one for each in graph.resources for one in _takes(each)}),
        sorted({str(one.inputs[_ATTACHED]) for one in graph.resources if _ATTACHED in one.inputs}),
    )
    return {"Version": "2012-10-17", "Statement": list(_statements(on, region, whom))}


def _needed(resource: Resource) -> Iterator[Actions]:
    yield BY_TYPE[resource.type]
    if resource.inputs.get("forceDestroy"):
        yield EMPTIED
    if resource.type == KEYS and resource.name == KEY:
        yield ENCRYPTING


def _takes(resource: Resource) -> Iterator[str]:
    """The services that a role is for."""
    if trust := resource.inputs.get("assumeRolePolicy"):
        for statement in json.loads(trust)["Statement"]:
            services = statement["Principal"].get("Service", [])
            yield from [services] if isinstance(services, str) else services


def _name(resource: Resource) -> str:
    """What it is called in the cloud, or how that begins: the engine adds to logical names."""
    for key in ("bucket", "role", "user", "group", "name", "dashboardName", "clusterName"):
        if isinstance(found := resource.inputs.get(key), str):
            return found
    return resource.name


def _statements(
    on: dict[tuple[str, ...], set[str]], region: str, whom: Whom
) -> Iterator[dict[str, Any]]:
    by_actions: dict[frozenset[str], set[str]] = {}
    for names, needed in on.items():
        by_actions.setdefault(frozenset(needed), set()).update(names)
    for actions, resources in sorted(by_actions.items(), key=lambda one: sorted(one[0])):
        passed = actions & {"iam:PassRole"}
        linked = actions & {"iam:CreateServiceLinkedRole"}
        attached = actions & _ATTACHES
        rest = actions - passed - linked - attached
        everywhere = frozenset(one for one in rest if one.startswith(_EVERYWHERE))
        here = rest - everywhere
        listed = sorted(resources)
        if everywhere:
            yield _allow(everywhere, listed)
        if here:
            where = {"StringEquals": {"aws:RequestedRegion": region}}
            yield _allow(here, listed, where)
        if passed:
            to = {"StringEquals": {"iam:PassedToService": whom.passed_to}}
            yield _allow(passed, listed, to)
        if attached:
            # Else it could give a role, and so itself, every right there is.
            which = {"ArnEquals": {"iam:PolicyARN": whom.attached}}
            yield _allow(attached, listed, which)
        if linked:
            yield _allow(linked, ["arn:aws:iam::*:role/aws-service-role/*"])


def _allow(
    actions: set[str] | frozenset[str], resources: list[str], when: dict[str, Any] | None = None
) -> dict[str, Any]:
    condition = {"Condition": when} if when else {}
    return {"Effect": "Allow", "Action": sorted(actions), "Resource": resources, **condition}


def in_parts(whole: dict[str, Any], most: int) -> list[dict[str, Any]]:
    """The same policy as several, none of which is longer.

    Arguments:
        whole: the policy.
        most: characters without white space.
    """
    parts: list[dict[str, Any]] = []
    for statement in sorted(_short(whole, most), key=_length, reverse=True):
        for part in parts:
            if _length(part) + 1 + _length(statement) <= most:
                part["Statement"].append(statement)
                break
        else:
            parts.append({**whole, "Statement": [statement]})
    return parts


def _short(whole: dict[str, Any], most: int) -> Iterator[dict[str, Any]]:
    """Its statements, in halves where one is too long for a policy of its own."""
    waiting = list(whole["Statement"])
    while waiting:
        one = waiting.pop()
        if _length({**whole, "Statement": [one]}) <= most:
            yield one
            continue
        key = max(("Action", "Resource"), key=lambda each: _length(one[each]))
        middle = len(one[key]) // 2
        waiting += [{**one, key: one[key][:middle]}, {**one, key: one[key][middle:]}]


def _length(part: Any) -> int:
    return len(json.dumps(part, separators=(",", ":")))


def main() -> None:
    """Read the stack file, print the policy or write it in parts."""
    about = __doc__.partition("\n\n")[0]
    parser = argparse.ArgumentParser(prog="python -m infra.deployer", description=about)
    parser.add_argument("stack", metavar="STACK", help="the stack file")
    parser.add_argument(
        "--pulumi-stack", default="prod", metavar="NAME", help="in whose names it is [prod]"
    )
    parser.add_argument("--account", help="the AWS account, 12 digits [any]")
    parser.add_argument(
        "--managed", type=Path, metavar="FOLDER", help="write it there, as managed policies"
    )
    arguments = parser.parse_args()
    _refuse_names(arguments.pulumi_stack, arguments.account)
    try:
        catalog = load_catalog()
        file = read_stack(arguments.stack, catalog)
        if file.stack.cloud != "aws":
            raise pulumi.RunError(f"cloud: a policy of AWS is of no use on {file.stack.cloud}")
        graph = graph_of(arguments.stack, file, catalog, arguments.pulumi_stack, arguments.account)
    except InvalidDescription as error:
        refuse("\n".join(error.lines()))
    except (CatalogError, UnknownName, pulumi.RunError) as error:
        refuse(str(error))
    written = policy(graph, str(file.stack.region), arguments.account)
    if arguments.managed:
        _write(in_parts(written, MANAGED), arguments.managed)
        return
    print(json.dumps(written, indent=2))
    if (length := _length(written)) > MANAGED:
        where = f"at most {MANAGED} in a managed policy (--managed), {INLINE} in a role's own"
        print(f"{length} characters: {where}", file=sys.stderr)


def _refuse_names(pulumi_stack: str, account: str | None) -> None:
    """What is no name would be let through into the resources of the policy, with its wildcards."""
    if not _PULUMI_STACK.fullmatch(pulumi_stack):
        refuse(
            f"--pulumi-stack: {pulumi_stack!r} is not the name of a Pulumi stack: letters, digits,"
            " - _ . and no more, 100 at most, without organization and project"
        )
    if account is not None and not _ACCOUNT.fullmatch(account):
        refuse(f"--account: {account!r} is not an account of AWS: 12 digits, such as 123456789012")


def _write(parts: list[dict[str, Any]], folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for number, part in enumerate(parts, start=1):
            path = folder / f"deployer-{number}.json"
            path.write_text(f"{json.dumps(part, indent=2)}\n", encoding="utf-8")
            print(path)
    except OSError as error:
        refuse(f"{folder}: {error.strerror}")


if __name__ == "__main__":
    run(main)
