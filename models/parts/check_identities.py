"""What identities and policies of stores must satisfy beyond their shape."""

from collections.abc import Iterator, Mapping, Sequence

from models.catalog.errors import UnknownName
from models.catalog.provider_record import Cloud
from models.description.identities import Terms
from models.description.stack import Stack
from models.laws.access.conditions import OPERATORS, is_operator
from models.laws.access.statements import ANYONE
from models.laws.access.wildcards import meant_by
from models.parts import kinds
from models.parts.permissions import BY_POLICIES
from models.parts.place import provider_of
from models.parts.stores.store_kind import Reach
from models.reading.check_names import reference, unknown
from models.reading.faults import Fault, PathInFile


def identity_faults(stack: Stack) -> Iterator[Fault]:
    """Every fault of identities, and of the policies of stores.

    Arguments:
        stack: the description.
    """
    yield from _identities(stack)
    for name, store in stack.storage.items():
        path: PathInFile = ("storage", name, "permissions")
        if store.permissions and kinds.store_kind(store).reach not in BY_POLICIES:
            yield Fault(path, f"no policy decides who uses a store of kind '{store.kind}'")
        for index, terms in enumerate(store.permissions):
            yield from _whom((*path, index, "identity"), terms.identity, stack)
            yield from _objects((*path, index, "objects"), terms, [name], stack)
            yield from _conditions((*path, index, "when"), terms, stack)


def _identities(stack: Stack) -> Iterator[Fault]:
    taken: dict[str, str] = {}
    groups = {name: one for name, one in stack.identities.items() if one.kind == "group"}
    for name, identity in stack.identities.items():
        path: PathInFile = ("identities", name)
        if identity.nodes is not None:
            yield from reference((*path, "nodes"), identity.nodes, stack.nodes, "node group")
            if identity.nodes in taken:
                message = f"'{identity.nodes}' already takes the role '{taken[identity.nodes]}'"
                yield Fault((*path, "nodes"), message)
            taken.setdefault(identity.nodes, name)
        for index, group in enumerate(identity.groups):
            yield from reference((*path, "groups", index), group, groups, "group")
        for index, terms in enumerate(identity.permissions):
            where: PathInFile = (*path, "permissions", index)
            yield from named((*where, "store"), terms.store, stack.storage, "store")
            meant = meant_by(terms.store, stack.storage)
            yield from _objects((*where, "objects"), terms, meant, stack)
            yield from _conditions((*where, "when"), terms, stack)


def named(
    path: PathInFile, pattern: str, known: Mapping[str, object], kind: str
) -> Iterator[Fault]:
    """A fault if nothing has a name, or if a pattern means none.

    Arguments:
        path: where it is used.
        pattern: a name, or one with wildcards.
        known: what the file has, by name.
        kind: what is looked for, such as "store".
    """
    if not meant_by(pattern, known):
        yield from reference(path, pattern, known, kind)


def _whom(path: PathInFile, pattern: str, stack: Stack) -> Iterator[Fault]:
    """Users and roles can be named by the policy of a store, but no group."""
    if pattern in stack.identities and stack.identities[pattern].kind == "group":
        message = f"'{pattern}' is a group, which the policy of a store can't name"
        yield Fault(path, message, "name its users, or say it in the group's permissions")
        return
    people = {name: one for name, one in stack.identities.items() if one.kind != "group"}
    yield from named(path, pattern, people, "user or role")


def _objects(
    path: PathInFile, terms: Terms, stores: Sequence[str], stack: Stack
) -> Iterator[Fault]:
    without = [
        name for name in stores if kinds.store_kind(stack.storage[name]).reach is not Reach.ROLE
    ]
    if terms.objects != ANYONE and without:
        kind = stack.storage[without[0]].kind
        yield Fault(path, f"'{without[0]}' is of kind '{kind}' and has no objects with keys")


def _conditions(path: PathInFile, terms: Terms, stack: Stack) -> Iterator[Fault]:
    """An operator that AWS has and that is not known here can't be said; AWS refuses any other."""
    place = provider_of(stack)
    for written in terms.when:
        if isinstance(place, Cloud) and not place.conditions:
            text = f"'{written}' is a condition of AWS, which {place.title} does not have"
            hint = "its own are expressions over resources and times, which are not known here"
            yield Fault((*path, written), text, hint)
            continue
        if not is_operator(written):
            error = UnknownName("condition operator", written, OPERATORS)
            yield unknown((*path, written), error, "AWS has")
