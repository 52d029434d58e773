"""windtunnel access: which identities may do what with which stores, and why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from commands.leaving import BAD_INPUT, leave
from commands.options import AsJson, Changes, StackArgument

if TYPE_CHECKING:
    from models.description.stack import Stack
    from models.laws.access.conditions import Context


def command(
    stack: StackArgument,
    who: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="users and roles: a name, or several by * and ?"),
    ] = None,
    what: Annotated[
        list[str] | None, typer.Option(metavar="ACTION", help="list, read or write, likewise")
    ] = None,
    on: Annotated[
        list[str] | None,
        typer.Option(metavar="STORE[/KEY]", help="stores, likewise, or objects by their keys"),
    ] = None,
    when: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KEY=VALUE",
            help="what is known of requests, such as aws:SourceIp=203.0.113.7",
        ),
    ] = None,
    changes: Changes = None,
    as_json: AsJson = False,
) -> None:
    """Say which identities may do what with which stores, and which statement decides.

    As AWS decides: a denial first, then what any policy of the identity or the store allows.
    """
    from models.catalog.load import load_catalog
    from models.description.identities import RIGHTS
    from models.parts.permissions import access, askers, less_than_needed, more_than_needed
    from models.parts.read_stack import read_stack
    from models.reading.changes import parse_changes
    from reports import output

    read = read_stack(stack, load_catalog(), parse_changes(changes or ()))
    _no_group(read.stack, who)
    names = _meant("--who", "identity", who, [one.name for one in askers(read.stack)])
    actions = _meant("--what", "action", what, RIGHTS["read_write"])
    cells = tuple(
        one
        for one in access(read.stack, read.solved.uses, _context(when), _keys(read.stack, on))
        if one.who in names and one.action in actions
    )
    more, less = more_than_needed(read.stack, cells), less_than_needed(cells)
    if as_json:
        from reports.access_json import as_json as to_json

        output.say_json(to_json(read.stack.name, read.digest, cells, more, less))
    else:
        from reports.access_terminal import page

        output.show(page(read.stack.name, cells, more, less))


def _no_group(stack: Stack, who: Sequence[str] | None) -> None:
    """Users ask, with what their groups may; a group asks for nothing itself."""
    for name in who or ():
        if name in stack.identities and stack.identities[name].kind == "group":
            users = [user for user, one in stack.identities.items() if name in one.groups]
            listed = ", ".join(users) or "none"
            leave(f"--who: '{name}' is a group, whose users ask: {listed}", BAD_INPUT)


def _meant(
    option: str, kind: str, patterns: Sequence[str] | None, names: Sequence[str]
) -> list[str]:
    """The names that patterns mean; all of them without any."""
    from models.laws.access.wildcards import matches

    if not patterns:
        return list(names)
    for pattern in patterns:
        if not any(matches(pattern, name) for name in names):
            _unknown(option, kind, pattern, names)
    return [name for name in names if any(matches(pattern, name) for pattern in patterns)]


def _unknown(option: str, kind: str, pattern: str, names: Sequence[str]) -> NoReturn:
    from models.catalog.errors import UnknownName
    from models.reading.check_names import unknown

    error = UnknownName(kind, pattern, tuple(names))
    leave(f"{option}: {unknown((), error, 'there is')}", BAD_INPUT)


def _keys(stack: Stack, on: Sequence[str] | None) -> dict[str, list[str | None]] | None:
    """The objects that are asked about, by store; None for all that policies tell apart."""
    from models.parts import kinds
    from models.parts.stores.store_kind import Reach

    if not on:
        return None
    found: dict[str, list[str | None]] = {}
    for one in on:
        pattern, slash, key = one.partition("/")
        for name in _meant("--on", "store", [pattern], list(stack.storage)):
            store = stack.storage[name]
            if key and kinds.store_kind(store).reach is not Reach.ROLE:
                leave(f"--on: '{name}' is of kind '{store.kind}' and has no objects", BAD_INPUT)
            found.setdefault(name, []).append(key if slash else None)
    return found


def _context(when: Sequence[str] | None) -> Context:
    from models.laws.access.conditions import Context

    values: dict[str, tuple[str, ...]] = {}
    for one in when or ():
        key, sign, value = one.partition("=")
        if not sign or not key:
            leave(f"--when: '{one}' is not KEY=VALUE", BAD_INPUT)
        values[key] = (*values.get(key, ()), value)
    return Context(values, complete=False)
