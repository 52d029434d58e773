"""Policies on AWS: what identities may do with a store, and whom a store lets in itself."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi

from infra.access import Granted
from infra.builders import Admitted

Statement = Mapping[str, Any]


@dataclass(frozen=True)
class Grant:
    """What the policy of an identity says of one store.

    Arguments:
        arn: of what holds the store.
        statements: of the policy, once the ARN is known.
    """

    arn: pulumi.Input[str]
    statements: Callable[[str], list[Statement]]


def identity_policy(grants: Sequence[Grant]) -> pulumi.Output[str]:
    """The least that lets an identity do what was listed.

    Arguments:
        grants: all that it may do.
    """

    def written(arns: Sequence[str]) -> str:
        pairs = zip(arns, grants, strict=True)
        return document(one for arn, grant in pairs for one in grant.statements(arn))

    return pulumi.Output.all(*(grant.arn for grant in grants)).apply(written)


def store_policy(
    arn: pulumi.Output[str],
    always: Callable[[str], Statement],
    admitted: Sequence[Admitted],
    statements: Callable[[str, Granted], list[Statement]],
) -> pulumi.Output[str]:
    """What a store says of everybody, then whom it lets in itself or keeps out.

    Arguments:
        arn: of the store.
        always: what it says of everybody, once the ARN is known.
        admitted: the statements of the stack.
        statements: what one of those is on AWS, once the ARN is known.
    """

    def written(known: Sequence[Any]) -> str:
        own, *principals = known
        return document(
            [
                always(own),
                *(
                    {"Principal": {"AWS": arns}, **statement}
                    for one, arns in zip(admitted, principals, strict=True)
                    for statement in statements(own, one.granted)
                ),
            ]
        )

    known = [pulumi.Output.all(*one.principals) for one in admitted]
    return pulumi.Output.all(arn, *known).apply(written)


def document(statements: Iterable[Statement]) -> str:
    """A policy as AWS reads it.

    Arguments:
        statements: of it.
    """
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(actions: Mapping[str, Sequence[str]], rights: Sequence[str], resource: str) -> Statement:
    """A statement that allows what some rights mean.

    Arguments:
        actions: of each right.
        rights: list, read and write, or some of them.
        resource: its ARN.
    """
    wanted = list(dict.fromkeys(action for right in rights for action in actions[right]))
    return {"Effect": "Allow", "Action": wanted, "Resource": resource}


def said(
    granted: Granted, statement: Statement, more: tuple[str, str, str] | None = None
) -> Statement:
    """A statement with the effect and the conditions of what is granted.

    Arguments:
        granted: by a permission.
        statement: that allows it at any time.
        more: operator, key and value of a further condition.
    """
    conditions: dict[str, dict[str, list[str]]] = {
        operator: {key: _values(value) for key, value in keys.items()}
        for operator, keys in granted.when.items()
    }
    if more is not None:
        operator, key, value = more
        # An operator can be there once: the same over any of the values is no other, of one value.
        taken = key in conditions.get(operator, {})
        conditions.setdefault(f"ForAnyValue:{operator}" if taken else operator, {})[key] = [value]
    effect = {"Effect": "Allow" if granted.allows else "Deny"}
    return {**statement, **effect, **({"Condition": conditions} if conditions else {})}


def _values(value: Any) -> list[str]:
    listed = value if isinstance(value, tuple) else (value,)
    return [str(one).lower() if isinstance(one, bool) else str(one) for one in listed]
