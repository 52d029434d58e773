"""What the identities of a stack may do with its stores: their policies, read as statements."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from models.description.identities import RIGHTS, Right, Terms
from models.description.stack import Stack
from models.laws.access.conditions import NOTHING_KNOWN, Context
from models.laws.access.decisions import Outcome, decide
from models.laws.access.statements import ANYONE, Meant, Request, Statement
from models.laws.access.wildcards import matches, meant_by
from models.parts import kinds
from models.parts.place import provider_of
from models.parts.stores.store_kind import Reach
from models.parts.use import Use
from models.prediction.access_answer import AccessCell

BY_POLICIES = (Reach.ROLE, Reach.MOUNT)  # how nodes come to a store that policies decide on
# A sign that no key has: what stands for some of the keys that a pattern means.
_SOME = "\N{REPLACEMENT CHARACTER}"
_NO_STATEMENT = "no statement allows it"


@dataclass(frozen=True)
class Asker:
    """Somebody who may want to use a store.

    Arguments:
        name: of the user or role; of the node group where its nodes take none.
        kind: which of them.
        nodes: node group; empty for a user.
        lent: role that a service gives nodes which take none by themselves; empty where none does.
    """

    name: str
    kind: Literal["user", "role", "nodes"]
    nodes: str = ""
    lent: str = ""

    @property
    def bound(self) -> str:
        """Whose policies hold for it; empty where nobody's do."""
        return self.lent if self.kind == "nodes" else self.name


def askers(stack: Stack) -> tuple[Asker, ...]:
    """Users, roles, and node groups that take no role, in this order of the file.

    Arguments:
        stack: the description.
    """
    named = [
        Asker(name, one.kind, one.nodes or "")
        for name, one in stack.identities.items()
        if one.kind != "group"
    ]
    taken = {one.nodes: one.name for one in named if one.nodes}
    lent = {group: taken[first] for group, first in lenders(stack).items() if first in taken}
    without = (name for name in stack.nodes if name not in taken)
    return (*named, *(Asker(name, "nodes", name, lent.get(name, "")) for name in without))


def lenders(stack: Stack) -> dict[str, str]:
    """Node groups whose nodes have the role of another, since a service knows one role for all.

    Arguments:
        stack: the description.
    """
    shared = [kinds.workload_kind(one).one_role(one) for one in stack.workloads.values()]
    return {group: groups[0] for groups in shared for group in groups[1:]}


Said = tuple[str, int, Terms]  # by which identity, at which place, what


def said_of(stack: Stack) -> dict[str, list[Said]]:
    """What the policies of identities say, by store.

    Arguments:
        stack: the description.
    """
    found: dict[str, list[Said]] = {name: [] for name in stack.storage}
    for name, one in stack.identities.items():
        for position, terms in enumerate(one.permissions):
            for store in meant_by(terms.store, stack.storage):
                found[store].append((name, position, terms))
    return found


def statements_on(
    stack: Stack, store: str, said: Iterable[Said]
) -> dict[str, tuple[Statement, ...]]:
    """What the policies of each user and role, and that of the store, say about it.

    Arguments:
        stack: the description.
        store: its name.
        said: by the policies of identities about it.
    """
    reach = kinds.store_kind(stack.storage[store]).reach
    of_identity: dict[str, list[Statement]] = {name: [] for name in stack.identities}
    for name, position, terms in said:
        place = f"identities.{name}.permissions.{position}"
        of_identity[name].append(_statement(place, terms, reach))
    of_store = [
        (terms.identity, _statement(f"storage.{store}.permissions.{position}", terms, reach))
        for position, terms in enumerate(stack.storage[store].permissions)
    ]
    return {
        name: (
            *of_identity[name],
            *(said for group in one.groups for said in of_identity[group]),
            *(said for whom, said in of_store if matches(whom, name)),
        )
        for name, one in stack.identities.items()
        if one.kind != "group"
    }


