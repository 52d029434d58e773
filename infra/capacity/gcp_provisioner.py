"""Nodes and reservations on Google Cloud: all of a creation or none, ended by the cloud itself."""

import uuid
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from infra.capacity.cloud import LABEL, Existing, Refused
from infra.capacity.gcp_client import GoogleClients, ask, once, patient, refusal_in
from infra.capacity.journal import Creation
from infra.gcp.boot_disks import boot_disk_type
from models.capacity.refusal import Kind, Refusal
from models.catalog.records import Architecture, Instance

_IMAGES = {
    Architecture.X86_64: "projects/debian-cloud/global/images/family/debian-12",
    Architecture.ARM64: "projects/debian-cloud/global/images/family/debian-12-arm64",
}
_BOOT_GB = 20
_NETWORK = "global/networks/default"
_WAITS, _LONGEST_WAIT = 10, 150.0  # s; each is answered after two minutes at the latest
_NOT_FOUND = "notFound"
_MODELS = {"spot": "SPOT", "flex_start": "FLEX_START"}


class GoogleProvisioner:
    """Google Cloud creates and deletes."""

    def __init__(self, clients: GoogleClients, shapes: dict[str, Instance]) -> None:
        self._clients = clients
        self._shapes = shapes
        self._types = clients.types

    def owner(self) -> str:
        """See `Provisioner.owner`."""
        return f"project {self._clients.project} of Google Cloud"

    def overrun(self, reservation: bool) -> float:
        """See `Provisioner.overrun`."""
        return 0.0

    def create(self, creation: Creation) -> Sequence[Existing]:
        """See `Provisioner.create`."""
        if creation.reservation:
            self._reserve(creation)
            return [Existing(creation.name, True)]
        types, place = self._types, creation.place
        client = self._clients.client(types.InstancesClient)
        request = types.BulkInsertInstanceRequest(
            project=self._clients.project,
            zone=place.zone,
            request_id=_request_id(creation),
            bulk_insert_instance_resource_resource=types.BulkInsertInstanceResource(
                count=creation.nodes,
                min_count=creation.nodes,
                name_pattern=f"{creation.name}-####",
                instance_properties=self._properties(creation),
            ),
        )
        self._done(lambda: client.bulk_insert_unary(request, **once()), creation)
        return self.find(creation)

    def find(self, creation: Creation) -> Sequence[Existing]:
        """See `Provisioner.find`."""
        types, zone = self._types, creation.place.zone
        if creation.reservation:  # they have no labels
            reservations = self._clients.client(types.ReservationsClient)
            try:
                ask(
                    lambda: reservations.get(
                        project=self._clients.project, zone=zone, reservation=creation.name,
                        **patient(),
                    )
                )  # fmt: skip
            except Refused as refused:
                if refused.refusal.code == _NOT_FOUND:
                    return []
                raise
            return [Existing(creation.name, True)]
        request = types.ListInstancesRequest(
            project=self._clients.project, zone=zone, filter=f'labels.{LABEL} = "{creation.name}"'
        )
        client = self._clients.client(types.InstancesClient)
        found = ask(lambda: list(client.list(request, **patient())))
        return [Existing(one.name, False) for one in found]

    def delete(self, creation: Creation, found: Sequence[Existing]) -> None:
        """See `Provisioner.delete`."""
        types, where = self._types, {"project": self._clients.project, "zone": creation.place.zone}
        instances = self._clients.client(types.InstancesClient)
        reservations = self._clients.client(types.ReservationsClient)
        operations = []
        for one in found:
            name = one.identifier

            def delete(name: str = name, reservation: bool = one.reservation) -> Any:
                if reservation:
                    return reservations.delete_unary(reservation=name, **where, **once())
                return instances.delete_unary(instance=name, **where, **once())

            try:
                operations.append(ask(delete, creation.place))
            except Refused as refused:
                if refused.refusal.code != _NOT_FOUND:
                    raise
        for operation in operations:
            self._wait(operation, creation)

    def _reserve(self, creation: Creation) -> None:
        types = self._types
        instance = self._shapes[creation.place.shape]
        inside = types.AllocationSpecificSKUAllocationReservedInstanceProperties(
            machine_type=instance.machine_type, guest_accelerators=self._accelerators(instance)
        )
        reservation = types.Reservation(
            name=creation.name,
            description=f"{LABEL}: {creation.name}",
            specific_reservation=types.AllocationSpecificSKUReservation(
                count=creation.nodes, instance_properties=inside
            ),
            specific_reservation_required=True,
            delete_after_duration=types.Duration(seconds=_seconds(creation)),
        )
        request = types.InsertReservationRequest(
            project=self._clients.project,
            zone=creation.place.zone,
            request_id=_request_id(creation),
            reservation_resource=reservation,
        )
        client = self._clients.client(types.ReservationsClient)
        self._done(lambda: client.insert_unary(request, **once()), creation)

    def _done(self, call: Callable[[], Any], creation: Creation) -> None:
        self._wait(ask(call, creation.place), creation)

    def _wait(self, operation: Any, creation: Creation) -> None:
        """Until an operation is done.

        Raises:
            Refused: it failed, or does not come to its end.
        """
        types, place = self._types, creation.place
        client = self._clients.client(types.ZoneOperationsClient)
        done = types.Operation.Status.DONE
        for _ in range(_WAITS):
            if operation.status == done:
                break
            wait = partial(
                client.wait,
                project=self._clients.project,
                zone=place.zone,
                operation=operation.name,
                retry=None,
                timeout=_LONGEST_WAIT,
            )
            operation = ask(wait, place)
        if operation.error.errors:
            raise Refused(refusal_in(operation.error.errors, place))
        if operation.status != done:
            words = f"the operation {operation.name} does not come to its end"
            raise Refused(Refusal(Kind.NO_ANSWER, "", words, place))

    def _properties(self, creation: Creation) -> Any:
        types, instance = self._types, self._shapes[creation.place.shape]
        model = _MODELS.get(creation.place.purchase, "STANDARD")
        disk = types.AttachedDisk(
            boot=True,
            auto_delete=True,
            initialize_params=types.AttachedDiskInitializeParams(
                source_image=_IMAGES[instance.architecture],
                disk_type=boot_disk_type(instance.series),
                disk_size_gb=_BOOT_GB,
            ),
        )
        scheduling = types.Scheduling(
            provisioning_model=model,
            automatic_restart=False,
            on_host_maintenance="TERMINATE",
            instance_termination_action="DELETE",
            max_run_duration=types.Duration(seconds=_seconds(creation)),
        )
        return types.InstanceProperties(
            machine_type=instance.machine_type,
            guest_accelerators=self._accelerators(instance),
            disks=[disk],
            # No access configuration: no public address.
            network_interfaces=[types.NetworkInterface(network=_NETWORK)],
            scheduling=scheduling,
            labels={LABEL: creation.name},
        )

    def _accelerators(self, instance: Instance) -> list[Any]:
        if not instance.accelerators:
            return []
        return [
            self._types.AcceleratorConfig(
                accelerator_type=instance.accelerator_type,
                accelerator_count=instance.accelerators,
            )
        ]


def _request_id(creation: Creation) -> str:
    """The same creation asked for twice is one."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, creation.name))


def _seconds(creation: Creation) -> int:
    return round(creation.ends - creation.began)
