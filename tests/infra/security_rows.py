"""Rows of AWS Foundational Security Best Practices and of CIS AWS Foundations, and what fails them.

Numbers are those of AWS Security Hub (user guide, "Security Hub controls reference") and of the CIS
AWS Foundations Benchmark 3.0.0, where it demands the same. Rows of services that nothing registered
belongs to, and of the account as a whole, are not here.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .addresses import is_much_of_the_world
from .mock_cloud import Registered, Run

Inputs = Mapping[str, Any]
Finds = Callable[[Run], Iterator[str]]
ADMINISTRATION = (22, 3389)
# EC2.19: ports of services that the whole world should not reach.
HIGH_RISK = (
    *(20, 21, 22, 23, 25, 110, 135, 143, 445, 1433, 1434, 3000, 3306, 3389, 4333),
    *(5000, 5432, 5500, 5601, 8080, 8088, 8888, 9200, 9300),
)
AUTHORISED = (80, 443)  # EC2.18


@dataclass(frozen=True)
class Row:
    """A demand.

    Arguments:
        number: of the control in AWS Security Hub.
        cis: number of the recommendation of the CIS benchmark; empty for none.
        demand: what is demanded.
        how: it is kept, or why it is not.
        finds: URNs of what fails it; None where it is not kept.
    """

    number: str
    cis: str
    demand: str
    how: str
    finds: Finds | None = None


def every(type_: str, holds: Callable[[Inputs], Any]) -> Finds:
    """What fails a demand on each resource of a type by itself.

    Arguments:
        type_: its token without the name of the provider.
        holds: whether its inputs keep the demand.
    """
    return lambda run: (one.urn for one in run.of(f"aws:{type_}") if not holds(one.inputs))


def both(*several: Finds) -> Finds:
    """What fails any of several demands."""
    return lambda run: (urn for finds in several for urn in finds(run))


def beside(type_: str, other: str, holds: Callable[[Inputs], Any] = lambda inputs: True) -> Finds:
    """Resources of a type that lack one of another type of the same name that keeps a demand."""

    def finds(run: Run) -> Iterator[str]:
        have = {one.name for one in run.of(f"aws:{other}") if holds(one.inputs)}
        return (one.urn for one in run.of(f"aws:{type_}") if one.name not in have)

    return finds


def statements(policy: str) -> list[dict[str, Any]]:
    """The statements of a policy."""
    listed = json.loads(policy).get("Statement", [])  # that of a lifecycle is no such policy
    return listed if isinstance(listed, list) else [listed]


def as_list(value: Any) -> list[Any]:
    """A value of a policy, which may stand alone."""
    return list(value) if isinstance(value, list | tuple) else [value]


def allowed(run: Run) -> Iterator[tuple[Registered, dict[str, Any]]]:
    """Every statement that allows something, with the identity's policy that it is in."""
    for kind in ("rolePolicy:RolePolicy", "userPolicy:UserPolicy", "groupPolicy:GroupPolicy"):
        for one in (*run.of(f"aws:iam/{kind}"),):
            yield from ((one, each) for each in statements(one.inputs["policy"]) if _allows(each))
    for one in run.of("aws:iam/policy:Policy"):
        yield from ((one, each) for each in statements(one.inputs["policy"]) if _allows(each))


def _allows(statement: Mapping[str, Any]) -> bool:
    return bool(statement["Effect"] == "Allow")


def _on_keys_of_all(statement: Mapping[str, Any]) -> bool:
    actions = {one.lower() for one in as_list(statement["Action"])}
    reads = bool(actions & {"kms:*", "kms:decrypt", "kms:reencryptfrom"})
    return reads and any(one == "*" or ":key/*" in one for one in as_list(statement["Resource"]))


def policies(bad: Callable[[dict[str, Any]], Any]) -> Finds:
    """Policies of identities with a statement that fails a demand."""
    return lambda run: (one.urn for one, statement in allowed(run) if bad(statement))


def trusts(run: Run) -> Iterator[tuple[Registered, dict[str, Any]]]:
    """Statements of policies of things, which say whom they let in."""
    for one in run.clouds:
        for key in ("policy", "accessPolicies", "repositoryPolicy"):
            text = one.inputs.get(key)
            if isinstance(text, str) and text.startswith("{"):
                yield from (
                    (one, each)
                    for each in statements(text)
                    if _allows(each) and "Principal" in each
                )


