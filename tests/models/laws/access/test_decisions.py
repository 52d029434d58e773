"""Decisions of AWS within one account, with the examples of the IAM User Guide."""

from typing import Any

import pytest

from models.laws.access.conditions import NOTHING_KNOWN, Context
from models.laws.access.decisions import Decision, Outcome, decide
from models.laws.access.statements import Request, Statement, statements_of

ACCOUNT = "123456789012"
CARLOS = f"arn:aws:iam::{ACCOUNT}:user/carlossalazar"
# "Policy evaluation for requests within a single account", its two policies.
IDENTITY: dict[str, Any] = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "AllowS3ListRead",
            "Effect": "Allow",
            "Action": ["s3:GetBucketLocation", "s3:GetAccountPublicAccessBlock", "s3:ListAccess*"],
            "Resource": "arn:aws:s3:::*",
        },
        {
            "Sid": "AllowS3Self",
            "Effect": "Allow",
            "Action": "s3:*",
            "Resource": ["arn:aws:s3:::carlossalazar", "arn:aws:s3:::carlossalazar/*"],
        },
        {"Sid": "DenyS3Logs", "Effect": "Deny", "Action": "s3:*", "Resource": "arn:aws:s3:::*log*"},
    ],
}
RESOURCE: dict[str, Any] = {
    "Statement": {
        "Effect": "Allow",
        "Principal": {"AWS": CARLOS},
        "Action": "s3:*",
        "Resource": ["arn:aws:s3:::carlossalazar-logs", "arn:aws:s3:::carlossalazar-logs/*"],
    }
}
POLICIES = (*statements_of(IDENTITY, "identity"), *statements_of(RESOURCE, "resource"))


def asked(action: str, resource: str, who: str = CARLOS, **context: tuple[str, ...]) -> Request:
    return Request(action, f"arn:aws:s3:::{resource}", (who,), ACCOUNT, Context(context))


def one(effect: str, **elements: Any) -> tuple[Statement, ...]:
    return statements_of({"Statement": {"Effect": effect, "Action": "*", **elements}})


def test_a_denial_is_stronger_than_what_the_bucket_allows() -> None:
    found = decide(asked("s3:PutObject", "carlossalazar-logs/2026"), POLICIES)
    assert found == Decision(Outcome.DENIED, ("identity.DenyS3Logs",))


def test_what_either_policy_allows_is_allowed_and_nothing_else() -> None:
    found = decide(asked("s3:GetObject", "carlossalazar/notes"), POLICIES)
    assert found == Decision(Outcome.ALLOWED, ("identity.AllowS3Self",))
    assert decide(asked("s3:GetObject", "other/notes"), POLICIES) == Decision(Outcome.NOT_ALLOWED)
    alone = statements_of(RESOURCE, "resource")
    found = decide(asked("s3:GetObject", "carlossalazar-logs/2026"), alone)
    assert found == Decision(Outcome.ALLOWED, ("resource.0",))
    mary = f"arn:aws:iam::{ACCOUNT}:user/mary"
    found = decide(asked("s3:GetObject", "carlossalazar-logs/2026", mary), alone)
    assert found.outcome is Outcome.NOT_ALLOWED


def test_all_but_what_is_listed() -> None:
    but_delete = statements_of(
        {"Statement": {"Effect": "Allow", "NotAction": "s3:Delete*", "NotResource": "*secret*"}}
    )
    assert decide(asked("s3:GetObject", "a/b"), but_delete).outcome is Outcome.ALLOWED
    assert decide(asked("s3:DeleteObject", "a/b"), but_delete).outcome is Outcome.NOT_ALLOWED
    assert decide(asked("s3:GetObject", "a/secret"), but_delete).outcome is Outcome.NOT_ALLOWED


@pytest.mark.parametrize(
    ("left_out", "found"),
    [
        ([CARLOS, f"arn:aws:iam::{ACCOUNT}:root"], Outcome.ALLOWED),
        ([f"arn:aws:iam::{ACCOUNT}:user/mary", f"arn:aws:iam::{ACCOUNT}:root"], Outcome.DENIED),
        ([f"arn:aws:iam::{ACCOUNT}:root"], Outcome.DENIED),
        # "Depending on the service, AWS might validate the account first and then the user."
        ([CARLOS], Outcome.UNKNOWN),
    ],
)
def test_who_is_left_out_of_a_denial(left_out: list[str], found: Outcome) -> None:
    policies = (*one("Allow"), *one("Deny", NotPrincipal={"AWS": left_out}))
    assert decide(asked("s3:GetObject", "a/b"), policies).outcome is found


def test_to_allow_an_account_leaves_it_to_its_own_policies_and_to_deny_it_denies_all() -> None:
    for account in (ACCOUNT, f"arn:aws:iam::{ACCOUNT}:root"):
        request, principal = asked("s3:GetObject", "a/b"), {"AWS": account}
        allowed = decide(request, one("Allow", Principal=principal))
        assert allowed.outcome is Outcome.NOT_ALLOWED
        denied = decide(request, (*one("Allow"), *one("Deny", Principal=principal)))
        assert denied.outcome is Outcome.DENIED
    for anybody in ("*", {"AWS": "*"}):
        found = decide(asked("s3:GetObject", "a/b"), one("Allow", Principal=anybody))
        assert found.outcome is Outcome.ALLOWED


def test_a_bucket_that_is_closed_without_tls() -> None:
    closed = one("Deny", Principal="*", Condition={"Bool": {"aws:SecureTransport": False}})
    policies = (*one("Allow"), *closed)
    for over_tls, outcome in (("true", Outcome.ALLOWED), ("false", Outcome.DENIED)):
        request = asked("s3:GetObject", "a/b", **{"aws:SecureTransport": (over_tls,)})
        assert decide(request, policies).outcome is outcome
    unsaid = Request("s3:GetObject", "arn:aws:s3:::a/b", (CARLOS,), ACCOUNT, NOTHING_KNOWN)
    found = decide(unsaid, policies)
    assert found == Decision(Outcome.UNKNOWN, ("0",), ("it depends on aws:SecureTransport",))


def test_what_is_not_known_never_allows_and_never_hides_a_denial() -> None:
    strange = {"StringSounds": {"s3:prefix": "x"}}
    request = asked("s3:GetObject", "a/b")
    unknown = decide(request, one("Allow", Condition=strange))
    assert unknown.outcome is Outcome.UNKNOWN
    assert unknown.open == ("the operator StringSounds is not known here",)
    assert decide(request, one("Deny", Condition=strange)).outcome is Outcome.NOT_ALLOWED
    both = (*one("Allow"), *one("Deny", Condition=strange))
    assert decide(request, both).outcome is Outcome.UNKNOWN
    sure = (*one("Allow", Condition=strange), *one("Deny"))
    assert decide(request, sure).outcome is Outcome.DENIED
    either = (*one("Allow", Condition=strange), *one("Allow"))
    assert decide(request, either).outcome is Outcome.ALLOWED
    named = one("Allow", Resource="arn:aws:s3:::a/${aws:username}")
    assert decide(request, named).outcome is Outcome.UNKNOWN


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ({"Effect": "Allow", "Action": "*", "NotAction": "*"}, "has both Action and NotAction"),
        ({"Effect": "allow", "Action": "*"}, "needs Effect and Action"),
        ({"Effect": "Allow"}, "needs Effect and Action"),
        ({"Effect": "Allow", "Action": "*", "Resources": "*"}, "has no element Resources"),
    ],
)
def test_what_is_no_policy_is_refused(statement: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        statements_of({"Statement": statement})
