"""The policies that are built of the example stacks on AWS, held against the law of decisions.

Nodes may do what their workloads need, with the stores that these use, and nothing else.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import botocore.session
import pytest
import yaml

import infra.gate
import models.parts.read_stack
from infra.access import identity_of
from infra.names import role_names
from models.catalog.load import load_catalog
from models.laws.access.conditions import Context
from models.laws.access.decisions import Outcome, decide
from models.laws.access.statements import Request, Statement, statements_of
from models.parts import kinds
from models.parts.check_stack import check
from models.parts.completeness import never_complete
from models.parts.kubernetes import in_cluster
from models.parts.managed_nodes import hired_groups
from models.parts.permissions import BY_POLICIES, access
from models.parts.read_stack import StackFile, read_stack
from models.parts.solve import solve
from models.parts.workloads.batch import BatchJob
from models.parts.workloads.endpoint import Endpoint
from models.parts.workloads.jobs import Jobs
from models.parts.workloads.stream import Operator, Stream
from models.parts.workloads.training import Training

from .mock_cloud import ACCOUNT, PROJECT, SUFFIX, Run, run_program
from .variants import people

ROOT = Path(__file__).parents[2]
STACKS = [
    path
    for path in sorted((ROOT / "stacks").glob("*.yaml"))
    if (tree := yaml.safe_load(path.read_text()))["cloud"] == "aws" and "nodes" in tree
]
# What a right is on AWS, by kind of store: actions on the store itself, and on what is in it.
NEEDED = {
    ("object", "list"): ({"s3:ListBucket"}, set[str]()),
    ("object", "read"): (set[str](), {"s3:GetObject"}),
    ("object", "write"): (set[str](), {"s3:PutObject", "s3:AbortMultipartUpload"}),
    ("nas", "list"): ({"elasticfilesystem:ClientMount"}, set[str]()),
    ("nas", "read"): ({"elasticfilesystem:ClientMount"}, set[str]()),
    ("nas", "write"): (
        {
            "elasticfilesystem:ClientMount",
            "elasticfilesystem:ClientWrite",
            "elasticfilesystem:ClientRootAccess",
        },
        set[str](),
    ),
}
RIGHTS = {"read": ("list", "read"), "write": ("write",), "read_write": ("list", "read", "write")}
READS = {  # of a stream of Kinesis
    "kinesis:DescribeStreamSummary",
    "kinesis:GetRecords",
    "kinesis:GetShardIterator",
    "kinesis:ListShards",
}
USES_KEY = {  # Amazon EBS user guide: of whoever attaches a volume that is encrypted
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:Encrypt",
    "kms:GenerateDataKey",
    "kms:GenerateDataKeyWithoutPlaintext",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
}
LOOKS = {  # Amazon SageMaker developer guide, "Give SageMaker training jobs access to your VPC"
    "ec2:DescribeDhcpOptions",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSubnets",
    "ec2:DescribeVpcs",
}
OVER_TLS = Context({"aws:SecureTransport": ("true",)})


def actions() -> list[str]:
    """Every operation of services with which a node could do harm, and what S3 and EFS add."""
    session = botocore.session.get_session()
    services = {
        service: service for service in ("s3", "iam", "ec2", "sts", "ssm", "kinesis", "kms")
    } | {"efs": "elasticfilesystem", "secretsmanager": "secretsmanager"}
    found = [
        f"{prefix}:{operation}"
        for service, prefix in services.items()
        for operation in session.get_service_model(service).operation_names
    ]
    needed = {one for pair in NEEDED.values() for both in pair for one in both} | USES_KEY
    more = {"s3:ListBucket", "s3:GetObjectVersion", "s3:DeleteObjectVersion", "s3:PutObjectAcl"}
    return sorted({*found, *needed, *more})


ACTIONS = actions()


@pytest.fixture
def built(
    predicted: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> Callable[[Path], tuple[StackFile, Run]]:
    """Builds a stack file with the whole catalog."""
    # The room's own fixtures take a small one.
    monkeypatch.setattr(infra.gate, "load_catalog", load_catalog)
    monkeypatch.setattr(models.parts.read_stack, "check", check)
    monkeypatch.setattr(models.parts.read_stack, "solve", solve)
    monkeypatch.setattr(models.parts.read_stack, "never_complete", never_complete)

    def build(path: Path) -> tuple[StackFile, Run]:
        read = read_stack(path, load_catalog())
        site = {"region": str(read.stack.region), "zones": read.stack.zones or ("a",)}
        config = {"windtunnel:stack": str(path), "gcp:project": PROJECT}
        return read, run_program(config, **site)

    return build


def policies(run: Run, names: Sequence[str]) -> list[Statement]:
    """What policies of an identity and of its groups, and those of all stores, say."""
    own = [
        one
        for kind in ("RolePolicy", "UserPolicy", "GroupPolicy")
        for one in run.of(f":{kind}")
        if one.name in names
    ]
    stores = [*run.of("BucketPolicy"), *run.of("FileSystemPolicy")]
    return [
        statement
        for one in (*own, *stores)
        for statement in statements_of(json.loads(one.inputs["policy"]), one.name)
    ]


def places(run: Run, file: StackFile) -> Iterator[tuple[str, str, str]]:
    """Name of a store, its ARN, and one of something in it."""
    for name, store in file.stack.storage.items():
        if kinds.store_kind(store).reach not in BY_POLICIES:
            continue
        if store.kind == "object":
            arn = f"arn:aws:s3:::{run.one('s3/bucket:Bucket', name).inputs['bucket']}"
            yield name, arn, f"{arn}/dir/f1"
        else:
            arn = f"arn:aws:elasticfilesystem:::{name}{SUFFIX}"
            yield name, arn, f"{arn}/"


def needed(file: StackFile, run: Run, group: str) -> set[tuple[str, str]]:
    """Actions and ARNs that the workloads of a node group need, where a role is to allow them."""
    efs = {one.name for one in run.of("efs/fileSystem:FileSystem")}
    takes_a_role = any(one.nodes == group for one in file.stack.identities.values())
    found: set[tuple[str, str]] = set()
    for name, arn, inside in places(run, file):
        kind = file.stack.storage[name].kind
        if not takes_a_role or (kind == "nas" and name not in efs):
            continue  # of Lustre the network decides, and no policy
        uses = [use.access for use in file.solved.uses if (use.nodes, use.store) == (group, name)]
        if group in in_cluster(file.stack):  # containers know themselves, and their identity says
            terms = identity_of(file.stack, group).permissions
            uses += [one.access for one in terms if one.store == name]
        for use in uses:
            for right in RIGHTS[use]:
                whole, part = NEEDED[kind, right]
                found |= {(one, arn) for one in whole} | {(one, inside) for one in part}
    # Operators read the stream of their source: no file names that, and each role has it.
    for name, workload in file.stack.workloads.items():
        if isinstance(workload, Stream) and workload.log.kinesis is not None:
            for source in workload.sources:
                readers = (workload.steps[one] for one in workload.feeds(source))
                if any(isinstance(one, Operator) and one.nodes == group for one in readers):
                    built = run.one("kinesis/stream:Stream", f"{name}.{source}").inputs["name"]
                    found |= {(one, stream_arn(built)) for one in READS}
    return found


def of_workloads(file: StackFile, run: Run) -> Iterator[tuple[str, str, str]]:
    """What nodes need beside stores: the group, an action and an ARN.

    Core nodes of a cluster that a service runs write its logs, and their volumes are encrypted by
    a key of the stack's own; nodes of an endpoint fetch their application.
    """
    for name, workload in file.stack.workloads.items():
        if isinstance(workload, Endpoint):
            for stage in workload.stages.values():
                if stage.application is not None:
                    package = stage.application.package.removeprefix("s3://")
                    yield str(stage.nodes), "s3:GetObject", f"arn:aws:s3:::{package}"
        # Containers of a cluster bring their code, and Kubernetes knows how they go.
        if (
            isinstance(workload, Training | Jobs)
            and workload.program is not None
            and workload.program.container is None
        ):
            package = str(workload.program.package).removeprefix("s3://")
            yield workload.nodes, "s3:GetObject", f"arn:aws:s3:::{package}"
            state = run.outputs["states"][name]
            arn = f"arn:aws:ssm:us-east-1:{ACCOUNT}:parameter{state}"
            yield from ((workload.nodes, f"ssm:{one}Parameter", arn) for one in ("Get", "Put"))
        if isinstance(workload, BatchJob) and workload.service is not None:
            core = workload.nodes.core
            logs = run.one("s3/bucket:Bucket", "logs").inputs["bucket"]
            yield core, "s3:PutObject", f"arn:aws:s3:::{logs}/clusters/{name}/x"
            yield from ((core, action, f"arn:aws:kms:::key/{name}{SUFFIX}") for action in USES_KEY)


def anywhere(file: StackFile, group: str) -> set[str]:
    """Actions that know no resource: of a job in the network, of a session, of nodes that meet."""
    if group in hired_groups(file.stack):
        return LOOKS
    runs = file.stack.workloads.values()
    started = any(
        isinstance(one, Training | Jobs)
        and one.program
        and one.program.container is None
        and one.nodes == group
        for one in runs
    )
    sessions = {"ssm:UpdateInstanceInformation"} if file.stack.network.session_manager else set()
    return sessions | ({"ec2:DescribeInstances"} if started else set())


def stream_arn(name: str) -> str:
    return f"arn:aws:kinesis:::stream/{name}"


def test_there_are_examples_to_hold_against_it() -> None:
    assert len(STACKS) >= 5


@pytest.mark.parametrize("path", STACKS, ids=lambda path: path.stem)
def test_nodes_may_do_what_they_need_and_nothing_else(
    path: Path, built: Callable[[Path], tuple[StackFile, Run]]
) -> None:
    file, run = built(path)
    streams = [stream_arn(one.inputs["name"]) for one in run.of("kinesis/stream:Stream")]
    beside_stores = [*of_workloads(file, run)]
    of_services = {(action, arn) for _, action, arn in beside_stores}
    beside = sorted({*streams, *(arn for _, arn in of_services)})
    inside = [arn for _, *both in places(run, file) for arn in both]
    for group, role in role_names(file.stack).items():
        statements = policies(run, [role])
        mine = {(action, arn) for one, action, arn in beside_stores if one == group}
        wanted = needed(file, run, group) | mine

        def decided(action: str, resource: str, over_tls: str) -> Outcome:
            context = Context({"aws:SecureTransport": (over_tls,)})
            names = (f"arn:aws:iam::{ACCOUNT}:role/{role}{SUFFIX}",)  # noqa: B023
            request = Request(action, resource, names, ACCOUNT, context)
            return decide(request, statements).outcome  # noqa: B023

        for action in ACTIONS:
            for resource in (*inside, *beside, "arn:aws:s3:::another/key", "*"):
                allowed = decided(action, resource, "true") is Outcome.ALLOWED
                due = (action, resource) in wanted or action in anywhere(file, group)
                assert allowed is due, (role, action, resource)
        by_roles_alone = {(one, arn) for one in READS for arn in streams} | of_services
        for action, resource in wanted - by_roles_alone:
            assert decided(action, resource, "false") is Outcome.DENIED


# What stands for a right of the stack file where policies that were built are asked.
ASKED = {
    "object": {"list": "s3:ListBucket", "read": "s3:GetObject", "write": "s3:PutObject"},
    "nas": {
        "list": "elasticfilesystem:ClientMount",
        "read": "elasticfilesystem:ClientMount",
        "write": "elasticfilesystem:ClientWrite",
    },
}


def differences(file: StackFile, run: Run, keys: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Where the policies that were built decide otherwise than the stack file does."""
    stack = file.stack
    found = {name: arn for name, arn, _ in places(run, file)}
    efs = {one.name for one in run.of("efs/fileSystem:FileSystem")}
    by_store = {
        name: keys if one.kind == "object" else [""]
        for name, one in stack.storage.items()
        if one.kind == "object" or name in efs
    }
    for cell in access(stack, context=OVER_TLS, keys=by_store):
        identity = stack.identities[cell.who]
        kind = stack.storage[cell.store].kind
        action, arn = ASKED[kind][cell.action], found[cell.store]
        inside = kind == "object" and cell.action != "list"
        context = Context({**OVER_TLS.values, "s3:prefix": (cell.objects,)})
        names = (f"arn:aws:iam::{ACCOUNT}:{identity.kind}/{cell.who}{SUFFIX}",)
        request = Request(
            action, f"{arn}/{cell.objects}" if inside else arn, names, ACCOUNT, context
        )
        outcome = decide(request, policies(run, [cell.who, *identity.groups])).outcome
        if outcome != cell.outcome:
            yield cell.who, cell.action, cell.store, cell.objects, outcome, cell.outcome