def _to_the_public(run: Run) -> Iterator[str]:
    for one, statement in trusts(run):
        who = statement["Principal"]
        everybody = who == "*" or "*" in as_list(who.get("AWS", []))
        if everybody and not statement.get("Condition"):
            yield one.urn


def world(*ports: int, but: Sequence[int] = ()) -> Finds:
    """Rules that let much of the world in to some ports; without any, to all but some."""

    def finds(run: Run) -> Iterator[str]:
        for one in run.of("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"):
            addresses = one.inputs.get("cidrIpv4") or one.inputs.get("cidrIpv6")
            if addresses and is_much_of_the_world(addresses) and _reaches(one.inputs, ports, but):
                yield one.urn
        for one in run.of("aws:ec2/securityGroup:SecurityGroup"):
            for rule in one.inputs.get("ingress", []):
                of = [*rule.get("cidrBlocks", []), *rule.get("ipv6CidrBlocks", [])]
                if any(map(is_much_of_the_world, of)) and _reaches(rule, ports, but):
                    yield one.urn

    return finds


def _reaches(rule: Inputs, ports: Sequence[int], but: Sequence[int]) -> bool:
    protocol = rule.get("ipProtocol", rule.get("protocol"))
    if protocol in ("-1", -1) or "fromPort" not in rule:
        return True
    first, last = int(rule["fromPort"]), int(rule["toPort"])
    if ports:
        return any(first <= port <= last for port in ports)
    return not (first == last and first in but)


def interfaces(holds: Callable[[Inputs], Any]) -> Finds:
    """Launch templates with a network interface that fails a demand."""
    return every(
        "ec2/launchTemplate:LaunchTemplate",
        lambda one: all(map(holds, one.get("networkInterfaces", []))),
    )


def _true(value: Any) -> bool:
    return value in (True, "true")


def _disks(one: Inputs) -> bool:
    listed = one.get("blockDeviceMappings", [])
    return all(_true(disk["ebs"].get("encrypted")) for disk in listed if "ebs" in disk)


def _token(one: Inputs) -> bool:
    return bool(one.get("metadataOptions", {}).get("httpTokens") == "required")


def _logged(run: Run) -> Iterator[str]:
    """Buckets whose requests are not logged, but those that the logs are in."""
    targets = {one.inputs["targetBucket"] for one in run.of("aws:s3/bucketLogging:BucketLogging")}
    flows = run.of("aws:ec2/flowLog:FlowLog")
    targets |= {one.inputs["logDestination"].split(":::")[1].split("/")[0] for one in flows}
    logged = {one.inputs["bucket"] for one in run.of("aws:s3/bucketLogging:BucketLogging")}
    for one in run.of(BUCKET):
        if f"Bucket-{one.name}" not in logged and one.inputs["bucket"] not in targets:
            yield one.urn


def _tls_only(inputs: Inputs) -> bool:
    return any(
        one["Effect"] == "Deny"
        and one.get("Condition") == {"Bool": {"aws:SecureTransport": "false"}}
        for one in statements(inputs["policy"])
    )


def _other_accounts(run: Run) -> Iterator[str]:
    for one in run.of("aws:s3/bucketPolicy:BucketPolicy"):
        for statement in filter(_allows, statements(one.inputs["policy"])):
            who = statement["Principal"]
            if who == "*" or "*" in as_list(who.get("AWS", [])):
                yield one.urn


def _default_group(run: Run) -> Iterator[str]:
    closed = {
        one.inputs["vpcId"]
        for one in run.of("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup")
        if one.inputs.get("ingress") == [] and one.inputs.get("egress") == []
    }
    return (one.urn for one in run.of(VPC) if f"Vpc-{one.name}" not in closed)


def _flows(run: Run) -> Iterator[str]:
    logged = {one.inputs.get("vpcId") for one in run.of("aws:ec2/flowLog:FlowLog")}
    return (one.urn for one in run.of(VPC) if f"Vpc-{one.name}" not in logged)


