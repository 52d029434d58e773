"""The decision on a request, as AWS takes it within one account."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from models.laws.access.conditions import not_said
from models.laws.access.statements import Request, Statement
from models.laws.access.truth import Truth


class Outcome(StrEnum):
    """What becomes of a request."""

    ALLOWED = "allowed"
    DENIED = "denied"  # a statement says so
    NOT_ALLOWED = "not allowed"  # no statement allows it
    UNKNOWN = "can't be said"


@dataclass(frozen=True)
class Decision:
    """What becomes of a request, and why.

    Arguments:
        outcome: of it.
        because: names of the statements that decided; none where no statement allows it.
        open: what would have to be known, a few words each.
    """

    outcome: Outcome
    because: tuple[str, ...] = ()
    open: tuple[str, ...] = ()


def decide(request: Request, statements: Iterable[Statement]) -> Decision:
    """What becomes of a request: one that denies is enough, else one that allows, else nothing.

    Policies of the identity, of its groups and of the resource count alike: what they allow is
    the union, as within one account. What can't be said of a statement is never taken for a yes.

    Arguments:
        request: what somebody wants to do.
        statements: of all policies of whoever asks and of the resource.

    Source: IAM User Guide, "Policy evaluation for requests within a single account".
    """
    about = [(one, one.about(request)) for one in statements]
    denying = [pair for pair in about if not pair[0].allows and pair[1] is not Truth.NO]
    allowing = [pair for pair in about if pair[0].allows and pair[1] is not Truth.NO]
    if sure := _names(denying, Truth.YES):
        return Decision(Outcome.DENIED, sure)
    if not allowing:
        return Decision(Outcome.NOT_ALLOWED)
    # What can't be said of a denial leaves it open whatever is allowed.
    allowed = _names(allowing, Truth.YES)
    unsure = denying if allowed else [*denying, *allowing]
    if allowed and not unsure:
        return Decision(Outcome.ALLOWED, allowed)
    why = [reason for one, _ in unsure for reason in _reasons(one, request)]
    return Decision(
        Outcome.UNKNOWN, tuple(one.name for one, _ in unsure), tuple(dict.fromkeys(why))
    )


def _names(pairs: Iterable[tuple[Statement, Truth]], value: Truth) -> tuple[str, ...]:
    return tuple(one.name for one, found in pairs if found is value)


def _reasons(statement: Statement, request: Request) -> list[str]:
    found = not_said(statement.conditions, request.context)
    return found or ["it names a variable, or leaves out who asks but not their account"]