def test_the_example_of_the_course_is_built_as_it_is_decided(
    built: Callable[[Path], tuple[StackFile, Run]],
) -> None:
    file, run = built(ROOT / "stacks" / "iam-example.yaml")
    assert [one.name for one in run.of("iam/user:User")] == [
        *("carlos-salazar", "john-smith", "mary-major", "zhang-wei")
    ]
    assert sum(one.outcome == "allowed" for one in access(file.stack)) == 19
    assert [*differences(file, run, ["f1"])] == []


def test_denials_objects_and_conditions_are_built_as_they_are_decided(
    built: Callable[[Path], tuple[StackFile, Run]], tmp_path: Path
) -> None:
    tree = yaml.safe_load((ROOT / "stacks" / "resnet50-imagenet-aws.yaml").read_text())
    people(tree)
    path = tmp_path / "people.yaml"
    path.write_text(yaml.safe_dump(tree, sort_keys=False))
    file, run = built(path)
    assert [*differences(file, run, ["train/f1", "train/a/b", "train", "frozen/f", "other"])] == []


MANAGED = ("lambda-endpoint", "sagemaker-endpoint", "image-labels")
# Of services that a function or a model server could misuse, beside those of nodes.
BESIDE = {
    "logs": "logs",
    "lambda": "lambda",
    "rekognition": "rekognition",
    "sagemaker": "sagemaker",
    "sagemaker-runtime": "sagemaker",
}


