"""Statements of policies: who may, or must not, do what on what, and under which conditions."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from models.laws.access.conditions import NOTHING_MORE, Conditions, Context, met
from models.laws.access.truth import Truth, all_of, any_of, opposite, truth
from models.laws.access.wildcards import known_match, matches, resource_matches

ANYONE = "*"


@dataclass(frozen=True)
class Meant:
    """What an element of a statement means: what is listed, or all but that.

    Arguments:
        listed: patterns of actions or resources, or names of principals.
        but: all but those, as in NotAction.
    """

    listed: tuple[str, ...] = ("*",)
    but: bool = False


@dataclass(frozen=True)
class Request:
    """What somebody wants to do.

    Arguments:
        action: such as s3:GetObject.
        resource: such as arn:aws:s3:::bucket/key.
        names: of whoever asks: an ARN, and of a role that of its session, too.
        account: that they belong to, 12 digits; empty where there are no accounts.
        context: what else is known of the request.
    """

    action: str
    resource: str
    names: tuple[str, ...] = ()
    account: str = ""
    context: Context = NOTHING_MORE


@dataclass(frozen=True)
class Statement:
    """One sentence of a policy.

    Arguments:
        name: by which a reader finds it.
        allows: else it denies.
        actions: that it is about.
        resources: that it is about.
        principals: whom it is about; None in the policy of an identity, whose own it is.
        conditions: that must hold for it to say anything.
    """

    name: str
    allows: bool
    actions: Meant = Meant()
    resources: Meant = Meant()
    principals: Meant | None = None
    conditions: Conditions = ()

    def about(self, request: Request) -> Truth:
        """Whether it says anything of a request.

        Arguments:
            request: what somebody wants to do.
        """
        return all_of(self._elements(request))

    def _elements(self, request: Request) -> Iterator[Truth]:
        """What each element says, the cheapest first: one that says no is enough."""
        yield _listed(self.actions, request.action, _action_matches)
        yield _listed(self.resources, request.resource, resource_matches)
        yield self._who(request)
        yield met(self.conditions, request.context)

    def _who(self, request: Request) -> Truth:
        if self.principals is None:
            return Truth.YES
        listed = set(self.principals.listed)
        root = _roots(request.account)
        if not self.principals.but:
            # Who allows an account leaves it to that account's own policies whom of it to allow;
            # who denies it denies all in it.
            account = bool(root & listed) and not self.allows
            return truth(ANYONE in listed or account or bool(listed & set(request.names)))
        left_out = {name in listed for name in request.names}
        if root:
            # A service may look at the account before it looks at who in it is asking, and then
            # only one whose account is left out, too, is left out for sure.
            left_out |= {bool(root & listed)} if any(left_out) else set()
        if ANYONE in listed or left_out == {True}:
            return Truth.NO
        return truth(not any(left_out)) if len(left_out) < 2 else Truth.UNKNOWN


def _roots(account: str) -> set[str]:
    return {account, f"arn:aws:iam::{account}:root"} if account else set()


def _action_matches(pattern: str, action: str) -> bool:
    return matches(pattern, action, True)


def _listed(meant: Meant, text: str, matched: Any) -> Truth:
    found = any_of(known_match(one, matched(one, text)) for one in meant.listed)
    return opposite(found) if meant.but else found


_ELEMENTS = {"Sid", "Effect", "Condition"}
_KEYS = ("Action", "Resource", "Principal")


def statements_of(document: Mapping[str, Any], name: str = "") -> tuple[Statement, ...]:
    """The statements of a policy as AWS writes it.

    Arguments:
        document: as parsed of JSON.
        name: of the policy, before the number or Sid of a statement.

    Raises:
        ValueError: an element that a policy does not have, or one that is missing.

    Source: IAM User Guide, "Grammar of the IAM JSON policy language".
    """
    return tuple(
        _statement(one, f"{name}{'.' if name else ''}{one.get('Sid') or position}")
        for position, one in enumerate(_list(document["Statement"]))
    )


def _statement(written: Mapping[str, Any], name: str) -> Statement:
    meant: dict[str, Meant] = {}
    for key in _KEYS:
        both = [one for one in (key, f"Not{key}") if one in written]
        if len(both) > 1:
            raise ValueError(f"{name}: has both {key} and Not{key}")
        for one in both:
            values = _principals(written[one]) if key == "Principal" else _list(written[one])
            meant[key] = Meant(tuple(values), one != key)
    unknown = set(written) - _ELEMENTS - {f"{no}{key}" for key in _KEYS for no in ("", "Not")}
    if unknown or "Action" not in meant or written.get("Effect") not in ("Allow", "Deny"):
        wrong = f"has no element {min(unknown)}" if unknown else "needs Effect and Action"
        raise ValueError(f"{name}: a statement {wrong}")
    conditions = tuple(
        (operator, key, tuple(map(_text, _list(values))))
        for operator, keys in written.get("Condition", {}).items()
        for key, values in keys.items()
    )
    return Statement(
        name=name,
        allows=written["Effect"] == "Allow",
        actions=meant["Action"],
        # A policy of who may take a role names none: it is about that role.
        resources=meant.get("Resource", Meant()),
        principals=meant.get("Principal"),
        conditions=conditions,
    )


def _principals(written: Any) -> Iterable[str]:
    if isinstance(written, str):
        return [written]
    return [one for values in written.values() for one in _list(values)]


def _list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value]


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
