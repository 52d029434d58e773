"""Nodes and reservations on AWS: all of a creation or none, tagged, ended by AWS itself."""

import datetime
import math
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from infra.capacity.aws_client import AmazonClients, ask
from infra.capacity.cloud import LABEL, Existing, Refused
from infra.capacity.journal import Creation
from models.catalog.records import Architecture, Instance

# The newest image of Amazon Linux, which RunInstances looks up itself.
_IMAGES = {
    Architecture.X86_64: "al2023-ami-kernel-default-x86_64",
    Architecture.ARM64: "al2023-ami-kernel-default-arm64",
}
_IMAGE = "resolve:ssm:/aws/service/ami-amazon-linux-latest/{}"
# A reservation ends within an hour after its end date (Amazon EC2 API reference,
# CreateCapacityReservation, EndDate).
_RESERVED_LONGER = 3600.0  # s
_LIVING = ["pending", "running", "stopping", "stopped"]
_GONE = {"InvalidInstanceID.NotFound", "InvalidCapacityReservationId.NotFound"}


class AmazonProvisioner:
    """AWS creates and deletes."""

    def __init__(self, clients: AmazonClients, shapes: dict[str, Instance]) -> None:
        self._clients = clients
        self._shapes = shapes

    def owner(self) -> str:
        """See `Provisioner.owner`."""
        sts = self._clients.client("sts", self._clients.home)
        return f"AWS account {ask(sts.get_caller_identity)['Account']}"

    def overrun(self, reservation: bool) -> float:
        """See `Provisioner.overrun`."""
        return _RESERVED_LONGER if reservation else 0.0

    def create(self, creation: Creation) -> Sequence[Existing]:
        """See `Provisioner.create`."""
        if creation.reservation:
            return self._reserve(creation)
        asked = self._instances(creation)
        ec2 = self._clients.client("ec2", creation.place.region, creates=True)
        made = ask(lambda: ec2.run_instances(**asked), creation.place)
        return [Existing(one["InstanceId"], False) for one in made["Instances"]]

    def find(self, creation: Creation) -> Sequence[Existing]:
        """See `Provisioner.find`."""
        ec2 = self._clients.client("ec2", creation.place.region)
        tag = {"Name": f"tag:{LABEL}", "Values": [creation.name]}
        if creation.reservation:
            state = {"Name": "state", "Values": ["active", "pending"]}
            pages = ec2.get_paginator("describe_capacity_reservations")
            found = ask(lambda: pages.paginate(Filters=[tag, state]).build_full_result())
            return [
                Existing(one["CapacityReservationId"], True)
                for one in found.get("CapacityReservations", [])
            ]
        state = {"Name": "instance-state-name", "Values": _LIVING}
        pages = ec2.get_paginator("describe_instances")
        found = ask(lambda: pages.paginate(Filters=[tag, state]).build_full_result())
        return [
            Existing(one["InstanceId"], False)
            for several in found.get("Reservations", [])
            for one in several["Instances"]
        ]

    def delete(self, creation: Creation, found: Sequence[Existing]) -> None:
        """See `Provisioner.delete`."""
        ec2 = self._clients.client("ec2", creation.place.region)
        nodes = [one.identifier for one in found if not one.reservation]
        if nodes:
            _unless_gone(partial(ec2.terminate_instances, InstanceIds=nodes))
        for one in found:
            if one.reservation:
                cancel = ec2.cancel_capacity_reservation
                _unless_gone(partial(cancel, CapacityReservationId=one.identifier))

    def _reserve(self, creation: Creation) -> Sequence[Existing]:
        ec2 = self._clients.client("ec2", creation.place.region, creates=True)
        made = ask(
            lambda: ec2.create_capacity_reservation(
                ClientToken=creation.name,
                InstanceType=creation.place.shape,
                InstancePlatform="Linux/UNIX",
                AvailabilityZone=creation.place.zone,
                InstanceCount=creation.nodes,
                InstanceMatchCriteria="targeted",
                EndDateType="limited",
                EndDate=_moment(creation.ends - _RESERVED_LONGER),
                TagSpecifications=_tags("capacity-reservation", creation),
            ),
            creation.place,
        )
        return [Existing(made["CapacityReservation"]["CapacityReservationId"], True)]

    def _instances(self, creation: Creation) -> dict[str, Any]:
        """As many nodes as are wanted, or none; each ends itself when its time is up."""
        minutes = max(1, math.ceil((creation.ends - creation.began) / 60.0))
        asked: dict[str, Any] = {
            "ClientToken": creation.name,
            "ImageId": _IMAGE.format(_IMAGES[self._shapes[creation.place.shape].architecture]),
            "InstanceType": creation.place.shape,
            "MinCount": creation.nodes,
            "MaxCount": creation.nodes,
            "Placement": {"AvailabilityZone": creation.place.zone},
            "InstanceInitiatedShutdownBehavior": "terminate",
            "UserData": f"#!/bin/sh\nshutdown -h +{minutes}\n",
            "MetadataOptions": {"HttpTokens": "required"},
            "TagSpecifications": _tags("instance", creation),
        }
        if creation.place.purchase == "spot":
            asked["InstanceMarketOptions"] = {
                "MarketType": "spot",
                "SpotOptions": {"SpotInstanceType": "one-time"},
            }
        return asked


def _tags(kind: str, creation: Creation) -> list[dict[str, Any]]:
    ends = _moment(creation.ends)
    return [
        {
            "ResourceType": kind,
            "Tags": [
                {"Key": "Name", "Value": creation.name},
                {"Key": LABEL, "Value": creation.name},
                {"Key": f"{LABEL}-ends", "Value": ends.isoformat(timespec="seconds")},
            ],
        }
    ]


def _moment(seconds: float) -> datetime.datetime:
    return datetime.datetime.fromtimestamp(seconds, datetime.UTC)


def _unless_gone(call: Callable[[], Any]) -> None:
    try:
        ask(call)
    except Refused as refused:
        if refused.refusal.code not in _GONE:
            raise