def rights_on(terms: Terms, reach: Reach) -> tuple[Right, ...]:
    """What a statement means on a store that nodes come to in some way.

    A file system is mounted or it is not: to mount it is to list and read it, and nothing lists or
    writes it without. So to allow writing allows reading, to allow a list alone allows nothing,
    and to deny reading or a list denies all.

    Arguments:
        terms: of the statement.
        reach: how nodes come to the store.
    """
    rights = terms.rights
    if reach is not Reach.MOUNT:
        return rights
    if terms.effect == "deny":
        return rights if rights == ("write",) else RIGHTS["read_write"]
    if "write" in rights:
        return RIGHTS["read_write"]
    return rights if "read" in rights else ()


def _statement(name: str, terms: Terms, reach: Reach) -> Statement:
    conditions = tuple(
        (operator, key, tuple(map(_value, values if isinstance(values, tuple) else (values,))))
        for operator, keys in terms.when.items()
        for key, values in keys.items()
    )
    actions, resources = Meant(rights_on(terms, reach)), Meant((terms.objects,))
    return Statement(name, terms.effect == "allow", actions, resources, None, conditions)


def _value(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def objects_of(stack: Stack, store: str, said: Iterable[Said]) -> tuple[str, ...]:
    """Keys of a store that policies name apart from the others, as patterns; then the others.

    Arguments:
        stack: the description.
        store: its name.
        said: by the policies of identities about it.
    """
    named: list[Terms] = [*stack.storage[store].permissions, *(terms for _, _, terms in said)]
    return (*dict.fromkeys(terms.objects for terms in named if terms.objects != ANYONE), "")


def access(
    stack: Stack,
    uses: Iterable[Use] = (),
    context: Context = NOTHING_KNOWN,
    keys: Mapping[str, Sequence[str | None]] | None = None,
) -> tuple[AccessCell, ...]:
    """What every user and role may do with every store.

    Arguments:
        stack: the description, whose names all exist.
        uses: what workloads do with stores.
        context: what is known of requests.
        keys: of objects that are asked about, by store; None among them stands for all that
            policies tell apart for whoever asks, as does no mapping for those of all stores.
    """
    done: dict[tuple[str, str], list[Use]] = {}
    for use in uses:
        done.setdefault((use.nodes, use.store), []).append(use)
    said = said_of(stack)
    stores = {name: _StoreAccess(stack, name, said[name]) for name in stack.storage}
    return tuple(
        _cell(who, right, store, objects, done.get((who.nodes, store.name), ()), context)
        for who in askers(stack)
        for store in stores.values()
        for objects in store.asked(who, (None,) if keys is None else keys.get(store.name, ()))
        for right in RIGHTS["read_write"]
    )


def _cell(
    who: Asker,
    right: Right,
    store: "_StoreAccess",
    objects: str,
    uses: Sequence[Use],
    context: Context,
) -> AccessCell:
    outcome, because, reason = store.decided(who, right, objects, context)
    needed = tuple(
        f"workloads.{use.workload}.{use.key}" for use in uses if right in RIGHTS[use.access]
    )
    return AccessCell(who.name, right, store.name, objects, outcome.value, because, reason, needed)


class _StoreAccess:
    """Who may do what with one store: what policies say of it is read once.

    Arguments:
        stack: the description, whose names all exist.
        name: of the store.
        said: by the policies of identities about it.
    """

    def __init__(self, stack: Stack, name: str, said: Sequence[Said]) -> None:
        self.name = name
        self._objects = objects_of(stack, name, said)
        self._owned = provider_of(stack).owned
        self._reach = kinds.store_kind(stack.storage[name]).reach
        self._attached = getattr(stack.storage[name], "nodes", None)
        self._statements = statements_on(stack, name, said)

    def told_apart(self, who: Asker) -> tuple[str, ...]:
        """Objects of which policies say something else of somebody than of the others."""
        said = {
            pattern
            for one in self._statements.get(who.bound, ())
            for pattern in one.resources.listed
        }
        return tuple(one for one in self._objects if one in said or not one)

    def asked(self, who: Asker, keys: Sequence[str | None]) -> Iterable[str]:
        """The objects that somebody is asked about, each once."""
        each = (self.told_apart(who) if key is None else (key,) for key in keys)
        return dict.fromkeys(one for objects in each for one in objects)

    def decided(
        self, who: Asker, right: Right, objects: str, context: Context
    ) -> tuple[Outcome, tuple[str, ...], str]:
        """What becomes of a request, what decided, and why in words where no statement did."""
        if self._reach not in BY_POLICIES:
            return self._by_place(who)
        if not who.bound:
            if self._owned:
                return Outcome.UNKNOWN, (), "no identity says what its nodes may do"
            return Outcome.NOT_ALLOWED, (), "its nodes take no role"
        key = (objects or _SOME).replace("*", _SOME).replace("?", _SOME)
        found = decide(Request(right, key, context=context), self._statements[who.bound])
        reason = _NO_STATEMENT if found.outcome is Outcome.NOT_ALLOWED else "; ".join(found.open)
        return found.outcome, found.because, reason

    def _by_place(self, who: Asker) -> tuple[Outcome, tuple[str, ...], str]:
        """A store that no policy decides on: nodes reach it, or do not."""
        if not who.nodes:
            return Outcome.NOT_ALLOWED, (), "only nodes reach it"
        attached = self._reach is Reach.ATTACHED
        if attached and self._attached != who.nodes:
            return Outcome.NOT_ALLOWED, (), f"it is attached to {self._attached}"
        how = "it is attached to its nodes" if attached else "its nodes reach it"
        return Outcome.ALLOWED, (), f"{how}, and no policy is between them"


def kept_from(stack: Stack, use: Use) -> tuple[Right, ...]:
    """What a workload wants to do with a store and its nodes may do with no object of it.

    What can't be said is not among it.

    Arguments:
        stack: the description, whose names all exist.
        use: what the workload does.
    """
    who = next(one for one in askers(stack) if one.nodes == use.nodes)
    store = _StoreAccess(stack, use.store, said_of(stack)[use.store])
    return tuple(
        right
        for right in RIGHTS[use.access]
        if all(
            store.decided(who, right, objects, NOTHING_KNOWN)[0]
            in (Outcome.DENIED, Outcome.NOT_ALLOWED)
            for objects in store.told_apart(who)
        )
    )


def more_than_needed(stack: Stack, cells: Iterable[AccessCell]) -> tuple[AccessCell, ...]:
    """What policies allow roles and no workload of the stack does.

    Of what containers of a Kubernetes cluster do with stores no file says anything, so that nothing
    can be said of it either.

    Arguments:
        stack: the description.
        cells: what identities may do, where what workloads do is known.
    """
    clustered = () if stack.kubernetes is None else stack.kubernetes.nodes
    contained = {name for name, one in stack.identities.items() if one.nodes in clustered}
    roles = {one.name for one in askers(stack) if one.kind == "role"} - contained
    return tuple(
        one
        for one in cells
        if one.who in roles and one.outcome == "allowed" and one.because and not one.needed_by
    )


def less_than_needed(cells: Iterable[AccessCell]) -> tuple[AccessCell, ...]:
    """What workloads need of stores and their nodes may do with no object of them.

    Arguments:
        cells: what identities may do, where what workloads do is known.
    """
    needed = [one for one in cells if one.needed_by]
    perhaps = {
        (one.who, one.action, one.store)
        for one in needed
        if one.outcome in ("allowed", "can't be said")
    }
    kept = {
        (one.who, one.action, one.store): one
        for one in needed
        if (one.who, one.action, one.store) not in perhaps
    }
    return tuple(kept.values())
