"""The stack on Google Cloud: what is registered, and what can never be registered."""

import contextlib
import ipaddress
import itertools
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pulumi
import pytest

from infra.gcp.card_networks import card_ranges

from .addresses import is_much_of_the_world
from .facts import instance
from .mock_cloud import PROJECT, Registered, Run
from .strict_schema import violations
from .variants import GCP, Stack, bucket_access, file_system, nodes, volume

Build = Callable[..., Run]
BUCKET = "resnet50-imagenet-gcp-imagenet-test-116c4a5acb"
NODE_TAG = "resnet50-imagenet-gcp-node"


@pytest.fixture(params=GCP)
def any_run(request: pytest.FixtureRequest, build: Build) -> Run:
    """The program run on each variant."""
    return build("gcp", GCP[request.param])


def template(run: Run) -> dict[str, Any]:
    return run.one("InstanceTemplate").inputs


# The graph of the example


def test_the_example_is_these_resources_and_no_others(build: Build) -> None:
    counts = Counter(one.type for one in build("gcp").clouds)
    assert counts == {
        "gcp:compute/network:Network": 1,
        "gcp:compute/subnetwork:Subnetwork": 1,
        "gcp:compute/router:Router": 1,
        "gcp:compute/routerNat:RouterNat": 1,
        "gcp:compute/firewall:Firewall": 1,
        "gcp:storage/bucket:Bucket": 1,
        "gcp:filestore/instance:Instance": 1,
        "gcp:serviceaccount/account:Account": 1,
        "gcp:storage/bucketIAMMember:BucketIAMMember": 1,
        "gcp:compute/resourcePolicy:ResourcePolicy": 1,
        "gcp:compute/instanceTemplate:InstanceTemplate": 1,
        "gcp:compute/instanceGroupManager:InstanceGroupManager": 1,
    }


def test_every_part_is_a_component_of_the_stack_and_every_resource_is_in_one(any_run: Run) -> None:
    components = {one.urn for one in any_run.resources if one.type.startswith("windtunnel:gcp:")}
    for one in any_run.resources:
        if one.urn in components:
            assert one.parent.split("::")[2] == "pulumi:pulumi:Stack"
        else:
            assert one.parent in components, one.urn


def test_no_two_resources_have_the_same_urn(any_run: Run) -> None:
    urns = Counter(one.urn for one in any_run.resources)
    assert urns.most_common(1)[0][1] == 1


def test_all_resources_say_whose_they_are(any_run: Run) -> None:
    # Members, NATs and templates without labels have nowhere to say it.
    silent = ("RouterNat", "BucketIAMMember")
    for one in any_run.clouds:
        if not one.type.endswith(silent):
            said = f"{one.inputs.get('description')} {one.inputs.get('labels')}"
            assert "resnet50-imagenet-gcp" in said, one.urn
            assert "windtunnel" in said, one.urn


def test_nodes_start_after_nat_roles_and_file_systems(build: Build) -> None:
    run = build("gcp")
    needs = run.one("InstanceGroupManager").dependencies
    for type_ in ("RouterNat", "BucketIAMMember", "filestore/instance:Instance"):
        assert run.one(type_).urn in needs, type_


def test_properties_come_from_the_resources_they_name(build: Build) -> None:
    run = build("gcp")

    def comes_from(one: Registered, property_: str, type_: str) -> None:
        assert run.one(type_).urn in one.property_dependencies[property_], property_

    launch = run.one("InstanceTemplate")
    comes_from(launch, "serviceAccount", "Account")
    comes_from(launch, "metadataStartupScript", "filestore/instance:Instance")
    comes_from(launch, "networkInterfaces", "Subnetwork")
    comes_from(launch, "resourcePolicies", "ResourcePolicy")
    comes_from(run.one("InstanceGroupManager"), "versions", "InstanceTemplate")
    comes_from(run.one("BucketIAMMember"), "member", "Account")
    comes_from(run.one("filestore/instance:Instance"), "networks", "compute/network:Network")


# The network


