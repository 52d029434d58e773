"""The policy of the account that deploys: complete, least, and of actions that exist."""

import json
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import botocore.session
import pytest

from infra.aws.deployer_actions import BY_FUNCTION, BY_TYPE, EMPTIED, ENCRYPTING
from infra.deployer import in_parts
from models.laws.access.conditions import Context
from models.laws.access.decisions import Outcome, decide
from models.laws.access.statements import Request, Statement, statements_of

from .example_graphs import ROOT, built, graph_of
from .mock_cloud import ACCOUNT

EXAMPLES = built("aws")
# Service Authorization Reference: what S3, EFS and Budgets call otherwise than their API does, and
# what is an action without being an operation.
NOT_OPERATIONS = {
    *("s3:DeleteObjectVersion", "s3:GetAccelerateConfiguration", "s3:GetBucketCORS"),
    *("s3:GetBucketObjectLockConfiguration", "s3:GetBucketPublicAccessBlock"),
    *("s3:GetEncryptionConfiguration", "s3:GetLifecycleConfiguration"),
    *("s3:GetReplicationConfiguration", "s3:ListBucket", "s3:ListBucketVersions"),
    *("s3:PutBucketPublicAccessBlock", "s3:PutEncryptionConfiguration"),
    *("s3:PutLifecycleConfiguration", "iam:PassRole"),
    *("logs:CreateLogDelivery", "logs:DeleteLogDelivery"),
    *("logs:GetLogDelivery", "logs:UpdateLogDelivery"),
    "backup-storage:MountCapsule",
    *("budgets:ModifyBudget", "budgets:ViewBudget"),
    *(f"apigateway:{verb}" for verb in ("DELETE", "GET", "PATCH", "POST", "PUT")),
}
MODELS = {
    "apigateway": "apigatewayv2",
    "elasticfilesystem": "efs",
    "elasticloadbalancing": "elbv2",
    "elasticmapreduce": "emr",
    "servicequotas": "service-quotas",
    "tag": "resourcegroupstaggingapi",
}
WITHOUT_API = {"backup-storage"}  # whose actions are permissions alone


@cache
def operations(prefix: str) -> frozenset[str]:
    """The operations of a service of AWS, by the prefix of its actions."""
    session = botocore.session.get_session()
    if prefix in WITHOUT_API:
        return frozenset()
    return frozenset(session.get_service_model(MODELS.get(prefix, prefix)).operation_names)


def policy_of(path: Path, *more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "infra.deployer", str(path), *more],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_every_action_exists() -> None:
    tables = (
        *(one.actions for one in BY_TYPE.values()),
        *BY_FUNCTION.values(),
        EMPTIED.actions,
        ENCRYPTING.actions,
    )
    listed = {one for actions in tables for one in actions}
    unknown = {
        one for one in listed if one.partition(":")[2] not in operations(one.partition(":")[0])
    }
    assert unknown <= NOT_OPERATIONS
    assert listed >= NOT_OPERATIONS


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_all_that_an_example_registers_or_asks_has_a_row(path: Path) -> None:
    run = graph_of(path)
    assert {one.type for one in run.clouds} - BY_TYPE.keys() == set()
    assert {token for token, _ in run.calls} - BY_FUNCTION.keys() == set()


@pytest.mark.parametrize(("stack", "needed"), [("kafka-clickstream", True), ("emr-spark", False)])
def test_who_deploys_may_let_services_use_a_key_of_the_stack(stack: str, needed: bool) -> None:
    told = json.loads(policy_of(ROOT / "stacks" / f"{stack}.yaml").stdout)
    actions = {one for each in told["Statement"] for one in each["Action"]}
    assert (actions >= ENCRYPTING.actions) is needed


def test_it_is_written_as_managed_policies_that_allow_the_same(tmp_path: Path) -> None:
    stack, folder = ROOT / "stacks" / "kafka-clickstream.yaml", tmp_path / "policies"
    whole, done = policy_of(stack), policy_of(stack, "--managed", str(folder))
    paths = sorted(folder.iterdir())
    assert done.stdout.split() == [str(path) for path in paths]
    assert len(paths) == 2
    parts = [json.loads(path.read_text()) for path in paths]
    # IAM and STS quotas: 6,144 characters, white space not counted (2026-11-28).
    assert all(len(json.dumps(one, separators=(",", ":"))) <= 6144 for one in parts)
    said = [json.dumps(one) for part in parts for one in part["Statement"]]
    assert sorted(said) == sorted(map(json.dumps, json.loads(whole.stdout)["Statement"]))


def test_a_statement_that_is_too_long_for_a_policy_is_halved() -> None:
    actions, resources = [f"s3:Get{n:03}" for n in range(40)], ["arn:a", "arn:b"]
    statement = {"Effect": "Allow", "Action": actions, "Resource": resources}
    parts = in_parts({"Version": "2012-10-17", "Statement": [statement]}, 300)
    assert all(len(json.dumps(one, separators=(",", ":"))) <= 300 for one in parts)
    found = [
        (action, resource)
        for part in parts
        for one in part["Statement"]
        for action in one["Action"]
        for resource in one["Resource"]
    ]
    assert sorted(found) == sorted((a, r) for a in actions for r in resources)