def of_services(run: Run) -> dict[str, set[tuple[str, str]]]:
    """Actions and ARNs that each role of a service needs, by its name; of EC2 and ECR none."""
    logs = {
        one.name: f"arn:aws:logs:::log-group:{one.inputs['name']}:log-stream:one"
        for one in run.of("cloudwatch/logGroup:LogGroup")
    }
    writes = ("logs:CreateLogStream", "logs:PutLogEvents")
    found = {
        role.name: {(action, logs[role.name]) for action in writes}
        for role in run.of("iam/role:Role")
        if "ec2.amazonaws.com" not in role.inputs["assumeRolePolicy"]
    }
    endpoints = [one.inputs["name"] for one in run.of("sagemaker/endpoint:Endpoint")]
    for function in run.of("lambda/function:Function"):
        needs = found[function.name]
        if function.inputs.get("handler") == "handler.to_labels":
            needs |= {("rekognition:DetectLabels", arn) for arn in places_of_services(run)}
        for endpoint in endpoints:
            needs.add(("sagemaker:InvokeEndpoint", f"arn:aws:sagemaker:::endpoint/{endpoint}"))
    for model in run.of("sagemaker/model:Model"):
        url = model.inputs["primaryContainer"]["modelDataUrl"]
        arn = url.replace("s3://", "arn:aws:s3:::")
        found[model.name] |= {("s3:GetObject", arn)}
    return found