def test_the_network_has_one_subnetwork_that_was_described(build: Build) -> None:
    run = build("gcp")
    assert run.one("compute/network:Network").inputs["autoCreateSubnetworks"] is False
    subnetwork = run.one("Subnetwork").inputs
    assert subnetwork["ipCidrRange"] == "10.30.0.0/16"
    assert subnetwork["region"] == "us-central1"
    assert subnetwork["privateIpGoogleAccess"] is True
    assert subnetwork["logConfig"]["metadata"] == "INCLUDE_ALL_METADATA"


def test_nodes_reach_the_world_through_nat(any_run: Run) -> None:
    nat = any_run.one("RouterNat").inputs
    assert nat["sourceSubnetworkIpRangesToNat"] == "ALL_SUBNETWORKS_ALL_IP_RANGES"
    assert nat["natIpAllocateOption"] == "AUTO_ONLY"
    assert nat["region"] == any_run.one("compute/router:Router").inputs["region"] == "us-central1"
    assert any_run.one("compute/router:Router").inputs["network"] == "Network-network"


def test_no_node_has_a_public_address(any_run: Run) -> None:
    (interface,) = template(any_run)["networkInterfaces"]
    assert interface["subnetwork"] == "Subnetwork-network"
    assert "accessConfigs" not in interface
    assert "ipv6AccessConfigs" not in interface


def test_nobody_logs_in_by_default_and_never_the_world(any_run: Run) -> None:
    for firewall in any_run.of("Firewall"):
        ranges = firewall.inputs.get("sourceRanges", [])
        assert not any(is_much_of_the_world(addresses) for addresses in ranges), firewall.urn
        # Without a source a rule lets in everyone.
        assert ranges or firewall.inputs.get("sourceTags"), firewall.urn
        assert firewall.inputs["targetTags"] == [NODE_TAG]


def test_ssh_is_open_to_the_named_ranges_alone(build: Build) -> None:
    assert [one.name for one in build("gcp").of("Firewall")] == ["nodes"]
    run = build("gcp", GCP["ssh"])
    for name, addresses in (
        ("nodes-ssh-ipv4", "203.0.113.7/32"),
        ("nodes-ssh-ipv6", "2001:db8::/32"),
    ):
        rule = run.one("Firewall", name).inputs
        assert rule["sourceRanges"] == [addresses]
        assert rule["allows"] == [{"protocol": "tcp", "ports": ["22"]}]


def test_nodes_let_one_another_in(build: Build) -> None:
    run = build("gcp")
    rule = run.one("Firewall", "nodes").inputs
    assert rule["sourceTags"] == rule["targetTags"] == template(run)["tags"] == [NODE_TAG]
    assert rule["allows"] == [{"protocol": "all"}]


# Storage


def test_buckets_are_private_versioned_and_not_deleted_with_data(any_run: Run) -> None:
    bucket = any_run.one("storage/bucket:Bucket").inputs
    assert bucket["name"] == BUCKET
    assert (bucket["location"], bucket["storageClass"]) == ("US-CENTRAL1", "STANDARD")
    assert bucket["uniformBucketLevelAccess"] is True
    assert bucket["publicAccessPrevention"] == "enforced"
    assert bucket["versioning"] == {"enabled": True}
    assert bucket["forceDestroy"] is False
    actions = {rule["action"]["type"]: rule["condition"] for rule in bucket["lifecycleRules"]}
    assert actions == {
        "AbortIncompleteMultipartUpload": {"age": 7},
        "Delete": {"daysSinceNoncurrentTime": 30, "withState": "ARCHIVED"},
    }


def test_nothing_asks_for_less_than_the_encryption_that_is_always_on(any_run: Run) -> None:
    # Google encrypts all disks, buckets and shares; only a key of one's own would be a setting.
    for one in any_run.clouds:
        assert not {"encryption", "kmsKeyName"} & one.inputs.keys(), one.urn


def test_a_share_is_exported_to_the_nodes_alone(build: Build) -> None:
    share = build("gcp").one("filestore/instance:Instance").inputs
    assert share["tier"] == "BASIC_SSD"
    assert share["location"] == "us-central1-c"
    assert share["fileShares"]["capacityGb"] == 2560
    (export,) = share["fileShares"]["nfsExportOptions"]
    assert export["ipRanges"] == ["10.30.0.0/16"]


