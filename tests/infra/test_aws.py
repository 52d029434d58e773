"""The stack on AWS: what is registered, and what can never be registered."""

import base64
import ipaddress
import json
from collections import Counter
from collections.abc import Callable
from typing import Any

import pulumi
import pytest

from infra.aws.image import PLAIN, image_name
from models.catalog.load import load_catalog

from .addresses import is_much_of_the_world
from .mock_cloud import ACCOUNT, SUFFIX, Registered, Run
from .strict_schema import has_property
from .variants import AWS, Stack, bucket_access, file_system, joined, nodes, people, volume

Build = Callable[..., Run]
BLOCKED = ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"]
NVIDIA = "Deep Learning Base OSS Nvidia Driver GPU AMI (Amazon Linux 2023) *"
NEURON = "Deep Learning Base Neuron AMI (Amazon Linux 2023) *"
OWN = ("arn:aws:s3:::resnet50", "arn:aws:elasticf", "arn:aws:backup:::backup-vault:shared")
BUCKET = "resnet50-imagenet-aws-imagenet-test-d9735428c2"


@pytest.fixture(params=AWS)
def any_run(request: pytest.FixtureRequest, build: Build) -> Run:
    """The program run on each variant."""
    return build("aws", AWS[request.param])


def template(run: Run) -> dict[str, Any]:
    return run.one("LaunchTemplate").inputs


def script(run: Run) -> str:
    return base64.b64decode(template(run)["userData"]).decode()


def statements(policy: str) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = json.loads(policy)["Statement"]
    return listed


# The graph of the example


def test_the_example_is_these_resources_and_no_others(build: Build) -> None:
    counts = Counter(one.type.rsplit(":", 1)[1] for one in build("aws").clouds)
    assert counts == {
        "Vpc": 1,
        "Subnet": 4,
        "InternetGateway": 1,
        "Eip": 1,
        "NatGateway": 1,
        "RouteTable": 2,
        "Route": 2,
        "RouteTableAssociation": 4,
        "VpcEndpoint": 1,
        "SecurityGroup": 2,
        "SecurityGroupIngressRule": 7,
        "SecurityGroupEgressRule": 8,
        "DefaultSecurityGroup": 1,
        "FlowLog": 1,
        "Bucket": 2,  # the data, and the logs
        "BucketPublicAccessBlock": 2,
        "BucketOwnershipControls": 2,
        "BucketPolicy": 2,
        "BucketServerSideEncryptionConfiguration": 2,
        "BucketVersioning": 2,
        "BucketLifecycleConfiguration": 2,
        "BucketLogging": 1,
        "LustreFileSystem": 1,
        "Role": 1,
        "RolePolicy": 1,
        "InstanceProfile": 1,
        "PlacementGroup": 1,
        "CapacityReservation": 1,
        "LaunchTemplate": 1,
        "Group": 1,
    }


def test_every_part_is_a_component_of_the_stack_and_every_resource_is_in_one(any_run: Run) -> None:
    components = {one.urn for one in any_run.resources if one.type.startswith("windtunnel:aws:")}
    for one in any_run.resources:
        of_stack = one.parent.split("::")[2] == "pulumi:pulumi:Stack"
        assert one.parent in components or (of_stack and one.urn in components), one.urn


def test_no_two_resources_have_the_same_urn(any_run: Run) -> None:
    urns = Counter(one.urn for one in any_run.resources)
    assert urns.most_common(1)[0][1] == 1


def test_all_that_can_carry_tags_says_whose_it_is(any_run: Run) -> None:
    for one in any_run.clouds:
        if not has_property(one.type, "tags"):
            continue
        tags = one.inputs.get("tags", {})
        if isinstance(tags, list):  # of an Auto Scaling group
            tags = {tag["key"]: tag["value"] for tag in tags}
        assert tags.get("stack") == "resnet50-imagenet-aws", one.urn
        assert tags.get("managed-by") == "windtunnel", one.urn
    bucket = any_run.one("Bucket", "imagenet")
    assert bucket.inputs["tags"]["Name"] == "resnet50-imagenet-aws-imagenet"


def test_nodes_start_after_routes_roles_and_file_systems(build: Build) -> None:
    run = build("aws", file_system("efs-standard"))
    needs = run.one("autoscaling/group:Group").dependencies
    for type_, name in (
        ("NatGateway", "network-nat"),
        (":Route", "private-to-nat"),
        ("LustreFileSystem", "checkpoints"),
        ("MountTarget", "shared-us-east-1a"),
        ("RolePolicy", "trainer"),
    ):
        assert run.one(type_, name).urn in needs, name


