"""Identities on AWS: roles of nodes, users and groups, each with the policies that are its own."""

from collections.abc import Iterator, Mapping
from typing import Any

from infra.existing.aws_clusters import clusters
from infra.existing.aws_jobs import roles
from infra.existing.aws_nodes import CONFIGURATION, EKS, GROUP, INSTANCE, TEMPLATE
from infra.existing.aws_policies import admit, permit, store_arns
from infra.existing.found import Fate, Found, free_name
from infra.existing.resource import Program, Resource

ROLE = "aws:iam/role:Role"
PROFILE = "aws:iam/instanceProfile:InstanceProfile"
POLICY = "aws:iam/policy:Policy"
ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
POD_IDENTITY = "aws:eks/podIdentityAssociation:PodIdentityAssociation"
MEMBERSHIP = "aws:iam/userGroupMembership:UserGroupMembership"
USER, USER_GROUP = "aws:iam/user:User", "aws:iam/group:Group"
POLICIES = {
    "aws:iam/rolePolicy:RolePolicy": "role",
    "aws:iam/userPolicy:UserPolicy": "user",
    "aws:iam/groupPolicy:GroupPolicy": "group",
}
BUCKET_POLICIES = ("aws:s3/bucketPolicy:BucketPolicy", "aws:s3/bucketPolicyV2:BucketPolicyV2")


def find(program: Program, found: Found) -> None:
    """Put the identities of a program into a stack.

    Arguments:
        program: its resources.
        found: the stack, with its nodes and stores.
    """
    groups: dict[str, list[str]] = {}
    for role, group in _roles(program, found):
        if group not in groups.setdefault(role.key, []):
            groups[role.key].append(group)
    names: dict[str, list[str]] = {}
    for resource in program.of(ROLE, USER, USER_GROUP):
        kind = {ROLE: "role", USER: "user", USER_GROUP: "group"}[resource.type]
        if kind == "role" and resource.key not in groups:
            found.tell(resource, Fate.ASIDE, "no node of the stack has this role")
            continue
        # An identity of a stack is of one group of nodes, and a role may be of several.
        trees: list[dict[str, Any]] = [{"nodes": one} for one in groups.get(resource.key, ())]
        for tree in trees or [{"kind": kind}]:
            name = free_name(resource.name, found.identities, kind)
            found.identities[name] = tree
            names.setdefault(resource.key, []).append(name)
        listed = ", ".join(f"identities.{one}" for one in names[resource.key])
        found.tell(resource, Fate.PART, listed)
    for resource in program.of(PROFILE):
        found.tell(resource, Fate.WITHIN)
    for resource in program.of(MEMBERSHIP):
        _join(program, resource, found, names)
    arns = store_arns(found)
    for policy, owner in _policies(program):
        if owner.key not in names:
            found.tell(policy, Fate.ASIDE, "no identity of the stack has this policy")
            continue
        about = [one.key for one in program.referred(policy, "policy")]
        stores = [found.stores[key] for key in about if key in found.stores]
        for name in names[owner.key]:
            permit(policy, found, name, arns, stores)
    principals = _principals(program, names)
    for policy in program.of(*BUCKET_POLICIES):
        whose = {
            found.stores[one.key]
            for one in program.referred(policy, "bucket")
            if one.key in found.stores
        }
        for store in whose:
            admit(policy, found, store, arns, principals)


def _roles(program: Program, found: Found) -> Iterator[tuple[Resource, str]]:
    """Each role that nodes have, with their group."""
    of_pods = [*_of_pods(program, found)]
    yield from of_pods
    with_pods = {group for _, group in of_pods}
    for resource in program.of(INSTANCE, TEMPLATE, CONFIGURATION, EKS, GROUP):
        for group in found.groups.get(resource.key, ()):
            for role in _of_profiles(program, resource, "iamInstanceProfile"):
                yield role, group
            # What runs on them has the role of its pods, where there is one, and not that of nodes.
            for role in program.referred(resource, "nodeRoleArn") if group not in with_pods else ():
                yield role, group
    for role, group in roles(program, found):
        if role.type == ROLE:
            yield role, group
    for cluster, groups in clusters(program, found):
        for role in _of_profiles(program, cluster, "ec2Attributes"):
            for group in groups:
                yield role, group


def _of_pods(program: Program, found: Found) -> Iterator[tuple[Resource, str]]:
    """Roles of pods, with the node groups of their cluster, or the one that their account names."""
    for association in program.of(POD_IDENTITY):
        clusters = {one.key for one in program.referred(association, "clusterName")}
        groups = [
            group
            for nodes in program.of(EKS)
            if clusters & {one.key for one in program.referred(nodes, "clusterName")}
            for group in found.groups.get(nodes.key, ())
        ]
        account = association.text("serviceAccount")
        for role in program.referred(association, "roleArn"):
            for group in [account] if account in groups else groups:
                yield role, group


def _of_profiles(program: Program, resource: Resource, key: str) -> Iterator[Resource]:
    for profile in program.referred(resource, key):
        if profile.type == PROFILE:
            yield from program.referred(profile, "role")


def _join(
    program: Program, resource: Resource, found: Found, names: Mapping[str, list[str]]
) -> None:
    found.tell(resource, Fate.WITHIN)
    referred = program.referred(resource, "groups")
    groups = [name for one in referred for name in names.get(one.key, ())]
    for user in program.referred(resource, "user"):
        for name in names.get(user.key, ()) if groups else ():
            found.identities[name]["groups"] = groups


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


def _principals(program: Program, names: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """The identities that an ARN or a unique id in a policy means."""
    return {
        each: names[one.key]
        for one in program.of(ROLE, USER)
        if one.key in names
        for each in one.ids
    }
