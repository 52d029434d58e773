"""What policies on AWS say of the stores of a stack: those of identities, and those of buckets."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from infra.existing.found import Fate, Found
from infra.existing.plain_json import mapping
from infra.existing.resource import Missing, Resource
from models.laws.access.wildcards import matches

# The actions that a right needs, of buckets and of EFS.
RIGHTS = {
    "s3:ListBucket": "list",
    "s3:GetObject": "read",
    "s3:PutObject": "write",
    "elasticfilesystem:ClientMount": "read",
    "elasticfilesystem:ClientWrite": "write",
}
# Every bucket of a stack refuses requests that are not encrypted, whoever asks.
_BY_ITSELF = {"Bool": {"aws:SecureTransport": "false"}}
_TURNED = ("NotPrincipal", "NotAction", "NotResource")


@dataclass(frozen=True)
class _Meant:
    """What statements are about that say the same of several rights."""

    store: str
    objects: str
    denies: bool
    when: str


def permit(
    policy: Resource,
    found: Found,
    identity: str,
    arns: Mapping[str, str],
    about: Sequence[str],
) -> None:
    """Let an identity have what its policy says of the stores of the stack.

    Before a bucket is there, its name is open, and so is the policy that names it: it is taken to
    let its identity read and write, which is told.

    Arguments:
        policy: of the identity.
        found: the stack.
        identity: its name.
        arns: the stores by what policies call them.
        about: the stores that the program makes the policy of.
    """
    tree = found.identities[identity]
    document = _document(policy, found, f"identities.{identity}")
    if document is None:
        if about:
            _hold(tree, [{"store": store, "access": "read_write"} for store in about])
            taken = f"taken to allow reading and writing {', '.join(about)}"
            _leave_open(found, f"identities.{identity}", taken)
        return
    rights = _rights(_statements(document, found, f"identities.{identity}"), arns)
    _hold(tree, [{"store": meant.store, **_term(meant, held)} for meant, held in rights.items()])
    found.tell(policy, Fate.WITHIN, f"identities.{identity}")


def admit(
    policy: Resource,
    found: Found,
    store: str,
    arns: Mapping[str, str],
    principals: Mapping[str, list[str]],
) -> None:
    """Let a store say itself whom it lets in and whom it keeps out.

    Arguments:
        policy: of the store.
        found: the stack.
        store: its name.
        arns: the stores by what policies call them.
        principals: the identities by what policies call them.
    """
    document = _document(policy, found, f"storage.{store}")
    if document is None:
        return
    others: list[str] = []
    for statement in _statements(document, found, f"storage.{store}"):
        if mapping(statement.get("Condition")) == _BY_ITSELF:
            continue
        rights = {
            meant: held
            for meant, held in _rights([statement], arns).items()
            if meant.store == store
        }
        for named in _named(statement):
            if named not in principals:
                others.append(named)
            for identity in principals.get(named, ()):
                terms = [{"identity": identity, **_term(*pair)} for pair in rights.items()]
                _hold(found.storage[store], terms)
    if others:
        listed = ", ".join(dict.fromkeys(others))
        _leave_open(found, f"storage.{store}", f"its policy is about others, too: {listed}")
    found.tell(policy, Fate.WITHIN, f"storage.{store}")


def store_arns(found: Found) -> dict[str, str]:
    """The stores of the stack by what policies call them.

    Arguments:
        found: the stack.
    """
    names = {}
    for key, name in found.stores.items():
        resource = found.told[key].resource
        names.update({one: name for one in resource.ids if one.startswith("arn:")})
        bucket = resource.text("bucket")
        if bucket:
            names[f"arn:aws:s3:::{bucket}"] = name
    return names


def _document(policy: Resource, found: Found, path: str) -> Mapping[str, Any] | None:
    """A policy as it is written; None where the file doesn't have it, which is told."""
    document = policy.get("policy")
    if isinstance(document, str):
        try:
            document = json.loads(document)
        except ValueError:
            document = None
    if isinstance(document, Mapping):
        return document
    why = f"is {document.value}" if isinstance(document, Missing) else "can't be read"
    _leave_open(found, path, f"what its policy says {why}")
    found.tell(policy, Fate.WITHIN, f"{path}; what it says {why}")
    return None


def _hold(tree: dict[str, Any], terms: list[dict[str, Any]]) -> None:
    held = tree.setdefault("permissions", [])
    held += [one for one in terms if one not in held]
    if not held:
        del tree["permissions"]


def _statements(document: Mapping[str, Any], found: Found, path: str) -> list[Mapping[str, Any]]:
    """Those that say whom and what they are about; of all others nothing is taken."""
    read = []
    for statement in map(mapping, _listed(document.get("Statement"))):
        turned = [one for one in _TURNED if one in statement]
        if turned:
            why = f"a statement of its policy says {' and '.join(turned)}, which is not read"
            _leave_open(found, path, why)
        else:
            read.append(statement)
    return read


def _leave_open(found: Found, path: str, why: str) -> None:
    key = f"{path}.permissions"
    said = found.open.get(key, "")
    if why not in said:
        found.open[key] = f"{said}; {why}" if said else why


def _rights(
    statements: Iterable[Mapping[str, Any]], arns: Mapping[str, str]
) -> dict[_Meant, set[str]]:
    rights: dict[_Meant, set[str]] = {}
    for statement in statements:
        for meant, given in _said(statement, arns):
            rights.setdefault(meant, set()).update(given)
    return rights


def _named(statement: Mapping[str, Any]) -> Iterator[str]:
    """Whom a statement of a store is about."""
    principal = statement.get("Principal")
    if isinstance(principal, Mapping):
        for kind in principal.values():
            yield from (one for one in _listed(kind) if isinstance(one, str))
    elif isinstance(principal, str):
        yield principal


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
    """A permission as a stack file has it, but for whose it is or of what."""
    term: dict[str, Any] = {"access": _access(rights)}
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


def _listed(value: Any) -> list[Any]:
    if isinstance(value, list):
        return value
    return [] if value is None else [value]