def places_of_services(run: Run) -> list[str]:
    """What could be done something with: what there is of the stack, and the same of another."""
    groups = [one.inputs["name"] for one in run.of("cloudwatch/logGroup:LogGroup")]
    endpoints = [one.inputs["name"] for one in run.of("sagemaker/endpoint:Endpoint")]
    models = [
        one.inputs["primaryContainer"]["modelDataUrl"].replace("s3://", "arn:aws:s3:::")
        for one in run.of("sagemaker/model:Model")
    ]
    return [
        *(f"arn:aws:logs:::log-group:{one}:log-stream:one" for one in (*groups, "another")),
        *(f"arn:aws:sagemaker:::endpoint/{one}" for one in (*endpoints, "another")),
        *models,
        *(f"{one}.old" for one in models),
    ]


@pytest.mark.parametrize("stack", MANAGED)
def test_services_may_do_what_they_need_and_nothing_else(
    stack: str, built: Callable[[Path], tuple[StackFile, Run]]
) -> None:
    session = botocore.session.get_session()
    operations = {
        f"{prefix}:{operation}"
        for service, prefix in BESIDE.items()
        for operation in session.get_service_model(service).operation_names
    }
    # What interfaces and images take has its own test; nothing of it is among these.
    asked = sorted(operations | {one for one in ACTIONS if not one.startswith("ec2:")})
    _, run = built(ROOT / "stacks" / f"{stack}.yaml")
    roles = of_services(run)
    assert roles
    for role, wanted in roles.items():
        statements = policies(run, [role])
        names = (f"arn:aws:iam::{ACCOUNT}:role/{role}{SUFFIX}",)
        for resource in places_of_services(run):
            allowed = {
                action
                for action in asked
                if decide(Request(action, resource, names, ACCOUNT, OVER_TLS), statements).outcome
                is Outcome.ALLOWED
            }
            assert allowed == {action for action, arn in wanted if arn == resource}, (
                role,
                resource,
            )