@pytest.mark.parametrize(
    ("service", "tier", "location"),
    [
        ("filestore-zonal", "ZONAL", "us-central1-c"),
        ("filestore-regional", "REGIONAL", "us-central1"),
    ],
)
def test_a_share_is_of_its_tier_and_where_that_lives(
    build: Build, service: str, tier: str, location: str
) -> None:
    run = build("gcp", file_system(service))
    share = run.one("filestore/instance:Instance", "shared").inputs
    assert (share["tier"], share["location"]) == (tier, location)
    assert share["fileShares"]["capacityGb"] == 3840  # 4 TB in steps of 256 GiB


def test_disks_are_bought_as_fast_as_they_were_predicted(build: Build) -> None:
    _, disk = template(build("gcp", GCP["hyperdisk"]))["disks"]
    assert (disk["diskType"], disk["diskSizeGb"]) == ("hyperdisk-balanced", 932)
    assert (disk["provisionedIops"], disk["provisionedThroughput"]) == (50_000, 953)
    _, disk = template(build("gcp", volume("pd-ssd")))["disks"]
    assert not {"provisionedIops", "provisionedThroughput"} & disk.keys()


# Identities


@pytest.mark.parametrize(
    ("access", "roles"),
    [
        ("read", ["objectViewer"]),
        ("write", ["objectCreator"]),
        ("read_write", ["objectViewer", "objectCreator"]),
    ],
)
def test_a_service_account_may_do_what_was_listed_with_that_bucket_and_never_deletes(
    build: Build, access: str, roles: list[str]
) -> None:
    run = build("gcp", bucket_access(access))
    email = f"{run.one('Account').inputs['accountId']}@{PROJECT}.iam.gserviceaccount.com"
    assert [one.inputs for one in run.of("BucketIAMMember")] == [
        {
            "bucket": BUCKET,
            "role": f"roles/storage.{role}",
            "member": f"serviceAccount:{email}",
        }
        for role in roles
    ]


def test_nobody_has_a_role_in_the_project_and_no_account_has_a_key(any_run: Run) -> None:
    kinds = {one.type.split(":")[1] for one in any_run.clouds}
    assert "serviceaccount/key" not in kinds
    assert not any(kind.startswith("projects/") for kind in kinds)
    for member in any_run.of("BucketIAMMember"):
        assert member.inputs["member"].startswith("serviceAccount:")


def test_the_roles_of_its_account_alone_limit_a_node(any_run: Run) -> None:
    account = template(any_run)["serviceAccount"]
    assert account["scopes"] == ["https://www.googleapis.com/auth/cloud-platform"]
    assert account["email"].endswith(f"@{PROJECT}.iam.gserviceaccount.com")


def test_nodes_without_an_identity_get_an_account_without_permissions(build: Build) -> None:
    run = build("gcp", GCP["no identity"])
    assert run.of("BucketIAMMember") == []
    assert run.one("Account").name == "trainers-no-permissions"
    assert "/mnt/" not in template(run)["metadataStartupScript"]


def test_labels_are_cut_to_what_google_cloud_takes() -> None:
    from infra.names import labels

    assert labels("a" * 40, "b" * 40)["name"] == f"{'a' * 40}-{'b' * 22}"
    assert labels("stack", "part")["name"] == "stack-part"