def _public_masters(run: Run) -> Iterator[str]:
    """Clusters in a subnet that isn't one of the private ones."""
    private = {f"Subnet-{one.name}" for one in run.of("aws:ec2/subnet:Subnet")}
    private = {one for one in private if one.startswith("Subnet-private-")}
    for one in run.of("aws:emr/cluster:Cluster"):
        if one.inputs["ec2Attributes"].get("subnetId") not in private:
            yield one.urn


def _emr(key: str) -> Finds:
    """Clusters without a security configuration that says yes to a key."""

    def finds(run: Run) -> Iterator[str]:
        said = {
            one.name: json.loads(one.inputs["configuration"])["EncryptionConfiguration"]
            for one in run.of("aws:emr/securityConfiguration:SecurityConfiguration")
        }
        for one in run.of("aws:emr/cluster:Cluster"):
            if not said.get(one.name, {}).get(key) or not one.inputs.get("securityConfiguration"):
                yield one.urn

    return finds


def _containers(task: Inputs) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(task["containerDefinitions"])
    return found


def _latest(service: Inputs) -> bool:
    return service["launchType"] != "FARGATE" or service.get("platformVersion") == "LATEST"


def _sends_on(listener: Inputs) -> bool:
    actions = listener["defaultActions"]
    return listener["protocol"] == "HTTPS" or all(one["type"] == "redirect" for one in actions)


def _tls(listener: Inputs) -> bool:
    return listener["protocol"] != "HTTPS" or "TLS13-1-2" in listener.get("sslPolicy", "")


def _closed(cluster: Inputs) -> bool:
    where = cluster["vpcConfig"]
    if where.get("endpointPublicAccess") is False:
        return True
    ranges = where.get("publicAccessCidrs", ["0.0.0.0/0"])  # that of AWS, where nothing is said
    return not any(map(is_much_of_the_world, ranges))


def _tagged(type_: str) -> Finds:
    return every(type_, lambda one: one.get("tags"))


BUCKET, VPC = "aws:s3/bucket:Bucket", "aws:ec2/vpc:Vpc"


def _backed_up(run: Run) -> Iterator[str]:
    """EFS that no selection takes into a plan whose rules keep what they make."""
    plans = {
        f"Plan-{one.name}"
        for one in run.of("aws:backup/plan:Plan")
        if all(rule.get("lifecycle", {}).get("deleteAfter") for rule in one.inputs["rules"])
    }
    taken = {
        urn
        for one in run.of("aws:backup/selection:Selection")
        if one.inputs["planId"] in plans
        for urn in one.property_dependencies["resources"]
    }
    return (one.urn for one in run.of(f"aws:{_EFS}") if one.urn not in taken)


def _lustre_backups(one: Inputs) -> bool:
    if one["deploymentType"].startswith("SCRATCH"):
        return "automaticBackupRetentionDays" not in one
    return one.get("copyTagsToBackups") is True and one.get("automaticBackupRetentionDays", 0) > 0


BLOCKED = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
_PRIVATE = beside(
    "s3/bucket:Bucket",
    "s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
    lambda one: all(one.get(key) is True for key in BLOCKED),
)
_TEMPLATE = "ec2/launchTemplate:LaunchTemplate"
_EFS = "efs/fileSystem:FileSystem"
_LUSTRE = "fsx/lustreFileSystem:LustreFileSystem"
_MSK = "msk/cluster:Cluster"
_NOTEBOOK = "sagemaker/notebookInstance:NotebookInstance"
_ECR, _TASK = "ecr/repository:Repository", "ecs/taskDefinition:TaskDefinition"
_BALANCER = "lb/loadBalancer:LoadBalancer"
_EKS = "eks/cluster:Cluster"
SUPPORTED = ("1.34", "1.35")  # by EKS as standard (Amazon EKS user guide, 2026-11-28)
_LIFECYCLE = "s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"

ALL_RIGHTS = ("AdministratorAccess", "PowerUserAccess")  # policies of AWS

