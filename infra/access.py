"""Who may use what: the identities of a stack, seen from its node groups and its workloads."""

from collections.abc import Iterator

import pulumi

from models.description.identities import Identity
from models.description.stack import Stack
from models.laws.access.wildcards import matches
from models.parts.permissions import BY_POLICIES, kept_from
from models.parts.solve import SolvedStack

READ, WRITE = "read", "write"


def identity_of(stack: Stack, group: str) -> Identity:
    """The identity that a node group takes; one without permissions if none is described.

    Arguments:
        stack: the description.
        group: name of the node group.
    """
    for identity in stack.identities.values():
        if identity.nodes == group:
            return identity
    return Identity(nodes=group)


def rights_of(stack: Stack, group: str) -> dict[str, tuple[str, ...]]:
    """What the nodes of a group may do with each store that is named to them.

    Arguments:
        stack: the description.
        group: name of the node group.
    """
    rights: dict[str, tuple[str, ...]] = {}
    for permission in identity_of(stack, group).permissions:
        for store in stack.storage:
            if matches(permission.store, store):
                both = (*rights.get(store, ()), *permission.rights)
                rights[store] = tuple(dict.fromkeys(both))
    return rights


def refuse_policies(stack: Stack) -> None:
    """Stop at what identities and stores say and a cloud is not told yet.

    Arguments:
        stack: the description.

    Raises:
        pulumi.RunError: with every such part of the stack.
    """
    refused = [
        f"identities.{name}: a {one.kind} can't be built on {stack.cloud}; what can is a role"
        for name, one in stack.identities.items()
        if one.kind != "role"
    ]
    refused += [
        f"identities.{name}.permissions.{position}: only what allows all objects at any time can"
        f" be built on {stack.cloud}"
        for name, one in stack.identities.items()
        for position, terms in enumerate(one.permissions)
        if not terms.plain
    ]
    refused += [
        f"storage.{name}.permissions: a policy of a store can't be built on {stack.cloud}; say it"
        " in the permissions of identities"
        for name, one in stack.storage.items()
        if one.permissions
    ]
    if refused:
        raise pulumi.RunError("\n".join(refused))


def missing_rights(solved: SolvedStack) -> Iterator[str]:
    """What workloads will want to do and their nodes may not, a sentence each.

    Arguments:
        solved: the stack.
    """
    for use in solved.uses:
        wanted = READ if use.access == "read" else WRITE
        by_policies = solved.site.stores[use.store].kind.reach in BY_POLICIES
        if by_policies and wanted in kept_from(solved.stack, use):
            yield (
                f"workloads.{use.workload}.{use.key}: no identity lets the nodes '{use.nodes}' "
                f"{wanted} '{use.store}', so they will not be able to"
            )