def test_properties_come_from_the_resources_they_name(build: Build) -> None:
    run = build("aws")

    def comes_from(one: Registered, property_: str, type_: str, name: str) -> None:
        assert run.one(type_, name).urn in one.property_dependencies[property_], property_

    launch = run.one("LaunchTemplate")
    comes_from(launch, "iamInstanceProfile", "InstanceProfile", "trainer")
    comes_from(launch, "userData", "LustreFileSystem", "checkpoints")
    comes_from(launch, "networkInterfaces", "SecurityGroup", "nodes")
    group = run.one("autoscaling/group:Group")
    comes_from(group, "launchTemplate", "LaunchTemplate", "trainers.nvidia-x86_64")
    comes_from(group, "vpcZoneIdentifiers", "Subnet", "private-us-east-1a")
    comes_from(run.one("RolePolicy"), "policy", "s3/bucket:Bucket", "imagenet")
    lustre = run.one("LustreFileSystem")
    comes_from(lustre, "subnetIds", "Subnet", "private-us-east-1a")
    comes_from(lustre, "securityGroupIds", "SecurityGroup", "checkpoints")
    rules = [one.urn for one in run.of("Rule") if one.name.startswith("checkpoints")]
    assert set(rules) <= lustre.dependencies
    comes_from(run.one(":Route", "public-to-internet"), "gatewayId", "InternetGateway", "network")
    comes_from(run.one(":Route", "private-to-nat"), "natGatewayId", "NatGateway", "network-nat")
    comes_from(run.one("NatGateway"), "subnetId", "Subnet", "public-us-east-1a")
    comes_from(run.one("NatGateway"), "allocationId", "Eip", "network-nat")


# The network


def test_file_systems_are_found_by_name(any_run: Run) -> None:
    network = any_run.one("ec2/vpc:Vpc").inputs
    assert network["enableDnsSupport"] is True
    assert network["enableDnsHostnames"] is True


def test_subnets_lie_in_the_network_and_apart(any_run: Run) -> None:
    network = ipaddress.ip_network(any_run.one("ec2/vpc:Vpc").inputs["cidrBlock"])
    ranges = [one.inputs["cidrBlock"] for one in any_run.of("ec2/subnet:Subnet")]
    subnets = [ipaddress.ip_network(text) for text in ranges]
    for position, subnet in enumerate(subnets):
        assert subnet.subnet_of(network)  # type: ignore[arg-type]
        assert not any(subnet.overlaps(other) for other in subnets[:position])


@pytest.mark.parametrize("cidr", ["10.20.0.0/16", "10.20.16.0/20"])
@pytest.mark.parametrize("zones", [1, 10])
def test_nodes_have_a_quarter_of_the_network_and_ten_zones_fit(cidr: str, zones: int) -> None:
    from infra.aws.network import subnet_ranges

    network = ipaddress.ip_network(cidr)
    private, public = subnet_ranges(cidr, zones)
    ranges = [ipaddress.ip_network(text) for text in private + public]
    assert ranges[0].num_addresses == network.num_addresses // 4
    assert len(ranges) == 2 * zones
    assert sum(one.num_addresses for one in ranges) == sum(
        one.num_addresses
        for one in ipaddress.collapse_addresses(ranges)  # type: ignore[type-var]
    )
    # The smallest subnet that AWS makes is a /28.
    assert all(one.prefixlen <= 28 for one in ranges)


def test_nothing_gets_a_public_address_but_the_nat_gateway(any_run: Run) -> None:
    assert all(one.inputs["mapPublicIpOnLaunch"] is False for one in any_run.of("subnet:Subnet"))
    for interface in template(any_run)["networkInterfaces"]:
        assert "associatePublicIpAddress" not in interface
        assert interface["deleteOnTermination"] == "true"
    assert len(any_run.of("Eip")) == 1


def test_the_public_route_leads_to_the_internet(build: Build) -> None:
    route = build("aws").one(":Route", "public-to-internet").inputs
    assert route == {
        "routeTableId": "RouteTable-public",
        "destinationCidrBlock": "0.0.0.0/0",
        "gatewayId": "InternetGateway-network",
    }


def test_the_private_route_leads_through_nat_and_s3_has_a_way_of_its_own(build: Build) -> None:
    run = build("aws")
    route = run.one(":Route", "private-to-nat").inputs
    assert route["natGatewayId"] == "NatGateway-network-nat"
    assert "gatewayId" not in route
    endpoint = run.one("VpcEndpoint").inputs
    assert endpoint["serviceName"] == "com.amazonaws.us-east-1.s3"
    assert endpoint["vpcEndpointType"] == "Gateway"
    assert endpoint["routeTableIds"] == ["RouteTable-private"]
    # Without a policy of its own it lets through what the roles of the nodes may do.
    assert "policy" not in endpoint


@pytest.mark.parametrize("addresses", ["0.0.0.0/0", "128.0.0.0/1", "::/0", "2000::/3"])
def test_halves_of_the_world_are_much_of_it_too(addresses: str) -> None:
    assert is_much_of_the_world(addresses)
    assert not is_much_of_the_world("10.0.0.0/8")
    assert not is_much_of_the_world("2001:db8::/32")