def test_a_folder_that_can_not_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    stack, inside = ROOT / "stacks" / "grid-search.yaml", str(tmp_path / "file" / "in")
    done = policy_of(stack, "--managed", inside)
    assert (done.returncode, done.stderr) == (2, f"{inside}: Not a directory\n")


def allows(statements: list[Statement], action: str, resource: str, **known: str) -> bool:
    context = Context({key.replace("_", ":"): (value,) for key, value in known.items()})
    request = Request(
        action, resource, (f"arn:aws:iam::{ACCOUNT}:role/deployer",), ACCOUNT, context
    )
    return decide(request, statements).outcome is Outcome.ALLOWED


@pytest.mark.parametrize("account", [["--account", ACCOUNT], []])
def test_it_allows_the_stack_and_nothing_beside(account: list[str]) -> None:
    options = ["--pulumi-stack", "test", *account]
    done = policy_of(ROOT / "stacks" / "resnet50-imagenet-aws.yaml", *options)
    assert done.returncode == 0, done.stderr
    said: dict[str, Any] = json.loads(done.stdout)
    statements = [*statements_of(said, "deployer")]
    run = graph_of(ROOT / "stacks" / "resnet50-imagenet-aws.yaml")
    here, there = {"aws_RequestedRegion": "us-east-1"}, {"aws_RequestedRegion": "eu-west-1"}
    for bucket in run.of("s3/bucket:Bucket"):
        arn = f"arn:aws:s3:::{bucket.inputs['bucket']}"
        for action in ("CreateBucket", "PutEncryptionConfiguration", "PutBucketPolicy"):
            assert allows(statements, f"s3:{action}", arn), (action, arn)
        # What is in it is deleted with the logs alone.
        logs = bucket.name == "logs"
        assert allows(statements, "s3:DeleteObjectVersion", f"{arn}/key") is logs
    assert not allows(statements, "s3:CreateBucket", "arn:aws:s3:::another")
    assert not allows(statements, "s3:GetObject", f"{arn}/key")
    role = "arn:aws:iam::123456789012:role/trainer-1a2b3c4"
    assert allows(statements, "iam:CreateRole", role)
    assert allows(statements, "iam:PassRole", role, iam_PassedToService="ec2.amazonaws.com")
    assert not allows(statements, "iam:PassRole", role, iam_PassedToService="lambda.amazonaws.com")
    assert not allows(statements, "iam:CreateRole", "arn:aws:iam::123456789012:role/admin")
    assert not allows(statements, "iam:AttachRolePolicy", role)
    for action in ("ec2:RunInstances", "fsx:CreateFileSystem", "ec2:CreateFlowLogs"):
        arn = "arn:aws:fsx:us-east-1:123456789012:file-system/fs-1"
        assert allows(statements, action, arn, **here), action
        assert not allows(statements, action, arn, **there), action
    assert not allows(statements, "ec2:TerminateInstances", "*", **here)


def test_roles_of_a_cluster_get_the_policies_of_the_stack_and_no_others() -> None:
    done = policy_of(ROOT / "stacks" / "eks-endpoint.yaml", "--account", ACCOUNT)
    assert done.returncode == 0, done.stderr
    statements = [*statements_of(json.loads(done.stdout), "deployer")]
    role = "arn:aws:iam::123456789012:role/kubernetes-nodes-1a2b3c4"

    def attaches(policy: str, to: str = role) -> bool:
        arn = f"arn:aws:iam::aws:policy/{policy}"
        return allows(statements, "iam:AttachRolePolicy", to, iam_PolicyARN=arn)

    assert attaches("AmazonEKSWorkerNodePolicy")
    assert not attaches("AdministratorAccess")
    assert not attaches("AmazonEKSWorkerNodePolicy", "arn:aws:iam::123456789012:role/admin")
    service = "pods.eks.amazonaws.com"
    role = "arn:aws:iam::123456789012:role/server-1a2b3c4"
    assert allows(statements, "iam:PassRole", role, iam_PassedToService=service)
    here = {"aws_RequestedRegion": "us-east-1"}
    arn = "arn:aws:eks:us-east-1:123456789012:cluster/eks-endpoint-kubernetes-prod-0123456789"
    assert allows(statements, "eks:CreateCluster", arn, **here)
    assert allows(statements, "kms:CreateGrant", "arn:aws:kms:us-east-1:123456789012:key/1", **here)
    assert not allows(statements, "eks:CreateFargateProfile", arn, **here)


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("resnet50-imagenet-gcp.yaml", "is of no use on gcp"),
        ("edge-cameras.yaml", "nothing to provision"),
        ("missing.yaml", "missing.yaml"),
    ],
)
def test_what_has_no_policy_is_told(name: str, why: str) -> None:
    done = policy_of(ROOT / "stacks" / name)
    assert done.returncode == 2
    assert why in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
