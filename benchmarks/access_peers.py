"""Decisions of others on the same cases: of moto, and of iam-simulate where it is installed."""

import json
import subprocess
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks.access_cases import Case, Document
from models.laws.access.conditions import Context
from models.laws.access.decisions import Outcome, decide
from models.laws.access.statements import Request, statements_of

# A program for node: cases come in as lines of JSON, and an answer a line goes out.
_IAM_SIMULATE = """
import { runSimulation } from '@cloud-copilot/iam-simulate'
import { createInterface } from 'node:readline'
for await (const line of createInterface({ input: process.stdin })) {
  const found = await runSimulation(JSON.parse(line), {})
  console.log(found.overallResult ?? found.resultType ?? JSON.stringify(found))
}
"""


def ours(case: Case) -> Outcome:
    """What the law decides.

    Arguments:
        case: a request and its policies.
    """
    context = Context({key: (value,) for key, value in case.context.items()})
    account = case.who.split(":")[4]
    request = Request(case.action, case.resource, (case.who,), account, context)
    documents = (*case.identity, *case.resource_policies)
    return decide(request, [one for each in documents for one in statements_of(each)]).outcome


def moto(case: Case) -> bool:
    """Whether moto allows it, policy by policy as it does for a request.

    Arguments:
        case: a request and its policies.
    """
    from moto.iam.access_control import IAMPolicy, PermissionResult

    found = [
        IAMPolicy(json.dumps(document)).is_action_permitted(
            case.action, case.resource, principal, case.context
        )
        for documents, principal in ((case.identity, None), (case.resource_policies, case.who))
        for document in documents
    ]
    return PermissionResult.DENIED not in found and PermissionResult.PERMITTED in found


def iam_simulate(cases: Sequence[Case], folder: Path) -> list[str]:
    """What iam-simulate of Cloud Copilot says of each, in its words.

    Arguments:
        cases: requests and their policies.
        folder: where npm has installed it.
    """
    lines = "\n".join(json.dumps(_simulation(case)) for case in cases)
    done = subprocess.run(
        ("node", "--input-type=module", "--eval", _IAM_SIMULATE),
        cwd=folder,
        input=lines,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return done.stdout.splitlines()


def _simulation(case: Case) -> dict[str, Any]:
    account = case.who.split(":")[4]
    simulation: dict[str, Any] = {
        "request": {
            "principal": case.who,
            "action": case.action,
            "resource": {"resource": case.resource, "accountId": account},
            "contextVariables": case.context,
        },
        "identityPolicies": [
            {"name": str(position), "policy": document}
            for position, document in enumerate(case.identity)
        ],
        "serviceControlPolicies": [],
        "resourceControlPolicies": [],
    }
    for document in case.resource_policies:
        simulation["resourcePolicy"] = document
    return simulation


# What moto does not read, or reads otherwise than AWS, by its source (moto/iam/access_control.py
# and policy_conditions.py), and the statements that have it.
_Has = Callable[[Document, Case], bool]


def _patterns(statement: Document) -> Iterator[str]:
    for key in ("Action", "NotAction", "Resource", "NotResource"):
        yield from statement.get(key, ())


def _unlike(statement: Document, case: Case) -> bool:
    """A statement for others: moto takes it for a denial, AWS for none of its business."""
    principal = statement.get("Principal", {}).get("AWS", [])
    return "Principal" in statement and principal != "*" and case.who not in principal


KINDS: dict[str, tuple[str, _Has]] = {
    "NotResource": (
        "is not read: any resource is allowed, even by a denial",
        lambda statement, case: "NotResource" in statement,
    ),
    "Condition": (
        "what does not hold denies instead of saying nothing; only StringEquals is compared",
        lambda statement, case: "Condition" in statement,
    ),
    "NotPrincipal": (
        "is not read: a denial holds for those whom it leaves out, too",
        lambda statement, case: "NotPrincipal" in statement,
    ),
    "Principal": ("a statement for others denies instead of saying nothing", _unlike),
    "?": (
        "is a sign that may be missing, as in a regular expression, not any one sign",
        lambda statement, case: any("?" in one for one in _patterns(statement)),
    ),
    "upper case": (
        "actions are compared with their case, which they do not have",
        lambda statement, case: any(one.startswith("S3:") for one in _patterns(statement)),
    ),
    "*": (
        "goes over the colons between the parts of an ARN",
        lambda statement, case: any(one.startswith("arn:*") for one in _patterns(statement)),
    ),
}


def without(case: Case, kinds: Sequence[str]) -> Case:
    """A case without the statements that have something which moto reads otherwise.

    Arguments:
        case: a request and its policies.
        kinds: of `KINDS`.
    """

    def left(documents: Sequence[Document]) -> tuple[Document, ...]:
        kept = (
            [
                statement
                for statement in document["Statement"]
                if not any(KINDS[kind][1](statement, case) for kind in kinds)
            ]
            for document in documents
        )
        return tuple({"Statement": statements} for statements in kept if statements)

    return replace(
        case, identity=left(case.identity), resource_policies=left(case.resource_policies)
    )


def why(case: Case) -> str | None:
    """The kinds without whose statements moto decides as we do; None where none explains it.

    Arguments:
        case: on which moto decides otherwise.
    """
    dropped: list[str] = []
    for kind in KINDS:
        alone = without(case, [kind])
        if moto(alone) is (ours(alone) is Outcome.ALLOWED):
            return kind
    for kind in KINDS:
        dropped.append(kind)
        rest = without(case, dropped)
        if moto(rest) is (ours(rest) is Outcome.ALLOWED):
            return "several of them"
    return None
