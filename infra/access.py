"""Who may use what: the identities of a stack, seen from its node groups and its workloads."""

from collections.abc import Iterator

from models.description.stack import Identity, Stack
from models.parts.solve import SolvedStack
from models.parts.stores.store_kind import Reach

READ, WRITE = "read", "write"
RIGHTS = {"read": (READ,), "write": (WRITE,), "read_write": (READ, WRITE)}


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
        both = (*rights.get(permission.store, ()), *RIGHTS[permission.access])
        rights[permission.store] = tuple(dict.fromkeys(both))
    return rights


def missing_rights(solved: SolvedStack) -> Iterator[str]:
    """What workloads will want to do and their nodes may not, a sentence each.

    Arguments:
        solved: the stack.
    """
    for use in solved.uses:
        wanted = READ if use.access == "read" else WRITE
        needs_a_right = solved.site.stores[use.store].kind.reach in (Reach.ROLE, Reach.MOUNT)
        if needs_a_right and wanted not in rights_of(solved.stack, use.nodes).get(use.store, ()):
            yield (
                f"workloads.{use.workload}.{use.key}: no identity lets the nodes '{use.nodes}' "
                f"{wanted} '{use.store}', so they will not be able to"
            )
