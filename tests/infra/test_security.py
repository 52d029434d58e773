"""The rows of security hold for every example on AWS, and what breaks one is found."""

import copy
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from .example_graphs import ROOT, built, graph_of
from .mock_cloud import Registered, Run
from .security_rows import ROWS, Row

KEPT = [row for row in ROWS if row.finds is not None]
PAGE = ROOT / "docs" / "security.md"
EXAMPLES = built("aws")


def find(row: Row, run: Run) -> list[str]:
    assert row.finds is not None
    return list(row.finds(run))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_no_example_fails_a_row(path: Path) -> None:
    run = graph_of(path)
    assert {row.number: urns for row in KEPT if (urns := find(row, run))} == {}


def test_each_number_is_there_once() -> None:
    numbers = [row.number for row in ROWS]
    assert len(numbers) == len(set(numbers))


def test_the_page_has_every_row() -> None:
    text = PAGE.read_text(encoding="utf-8")
    table = [line for line in text.splitlines() if line.startswith("| ") and "." in line[:20]]
    assert table == [f"| {row.number} | {row.cis} | {row.demand} | {row.how} |" for row in ROWS]


# A fault a line: the type of what gets it, how its inputs change, and a row that must find it.
Fault = tuple[str, str, Callable[[dict[str, Any]], Any]]


def _set(**values: Any) -> Callable[[dict[str, Any]], None]:
    return lambda inputs: inputs.update(values)


def _statement(**values: Any) -> Callable[[dict[str, Any]], None]:
    import json

    def change(inputs: dict[str, Any]) -> None:
        policy = json.loads(inputs["policy"])
        policy["Statement"].append(
            {"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": "*", **values}
        )
        inputs["policy"] = json.dumps(policy)

    return change


def _remove(inputs: dict[str, Any]) -> bool:
    return True


def _open(port: int, cidr: str = "0.0.0.0/0") -> Callable[[dict[str, Any]], None]:
    key = "cidrIpv6" if ":" in cidr else "cidrIpv4"

    def change(inputs: dict[str, Any]) -> None:
        inputs.pop("referencedSecurityGroupId", None)
        inputs.update({key: cidr, "ipProtocol": "tcp", "fromPort": port, "toPort": port})

    return change


def _interface(inputs: dict[str, Any]) -> None:
    inputs["networkInterfaces"][0]["associatePublicIpAddress"] = "true"


def _plain_disk(inputs: dict[str, Any]) -> None:
    inputs["blockDeviceMappings"][0]["ebs"]["encrypted"] = "false"


def _public_brokers(inputs: dict[str, Any]) -> None:
    inputs["brokerNodeGroupInfo"]["connectivityInfo"]["publicAccess"]["type"] = (
        "SERVICE_PROVIDED_EIPS"
    )