def test_nobody_logs_in_by_default_and_never_the_world(any_run: Run) -> None:
    for rule in any_run.of("SecurityGroupIngressRule"):
        ranges = [rule.inputs[key] for key in ("cidrIpv4", "cidrIpv6") if key in rule.inputs]
        assert not any(is_much_of_the_world(addresses) for addresses in ranges), rule.urn
        # Without a source the rule would let nobody in, or be refused.
        assert len(ranges) == ("referencedSecurityGroupId" not in rule.inputs), rule.urn
    for group in any_run.of(":SecurityGroup"):
        assert not {"ingress", "egress"} & group.inputs.keys(), group.urn


def test_ssh_is_open_to_the_named_ranges_alone(build: Build) -> None:
    def ssh(run: Run) -> list[Any]:
        rules = [one.inputs for one in run.of("SecurityGroupIngressRule")]
        return [
            (rule.get("cidrIpv4"), rule.get("cidrIpv6"), rule["toPort"])
            for rule in rules
            if rule.get("fromPort") == 22
        ]

    assert ssh(build("aws")) == []
    assert ssh(build("aws", AWS["ssh"])) == [
        ("203.0.113.7/32", None, 22),
        (None, "2001:db8::/32", 22),
    ]


def test_nodes_speak_every_protocol_among_themselves_and_https_to_the_world(build: Build) -> None:
    run = build("aws")
    for rule in (run.one("IngressRule", "nodes"), run.one("EgressRule", "nodes")):
        assert rule.inputs["ipProtocol"] == "-1"
        assert rule.inputs["securityGroupId"] == "SecurityGroup-nodes"
        assert rule.inputs["referencedSecurityGroupId"] == "SecurityGroup-nodes"
    to_world = [one.inputs for one in run.of("EgressRule") if "cidrIpv4" in one.inputs]
    assert [(rule["fromPort"], rule["toPort"]) for rule in to_world] == [(443, 443)]


def test_lustre_passes_on_its_ports_between_nodes_and_servers_both_ways(build: Build) -> None:
    rules = [one.inputs for one in build("aws").of("IngressRule")]
    passing = {
        tuple(
            rule[key]
            for key in ("referencedSecurityGroupId", "securityGroupId", "fromPort", "toPort")
        )
        for rule in rules
        if "fromPort" in rule
    }
    nodes, servers = "SecurityGroup-nodes", "SecurityGroup-checkpoints"
    assert passing == {
        (client, server, *ports)
        for client, server in ((nodes, servers), (servers, nodes), (servers, servers))
        for ports in ((988, 988), (1018, 1023))
    }


# Storage


def test_a_bucket_is_named_for_its_owner_and_place(build: Build) -> None:
    assert build("aws").one("s3/bucket:Bucket", "imagenet").inputs["bucket"] == BUCKET
    assert build("aws").outputs["buckets"] == {"imagenet": BUCKET}


def test_buckets_are_private_encrypted_versioned_and_not_deleted_with_data(any_run: Run) -> None:
    for bucket in any_run.of("s3/bucket:Bucket"):
        logs = bucket.name == "logs"
        assert bucket.inputs["forceDestroy"] is logs
        beside = [one for one in any_run.resources if one.parent == bucket.parent]
        parts = {one.type.rsplit(":", 1)[1]: one.inputs for one in beside}
        block = parts["BucketPublicAccessBlock"]
        assert sorted(key for key, value in block.items() if value is True) == BLOCKED
        ownership = parts["BucketOwnershipControls"]["rule"]
        assert ownership == {"objectOwnership": "BucketOwnerEnforced"}
        rules = parts["BucketServerSideEncryptionConfiguration"]["rules"]
        assert rules == [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}}]
        assert parts["BucketVersioning"]["versioningConfiguration"] == {"status": "Enabled"}
        (rule,) = parts["BucketLifecycleConfiguration"]["rules"]
        assert rule["status"] == "Enabled"
        assert rule["abortIncompleteMultipartUpload"] == {"daysAfterInitiation": 7}
        assert rule["noncurrentVersionExpiration"] == {"noncurrentDays": 1 if logs else 30}
        assert rule.get("expiration") == ({"days": 90} if logs else None)
        if not logs:
            log = parts["BucketLogging"]
            assert log["targetBucket"] == any_run.one("s3/bucket:Bucket", "logs").inputs["bucket"]
            assert log["targetPrefix"] == f"requests/{bucket.name}/"


