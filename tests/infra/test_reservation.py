"""Capacity that is kept for nodes, how it is made, and what the account may run."""

from collections.abc import Callable
from typing import Any

import pulumi
import pytest

from infra.aws.quota_codes import quota_code
from models.catalog.load import load_catalog
from models.description.stack import NodeGroup

from .example_graphs import ROOT, graph_of
from .mock_cloud import Run
from .variants import nodes

Build = Callable[..., Run]
BLOCK = "cr-0a1b2c3d4e5f67890"
MADE = nodes(reservation={"make": True}, spares=1)
AFFINITY = "compute.googleapis.com/reservation-name"


def template(run: Run) -> dict[str, Any]:
    return run.one("LaunchTemplate").inputs


# AWS


def test_a_reservation_holds_all_nodes_and_they_start_in_it_alone(build: Build) -> None:
    run = build("aws", MADE)
    reservation = run.one("CapacityReservation")
    assert reservation.inputs | {"tags": {}} == {
        "instanceType": "p4d.24xlarge",
        "instancePlatform": "Linux/UNIX",
        "instanceCount": 5,
        "availabilityZone": "us-east-1a",
        "instanceMatchCriteria": "targeted",
        "placementGroupArn": "arn:aws:ec2:::placement-group/trainers-1a2b3c4",
        "tags": {},
    }
    chosen = template(run)["capacityReservationSpecification"]["capacityReservationTarget"]
    assert chosen == {"capacityReservationId": "CapacityReservation-trainers"}
    needed = run.one("LaunchTemplate").property_dependencies["capacityReservationSpecification"]
    assert reservation.urn in needed


@pytest.mark.parametrize("placement", ["none", "spread"])
def test_a_reservation_of_nodes_that_are_not_close_is_of_no_placement_group(
    build: Build, placement: str
) -> None:
    run = build("aws", nodes(reservation={"make": True}, placement=placement))
    assert "placementGroupArn" not in run.one("CapacityReservation").inputs


def test_a_reservation_that_there_is_is_named(build: Build) -> None:
    run = build("aws", nodes(reservation={"name": "cr-1"}))
    chosen = template(run)["capacityReservationSpecification"]["capacityReservationTarget"]
    assert chosen == {"capacityReservationId": "cr-1"}
    assert run.of("CapacityReservation") == []
    assert "instanceMarketOptions" not in template(run)


# https://docs.aws.amazon.com/autoscaling/ec2/userguide/launch-template-capacity-blocks.html
def test_nodes_in_a_block_are_asked_for_as_such(build: Build) -> None:
    run = build("aws", nodes(purchase="capacity_block", reservation={"name": BLOCK}))
    assert template(run)["instanceMarketOptions"] == {"marketType": "capacity-block"}
    chosen = template(run)["capacityReservationSpecification"]["capacityReservationTarget"]
    assert chosen == {"capacityReservationId": BLOCK}


# https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-capacity-reservations.html: all, or none
def test_nodes_that_need_each_other_are_reserved_whole_unless_it_is_declined(build: Build) -> None:
    run = build("aws")
    reservation = run.one("CapacityReservation")
    assert reservation.inputs["instanceCount"] == 4
    chosen = template(run)["capacityReservationSpecification"]["capacityReservationTarget"]
    assert chosen == {"capacityReservationId": "CapacityReservation-trainers"}
    declined = build("aws", nodes(reservation={"make": False}))
    assert declined.of("CapacityReservation") == []
    assert "capacityReservationSpecification" not in template(declined)


def test_it_is_billed_from_its_beginning_so_it_comes_after_what_nodes_wait_for(
    build: Build,
) -> None:
    needed = build("aws").one("CapacityReservation").dependencies
    assert any("LustreFileSystem" in urn for urn in needed)
    assert any("Route::" in urn for urn in needed)
    assert not any("autoscaling" in urn for urn in needed)


@pytest.mark.parametrize("keys", [{"count": 1}, {"purchase": "spot"}])
def test_a_node_that_starts_alone_and_one_that_is_taken_back_are_not_reserved(
    build: Build, keys: dict[str, Any]
) -> None:
    run = build("aws", nodes(**keys))
    assert run.of("CapacityReservation") == []


@pytest.mark.parametrize("stem", ["flask-endpoint", "kinesis-sensors"])
def test_nodes_of_which_each_is_of_use_start_as_they_come(stem: str) -> None:
    run = graph_of(ROOT / "stacks" / f"{stem}.yaml")
    assert run.of("autoscaling/group:Group")
    assert run.of("CapacityReservation") == []


# Google Cloud


def test_a_reservation_of_google_cloud_holds_all_nodes(build: Build) -> None:
    run = build("gcp", MADE)
    reservation = run.one("reservation:Reservation").inputs
    assert reservation["specificReservation"] == {
        "count": 5,
        "instanceProperties": {
            "machineType": "a2-highgpu-8g",
            "guestAccelerators": [{"acceleratorType": "nvidia-tesla-a100", "acceleratorCount": 8}],
        },
    }
    assert reservation["specificReservationRequired"] is True
    assert reservation["zone"] == "us-central1-c"
    instances = run.one("InstanceTemplate").inputs
    assert instances["reservationAffinity"] == {
        "type": "SPECIFIC_RESERVATION",
        "specificReservation": {"key": AFFINITY, "values": ["trainers-1a2b3c4"]},
    }
    assert instances["scheduling"]["provisioningModel"] == "STANDARD"


