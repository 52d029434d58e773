"""Identities on AWS: roles of nodes, users and groups, and what their policies say of buckets."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from infra.existing.aws_nodes import CONFIGURATION, EKS, GROUP, INSTANCE, TEMPLATE
from infra.existing.found import Fate, Found, free_name
from infra.existing.plain_json import mapping
from infra.existing.resource import Missing, Program, Resource
from models.laws.access.wildcards import matches

ROLE = "aws:iam/role:Role"
PROFILE = "aws:iam/instanceProfile:InstanceProfile"
POLICY = "aws:iam/policy:Policy"
ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
MEMBERSHIP = "aws:iam/userGroupMembership:UserGroupMembership"
USER, USER_GROUP = "aws:iam/user:User", "aws:iam/group:Group"
POLICIES = {
    "aws:iam/rolePolicy:RolePolicy": "role",
    "aws:iam/userPolicy:UserPolicy": "user",
    "aws:iam/groupPolicy:GroupPolicy": "group",
}
# The actions that a right needs, of buckets and of EFS.
RIGHTS = {
    "s3:ListBucket": "list",
    "s3:GetObject": "read",
    "s3:PutObject": "write",
    "elasticfilesystem:ClientMount": "read",
    "elasticfilesystem:ClientWrite": "write",
}


def find(program: Program, found: Found) -> None:
    """Put the identities of a program into a stack.

    Arguments:
        program: its resources.
        found: the stack, with its nodes and stores.
    """
    of = {role.key: group for role, group in _roles(program, found)}
    names: dict[str, str] = {}
    for resource in program.of(ROLE, USER, USER_GROUP):
        kind = {ROLE: "role", USER: "user", USER_GROUP: "group"}[resource.type]
        if kind == "role" and resource.key not in of:
            found.tell(resource, Fate.ASIDE, "no node of the stack has this role")
            continue
        name = free_name(resource.name, found.identities, kind)
        tree: dict[str, Any] = {"nodes": of[resource.key]} if kind == "role" else {"kind": kind}
        found.identities[name] = tree
        names[resource.key] = name
        found.tell(resource, Fate.PART, f"identities.{name}")
    for resource in program.of(PROFILE):
        found.tell(resource, Fate.WITHIN)
    for resource in program.of(MEMBERSHIP):
        _join(program, resource, found, names)
    arns = _arns(found)
    for policy, owner in _policies(program):
        if owner.key not in names:
            found.tell(policy, Fate.ASIDE, "no identity of the stack has this policy")
            continue
        _permit(policy, found, names[owner.key], arns)


def _roles(program: Program, found: Found) -> Iterator[tuple[Resource, str]]:
    """Each role that nodes have, with their group."""
    for resource in program.of(INSTANCE, TEMPLATE, CONFIGURATION, EKS, GROUP):
        group = found.groups.get(resource.key)
        if group is None:
            continue
        profiles = [
            one for one in program.referred(resource, "iamInstanceProfile") if one.type == PROFILE
        ]
        for profile in profiles:
            for role in program.referred(profile, "role"):
                yield role, group
        for role in program.referred(resource, "nodeRoleArn"):
            yield role, group


def _join(program: Program, resource: Resource, found: Found, names: Mapping[str, str]) -> None:
    found.tell(resource, Fate.WITHIN)
    groups = [names[one.key] for one in program.referred(resource, "groups") if one.key in names]
    for user in program.referred(resource, "user"):
        if user.key in names and groups:
            found.identities[names[user.key]]["groups"] = groups


def _policies(program: Program) -> Iterator[tuple[Resource, Resource]]:
    """Each policy with whom it is of."""
    for resource in program.of(*POLICIES):
        for owner in program.referred(resource, POLICIES[resource.type]):
            if owner.type in (ROLE, USER, USER_GROUP):
                yield resource, owner
    for attachment in program.of(ATTACHMENT):
        owners = [one for one in program.referred(attachment, "role") if one.type == ROLE]
        for policy in program.referred(attachment, "policyArn"):
            for owner in owners:
                if policy.type == POLICY:
                    yield policy, owner


def _permit(policy: Resource, found: Found, identity: str, arns: Mapping[str, str]) -> None:
    """What a policy says of the stores of the stack."""
    document = policy.get("policy")
    if isinstance(document, str):
        try:
            document = json.loads(document)
        except ValueError:
            document = None
    if not isinstance(document, Mapping):
        why = f"is {document.value}" if isinstance(document, Missing) else "can't be read"
        found.open[f"identities.{identity}.permissions"] = f"what its policy says {why}"
        found.tell(policy, Fate.WITHIN, f"identities.{identity}; what it says {why}")
        return
    rights: dict[_Meant, set[str]] = {}
    for statement in map(mapping, _listed(document.get("Statement"))):
        for meant, given in _said(statement, arns):
            rights.setdefault(meant, set()).update(given)
    held = found.identities[identity].setdefault("permissions", [])
    held += [one for one in (_term(*pair) for pair in rights.items()) if one not in held]
    if not held:
        del found.identities[identity]["permissions"]
    found.tell(policy, Fate.WITHIN, f"identities.{identity}")


@dataclass(frozen=True)
class _Meant:
    """What statements are about that say the same of several rights."""

    store: str
    objects: str
    denies: bool
    when: str


def _said(
    statement: Mapping[str, Any], arns: Mapping[str, str]
) -> Iterator[tuple[_Meant, list[str]]]:
    """The rights that a statement is about, of each store that it means."""
    actions = [one for one in _listed(statement.get("Action")) if isinstance(one, str)]
    rights = [
        right
        for action, right in RIGHTS.items()
        if any(matches(one, action, any_case=True) for one in actions)
    ]
    resources = [one for one in _listed(statement.get("Resource")) if isinstance(one, str)]
    when = json.dumps(mapping(statement.get("Condition")), sort_keys=True)
    for store, objects in _stores(resources, arns):
        if rights:
            yield _Meant(store, objects, statement.get("Effect") == "Deny", when), rights


def _term(meant: _Meant, rights: set[str]) -> dict[str, Any]:
    """A permission as a stack file has it."""
    term: dict[str, Any] = {"store": meant.store, "access": _access(rights)}
    if meant.denies:
        term["effect"] = "deny"
    if meant.objects:
        term["objects"] = meant.objects
    when = json.loads(meant.when)
    return {**term, "when": when} if when else term


def _access(rights: set[str]) -> str | list[str]:
    """The rights as a stack file says them: to read is to list, too."""
    if {"read", "write"} <= rights:
        return "read_write"
    if "read" in rights:
        return "read"
    return next(iter(rights)) if len(rights) == 1 else sorted(rights)


def _stores(resources: list[str], arns: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The stores that the resources of a statement are, or are in, and which objects are meant."""
    for one in resources:
        in_bucket = one.startswith("arn:aws:s3")
        arn, _, objects = one.partition("/") if in_bucket else (one, "", "")
        meant = [arn] if arn in arns else [each for each in arns if matches(arn, each)]
        for each in meant:
            yield arns[each], "" if objects == "*" else objects


def _arns(found: Found) -> dict[str, str]:
    """The stores of the stack by what policies call them."""
    names = {}
    for key, name in found.stores.items():
        resource = found.told[key].resource
        names.update({one: name for one in resource.ids if one.startswith("arn:")})
        bucket = resource.text("bucket")
        if bucket:
            names[f"arn:aws:s3:::{bucket}"] = name
    return names


def _listed(value: Any) -> list[Any]:
    if isinstance(value, list):
        return value
    return [] if value is None else [value]