ROWS = (
    Row("EC2.2", "5.4", "The default security group lets nothing in and out",
        "it is taken over without a rule", _default_group),
    Row("EC2.3", "", "Attached volumes are encrypted", "with EBS's own key, or the stack's",
        every(_TEMPLATE, _disks)),
    Row("EC2.6", "3.7", "Each network logs its flows", "into the bucket of the logs, for 90 days",
        _flows),
    Row("EC2.8", "5.6", "Instances ask for metadata with a session token", "in the launch template",
        every(_TEMPLATE, _token)),
    Row("EC2.9", "", "Instances have no public address", "nodes are in private subnets",
        interfaces(lambda one: not _true(one.get("associatePublicIpAddress")))),
    Row("EC2.10", "", "EC2 is reached by an endpoint of the network",
        "kept where `network.endpoints` has `ec2`, which costs 7.30 USD a month and zone"),
    Row("EC2.13", "", "The world does not reach port 22",
        "ssh is closed, and the whole world is refused when the file is read", world(22)),
    Row("EC2.14", "", "The world does not reach port 3389", "nothing is opened to the world",
        world(3389)),
    Row("EC2.15", "", "Subnets give no public address by themselves", "not even the public ones",
        every("ec2/subnet:Subnet", lambda one: one.get("mapPublicIpOnLaunch") is False)),
    Row("EC2.17", "", "An instance has one network interface",
        "not kept where there is EFA: traffic between accelerators has an interface for each card"),
    Row("EC2.18", "", "The world reaches the ports of web servers alone",
        "nothing else is opened to it", world(but=AUTHORISED)),
    Row("EC2.19", "", "The world reaches no port of high risk", "nothing is opened to it",
        world(*HIGH_RISK)),
    Row("EC2.21", "5.1", "Network ACLs let the world in to neither port 22 nor 3389",
        "not kept: the network's own ACL stays open, and security groups are the wall"),
    Row("EC2.25", "", "Launch templates give no public address", "they are silent, as subnets are",
        interfaces(lambda one: not _true(one.get("associatePublicIpAddress")))),
    Row("EC2.28", "", "Volumes are in a backup plan",
        "not kept: they end with their node; what must last belongs in a bucket"),
    Row("EC2.53", "5.2", "No IPv4 range of the whole world reaches ports of administration",
        "as EC2.13", world(*ADMINISTRATION)),
    Row("EC2.54", "5.3", "No IPv6 range of the whole world reaches ports of administration",
        "as EC2.13", world(*ADMINISTRATION)),
    Row("EC2.170", "5.6", "Launch templates demand a session token for metadata", "as EC2.8",
        every(_TEMPLATE, _token)),
    Row("EC2.181", "", "Launch templates encrypt volumes", "all of them", every(_TEMPLATE, _disks)),
    Row("AutoScaling.2", "", "A group covers several zones",
        "not kept where workloads need their nodes close together; endpoints stand in all zones"),
    Row("AutoScaling.9", "", "Groups use launch templates", "all of them",
        every("autoscaling/group:Group",
              lambda one: one.get("launchTemplate") or one.get("mixedInstancesPolicy"))),
    Row("AutoScaling.10", "", "Groups are tagged", "by one convention",
        _tagged("autoscaling/group:Group")),
    Row("S3.2", "", "Buckets block that everybody reads", "public access is blocked",
        both(_PRIVATE, _to_the_public)),
    Row("S3.3", "", "Buckets block that everybody writes", "public access is blocked", _PRIVATE),
    Row("S3.5", "2.1.1", "Buckets refuse requests without TLS", "in their policy",
        both(every("s3/bucketPolicy:BucketPolicy", _tls_only),
             beside("s3/bucket:Bucket", "s3/bucketPolicy:BucketPolicy"))),
    Row("S3.6", "", "Policies of buckets let no other account in",
        "they name roles and users of the stack, and services for this account", _other_accounts),
    Row("S3.8", "2.1.4", "Buckets block public access", "all four settings", _PRIVATE),
    Row("S3.9", "", "Requests to buckets are logged", "into the bucket of the logs, for 90 days",
        _logged),
    Row("S3.10", "", "Buckets with versions have a lifecycle", "old versions end after 30 days",
        beside("s3/bucket:Bucket", _LIFECYCLE)),
    Row("S3.12", "", "Nobody has access by an access control list", "they are off",
        beside("s3/bucket:Bucket", "s3/bucketOwnershipControls:BucketOwnershipControls",
               lambda one: one["rule"]["objectOwnership"] == "BucketOwnerEnforced")),
    Row("S3.13", "", "Buckets have a lifecycle", "abandoned uploads end after a week",
        beside("s3/bucket:Bucket", _LIFECYCLE,
               lambda one: all(rule["status"] == "Enabled" for rule in one["rules"]))),
    Row("S3.14", "", "Buckets keep versions", "all of them",
        beside("s3/bucket:Bucket", "s3/bucketVersioning:BucketVersioning",
               lambda one: one["versioningConfiguration"]["status"] == "Enabled")),
    Row("S3.20", "2.1.2", "Versions are deleted with a second factor alone",
        "not kept: only root can set it, and no program should be root"),
    Row("APIGateway.8", "", "Routes say how callers are let in",
        "by the signature of an identity, or by a token of the issuer that the stack file names",
        every("apigatewayv2/route:Route",
              lambda one: one.get("authorizationType") in ("AWS_IAM", "JWT"))),
    Row("APIGateway.9", "", "Stages of HTTP APIs log requests", "into a log group of their own",
        every("apigatewayv2/stage:Stage",
              lambda one: one.get("accessLogSettings", {}).get("destinationArn"))),
    Row("CloudWatch.15", "", "Alarms do something when they are given",
        "they tell the address of `alerts`",
        every("cloudwatch/metricAlarm:MetricAlarm", lambda one: one.get("alarmActions"))),
    Row("CloudWatch.17", "", "What alarms do is not switched off", "nothing switches it off",
        every("cloudwatch/metricAlarm:MetricAlarm",
              lambda one: one.get("actionsEnabled") is not False)),
    Row("CloudWatch.16", "", "Log groups keep what they get for a year", "for 365 days",
        every("cloudwatch/logGroup:LogGroup", lambda one: one.get("retentionInDays", 0) >= 365)),
    Row("Lambda.1", "", "The policy of a function lets the public in nowhere",
        "the one route of its API alone",
        every("lambda/permission:Permission",
              lambda one: one["principal"] != "*" and one.get("sourceArn"))),
    Row("Lambda.2", "", "Functions run on a supported runtime", "Python 3.13",
        every("lambda/function:Function",
              lambda one: one.get("packageType") == "Image"
              or one["runtime"] in ("python3.12", "python3.13", "python3.14"))),
    Row("Lambda.3", "", "Functions are in a network of one's own",
        "not kept: they ask nothing but APIs of AWS, and a network would need a way out to these"),
    Row("Lambda.6", "", "Functions are tagged", "by one convention",
        _tagged("lambda/function:Function")),
    Row("EMR.1", "", "Masters have no public address", "clusters are in a private subnet",
        _public_masters),
    Row("EMR.3", "", "Clusters encrypt what is at rest", "disks with a key of the stack's own",
        _emr("EnableAtRestEncryption")),
    Row("EMR.4", "", "Clusters encrypt what is in transit",
        "not kept until `windtunnel:emrCertificates` says where certificates are: a key made by the"
        " program would be in its state"),
    Row("SageMaker.1", "", "Notebooks have no way to the internet of their own",
        "they go the way of the stack", every(_NOTEBOOK,
        lambda one: one.get("directInternetAccess") == "Disabled")),
    Row("SageMaker.2", "", "Notebooks are in a network of one's own", "in a private subnet",
        every(_NOTEBOOK, lambda one: "private" in one.get("subnetId", ""))),
    Row("SageMaker.3", "", "Nobody in a notebook is root", "root access is off",
        every(_NOTEBOOK, lambda one: one.get("rootAccess") == "Disabled")),
    Row("SageMaker.8", "", "Notebooks run on a platform that is supported", "Amazon Linux 2023",
        every(_NOTEBOOK, lambda one: one.get("platformIdentifier") == "notebook-al2023-v1")),
    Row("SageMaker.4", "", "Endpoints begin with several instances",
        "not kept: as many as the stack file says; a warning tells where one down is missed"),
    Row("SageMaker.5", "", "Models have no network", "their containers reach nothing",
        every("sagemaker/model:Model", lambda one: one.get("enableNetworkIsolation") is True)),
    Row("ECR.1", "", "Images are scanned when they are pushed", "in each repository that is built",
        every(_ECR, lambda one: one.get("imageScanningConfiguration") == {"scanOnPush": True})),
    Row("ECR.2", "", "Tags of images do not change", "a tag is of one image for ever",
        every(_ECR, lambda one: one.get("imageTagMutability") == "IMMUTABLE")),
    Row("ECR.3", "", "Repositories have a lifecycle", "images without a tag end after a week",
        beside("ecr/repository:Repository", "ecr/lifecyclePolicy:LifecyclePolicy")),
    Row("ECS.2", "", "Services have no public addresses", "tasks are in private subnets",
        every("ecs/service:Service",
              lambda one: one["networkConfiguration"].get("assignPublicIp") is False)),
    Row("ECS.3", "", "Tasks do not share the processes of their host", "nothing asks for it",
        every(_TASK, lambda one: "pidMode" not in one)),
    Row("ECS.4", "", "Containers have no privileges of their host", "nothing asks for it",
        every(_TASK, lambda one: not any(c.get("privileged") for c in _containers(one)))),
    Row("ECS.9", "", "Containers log", "into a log group of their own",
        every(_TASK, lambda one: all(c.get("logConfiguration") for c in _containers(one)))),
    Row("ECS.10", "", "Services on Fargate run on its latest platform", "LATEST",
        every("ecs/service:Service", _latest)),
    Row("EKS.1", "", "The world does not reach the endpoint of a cluster",
        "from inside of the network alone, and from the ranges of `kubernetes.open_to`, if any",
        every(_EKS, _closed)),
    Row("EKS.2", "", "Clusters run a version that is supported",
        "one of the catalog's, with the end of its support",
        every(_EKS, lambda one: one.get("version") in SUPPORTED)),
    Row("EKS.3", "", "Secrets of clusters are encrypted", "with a key of the stack's own",
        every(_EKS, lambda one: one.get("encryptionConfig", {}).get("resources") == ["secrets"])),
    Row("EKS.6", "", "Clusters are tagged", "by one convention", _tagged(_EKS)),
    Row("EKS.8", "", "Clusters log who asked for what",
        "all five logs, into a log group of their own",
        every(_EKS, lambda one: "audit" in one.get("enabledClusterLogTypes", ()))),
    Row("EKS.9", "", "Node groups run a version that is supported", "that of their cluster",
        every("eks/nodeGroup:NodeGroup", lambda one: one.get("version") in SUPPORTED)),
    Row("ELB.1", "", "Load balancers send http on to https",
        "a listener on port 80 does nothing else", every("lb/listener:Listener", _sends_on)),
    Row("ELB.4", "", "Load balancers drop headers that are not valid", "all of them",
        every(_BALANCER, lambda one: one.get("dropInvalidHeaderFields") is True)),
    Row("ELB.5", "", "Load balancers log requests", "into the bucket of the logs, for 90 days",
        every(_BALANCER, lambda one: one.get("accessLogs", {}).get("enabled") is True)),
    Row("ELB.12", "", "Load balancers are strict about requests that desynchronise", "strictest",
        every(_BALANCER, lambda one: one.get("desyncMitigationMode") == "strictest")),
    Row("ELB.13", "", "Load balancers stand in several zones", "in all of the stack, two at least",
        every(_BALANCER, lambda one: len(one.get("subnets", ())) >= 2)),
    Row("ELB.17", "", "Listeners take TLS 1.2 and later alone", "ELBSecurityPolicy-TLS13-1-2",
        every("lb/listener:Listener", _tls)),
    Row("ECS.5", "", "Containers do not write to their own file system",
        "not kept: what a container writes is its own to say"),
    Row("ECS.12", "", "Clusters measure their containers",
        "not kept: the load balancer measures the answers, and it is billed by the container"),
    Row("ELB.6", "", "Load balancers are protected from deletion",
        "not kept unless `windtunnel:protect` is `true`"),
    Row("EFS.1", "2.4.1", "File systems are encrypted", "with the key of EFS, or the stack's",
        every(_EFS, lambda one: one.get("encrypted") is True)),
    Row("EFS.2", "", "File systems are in a backup plan",
        "each day's is kept for 30 days, or as long as `backups` says", _backed_up),
    Row("EFS.6", "", "Mount targets are in subnets without public addresses", "in private ones",
        every("ec2/subnet:Subnet", lambda one: one.get("mapPublicIpOnLaunch") is False)),
    Row("EFS.7", "", "EFS's own automatic backups are on",
        "not kept: their plan keeps each for 35 days, whatever the stack; its own plan has EFS.2"),
    Row("EFS.8", "2.4.1", "File systems are encrypted at rest", "as EFS.1",
        every(_EFS, lambda one: one.get("encrypted") is True)),
    Row("FSx.2", "", "FSx for Lustre copies its tags to its backups",
        "persistent file systems do, and have a backup of each day; scratch ones can have none",
        every(_LUSTRE, _lustre_backups)),
    Row("Backup.2", "", "Recovery points are tagged", "by one convention",
        every("backup/plan:Plan",
              lambda one: all(rule.get("recoveryPointTags") for rule in one["rules"]))),
    Row("Backup.3", "", "Vaults are tagged", "by one convention",
        _tagged("backup/vault:Vault")),
    Row("Backup.5", "", "Plans are tagged", "by one convention", _tagged("backup/plan:Plan")),
    Row("IAM.1", "1.16", "No policy allows everything", "policies name actions and stores",
        both(policies(
            lambda one: "*" in as_list(one["Action"]) and "*" in as_list(one["Resource"])),
            every("iam/rolePolicyAttachment:RolePolicyAttachment",
                  lambda one: one["policyArn"].rpartition("/")[2] not in ALL_RIGHTS))),
    Row("IAM.2", "1.15", "Users have permissions by their groups alone",
        "as the stack file says: permissions of a user are a policy of the user"),
    Row("IAM.21", "", "No policy allows all actions of a service", "each action is named",
        policies(lambda one: any(action.endswith(":*") for action in as_list(one["Action"])))),
    Row("KMS.2", "", "No policy of an identity decrypts with all keys", "each key is named",
        policies(_on_keys_of_all)),
    Row("KMS.4", "3.6", "Keys rotate", "every year",
        every("kms/key:Key", lambda one: one.get("enableKeyRotation") is True)),
    Row("KMS.5", "", "Policies of keys let nobody in from outside", "this account alone",
        _to_the_public),
    Row("Kinesis.1", "", "Streams are encrypted at rest", "with the key of Kinesis, or the stack's",
        every("kinesis/stream:Stream", lambda one: one.get("encryptionType") == "KMS")),
    Row("Kinesis.2", "", "Streams are tagged", "by one convention",
        _tagged("kinesis/stream:Stream")),
    Row("MSK.1", "", "Brokers speak to each other over TLS", "with each other and with clients",
        every(_MSK, lambda one: one["encryptionInfo"]["encryptionInTransit"]
              == {"clientBroker": "TLS", "inCluster": True})),
    Row("MSK.4", "", "Brokers have no public address", "they are in private subnets",
        every(_MSK, lambda one: one["brokerNodeGroupInfo"]["connectivityInfo"]["publicAccess"]
              == {"type": "DISABLED"})),
    Row("MSK.6", "", "Nobody comes without proving who it is", "roles alone, by IAM",
        every(_MSK, lambda one: one["clientAuthentication"].get("unauthenticated") is False)),
    Row("SQS.1", "", "Queues are encrypted at rest", "with keys of SQS, or the stack's own",
        every("sqs/queue:Queue",
              lambda one: one.get("sqsManagedSseEnabled") is True or one.get("kmsMasterKeyId"))),
    Row("SQS.2", "", "Queues are tagged", "by one convention", _tagged("sqs/queue:Queue")),
    Row("SNS.1", "", "Topics are encrypted at rest", "with a key of the stack's own",
        every("sns/topic:Topic", lambda one: one.get("kmsMasterKeyId"))),
    Row("SNS.3", "", "Topics are tagged", "by one convention", _tagged("sns/topic:Topic")),
    Row("SNS.4", "", "Policies of topics let the public in nowhere",
        "they have the one that AWS gives, which lets this account in", _to_the_public),
    Row("Kinesis.3", "", "Streams keep records for a week",
        "not kept: a day is predicted and billed"),
)  # fmt: skip
