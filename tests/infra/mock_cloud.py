"""Runs the real Pulumi program without a cloud, and keeps every request that it makes."""

import asyncio
import runpy
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

import grpc
import pulumi
from pulumi.runtime import mocks, rpc
from pulumi.runtime.stack import run_in_stack

PROGRAM = Path(__file__).parents[2] / "infra" / "__main__.py"
ACCOUNT = "123456789012"
SUFFIX = "-1a2b3c4"  # that the engine adds to names
PROJECT = "windtunnel-tests"


@dataclass(frozen=True)
class Registered:
    """A resource as the program asked for it.

    Arguments:
        type: its type token.
        name: its logical name.
        urn: its URN.
        parent: URN of its parent.
        inputs: its properties.
        dependencies: URNs that must exist before it.
        property_dependencies: the same for each property.
        protect: the engine refuses to end it.
        ignored: properties whose changes are ignored.
    """

    type: str
    name: str
    urn: str
    parent: str
    inputs: dict[str, Any]
    dependencies: frozenset[str]
    property_dependencies: dict[str, frozenset[str]]
    protect: bool
    ignored: tuple[str, ...]


@dataclass
class Run:
    """What the program did.

    Arguments:
        resources: all that it registered, without the stack itself.
        outputs: what it exported.
        warnings: what it warned of.
        calls: functions of the provider that it called, with their arguments.
    """

    resources: list[Registered] = field(default_factory=list)
    outputs: dict[str, Any] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def of(self, type_: str) -> list[Registered]:
        """All resources of a type by URN, as they are registered at once; the end will do."""
        found = (one for one in self.resources if one.type.endswith(type_))
        return sorted(found, key=lambda one: one.urn)

    def one(self, type_: str, name: str | None = None) -> Registered:
        """The only resource of a type, or the one of a name."""
        found = [one for one in self.of(type_) if name is None or one.name == name]
        assert len(found) == 1, f"{len(found)} of {type_} {name}: {[one.name for one in found]}"
        return found[0]

    @property
    def clouds(self) -> list[Registered]:
        """Resources of a provider, without components."""
        return [one for one in self.resources if not one.type.startswith("windtunnel:")]


class Monitor(mocks.MockMonitor):
    """Keeps each raw request: the mocks themselves see neither parents nor dependencies."""

    def __init__(self, cloud: mocks.Mocks, run: Run) -> None:
        super().__init__(cloud)
        self._run = run
        self._lock = threading.Lock()

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 gRPC's name
        if request.type != "pulumi:pulumi:Stack":
            dependencies = {
                name: frozenset(found.urns) for name, found in request.propertyDependencies.items()
            }
            registered = Registered(
                request.type,
                request.name,
                self.make_urn(request.parent, request.type, request.name),
                request.parent,
                rpc.deserialize_properties(request.object),
                frozenset(request.dependencies),
                dependencies,
                request.protect,
                tuple(request.ignoreChanges),
            )
            with self._lock:
                self._run.resources.append(registered)
        return super().RegisterResource(request)

    def RegisterResourceOutputs(self, request: Any) -> Any:  # noqa: N802 gRPC's name
        if request.urn.split("::")[2] == "pulumi:pulumi:Stack":
            self._run.outputs.update(rpc.deserialize_properties(request.outputs))
        return super().RegisterResourceOutputs(request)


class Engine(mocks.MockEngine):
    """Keeps warnings."""

    def __init__(self, run: Run) -> None:
        super().__init__(None)
        self._run = run

    def Log(self, request: Any) -> Any:  # noqa: N802 gRPC's name
        from pulumi.runtime.proto import engine_pb2

        if request.severity == engine_pb2.WARNING:
            self._run.warnings.append(request.message)
        return super().Log(request)


class Refusal(grpc.RpcError):
    """A provider's error, as it reaches the program."""

    def code(self) -> grpc.StatusCode:
        return grpc.StatusCode.UNKNOWN

    def details(self) -> str:
        return str(self)