def test_logs_are_written_by_services_of_logs_for_this_account_alone(build: Build) -> None:
    run = build("aws")
    arn = f"arn:aws:s3:::{run.one('s3/bucket:Bucket', 'logs').inputs['bucket']}"
    closed, *open_to = statements(run.one("BucketPolicy", "logs").inputs["policy"])
    assert closed["Sid"] == "OnlyOverTls"
    assert [(one["Principal"]["Service"], one["Action"], one["Resource"]) for one in open_to] == [
        ("logging.s3.amazonaws.com", "s3:PutObject", f"{arn}/requests/*"),
        (
            "delivery.logs.amazonaws.com",
            "s3:PutObject",
            f"{arn}/connections/AWSLogs/{ACCOUNT}/*",
        ),
        ("delivery.logs.amazonaws.com", "s3:GetBucketAcl", arn),
        (
            "logdelivery.elasticloadbalancing.amazonaws.com",
            "s3:PutObject",
            f"{arn}/balancers/AWSLogs/{ACCOUNT}/*",
        ),
    ]
    ours = {"StringEquals": {"aws:SourceAccount": ACCOUNT}}
    *others, balancers = open_to
    assert all(one["Condition"] == ours for one in others)
    mine = f"arn:aws:elasticloadbalancing:*:{ACCOUNT}:loadbalancer/*"
    assert balancers["Condition"] == {"ArnLike": {"aws:SourceArn": mine}}
    flow = run.one("FlowLog")
    assert flow.inputs["trafficType"] == "ALL"
    assert flow.inputs["logDestination"] == f"{arn}/connections/"
    assert run.one("BucketPolicy", "logs").urn in flow.dependencies


def test_what_names_no_security_group_may_do_nothing(any_run: Run) -> None:
    default = any_run.one("DefaultSecurityGroup").inputs
    assert (default["ingress"], default["egress"]) == ([], [])
    assert default["vpcId"] == "Vpc-network"


def test_a_store_is_not_called_as_the_logs_are(build: Build) -> None:
    def change(stack: dict[str, Any]) -> None:
        stack["storage"]["logs"] = stack["storage"]["imagenet"]

    with pytest.raises(pulumi.RunError, match="two stores would be called 'logs'"):
        build("aws", change)


