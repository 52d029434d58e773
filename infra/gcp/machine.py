"""What an instance of the catalog is on Google Cloud: a machine type, accelerators, an image."""

from dataclasses import dataclass

import pulumi
from pulumi_gcp import compute

from infra.ask import ask
from infra.environment import environment
from infra.gcp.boot_disks import boot_disk_type
from infra.gcp.card_networks import cards_of
from models.catalog.records import Architecture, Instance


@dataclass(frozen=True)
class Machine:
    """A machine of Google Cloud.

    Arguments:
        type: its machine type.
        accelerator: what Google Cloud calls its accelerators; empty if it has none.
        accelerators: how many.
        boot_disk: type of its system disk.
        image: what it boots.
        image_size: the least that its system disk must hold, GiB.
        image_kind: what it is for; nodes keep theirs as long as they need one of that kind.
        image_kept: a newer one does not take its place.
        watched: accelerators that a node can watch, as its image has their driver and its tool.
    """

    type: str
    accelerator: str
    accelerators: int
    boot_disk: str
    image: str
    image_size: int
    image_kind: str
    image_kept: bool
    watched: int


def machine(group: str, instance: Instance, image: str | None = None) -> Machine:
    """Find out what an instance of the catalog is.

    Arguments:
        group: name of the node group, for messages.
        instance: the instance.
        image: that its nodes boot; None for the newest.

    Raises:
        pulumi.RunError: it is not built here, or there is no such image.
    """
    machine_type = instance.machine_type
    accelerator = accelerator_type(group, instance) if instance.accelerators else ""
    if instance.rdma:
        pulumi.log.warn(
            f"nodes.{group}: the further network interfaces of {machine_type} for traffic between "
            "GPUs are not built; its nodes have one, so their all-reduce is slower than predicted"
        )
    elif cards_of(instance):
        pulumi.log.warn(
            f"nodes.{group}: the network cards of {machine_type} for GPUs are built;"
            " GPUDirect-TCPX, with which they are predicted, is yours to put on its nodes: its"
            " receive data path manager and its plugin of NCCL. Without these their all-reduce is"
            " slower"
        )
    return Machine(
        machine_type,
        accelerator,
        instance.accelerators,
        boot_disk_type(instance.series),
        *_image(group, image, instance.architecture, bool(accelerator)),
        0 if instance.architecture is Architecture.ARM64 else instance.accelerators,
    )


def accelerator_type(group: str, instance: Instance) -> str:
    """What Google Cloud calls the accelerators of an instance.

    Arguments:
        group: name of the node group, for messages.
        instance: the instance.

    Raises:
        pulumi.RunError: it has none that an instance template can ask for, such as TPUs.
    """
    if instance.accelerator_type:
        return instance.accelerator_type
    raise pulumi.RunError(
        f"nodes.{group}.instance: {instance.name} can be predicted but is not built: its "
        f"{instance.accelerator} is no GPU of Google Cloud; name an instance with GPUs, or none"
    )


def _image(
    group: str, name: str | None, architecture: Architecture, gpu: bool
) -> tuple[str, int, str, bool]:
    """An image, its size in GiB, its kind, and whether nodes keep it.

    The one that is named, or the newest: with NVIDIA's driver for GPUs, else plain Ubuntu.
    """
    if name is not None:
        _, project, *_, own = f"/{name}".rsplit("/", 4)
        found = ask(
            f"what image nodes.{group}.image '{name}' is",
            lambda: compute.get_image(name=own, project=project),
        )
        return found.self_link, found.disk_size_gb or 0, "named", False
    if architecture is Architecture.ARM64:
        kind, family, project = "arm", "ubuntu-2404-lts-arm64", "ubuntu-os-cloud"
        if gpu:
            pulumi.log.warn(
                f"nodes.{group}: nodes start from plain Ubuntu for Arm and need NVIDIA's driver"
            )
    elif gpu:
        kind, family = "gpu", "common-cu129-ubuntu-2204-nvidia-580"
        project = "deeplearning-platform-release"
    else:
        kind, family, project = "plain", "ubuntu-2404-lts-amd64", "ubuntu-os-cloud"
    found = ask(
        f"which image of family '{family}' is the newest",
        lambda: compute.get_image(family=family, project=project),
    )
    return found.self_link, found.disk_size_gb or 0, kind, not environment().newest_images