INGRESS = "vpc/securityGroupIngressRule:SecurityGroupIngressRule"
BLOCK = "s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
TEMPLATE = "ec2/launchTemplate:LaunchTemplate"
LUSTRE = "fsx/lustreFileSystem:LustreFileSystem"
NOTEBOOK = "sagemaker/notebookInstance:NotebookInstance"
ECR, TASK = "ecr/repository:Repository", "ecs/taskDefinition:TaskDefinition"
EKS = "eks/cluster:Cluster"
BALANCER = "lb/loadBalancer:LoadBalancer"
FAULTS: tuple[Fault, ...] = (
    ("EC2.2", "ec2/defaultSecurityGroup:DefaultSecurityGroup", _remove),
    ("EC2.2", "ec2/defaultSecurityGroup:DefaultSecurityGroup", _set(ingress=[{"self": True}])),
    ("EC2.3", TEMPLATE, _plain_disk),
    ("EC2.6", "ec2/flowLog:FlowLog", _remove),
    ("EC2.8", TEMPLATE, _set(metadataOptions={"httpTokens": "optional"})),
    ("EC2.9", TEMPLATE, _interface),
    ("EC2.13", INGRESS, _open(22)),
    ("EC2.14", INGRESS, _open(3389)),
    ("EC2.15", "ec2/subnet:Subnet", _set(mapPublicIpOnLaunch=True)),
    ("EC2.18", INGRESS, _open(9000)),
    ("EC2.19", INGRESS, _open(5432)),
    ("EC2.25", TEMPLATE, _interface),
    ("EC2.53", INGRESS, _open(22, "0.0.0.0/1")),
    ("EC2.54", INGRESS, _open(22, "::/0")),
    ("EC2.170", TEMPLATE, _set(metadataOptions={})),
    ("EC2.181", TEMPLATE, _plain_disk),
    ("AutoScaling.9", "autoscaling/group:Group", _set(launchTemplate=None)),
    ("AutoScaling.10", "autoscaling/group:Group", _set(tags=[])),
    ("S3.2", "s3/bucketPolicy:BucketPolicy", _statement(Principal="*")),
    ("S3.3", BLOCK, _set(ignorePublicAcls=False)),
    ("S3.5", "s3/bucketPolicy:BucketPolicy", _set(policy='{"Statement": []}')),
    ("S3.6", "s3/bucketPolicy:BucketPolicy", _statement(Principal={"AWS": ["*"]})),
    ("S3.8", BLOCK, _remove),
    ("S3.9", "s3/bucketLogging:BucketLogging", _remove),
    ("S3.10", "s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", _remove),
    (
        "S3.12",
        "s3/bucketOwnershipControls:BucketOwnershipControls",
        _set(rule={"objectOwnership": "ObjectWriter"}),
    ),
    (
        "S3.13",
        "s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
        _set(rules=[{"status": "Disabled"}]),
    ),
    (
        "S3.14",
        "s3/bucketVersioning:BucketVersioning",
        _set(versioningConfiguration={"status": "Suspended"}),
    ),
    ("APIGateway.8", "apigatewayv2/route:Route", _set(authorizationType="NONE")),
    ("APIGateway.9", "apigatewayv2/stage:Stage", _set(accessLogSettings={})),
    ("CloudWatch.15", "cloudwatch/metricAlarm:MetricAlarm", _set(alarmActions=[])),
    ("CloudWatch.17", "cloudwatch/metricAlarm:MetricAlarm", _set(actionsEnabled=False)),
    ("CloudWatch.16", "cloudwatch/logGroup:LogGroup", _set(retentionInDays=30)),
    ("Lambda.1", "lambda/permission:Permission", _set(principal="*")),
    ("Lambda.1", "lambda/permission:Permission", _set(sourceArn=None)),
    ("Lambda.2", "lambda/function:Function", _set(runtime="python3.7")),
    ("Lambda.6", "lambda/function:Function", _set(tags={})),
    ("EMR.1", "emr/cluster:Cluster", _set(ec2Attributes={"subnetId": "Subnet-public-us-east-1a"})),
    ("EMR.3", "emr/cluster:Cluster", _set(securityConfiguration=None)),
    ("SageMaker.1", NOTEBOOK, _set(directInternetAccess="Enabled")),
    ("SageMaker.2", NOTEBOOK, _set(subnetId="Subnet-public-us-east-1a")),
    ("SageMaker.3", NOTEBOOK, _set(rootAccess="Enabled")),
    ("SageMaker.8", NOTEBOOK, _set(platformIdentifier="notebook-al1-v1")),
    ("SageMaker.5", "sagemaker/model:Model", _set(enableNetworkIsolation=False)),
    ("ECR.1", ECR, _set(imageScanningConfiguration={})),
    ("ECR.2", ECR, _set(imageTagMutability="MUTABLE")),
    ("ECR.3", "ecr/lifecyclePolicy:LifecyclePolicy", _remove),
    ("ECS.2", "ecs/service:Service", _set(networkConfiguration={"assignPublicIp": True})),
    ("ECS.3", TASK, _set(pidMode="host")),
    ("ECS.4", TASK, _set(containerDefinitions='[{"privileged": true}]')),
    ("ECS.9", TASK, _set(containerDefinitions='[{"name": "answers"}]')),
    ("ECS.10", "ecs/service:Service", _set(launchType="FARGATE", platformVersion="1.3.0")),
    ("EKS.1", EKS, _set(vpcConfig={"endpointPublicAccess": True})),
    (
        "EKS.1",
        EKS,
        _set(vpcConfig={"endpointPublicAccess": True, "publicAccessCidrs": ["0.0.0.0/1"]}),
    ),
    ("EKS.2", EKS, _set(version="1.30")),
    ("EKS.3", EKS, _set(encryptionConfig={})),
    ("EKS.6", EKS, _set(tags={})),
    ("EKS.8", EKS, _set(enabledClusterLogTypes=["api"])),
    ("EKS.9", "eks/nodeGroup:NodeGroup", _set(version="1.30")),
    ("ELB.1", "lb/listener:Listener", _set(protocol="HTTP", defaultActions=[{"type": "forward"}])),
    ("ELB.4", BALANCER, _set(dropInvalidHeaderFields=False)),
    ("ELB.5", BALANCER, _set(accessLogs={})),
    ("ELB.12", BALANCER, _set(desyncMitigationMode="monitor")),
    ("ELB.13", BALANCER, _set(subnets=["Subnet-public-us-east-1a"])),
    (
        "ELB.17",
        "lb/listener:Listener",
        _set(protocol="HTTPS", sslPolicy="ELBSecurityPolicy-2016-08"),
    ),
    ("EFS.1", "efs/fileSystem:FileSystem", _set(encrypted=False)),
    ("EFS.2", "backup/selection:Selection", _remove),
    ("EFS.2", "backup/plan:Plan", _set(rules=[{"ruleName": "daily"}])),
    ("FSx.2", LUSTRE, _set(deploymentType="PERSISTENT_2", copyTagsToBackups=False)),
    (
        "FSx.2",
        LUSTRE,
        _set(deploymentType="PERSISTENT_2", copyTagsToBackups=True, automaticBackupRetentionDays=0),
    ),
    ("Backup.2", "backup/plan:Plan", _set(rules=[{"ruleName": "daily"}])),
    ("Backup.3", "backup/vault:Vault", _set(tags={})),
    ("Backup.5", "backup/plan:Plan", _set(tags={})),
    ("EFS.6", "ec2/subnet:Subnet", _set(mapPublicIpOnLaunch=True)),
    ("EFS.8", "efs/fileSystem:FileSystem", _set(encrypted=False)),
    ("IAM.1", "iam/rolePolicy:RolePolicy", _statement(Action="*")),
    (
        "IAM.1",
        "iam/rolePolicyAttachment:RolePolicyAttachment",
        _set(policyArn="arn:aws:iam::aws:policy/AdministratorAccess"),
    ),
    ("IAM.21", "iam/rolePolicy:RolePolicy", _statement(Action=["s3:*"])),
    ("KMS.2", "iam/rolePolicy:RolePolicy", _statement(Action="kms:Decrypt")),
    ("KMS.4", "kms/key:Key", _set(enableKeyRotation=False)),
    ("KMS.5", "kms/key:Key", _statement(Principal="*")),
    ("Kinesis.1", "kinesis/stream:Stream", _set(encryptionType="NONE")),
    ("MSK.1", "msk/cluster:Cluster", _set(encryptionInfo={"encryptionInTransit": {}})),
    ("MSK.4", "msk/cluster:Cluster", _public_brokers),
    ("MSK.6", "msk/cluster:Cluster", _set(clientAuthentication={"unauthenticated": True})),
    ("SQS.1", "sqs/queue:Queue", _set(sqsManagedSseEnabled=False)),
    ("SQS.2", "sqs/queue:Queue", _set(tags={})),
    ("SNS.1", "sns/topic:Topic", _set(kmsMasterKeyId=None)),
    ("SNS.3", "sns/topic:Topic", _set(tags={})),
    (
        "SNS.4",
        "sns/topic:Topic",
        _set(policy='{"Statement": [{"Effect": "Allow", "Principal": "*"}]}'),
    ),
    ("Kinesis.2", "kinesis/stream:Stream", _set(tags={})),
)


def broken(run: Run, fault: Fault) -> Run | None:
    """The same graph with a fault in the first resource of its type; None where there is none."""
    _, type_, change = fault
    found = run.of(f"aws:{type_}")
    if not found:
        return None
    victim = found[0]
    inputs = copy.deepcopy(victim.inputs)
    rest: list[Registered] = [one for one in run.resources if one is not victim]
    if change(inputs) is not True:
        rest.append(replace(victim, inputs=inputs))
    return replace(run, resources=rest)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_faults_that_are_planted_in_a_copy_of_an_example_are_found(path: Path) -> None:
    rows = {row.number: row for row in KEPT}
    run, planted = graph_of(path), 0
    for fault in FAULTS:
        copied = broken(run, fault)
        if copied is not None:
            planted += 1
            assert find(rows[fault[0]], copied), fault[:2]
    assert planted >= 12


def test_every_row_that_is_kept_has_a_fault_in_some_example() -> None:
    planted = {fault[0] for fault in FAULTS for path in EXAMPLES if broken(graph_of(path), fault)}
    assert planted == {row.number for row in KEPT}
