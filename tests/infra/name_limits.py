"""How long names may be on AWS and of which characters, by its API references (2026-11-28)."""

import re
from collections import Counter
from collections.abc import Iterator

from .mock_cloud import SUFFIX, Run

_IAM = r"[\w+=,.@-]+"
_SAGEMAKER = r"[a-zA-Z0-9](-*[a-zA-Z0-9])*"
_ECS = r"[\w-]+"
_ANY = r".+"
# The property that has the name, the most characters of it, and what it is of. The engine adds a
# hyphen and seven digits to the logical name of what the program gives no other.
LIMITS: dict[str, tuple[str, int, str]] = {
    "apigatewayv2/api:Api": ("name", 128, _ANY),
    "autoscaling/group:Group": ("name", 255, _ANY),
    "backup/plan:Plan": ("name", 50, r"[\w.-]+"),
    "backup/selection:Selection": ("name", 50, r"[\w.-]+"),
    "backup/vault:Vault": ("name", 50, r"[\w-]{2,}"),
    "budgets/budget:Budget": ("name", 100, r"[^:\\]+"),
    "cloudwatch/dashboard:Dashboard": ("dashboardName", 255, r"[\w-]+"),
    "cloudwatch/logGroup:LogGroup": ("name", 512, r"[\w./#-]+"),
    "cloudwatch/metricAlarm:MetricAlarm": ("name", 255, _ANY),
    "codedeploy/application:Application": ("name", 100, _ANY),
    "codedeploy/deploymentGroup:DeploymentGroup": ("deploymentGroupName", 100, _ANY),
    "ec2/launchTemplate:LaunchTemplate": ("name", 128, r"[a-zA-Z0-9().\-/_]{3,}"),
    "ec2/placementGroup:PlacementGroup": ("name", 255, _ANY),
    "ec2/securityGroup:SecurityGroup": (
        "name",
        255,
        r"(?!sg-)[a-zA-Z0-9 ._\-:/()#,@\[\]+=&;{}!$*]+",
    ),
    "ecr/repository:Repository": ("name", 256, r"[a-z0-9]+([._/-][a-z0-9]+)*"),
    "ecs/cluster:Cluster": ("name", 255, _ECS),
    "ecs/service:Service": ("name", 255, _ECS),
    "ecs/taskDefinition:TaskDefinition": ("family", 255, _ECS),
    "eks/cluster:Cluster": ("name", 100, r"[0-9A-Za-z][\w-]*"),
    "eks/nodeGroup:NodeGroup": ("nodeGroupName", 63, r"[0-9A-Za-z][\w-]*"),
    "emr/cluster:Cluster": ("name", 256, r"[^<>$|`]+"),
    "iam/group:Group": ("name", 128, _IAM),
    "iam/groupPolicy:GroupPolicy": ("name", 128, _IAM),
    "iam/instanceProfile:InstanceProfile": ("name", 128, _IAM),
    "iam/role:Role": ("name", 64, _IAM),
    "iam/rolePolicy:RolePolicy": ("name", 128, _IAM),
    "iam/user:User": ("name", 64, _IAM),
    "iam/userPolicy:UserPolicy": ("name", 128, _IAM),
    "kinesis/stream:Stream": ("name", 128, r"[\w.-]+"),
    "lambda/function:Function": ("name", 64, r"[\w-]+"),
    "lb/loadBalancer:LoadBalancer": ("name", 32, r"(?!internal-)[a-zA-Z0-9](-?[a-zA-Z0-9])*"),
    "lb/targetGroup:TargetGroup": ("name", 32, r"[a-zA-Z0-9](-?[a-zA-Z0-9])*"),
    "msk/cluster:Cluster": ("clusterName", 64, r"[a-zA-Z0-9][a-zA-Z0-9-]*"),
    "msk/configuration:Configuration": ("name", 256, r"[0-9A-Za-z][0-9A-Za-z-]*"),
    "s3/bucket:Bucket": ("bucket", 63, r"[a-z0-9][a-z0-9-]+[a-z0-9]"),
    "sagemaker/endpoint:Endpoint": ("name", 63, _SAGEMAKER),
    "sagemaker/endpointConfiguration:EndpointConfiguration": ("name", 63, _SAGEMAKER),
    "sagemaker/hyperParameterTuningJob:HyperParameterTuningJob": ("name", 32, _SAGEMAKER),
    "sagemaker/model:Model": ("name", 63, _SAGEMAKER),
    "sagemaker/notebookInstance:NotebookInstance": ("name", 63, _SAGEMAKER),
    "sagemaker/trainingJob:TrainingJob": ("trainingJobName", 63, _SAGEMAKER),
    "sns/topic:Topic": ("name", 256, r"[\w-]+"),
    "sqs/queue:Queue": ("name", 80, r"[\w-]+"),
    "ssm/parameter:Parameter": ("name", 1011, r"(/[\w.-]+)+"),
}
# Of one group or role alone, so that those of several may be called alike.
_INSIDE = ("iam/rolePolicy:RolePolicy", "iam/userPolicy:UserPolicy", "iam/groupPolicy:GroupPolicy")
DESCRIPTION = re.compile(r"[a-zA-Z0-9 ._\-:/()#,@\[\]+=&;{}!$*]{0,255}")  # of a security group
TAG = re.compile(r"[\w .:/=+@-]{0,256}")


def refused(run: Run) -> Iterator[str]:
    """What AWS, or the engine, would refuse of the names, the descriptions and the tags of a graph.

    Arguments:
        run: what the program registered.
    """
    for urn, count in Counter(one.urn for one in run.resources).items():
        if count > 1:
            yield f"{count} of {urn}"
    seen: Counter[tuple[str, str]] = Counter()
    for one in run.clouds:
        kind = one.type.removeprefix("aws:")
        if kind in LIMITS:
            key, longest, pattern = LIMITS[kind]
            name = str(one.inputs.get(key) or f"{one.name}{SUFFIX}")
            if len(name) > longest or not re.fullmatch(pattern, name):
                yield f"{kind} {name}: {longest} characters of {pattern}"
            if one.inputs.get(key) and kind not in _INSIDE:
                seen[kind, name] += 1
        about = one.inputs.get("description", "")
        if "SecurityGroup" in kind and not DESCRIPTION.fullmatch(about):
            yield f"{kind} {one.name}: {about}"
        marked = one.inputs.get("tags") or {}
        values = marked.values() if isinstance(marked, dict) else (each["value"] for each in marked)
        yield from (f"{one.urn}: tag {value}" for value in values if not TAG.fullmatch(value))
    yield from (f"{count} of {kind} {name}" for (kind, name), count in seen.items() if count > 1)