@pytest.mark.parametrize(
    ("name", "vcpus", "disk", "taken"),
    [
        ("a2-highgpu-8g", 96, "pd-ssd", True),
        ("a2-highgpu-8g", 96, "hyperdisk-balanced", False),
        ("a3-megagpu-8g", 208, "hyperdisk-extreme", True),
        ("a3-highgpu-1g", 26, "hyperdisk-extreme", False),
        ("a3-megagpu-8g", 208, "pd-standard", False),
        ("a3-ultragpu-8g", 224, "pd-balanced", False),
        ("g2-standard-96", 96, "pd-standard", False),
        ("n1-standard-96+8xV100", 96, "hyperdisk-extreme", False),
        ("c3-standard-88", 88, "hyperdisk-extreme", True),
        ("c3-standard-44", 44, "hyperdisk-extreme", False),
        ("n2-highmem-80", 80, "hyperdisk-extreme", True),
        ("n2-standard-32", 32, "hyperdisk-extreme", False),
        ("x9-unknown", 8, "pd-ssd", True),
    ],
)
def test_a_machine_series_takes_some_disks(name: str, vcpus: int, disk: str, taken: bool) -> None:
    from infra.gcp.series import refuse_disks

    machine = replace(instance("gcp", name, "", 0, False), vcpus=vcpus)
    refused = contextlib.nullcontext() if taken else pytest.raises(pulumi.RunError, match=disk)
    with refused:
        refuse_disks("trainers", machine, [("scratch", disk)])


@pytest.mark.parametrize("name", ["a", "trainer", "a-name-that-is-cut-in-th-middle", "x" * 40])
def test_account_ids_fit_and_differ_between_stacks(name: str) -> None:
    from infra.gcp.identity import account_id

    one, other = account_id("one", name), account_id("other", name)
    assert one != other
    assert 6 <= len(one) <= 30
    assert "--" not in one


# Node groups


@pytest.mark.parametrize(("count", "spares"), [(1, 0), (4, 0), (4, 2)])
def test_as_many_gpu_instances_as_nodes_and_spares(build: Build, count: int, spares: int) -> None:
    run = build("gcp", nodes(count=count, spares=spares))
    group = run.one("InstanceGroupManager").inputs
    assert group["targetSize"] == count + spares
    assert group["waitForInstances"] is True
    assert group["waitForInstancesStatus"] == "UPDATED"
    assert group["zone"] == "us-central1-c"
    assert template(run)["machineType"] == "a2-highgpu-8g"
    assert template(run)["guestAccelerators"] == [{"type": "nvidia-tesla-a100", "count": 8}]


@pytest.mark.parametrize(
    ("instance", "machine", "accelerator", "count"),
    [
        ("n1-standard-96+8xV100", "n1-standard-96", "nvidia-tesla-v100", 8),
        ("a3-megagpu-8g", "a3-megagpu-8g", "nvidia-h100-mega-80gb", 8),
        ("a4x-highgpu-4g", "a4x-highgpu-4g", "nvidia-gb200", 4),
    ],
)
def test_accelerators_are_named_as_the_cloud_names_them(
    build: Build, instance: str, machine: str, accelerator: str, count: int
) -> None:
    asked = template(build("gcp", nodes(instance=instance, placement="none")))
    assert asked["machineType"] == machine
    assert asked["guestAccelerators"] == [{"type": accelerator, "count": count}]


def test_a_workload_policy_that_is_not_built_is_said(build: Build) -> None:
    def said(placement: str) -> list[str]:
        run = build("gcp", nodes(instance="a3-megagpu-8g", placement=placement))
        return [text for text in run.warnings if "workload policy, which is not built" in text]

    assert len(said("cluster")) == 1
    assert said("none") == []


def test_interfaces_that_are_not_built_are_said(build: Build) -> None:
    warnings = build("gcp", nodes(instance="a3-ultragpu-8g")).warnings
    assert any("a3-ultragpu-8g" in text and "are not built" in text for text in warnings)
    assert build("gcp").warnings == []


@pytest.mark.parametrize(
    ("instance", "cards"), [("a3-highgpu-1g", 0), ("a3-highgpu-8g", 4), ("a3-megagpu-8g", 8)]
)
def test_each_card_of_gpus_is_in_a_network_of_its_own(
    build: Build, instance: str, cards: int
) -> None:
    run = build("gcp", nodes(instance=instance))
    interfaces = template(run)["networkInterfaces"]
    wanted = ["Subnetwork-network", *(f"Subnetwork-cards-{card}" for card in range(cards))]
    assert [one["subnetwork"] for one in interfaces] == wanted
    assert {one["nicType"] for one in interfaces} == {"GVNIC"}
    assert not any("accessConfigs" in one for one in interfaces)
    subnetworks = {one.name: one.inputs for one in run.of("Subnetwork")}
    assert len({one["network"] for one in subnetworks.values()}) == len(wanted)
    ranges = [ipaddress.ip_network(one["ipCidrRange"]) for one in subnetworks.values()]
    assert not any(one.overlaps(other) for one, other in itertools.combinations(ranges, 2))
    of_cards = [one for one in run.of("compute/network:Network") if one.name != "network"]
    assert [one.inputs["mtu"] for one in of_cards] == [8244] * cards
    needs = run.one("InstanceGroupManager").dependencies
    assert {one.urn for one in of_cards} <= needs
    assert [text for one in run.clouds for text in violations(one.type, one.inputs)] == []