class Cloud(mocks.Mocks):
    """Answers as AWS and Google Cloud would, as far as the program asks."""

    def __init__(
        self,
        run: Run,
        region: str,
        zones: Iterable[str],
        silent: str,
        offering: Iterable[str] | None,
        quota: float,
        there: Mapping[str, Mapping[str, str]],
    ) -> None:
        self._run = run
        self._there = there
        self._silent = silent
        self._quota = quota
        self._region = region
        self._zones = list(zones)
        self._offering = self._zones if offering is None else list(offering)

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        kind = args.typ.rsplit(":", 1)[1]
        name = args.inputs.get("name") or f"{args.name}{SUFFIX}"
        state = {"name": name, **args.inputs, **_outputs(args.typ, name, args.inputs)}
        return f"{kind}-{args.name}", state

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[str, Any], list[tuple[str, str]]]:
        self._run.calls.append((args.token, dict(args.args)))
        if args.token.endswith(f":{self._silent}"):
            raise Refusal(f"invocation of {args.token} returned an error: not today")
        answers: dict[str, dict[str, Any]] = {
            "aws:index/getCallerIdentity:getCallerIdentity": {
                "accountId": ACCOUNT,
                "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/deployer/session",
            },
            "aws:iam/getSessionContext:getSessionContext": {
                "issuerArn": f"arn:aws:iam::{ACCOUNT}:role/teams/deployer"
            },
            "aws:eks/getAddonVersion:getAddonVersion": {
                "version": f"v{args.args.get('kubernetesVersion')}.9-eksbuild.1"
            },
            "aws:index/getRegion:getRegion": {"region": self._region},
            "aws:index/getAvailabilityZones:getAvailabilityZones": {"names": self._zones},
            "aws:ec2/getAmi:getAmi": {
                "id": "ami-of-today",
                "rootDeviceName": "/dev/xvda",
                "blockDeviceMappings": [
                    {"deviceName": name, "ebs": ebs, "noDevice": "", "virtualName": ""}
                    for name, ebs in (("/dev/xvda", {"volume_size": "75"}), ("/dev/sdb", {}))
                ],
            },
            "aws:ec2/getInstanceTypeOfferings:getInstanceTypeOfferings": self._offered(args.args),
            "aws:ec2/getInstanceType:getInstanceType": {"maximumNetworkInterfaces": 4},
            "aws:resourcegroupstaggingapi/getResources:getResources": {
                "resourceTagMappingLists": [
                    {"resourceArn": arn, "tags": tags} for arn, tags in self._there.items()
                ]
            },
            "aws:ec2/getInstances:getInstances": {"privateIps": ["10.20.0.10", "10.20.0.9"]},
            "aws:servicequotas/getServiceQuota:getServiceQuota": {
                "value": self._quota,
                "quotaName": args.args.get("quotaName")
                or f"Running instances of {args.args.get('quotaCode')}",
                "quotaCode": args.args.get("quotaCode") or "L-1B43CB89",
            },
            "gcp:compute/getZones:getZones": {"names": self._zones},
            "gcp:compute/getImage:getImage": {
                "selfLink": "projects/images/image-of-today",
                "diskSizeGb": 50,
            },
        }
        return answers[args.token], []

    def _offered(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        filters = {one["name"]: one["values"] for one in asked.get("filters", [])}
        of_zones = asked.get("locationType") == "availability-zone"
        places = self._offering if of_zones else [self._region]
        pairs = [(name, zone) for name in filters.get("instance-type", []) for zone in places]
        return {
            "instanceTypes": [name for name, _ in pairs],
            "locations": [zone for _, zone in pairs],
        }


def _outputs(type_: str, name: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """What a cloud adds to what was asked for."""
    bucket = inputs.get("bucket", name)
    email = f"{inputs.get('accountId')}@{PROJECT}.iam.gserviceaccount.com"
    added: dict[str, dict[str, Any]] = {
        "aws:s3/bucket:Bucket": {"arn": f"arn:aws:s3:::{bucket}"},
        "aws:ec2/launchTemplate:LaunchTemplate": {"latestVersion": 1},
        "aws:ec2/placementGroup:PlacementGroup": {"arn": f"arn:aws:ec2:::placement-group/{name}"},
        "aws:efs/fileSystem:FileSystem": {"arn": f"arn:aws:elasticfilesystem:::{name}"},
        "aws:backup/vault:Vault": {"arn": f"arn:aws:backup:::backup-vault:{name}"},
        "aws:kinesis/stream:Stream": {"arn": f"arn:aws:kinesis:::stream/{name}"},
        "aws:apigatewayv2/api:Api": {
            "apiEndpoint": f"https://{name}.example",
            "executionArn": f"arn:aws:execute-api:::{name}",
        },
        "aws:lambda/function:Function": {
            "arn": f"arn:aws:lambda:::function:{name}",
            "invokeArn": f"arn:aws:apigateway:::lambda:path/{name}/invocations",
        },
        "aws:sagemaker/endpoint:Endpoint": {"arn": f"arn:aws:sagemaker:::endpoint/{name}"},
        "aws:cloudwatch/logGroup:LogGroup": {"arn": f"arn:aws:logs:::log-group:{name}"},
        "aws:kms/key:Key": {"arn": f"arn:aws:kms:::key/{name}"},
        "aws:ec2/securityGroup:SecurityGroup": {"arn": f"arn:aws:ec2:::security-group/{name}"},
        "aws:lb/loadBalancer:LoadBalancer": {
            "arn": f"arn:aws:elasticloadbalancing:::loadbalancer/app/{name}",
            "dnsName": f"{name}.elb.amazonaws.com",
            "arnSuffix": f"app/{name}/50dc6c495c0c9188",
        },
        "aws:lb/targetGroup:TargetGroup": {
            "arn": f"arn:aws:elasticloadbalancing:::targetgroup/{name}/6d0ecf831eec9f09",
            "arnSuffix": f"targetgroup/{name}/6d0ecf831eec9f09",
        },
        "aws:lb/listener:Listener": {
            "arn": f"arn:aws:elasticloadbalancing:us-east-1:{ACCOUNT}:listener/app/{name}/1/2"
        },
        "aws:ecs/cluster:Cluster": {"arn": f"arn:aws:ecs:us-east-1:{ACCOUNT}:cluster/{name}"},
        "aws:ecs/taskDefinition:TaskDefinition": {
            "arn": f"arn:aws:ecs:us-east-1:{ACCOUNT}:task-definition/{name}:1"
        },
        "aws:ecr/repository:Repository": {
            "arn": f"arn:aws:ecr:us-east-1:{ACCOUNT}:repository/{inputs.get('name')}",
            "repositoryUrl": f"{ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/{inputs.get('name')}",
        },
        "aws:eks/cluster:Cluster": {
            "endpoint": f"https://{name}.gr7.us-east-1.eks.amazonaws.com",
            "vpcConfig": {**inputs.get("vpcConfig", {}), "clusterSecurityGroupId": "sg-cluster"},
        },
        "aws:eks/nodeGroup:NodeGroup": {
            "resources": [{"autoscalingGroups": [{"name": f"eks-{name}-1a2b"}]}]
        },
        "aws:sqs/queue:Queue": {
            "arn": f"arn:aws:sqs:us-east-1:{ACCOUNT}:{inputs.get('name')}",
            "url": f"https://sqs.us-east-1.amazonaws.com/{ACCOUNT}/{inputs.get('name')}",
        },
        "aws:msk/cluster:Cluster": {
            "arn": f"arn:aws:kafka:us-east-1:{ACCOUNT}:cluster/{inputs.get('clusterName')}/1-2",
            "bootstrapBrokersSaslIam": "b-1.example.kafka.us-east-1.amazonaws.com:9098",
        },
        "aws:msk/configuration:Configuration": {
            "arn": f"arn:aws:kafka:us-east-1:{ACCOUNT}:configuration/{name}/1-2",
            "latestRevision": 1,
        },
        "aws:sns/topic:Topic": {"arn": f"arn:aws:sns:::{name}"},
        "aws:emr/cluster:Cluster": {"masterPublicDns": "ip-10-20-0-9.ec2.internal"},
        "aws:iam/role:Role": {"arn": f"arn:aws:iam::{ACCOUNT}:role/{name}"},
        "aws:iam/user:User": {"arn": f"arn:aws:iam::{ACCOUNT}:user/{name}"},
        "aws:iam/instanceProfile:InstanceProfile": {"arn": f"arn:aws:iam:::profile/{name}"},
        "aws:fsx/lustreFileSystem:LustreFileSystem": {
            "dnsName": f"{name}.fsx.amazonaws.com",
            "mountName": "abcd",
        },
        "gcp:serviceaccount/account:Account": {
            "email": email,
            "member": f"serviceAccount:{email}",
        },
        "gcp:filestore/instance:Instance": {
            "networks": [{**n, "ipAddresses": ["10.0.0.2"]} for n in inputs.get("networks", [])]
        },
    }
    links = dict.fromkeys(("selfLink", "selfLinkUnique"), f"https://cloud/{name}")
    return {**links, **added.get(type_, {})}


def run_program(
    config: Mapping[str, str],
    *,
    region: str = "us-east-1",
    zones: Iterable[str] = ("us-east-1a", "us-east-1b", "us-east-1c"),
    silent: str = "nothing",
    offering: Iterable[str] | None = None,
    quota: float = 1e6,
    run: Run | None = None,
    environment: str = "test",
    there: Mapping[str, Mapping[str, str]] = MappingProxyType({}),
) -> Run:
    """Run infra/__main__.py as the engine would.

    Arguments:
        config: configuration of the Pulumi stack, full keys.
        region: that the provider is set to.
        zones: that the account may use.
        silent: function of the provider that fails.
        offering: zones that offer instances; all if None.
        quota: vCPUs of each quota of the account.
        run: filled as the program goes, to be looked at even if it stops.
        environment: name of the Pulumi stack.
        there: tags of file systems that are there already, by ARN.
    """
    run = run or Run()
    monitor = Monitor(Cloud(run, region, zones, silent, offering, quota, there), run)
    with _event_loop() as loop:
        mocks.set_mocks(monitor.mocks, "windtunnel", environment, False, monitor=monitor)
        settings = pulumi.runtime.settings
        settings.SETTINGS.engine = Engine(run)
        # The program runs in a stack of its own, not in that of the mocks.
        settings.set_root_resource(None)  # type: ignore[arg-type]
        pulumi.runtime.set_all_config(dict(config))
        loop.run_until_complete(run_in_stack(lambda: _execute()))
    return run


def _execute() -> None:
    runpy.run_path(str(PROGRAM), run_name="__main__")


class _Loops(asyncio.DefaultEventLoopPolicy):
    """Remembers each loop: the mocks make one a thread and close none."""

    def __init__(self) -> None:
        super().__init__()
        self.made: list[asyncio.AbstractEventLoop] = []

    def new_event_loop(self) -> asyncio.AbstractEventLoop:
        self.made.append(super().new_event_loop())
        return self.made[-1]


@contextmanager
def _event_loop() -> Iterator[asyncio.AbstractEventLoop]:
    """A loop of its own for each run, so that no run sees another."""
    loops = _Loops()
    asyncio.set_event_loop_policy(loops)
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        yield loop
    finally:
        loop.run_until_complete(loop.shutdown_default_executor())
        for made in loops.made:
            made.close()
        asyncio.set_event_loop_policy(None)