# https://docs.cloud.google.com/compute/docs/instance-groups/bulk-create-instances-in-mig
def test_nodes_that_were_bought_for_a_period_start_all_at_once(build: Build) -> None:
    run = build("gcp", nodes(purchase="capacity_block", reservation={"name": "ours"}))
    group, instances = run.one("InstanceGroupManager").inputs, run.one("InstanceTemplate").inputs
    assert group["targetSizePolicies"] == [{"mode": "BULK"}]
    assert instances["scheduling"]["provisioningModel"] == "RESERVATION_BOUND"
    assert instances["scheduling"]["instanceTerminationAction"] == "DELETE"
    assert instances["reservationAffinity"]["specificReservation"]["values"] == ["ours"]


# https://cloud.google.com/compute/docs/instances/about-flex-start-vms: 7 days at most
def test_nodes_of_flex_start_are_waited_for_elsewhere_and_left_alone(build: Build) -> None:
    run = build("gcp", nodes(purchase="flex_start"))
    group, instances = run.one("InstanceGroupManager").inputs, run.one("InstanceTemplate").inputs
    assert instances["scheduling"] == {
        "provisioningModel": "FLEX_START",
        "maxRunDuration": {"seconds": 604_800},
        "automaticRestart": False,
        "onHostMaintenance": "TERMINATE",
        "instanceTerminationAction": "DELETE",
    }
    assert instances["reservationAffinity"] == {"type": "NO_RESERVATION"}
    assert group["targetSizePolicies"] == [{"mode": "BULK"}]
    assert group["waitForInstances"] is False
    assert group["updatePolicy"]["type"] == "OPPORTUNISTIC"
    assert group["instanceLifecyclePolicy"] == {"defaultActionOnFailure": "DO_NOTHING"}


def test_others_are_made_one_by_one(build: Build) -> None:
    group = build("gcp").one("InstanceGroupManager").inputs
    assert "targetSizePolicies" not in group
    assert "reservationAffinity" not in build("gcp").one("InstanceTemplate").inputs


@pytest.mark.parametrize("cloud", ["aws", "gcp"])
def test_a_block_that_nobody_named_is_refused(build: Build, cloud: str) -> None:
    run = Run()
    with pytest.raises(pulumi.RunError, match=r"nodes.trainers.reservation: which"):
        build(cloud, nodes(purchase="capacity_block"), run=run)
    assert run.resources == []


# Quotas


def test_what_is_beyond_a_quota_is_refused_before_anything_is_registered(build: Build) -> None:
    run = Run()
    with pytest.raises(pulumi.RunError) as caught:
        build("aws", nodes(count=4, spares=1), run=run, quota=479.0)
    assert run.resources == []
    said = str(caught.value)
    assert "nodes.trainers: the nodes have 480 vCPUs" in said
    assert "the quota 'Running instances of L-417A185B' is 479 in us-east-1" in said
    assert "--quota-code L-417A185B --desired-value 480 --region us-east-1" in said


def test_what_is_within_a_quota_is_built_and_spot_has_one_of_its_own(build: Build) -> None:
    run = build("aws", nodes(count=4, spares=1, purchase="spot"), quota=480.0)
    asked = [arguments for token, arguments in run.calls if "getServiceQuota" in token]
    assert asked == [{"serviceCode": "ec2", "quotaCode": "L-7212CCBC"}]
    assert run.one("autoscaling/group:Group")


def test_groups_of_one_family_share_a_quota(build: Build) -> None:
    def change(stack: dict[str, Any]) -> None:
        stack["nodes"]["others"] = {**stack["nodes"]["trainers"], "count": 1}

    with pytest.raises(pulumi.RunError, match=r"nodes.trainers, nodes.others: .* 480 vCPUs"):
        build("aws", change, quota=400.0)


def test_a_block_counts_against_no_quota(build: Build) -> None:
    change = nodes(purchase="capacity_block", reservation={"name": BLOCK})
    assert build("aws", change, quota=0.0).one("LaunchTemplate")


def test_a_quota_that_aws_does_not_say_is_told(build: Build) -> None:
    run = build("aws", silent="getServiceQuota")
    assert run.one("autoscaling/group:Group")
    assert "384 vCPUs are needed, and AWS did not say what its quota L-417A185B is" in "".join(
        run.warnings
    )


@pytest.mark.parametrize(
    ("instance", "purchase", "code"),
    [
        ("p4d.24xlarge", "on_demand", "L-417A185B"),
        ("p5.48xlarge", "on_demand", "L-417A185B"),
        ("p4d.24xlarge", "spot", "L-7212CCBC"),
        ("p5.48xlarge", "spot", "L-C4BD4855"),
        ("p6-b200.48xlarge", "spot", None),
        ("g5.xlarge", "on_demand", "L-DB2E81BA"),
        ("g6e.48xlarge", "spot", "L-3819A6DF"),
        ("trn1.32xlarge", "on_demand", "L-2C3B7624"),
        ("c5.18xlarge", "on_demand", "L-1216C47A"),
        ("r5.24xlarge", "spot", "L-34B43A08"),
    ],
)
def test_each_family_has_its_quota(instance: str, purchase: str, code: str | None) -> None:
    group = NodeGroup.model_validate({"instance": instance, "count": 1, "purchase": purchase})
    assert quota_code(load_catalog().instances["aws", instance], group.purchase) == code


def test_every_instance_of_the_catalog_has_a_quota() -> None:
    group = NodeGroup(instance="any", count=1)
    mine = [one for one in load_catalog().instances.values() if one.provider == "aws"]
    assert {one.name for one in mine if quota_code(one, group.purchase) is None} == set()