def test_buckets_refuse_what_is_not_encrypted_on_its_way(build: Build) -> None:
    (only,) = statements(build("aws").one("BucketPolicy", "imagenet").inputs["policy"])
    arn = f"arn:aws:s3:::{BUCKET}"
    assert (only["Effect"], only["Principal"], only["Action"]) == ("Deny", "*", "s3:*")
    assert only["Resource"] == [arn, f"{arn}/*"]
    assert only["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_every_volume_and_file_system_is_encrypted(any_run: Run) -> None:
    for mapping in template(any_run)["blockDeviceMappings"]:
        assert mapping["ebs"]["encrypted"] == "true"
        assert mapping["ebs"]["deleteOnTermination"] == "true"
    for system in any_run.of("efs/fileSystem:FileSystem"):
        assert system.inputs["encrypted"] is True
    for system in any_run.of("LustreFileSystem"):  # these always are
        assert system.inputs["deploymentType"] in ("SCRATCH_2", "PERSISTENT_2")


@pytest.mark.parametrize(
    ("wanted", "gib"),
    [(100, 1200), (1200, 1200), (1201, 2400), (2400, 2400), (2401, 4800), (120_000, 120_000)],
)
def test_lustre_is_bought_in_steps(wanted: float, gib: int) -> None:
    from infra.aws.lustre import lustre_capacity

    assert lustre_capacity(wanted * 2**30) == gib


def test_lustre_is_scratch_or_persistent_as_described(build: Build) -> None:
    scratch = build("aws").one("LustreFileSystem").inputs
    assert scratch["deploymentType"] == "SCRATCH_2"
    assert scratch["storageCapacity"] == 1200
    assert "perUnitStorageThroughput" not in scratch
    fast = build("aws", AWS["persistent"]).one("LustreFileSystem", "shared").inputs
    assert fast["deploymentType"] == "PERSISTENT_2"
    assert fast["storageCapacity"] == 4800
    assert fast["perUnitStorageThroughput"] == 250


def test_what_is_built_does_not_hang_on_the_name_of_the_service(build: Build) -> None:
    built = build("aws", file_system("team-scratch")).one("LustreFileSystem", "shared").inputs
    assert built["deploymentType"] == "SCRATCH_2"


def test_volumes_that_are_joined_are_attached_to_each_node(build: Build) -> None:
    def change(stack: Stack) -> None:
        joined(4, "10")(stack)
        stack["storage"]["more"] = {**stack["storage"]["scratch"], "volumes": 2, "level": "0"}

    run = build("aws", change)
    _, *disks = template(run)["blockDeviceMappings"]
    assert [one["deviceName"] for one in disks] == [f"/dev/sd{letter}" for letter in "fghijk"]
    # 1 TB on two pairs, and 1 TB on a stripe of two: 466 GiB each.
    assert {one["ebs"]["volumeSize"] for one in disks} == {466}
    text = script(run)
    assert 'case " sdf sdg sdh sdi " in' in text
    assert "--level=10" in text
    assert 'case " sdj sdk " in' in text


def test_a_volume_that_is_larger_than_ebs_sells_is_refused(build: Build) -> None:
    """64 TiB of gp3; what is joined may hold more."""

    def change(volumes: int) -> Callable[[Stack], None]:
        def changed(stack: Stack) -> None:
            joined(volumes)(stack)
            stack["storage"]["scratch"]["size"] = "100 TiB"

        return changed

    with pytest.raises(
        pulumi.RunError, match=r"storage\.scratch\.size: is 100 TiB .* 64 TiB of gp3"
    ):
        build("aws", change(1))
    template = build("aws", change(2)).one("LaunchTemplate").inputs
    assert [disk["ebs"]["volumeSize"] for disk in template["blockDeviceMappings"][1:]] == [
        51_200
    ] * 2


def test_more_volumes_than_a_node_takes_are_refused(build: Build) -> None:
    def change(stack: Stack) -> None:
        joined(10)(stack)
        stack["storage"]["more"] = {**stack["storage"]["scratch"], "volumes": 2}

    with pytest.raises(pulumi.RunError, match=r"nodes\.trainers: 12 volumes a node, 11 at most"):
        build("aws", change)


def test_efs_has_a_mount_target_in_each_zone_that_only_nodes_reach(build: Build) -> None:
    run = build("aws", file_system("efs-standard"))
    targets = run.of("MountTarget")
    assert [one.inputs["subnetId"] for one in targets] == [
        "Subnet-private-us-east-1a",
        "Subnet-private-us-east-1b",
    ]
    assert all(one.inputs["securityGroups"] == ["SecurityGroup-shared"] for one in targets)
    (rule,) = [
        one.inputs
        for one in run.of("IngressRule")
        if one.inputs["securityGroupId"] == "SecurityGroup-shared"
    ]
    assert (rule["fromPort"], rule["referencedSecurityGroupId"]) == (2049, "SecurityGroup-nodes")


def test_efs_in_one_zone_has_one_mount_target(build: Build) -> None:
    run = build("aws", file_system("efs-one-zone"))
    assert run.one("efs/fileSystem:FileSystem").inputs["availabilityZoneName"] == "us-east-1a"
    assert [one.name for one in run.of("MountTarget")] == ["shared-us-east-1a"]


def backed_up(days: str | None, service: str = "efs-standard") -> Callable[[Stack], None]:
    def change(stack: Stack) -> None:
        file_system(service)(stack)
        if days is not None:
            stack["storage"]["shared"]["backups"] = days

    return change


@pytest.mark.parametrize(("described", "days"), [(None, 30), ("7 d", 7)])
def test_efs_has_a_backup_of_each_day_in_a_vault_of_its_own(
    build: Build, described: str | None, days: int
) -> None:
    run = build("aws", backed_up(described))
    vault, plan = run.one("backup/vault:Vault"), run.one("backup/plan:Plan").inputs
    (rule,) = plan["rules"]
    assert rule["targetVaultName"] == f"{vault.name}-1a2b3c4"
    assert rule["lifecycle"] == {"deleteAfter": days}
    assert rule["recoveryPointTags"] == plan["tags"] == vault.inputs["tags"]
    taken = run.one("backup/selection:Selection").inputs
    assert taken["resources"] == ["arn:aws:elasticfilesystem:::shared-1a2b3c4"]
    assert taken["planId"] == "Plan-shared"
    (role,) = [one for one in run.of("iam/rolePolicy:RolePolicy") if one.name == "shared-backups"]
    read, keep = statements(role.inputs["policy"])
    assert read["Resource"] == taken["resources"][0]
    assert keep["Resource"] == f"arn:aws:backup:::backup-vault:{rule['targetVaultName']}"


@pytest.mark.parametrize("service", ["efs-standard", "fsx-lustre-persistent-2-250"])
def test_backups_of_no_days_are_none(build: Build, service: str) -> None:
    run = build("aws", backed_up("0 d", service))
    assert not run.of("backup/plan:Plan")
    lustre = [one.inputs for one in run.of("LustreFileSystem") if one.name == "shared"]
    assert all(one["automaticBackupRetentionDays"] == 0 for one in lustre)


def test_persistent_lustre_has_backups_with_its_tags(build: Build) -> None:
    run = build("aws", backed_up("90 d", "fsx-lustre-persistent-2-250"))
    lustre = run.one("LustreFileSystem", "shared")
    assert lustre.inputs["automaticBackupRetentionDays"] == 90
    assert lustre.inputs["copyTagsToBackups"] is True
    assert lustre.ignored == ("copyTagsToBackups",)
    scratch = run.one("LustreFileSystem", "checkpoints").inputs
    assert not {"automaticBackupRetentionDays", "copyTagsToBackups"} & scratch.keys()


def test_lustre_keeps_no_backup_for_longer_than_fsx_does(build: Build) -> None:
    with pytest.raises(
        pulumi.RunError, match=r"shared\.backups: FSx keeps .* 90 days .* not for 91"
    ):
        build("aws", backed_up("91 d", "fsx-lustre-persistent-2-250"))


def test_efs_refuses_what_is_not_encrypted_on_its_way(build: Build) -> None:
    run = build("aws", file_system("efs-standard"))
    (only,) = statements(run.one("FileSystemPolicy").inputs["policy"])
    assert (only["Effect"], only["Principal"], only["Action"]) == ("Deny", {"AWS": "*"}, "*")
    *_, granted = statements(run.one("RolePolicy", "trainer").inputs["policy"])
    assert only["Resource"] == granted["Resource"] == "arn:aws:elasticfilesystem:::shared-1a2b3c4"
    assert only["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_volumes_are_bought_as_fast_as_they_were_predicted(build: Build) -> None:
    _, gp3 = template(build("aws", volume("ebs-gp3")))["blockDeviceMappings"]
    assert gp3["deviceName"] == "/dev/sdf"
    assert gp3["ebs"]["volumeType"] == "gp3"
    assert gp3["ebs"]["volumeSize"] == 932  # 1 TB in GiB, rounded up
    assert (gp3["ebs"]["iops"], gp3["ebs"]["throughput"]) == (6000, 500)
    _, io2 = template(build("aws", volume("ebs-io2")))["blockDeviceMappings"]
    assert io2["ebs"]["volumeType"] == "io2"
    assert io2["ebs"]["iops"] == 256_000
    assert "throughput" not in io2["ebs"]


def test_a_small_volume_gets_no_more_operations_than_ebs_sells_with_it(build: Build) -> None:
    def change(stack: dict[str, Any]) -> None:
        volume("ebs-io2")(stack)
        stack["storage"]["scratch"]["size"] = "20 GiB"

    _, small = template(build("aws", change))["blockDeviceMappings"]
    assert small["ebs"]["iops"] == 20_000


# Identities


def test_a_role_may_do_what_was_listed_with_that_store_and_no_more(build: Build) -> None:
    listed = statements(build("aws").one("RolePolicy").inputs["policy"])
    arn = f"arn:aws:s3:::{BUCKET}"
    assert listed == [
        {"Effect": "Allow", "Action": ["s3:ListBucket"], "Resource": arn},
        {"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": f"{arn}/*"},
    ]


@pytest.mark.parametrize(
    ("access", "actions"),
    [
        ("write", {"s3:PutObject", "s3:AbortMultipartUpload"}),
        (
            "read_write",
            {"s3:ListBucket", "s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload"},
        ),
    ],
)
def test_writing_is_another_permission_than_reading(
    build: Build, access: str, actions: set[str]
) -> None:
    listed = statements(build("aws", bucket_access(access)).one("RolePolicy").inputs["policy"])
    assert {action for statement in listed for action in statement["Action"]} == actions


@pytest.mark.parametrize("access", ["read", "read_write"])
def test_a_role_may_mount_efs_as_it_was_allowed_to(build: Build, access: str) -> None:
    run = build("aws", file_system("efs-standard", access))
    *_, mount = statements(run.one("RolePolicy", "trainer").inputs["policy"])
    writes = {"elasticfilesystem:ClientWrite", "elasticfilesystem:ClientRootAccess"}
    assert mount["Resource"].startswith("arn:aws:elasticfilesystem:")
    assert set(mount["Action"]) - writes == {"elasticfilesystem:ClientMount"}
    assert writes.isdisjoint(mount["Action"]) == (access == "read")


def test_a_further_condition_never_takes_the_place_of_one_that_is_there(build: Build) -> None:
    when = {"StringLike": {"s3:prefix": "a*"}}

    def change(stack: dict[str, Any]) -> None:
        permission = {"identity": "trainer", "access": "list", "objects": "*b", "when": when}
        stack["storage"]["imagenet"]["permissions"] = [permission]

    _, listed = statements(build("aws", change).one("BucketPolicy", "imagenet").inputs["policy"])
    assert listed["Condition"] == {
        "StringLike": {"s3:prefix": ["a*"]},
        "ForAnyValue:StringLike": {"s3:prefix": ["*b"]},
    }


def test_no_policy_allows_everything(any_run: Run) -> None:
    for one in any_run.of("RolePolicy"):
        for statement in statements(one.inputs["policy"]):
            assert not any("*" in action for action in statement["Action"])
            assert statement["Resource"].startswith(OWN)


def test_only_instances_take_the_role(any_run: Run) -> None:
    for role in any_run.of("iam/role:Role"):
        (trust,) = statements(role.inputs["assumeRolePolicy"])
        service = "backup" if role.name.endswith("-backups") else "ec2"
        assert trust["Principal"] == {"Service": f"{service}.amazonaws.com"}
    # Users are those of the file, and get neither keys nor passwords.
    assert {one.name for one in any_run.of("iam/user:User")} <= {"ann", "bob"}
    for credential in ("AccessKey", "UserLoginProfile", "SigningCertificate", "SshKey"):
        assert any_run.of(credential) == []


def test_users_and_groups_are_those_of_the_file_and_have_its_policies(build: Build) -> None:
    assert build("aws").of("iam/user:User") == []
    run = build("aws", people)
    assert [one.name for one in run.of("iam/user:User")] == ["ann", "bob"]
    assert [one.name for one in run.of("iam/group:Group")] == ["staff"]
    assert [one.name for one in run.of("UserPolicy")] == ["ann"]
    assert [one.name for one in run.of("GroupPolicy")] == ["staff"]
    assert run.one("UserGroupMembership").name == "ann"
    arn = f"arn:aws:s3:::{BUCKET}"
    assert statements(run.one("UserPolicy").inputs["policy"]) == [
        {
            "Effect": "Allow",
            "Action": ["s3:ListBucket"],
            "Resource": arn,
            "Condition": {"StringLike": {"s3:prefix": ["train/*"]}},
        },
        {"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": f"{arn}/train/*"},
    ]
    closed, listed, used, frozen = statements(run.one("BucketPolicy", "imagenet").inputs["policy"])
    assert closed["Sid"] == "OnlyOverTls"
    bob = [f"arn:aws:iam::{ACCOUNT}:user/bob{SUFFIX}"]
    assert listed["Principal"] == used["Principal"] == {"AWS": bob}
    assert used["Condition"] == {"Bool": {"aws:SecureTransport": ["true"]}}
    # All identities of the file, and nobody else.
    everybody = [f"role/{name}" for name in ("trainer",)] + ["user/ann", "user/bob"]
    assert frozen["Principal"]["AWS"] == [
        f"arn:aws:iam::{ACCOUNT}:{one}{SUFFIX}" for one in everybody
    ]
    assert (frozen["Effect"], frozen["Resource"]) == ("Deny", f"{arn}/frozen/*")


def test_who_may_only_list_files_has_no_policy(build: Build) -> None:
    """It would have no statement, and AWS refuses such a policy."""

    def change(stack: Stack) -> None:
        file_system("efs-standard")(stack)
        listed = {"kind": "group", "permissions": [{"store": "shared", "access": "list"}]}
        stack["identities"] |= {"staff": listed, "ann": {**listed, "kind": "user"}}

    run = build("aws", change)
    assert [one.name for one in run.of("iam/group:Group")] == ["staff"]
    assert [*run.of("GroupPolicy"), *run.of("UserPolicy")] == []


def test_no_policy_is_without_a_statement(any_run: Run) -> None:
    for one in any_run.clouds:
        if one.type.startswith("aws:iam/") and "policy" in one.inputs:
            assert statements(one.inputs["policy"]), one.urn


def test_nodes_without_an_identity_get_a_role_without_permissions(build: Build) -> None:
    run = build("aws", AWS["no identity"])
    assert run.one("iam/role:Role").name == "trainers-no-permissions"
    assert run.of("RolePolicy") == []
    assert "/mnt/" not in script(run)
    [started, read, _] = run.warnings
    assert "nothing starts a workload of kind 'training'" in started
    assert "no identity lets the nodes 'trainers' read 'imagenet'" in read


# Node groups


@pytest.mark.parametrize(("count", "spares"), [(1, 0), (4, 0), (4, 2)])
def test_as_many_gpu_instances_as_nodes_and_spares(build: Build, count: int, spares: int) -> None:
    run = build("aws", nodes(count=count, spares=spares))
    group = run.one("autoscaling/group:Group").inputs
    assert group["minSize"] == group["maxSize"] == group["desiredCapacity"] == count + spares
    assert template(run)["instanceType"] == "p4d.24xlarge"
    assert group["launchTemplate"]["id"] == "LaunchTemplate-trainers.nvidia-x86_64"


@pytest.mark.parametrize("placement", ["cluster", "spread", "none"])
def test_nodes_are_placed_as_described(build: Build, placement: str) -> None:
    run = build("aws", nodes(placement=placement))
    groups = run.of("PlacementGroup")
    assert [one.inputs["strategy"] for one in groups] == [placement][: placement != "none"]
    assert ("placementGroup" in run.one("autoscaling/group:Group").inputs) == bool(groups)


def test_metadata_needs_a_session_token(any_run: Run) -> None:
    assert template(any_run)["metadataOptions"] == {
        "httpEndpoint": "enabled",
        "httpTokens": "required",
        "httpPutResponseHopLimit": 1,
    }


@pytest.mark.parametrize(
    ("instance", "name", "architecture"),
    [
        ("p4d.24xlarge", NVIDIA, "x86_64"),
        ("trn1.32xlarge", NEURON, "x86_64"),
        ("c7i.48xlarge", "al2023-ami-2023.*", "x86_64"),
        ("c7g.16xlarge", "al2023-ami-2023.*", "arm64"),
    ],
)
def test_the_image_is_looked_up_for_the_instance(
    build: Build, instance: str, name: str, architecture: str
) -> None:
    run = build("aws", nodes(instance=instance))
    (call,) = [arguments for token, arguments in run.calls if "getAmi" in token]
    filters = {one["name"]: one["values"] for one in call["filters"]}
    assert filters["name"] == [name]
    assert filters["architecture"] == [architecture]
    assert call["owners"] == ["amazon"]
    assert call["mostRecent"] is True
    assert template(run)["imageId"] == "ami-of-today"


def test_every_instance_without_accelerators_has_the_plain_image() -> None:
    mine = [one for one in load_catalog().instances.values() if one.provider == "aws"]
    plain = {one.name: image_name(one) for one in mine if not one.accelerators}
    assert {"m5.large", "c5.xlarge"} <= plain.keys()
    assert set(plain.values()) == {PLAIN}


def test_a_gpu_that_no_image_drives_is_said(build: Build) -> None:
    run = build("aws", nodes(instance="p3.16xlarge"))
    assert "no current image with a driver for V100" in run.warnings[1]


@pytest.mark.parametrize(
    ("instance", "efas", "first"),
    [
        ("p4d.24xlarge", 4, (0, 1)),
        ("p5.48xlarge", 32, (0, 1)),
        ("p6-b300.48xlarge", 16, (1, 0)),
        ("g5.xlarge", 0, None),
    ],
)
def test_each_network_card_that_can_has_an_efa(
    build: Build, instance: str, efas: int, first: tuple[int, int] | None
) -> None:
    primary, *others = template(build("aws", nodes(instance=instance)))["networkInterfaces"]
    assert "interfaceType" not in primary
    assert (primary["networkCardIndex"], primary["deviceIndex"]) == (0, 0)
    places = [(one["networkCardIndex"], one["deviceIndex"]) for one in others]
    assert len(places) == len(set(places)) == efas
    assert all(one["interfaceType"] == "efa-only" for one in others)
    assert places[:1] == ([first] if first else [])
    assert all(one["securityGroups"] == ["SecurityGroup-nodes"] for one in [primary, *others])


def test_a_boot_disk_as_large_as_the_image_will_do(build: Build) -> None:
    root, *_ = template(build("aws", nodes(boot_disk="75 GiB")))["blockDeviceMappings"]
    assert (root["deviceName"], root["ebs"]["volumeSize"]) == ("/dev/xvda", 75)


def test_spot_instances_are_asked_for_one_at_a_time(build: Build) -> None:
    options = template(build("aws", nodes(purchase="spot")))["instanceMarketOptions"]
    assert options == {"marketType": "spot", "spotOptions": {"spotInstanceType": "one-time"}}
    assert "instanceMarketOptions" not in template(build("aws"))


def test_nodes_mount_what_their_role_may_use(build: Build) -> None:
    text = script(build("aws", file_system("efs-standard", "read")))
    assert (
        "mount_store checkpoints-1a2b3c4.fsx.amazonaws.com@tcp:/abcd /mnt/checkpoints lustre rw,"
        in text
    )
    assert "mount_store FileSystem-shared:/ /mnt/shared efs ro,tls,iam,_netdev" in text
    assert "try_often install lustre-client" in text
    assert "try_often install amazon-efs-utils" in text


def test_nodes_format_a_new_volume_and_mount_it(build: Build) -> None:
    text = script(build("aws", volume("ebs-gp3")))
    assert "format_once /dev/sdf && mount_store /dev/sdf /mnt/scratch ext4" in text


# What is refused before anything is registered


@pytest.mark.parametrize(
    ("change", "site", "message"),
    [
        (nodes(placement="spread", count=8), {}, "AWS spreads 7 nodes of a zone at most, not 8"),
        (None, {"region": "eu-west-1"}, "pulumi config set aws:region us-east-1"),
        (None, {"zones": ["us-east-1a"]}, "'us-east-1b' is not available to this account"),
        (lambda stack: stack.update(name="google-cloud"), {}, "which is reserved; rename"),
        (
            None,
            {"offering": ["us-east-1c", "us-east-1b"]},
            "'us-east-1a'.* does not offer p4d.24xlarge; offered by: us-east-1b, us-east-1c",
        ),
        (nodes(boot_disk="79 GB"), {}, "boot_disk: the image that nodes boot needs 75 GiB, not 73"),
        (nodes(boot_disk="80 TB"), {}, "boot_disk: is 72.76 TiB, and 64 TiB at most are sold"),
        (None, {"offering": []}, "does not offer p4d.24xlarge; offered by: no zone of this"),
        (
            lambda stack: (
                stack["nodes"].update(other=stack["nodes"]["trainers"]),
                stack["identities"].update({"other-no-permissions": {"nodes": "trainers"}}),
                stack["identities"].pop("trainer"),
            ),
            {},
            "two roles would be called 'other-no-permissions'",
        ),
    ],
)
def test_what_cannot_be_had_is_refused_before_anything_is_registered(
    build: Build, change: Any, site: dict[str, Any], message: str
) -> None:
    run = Run()
    with pytest.raises(pulumi.RunError, match=message):
        build("aws", change, run=run, **site)
    assert run.resources == []


@pytest.mark.parametrize(
    ("silent", "message"),
    [
        ("getRegion", "which region it is set to"),
        ("getAvailabilityZones", "which zones are available"),
        ("getCallerIdentity", "whose credentials these are"),
        ("getInstanceTypeOfferings", "which zones offer the instance types"),
        ("getAmi", "which image 'Deep Learning Base OSS"),
    ],
)
def test_a_cloud_that_refuses_is_a_message(build: Build, silent: str, message: str) -> None:
    run = Run()
    with pytest.raises(pulumi.RunError, match=f"did not say {message}.*: not today$"):
        build("aws", run=run, silent=silent)
    assert run.resources == []