def test_cards_let_nodes_in_alone(build: Build) -> None:
    run = build("gcp", nodes(instance="a3-megagpu-8g"))
    ranges = {one.name: one.inputs["ipCidrRange"] for one in run.of("Subnetwork")}
    rules = [one for one in run.of("Firewall") if one.name.startswith("cards-")]
    assert len(rules) == 8
    assert all(one.inputs["sourceRanges"] == [ranges[one.name]] for one in rules)


def test_what_cards_of_gpus_need_on_nodes_is_said(build: Build) -> None:
    warnings = build("gcp", nodes(instance="a3-megagpu-8g", placement="none")).warnings
    assert ["GPUDirect-TCPX" in text for text in warnings] == [True]


@pytest.mark.parametrize(
    ("cidr", "first"),
    [
        ("10.20.0.0/16", "10.21.0.0/16"),
        ("10.255.0.0/16", "10.0.0.0/16"),
        ("192.168.0.0/18", "10.0.0.0/18"),
    ],
)
def test_ranges_of_cards_stay_out_of_that_of_the_nodes(cidr: str, first: str) -> None:
    found = [*itertools.islice(card_ranges(cidr), 8)]
    assert found[0] == first
    assert len({*found, cidr}) == 9


@pytest.mark.parametrize(
    ("instance", "family", "secure_boot"),
    [
        ("a2-highgpu-8g", "common-cu129-ubuntu-2204-nvidia-580", False),
        ("n2-standard-32", "ubuntu-2404-lts-amd64", True),
        ("a4x-highgpu-4g", "ubuntu-2404-lts-arm64", False),
    ],
)
def test_the_image_is_looked_up_by_family(
    build: Build, instance: str, family: str, secure_boot: bool
) -> None:
    run = build("gcp", nodes(instance=instance))
    (call,) = [arguments for token, arguments in run.calls if "getImage" in token]
    assert call["family"] == family
    assert template(run)["disks"][0]["sourceImage"] == "projects/images/image-of-today"
    shielded = template(run)["shieldedInstanceConfig"]
    assert shielded["enableSecureBoot"] is secure_boot
    assert shielded["enableVtpm"] is shielded["enableIntegrityMonitoring"] is True


def test_a_node_without_gpus_has_none(build: Build) -> None:
    assert "guestAccelerators" not in template(build("gcp", GCP["cpu"]))


@pytest.mark.parametrize(
    ("placement", "policy"),
    [
        ("cluster", {"collocation": "COLLOCATED"}),
        ("spread", {"availabilityDomainCount": 4}),
        ("none", None),
    ],
)
def test_nodes_are_placed_as_described(build: Build, placement: str, policy: Any) -> None:
    run = build("gcp", nodes(placement=placement))
    policies = [one.inputs["groupPlacementPolicy"] for one in run.of("ResourcePolicy")]
    assert policies == ([policy] if policy else [])
    assert ("resourcePolicies" in template(run)) == bool(policies)


def test_spot_instances_end_with_their_capacity_and_others_restart(build: Build) -> None:
    spot = template(build("gcp", nodes(purchase="spot")))["scheduling"]
    assert (spot["provisioningModel"], spot["preemptible"]) == ("SPOT", True)
    assert spot["automaticRestart"] is False
    for run in (build("gcp"), build("gcp", nodes(purchase="spot"))):
        assert template(run)["scheduling"]["onHostMaintenance"] == "TERMINATE"
    assert template(build("gcp"))["scheduling"]["automaticRestart"] is True
    moves = template(build("gcp", GCP["cpu"]))["scheduling"]
    assert moves["onHostMaintenance"] == "MIGRATE"


