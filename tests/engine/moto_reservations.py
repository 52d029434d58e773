"""What moto lacks of EC2: capacity that is reserved, as far as a zone has any."""

import secrets
from collections import Counter
from typing import Any

from moto.autoscaling.models import FakeAutoScalingGroup
from moto.core.responses import ActionResult
from moto.ec2 import utils
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.responses import EC2Response

# Instances of a type that all zones together have for reservations; as many as one likes of others.
scarce: dict[str, int] = {}


def _reservations(backend: Any) -> dict[str, dict[str, Any]]:
    """By ID; an attribute of moto's backend, so a reset of moto ends them."""
    found: dict[str, dict[str, Any]] = backend.__dict__.setdefault("_capacity", {})
    return found


def _known(response: EC2Response) -> dict[str, Any]:
    name = response._get_param("CapacityReservationId")
    if name not in _reservations(response.ec2_backend):
        message = f"The capacity reservation '{name}' is not found."
        raise EC2ClientError("InvalidCapacityReservationId.NotFound", message)
    return _reservations(response.ec2_backend)[name]


def _refuse_what_is_not_there(response: EC2Response, kind: str, more: int) -> None:
    """EC2 reserves all instances of a request, or none."""
    kept = Counter[str]()
    for one in _reservations(response.ec2_backend).values():
        if one["State"] == "active":
            kept[one["InstanceType"]] += one["TotalInstanceCount"]
    if kind in scarce and kept[kind] + more > scarce[kind]:
        raise EC2ClientError("InsufficientInstanceCapacity", "Insufficient capacity.")


def _create(response: EC2Response) -> ActionResult:
    kind, count = response._get_param("InstanceType"), response._get_int_param("InstanceCount")
    placement = response._get_param("PlacementGroupArn")
    if placement:
        groups = response.ec2_backend.__dict__.get("_groups", {})
        strategy = groups.get(placement.rpartition("/")[2], {}).get("Strategy")
        if strategy != "cluster":
            message = f"'{placement}' is no cluster placement group of this account"
            raise EC2ClientError("InvalidParameterValue", message)
    _refuse_what_is_not_there(response, kind, count)
    made = {
        "CapacityReservationId": f"cr-{secrets.token_hex(8)}",
        "InstanceType": kind,
        "InstancePlatform": response._get_param("InstancePlatform"),
        "AvailabilityZone": response._get_param("AvailabilityZone"),
        "InstanceMatchCriteria": response._get_param("InstanceMatchCriteria", "open"),
        "TotalInstanceCount": count,
        "State": "active",
        **({"PlacementGroupArn": placement} if placement else {}),
    }
    tags = response._parse_tag_specification().get("capacity-reservation", {})
    response.ec2_backend.create_tags([made["CapacityReservationId"]], tags)
    _reservations(response.ec2_backend)[made["CapacityReservationId"]] = made
    return ActionResult({"CapacityReservation": made})


def _modify(response: EC2Response) -> ActionResult:
    known, count = _known(response), response._get_int_param("InstanceCount")
    _refuse_what_is_not_there(response, known["InstanceType"], count - known["TotalInstanceCount"])
    known["TotalInstanceCount"] = count
    return ActionResult({"Return": True})


def _describe(response: EC2Response) -> ActionResult:
    wanted = response._get_param("CapacityReservationIds", [])
    found = _reservations(response.ec2_backend).values()
    listed = [one for one in found if not wanted or one["CapacityReservationId"] in wanted]
    return ActionResult({"CapacityReservations": listed})


def _cancel(response: EC2Response) -> ActionResult:
    _known(response)["State"] = "cancelled"
    return ActionResult({"Return": True})


def _start_within(group: type[FakeAutoScalingGroup]) -> None:
    """What a template aims at must be there, of its type, and have room."""
    start = group.replace_autoscaling_group_instances

    def start_within(self: Any, count_needed: int, propagated_tags: dict[str, str]) -> None:
        template = self.ec2_launch_template
        data = template.latest_version().data if template else {}
        aim = data.get("CapacityReservationSpecification", {}).get("CapacityReservationTarget")
        if aim:
            backend = self.autoscaling_backend.ec2_backend
            kept = _reservations(backend)[aim["CapacityReservationId"]]
            running = sum(
                one.instance.instance_type == kept["InstanceType"]
                for one in self.active_instances()
            )
            room = kept["TotalInstanceCount"] - running
            fits = kept["State"] == "active" and kept["InstanceType"] == data["InstanceType"]
            if not fits or room < count_needed:
                message = "There is no unused capacity in the specified capacity reservation."
                raise EC2ClientError("ReservationCapacityExceeded", message)
        start(self, count_needed, propagated_tags)

    group.replace_autoscaling_group_instances = start_within


def fill_gaps_of_reservations() -> None:
    """Adds what is lacking to the moto of this process, once."""
    # By its prefix moto knows what may be tagged.
    utils.EC2_RESOURCE_TO_PREFIX["capacity-reservation"] = "cr"
    utils.EC2_PREFIX_TO_RESOURCE["cr"] = "capacity-reservation"
    for verb, operation in {"create": _create, "modify": _modify, "cancel": _cancel}.items():
        setattr(EC2Response, f"{verb}_capacity_reservation", operation)
    setattr(EC2Response, "describe_capacity_reservations", _describe)  # noqa: B010
    _start_within(FakeAutoScalingGroup)
