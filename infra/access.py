"""Who may use what: the identities of a stack, seen from its node groups and its workloads."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import pulumi

from models.description.identities import ConditionValue, Identity, Permission, Right, Terms
from models.description.stack import Stack, Store
from models.laws.access.wildcards import matches
from models.parts.kinds import store_kind
from models.parts.permissions import BY_POLICIES, access, kept_from, rights_on
from models.parts.solve import SolvedStack

READ, WRITE = "read", "write"


@dataclass(frozen=True)
class Granted:
    """What a statement of a policy says of one store.

    Arguments:
        rights: list, read and write, or some of them.
        allows: else it denies.
        objects: keys that are meant, as a pattern.
        when: conditions that must hold, as AWS writes them.
    """

    rights: tuple[Right, ...]
    allows: bool = True
    objects: str = "*"
    when: Mapping[str, Mapping[str, ConditionValue | tuple[ConditionValue, ...]]] = field(
        default_factory=dict
    )


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


def granted_by(permissions: Iterable[Permission], stack: Stack) -> dict[str, tuple[Granted, ...]]:
    """What the permissions of an identity say of each store that they name.

    Arguments:
        permissions: of the identity.
        stack: the description.
    """
    of: dict[str, list[Permission]] = {}
    for one in permissions:
        for store in stack.storage:
            if matches(one.store, store):
                of.setdefault(store, []).append(one)
    return {store: granted(terms, stack.storage[store]) for store, terms in of.items()}


def granted(terms: Iterable[Terms], store: Store) -> tuple[Granted, ...]:
    """What statements on one store say: those that simply allow as one, then each of the others.

    Arguments:
        terms: of the statements.
        store: as described.
    """
    reach = store_kind(store).reach
    meant = [(one, rights) for one in terms if (rights := rights_on(one, reach))]
    plain = tuple(dict.fromkeys(right for one, rights in meant if one.plain for right in rights))
    others = tuple(
        Granted(rights, one.effect == "allow", one.objects, one.when)
        for one, rights in meant
        if not one.plain
    )
    return (*([Granted(plain)] if plain else []), *others)


def rights_of(stack: Stack, group: str) -> dict[str, tuple[Right, ...]]:
    """What the nodes of a group may do with stores, whatever policy lets them; perhaps, too.

    Arguments:
        stack: the description.
        group: name of the node group.
    """
    identity = identity_of(stack, group)
    who = next((name for name, one in stack.identities.items() if one is identity), "")
    rights: dict[str, tuple[Right, ...]] = {}
    for cell in access(stack):
        if cell.who == who and cell.outcome in ("allowed", "can't be said"):
            both = (*rights.get(cell.store, ()), cell.action)
            rights[cell.store] = tuple(dict.fromkeys(both))
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