def test_keys_of_the_project_do_not_open_nodes(any_run: Run) -> None:
    metadata = template(any_run)["metadata"]
    assert metadata == {"enable-oslogin": "TRUE", "block-project-ssh-keys": "TRUE"}


def test_nodes_mount_what_their_account_may_use(build: Build) -> None:
    def change(stack: Stack) -> None:
        file_system("filestore-zonal", "read")(stack)
        volume("pd-ssd")(stack)

    script = template(build("gcp", change))["metadataStartupScript"]
    assert "try_often install nfs-common" in script
    assert "mount_store 10.0.0.2:/share /mnt/checkpoints nfs rw,hard,nolock," in script
    assert "mount_store 10.0.0.2:/share /mnt/shared nfs ro,hard,nolock," in script
    assert "format_once /dev/disk/by-id/google-scratch" in script


# What is refused before anything is registered


def user(stack: Stack) -> None:
    stack["identities"]["ann"] = {"kind": "user"}


def only_some(stack: Stack) -> None:
    stack["identities"]["trainer"]["permissions"][0]["objects"] = "train/*"


def lets_in(stack: Stack) -> None:
    stack["storage"]["imagenet"]["permissions"] = [{"identity": "trainer", "access": "read"}]


def test_a_list_alone_is_a_role_of_its_own(build: Build) -> None:
    run = build("gcp", bucket_access("list"))
    [member] = [one for one in run.of("BucketIAMMember") if "imagenet" in one.name]
    assert member.inputs["role"] == "roles/storage.legacyBucketReader"


@pytest.mark.parametrize(
    ("change", "site", "message"),
    [
        (nodes(instance="ct5lp-hightpu-8t"), {}, "its TPUv5e is no GPU of Google Cloud"),
        (nodes(instance="n1-standard-96+8xV100"), {}, "does not place N1 machines close together"),
        (nodes(boot_disk="49 GiB"), {}, "boot_disk: the image that nodes boot needs 50 GiB, not 4"),
        (volume("hyperdisk-extreme"), {}, "a2-highgpu-8g, which take no 'hyperdisk-extreme'; one"),
        (volume("pd-ssd", instance="a4x-highgpu-4g"), {}, "take no 'pd-ssd'; one of hyperdisk-ba"),
        (None, {"zones": ["us-central1-a"]}, "'us-central1-c' is not available in us-central1"),
        (lambda stack: stack.update(name="google-cloud"), {}, "which is reserved; rename"),
        (file_system("pd-ssd"), {}, "'pd-ssd' is not built on Google Cloud; one of filestore-"),
        (user, {}, "identities.ann: a user can't be built on gcp; what can is a role"),
        (only_some, {}, "identities.trainer.permissions.0: only what allows all objects at any"),
        (lets_in, {}, "storage.imagenet.permissions: a policy of a store can't be built on gcp"),
    ],
)
def test_what_cannot_be_had_is_refused_before_anything_is_registered(
    build: Build, change: Any, site: dict[str, Any], message: str
) -> None:
    run = Run()
    with pytest.raises(pulumi.RunError, match=message):
        build("gcp", change, run=run, **site)
    assert run.resources == []


def test_a_project_is_needed(build: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    from pulumi_gcp import config

    monkeypatch.setattr(type(config), "project", property(lambda self: None))
    run = Run()
    with pytest.raises(pulumi.RunError, match="pulumi config set gcp:project"):
        build("gcp", run=run)
    assert run.resources == []


@pytest.mark.parametrize(
    ("silent", "message"),
    [
        ("getZones", "which zones are available"),
        ("getImage", "which image of family 'common-cu129"),
    ],
)
def test_a_cloud_that_refuses_is_a_message(build: Build, silent: str, message: str) -> None:
    run = Run()
    with pytest.raises(pulumi.RunError, match=f"did not say {message}.*: not today$"):
        build("gcp", run=run, silent=silent)
    assert run.resources == []
