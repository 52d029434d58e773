"""The machine image of a node: the one that is named, or the newest when it was first built."""

from dataclasses import dataclass, replace
from typing import Any, assert_never

import pulumi
from pulumi_aws import ec2

from infra.ask import ask
from infra.environment import environment
from models.catalog.records import Driver, Instance

# Only Amazon's own: a name alone could be anyone's.
OWNER = "amazon"
NVIDIA = "Deep Learning Base OSS Nvidia Driver GPU AMI (Amazon Linux 2023) *"
NEURON = "Deep Learning Base Neuron AMI (Amazon Linux 2023) *"
PLAIN = "al2023-ami-2023.*"


@dataclass(frozen=True)
class Image:
    """A machine image.

    Arguments:
        id: its ID in the region.
        root_device: name of its system volume.
        size: the least that its system volume must hold, GiB; 0 if AWS did not say.
        kind: what it is for; nodes keep theirs as long as they need one of that kind.
        kept: a newer one does not take its place.
    """

    id: str
    root_device: str
    size: int
    kind: str
    kept: bool


def image_of(group: str, name: str | None, instance: Instance) -> Image:
    """The image that a stack file names, or the newest for an instance type.

    Arguments:
        group: name of the node group, for messages.
        name: ID of the image; None for the newest.
        instance: the instance type.

    Raises:
        pulumi.RunError: there is no such image.
    """
    if name is None:
        kind = f"{instance.driver.value}-{instance.architecture.value}"
        return replace(newest_image(instance), kind=kind, kept=not environment().newest_images)
    found = ask(
        f"what image nodes.{group}.image '{name}' is",
        lambda: ec2.get_ami(filters=[{"name": "image-id", "values": [name]}]),
    )
    return _image(found)


def newest_image(instance: Instance) -> Image:
    """The newest image for an instance type.

    Arguments:
        instance: the instance type.
    """
    wanted = {
        "name": image_name(instance),
        "architecture": instance.architecture.value,
        "root-device-type": "ebs",
        "virtualization-type": "hvm",
        "state": "available",
    }
    found = ask(
        f"which image '{wanted['name']}' is the newest",
        lambda: ec2.get_ami(
            most_recent=True,
            owners=[OWNER],
            filters=[{"name": name, "values": [value]} for name, value in wanted.items()],
        ),
    )
    return _image(found)


def _image(found: Any) -> Image:
    """What AWS says of an image, which nodes have as long as it is named."""
    sizes = {
        device.device_name: int(device.ebs.get("volume_size") or 0)
        for device in found.block_device_mappings or ()
    }
    root = found.root_device_name
    return Image(found.id, root, sizes.get(root, 0), "named", False)


def image_name(instance: Instance) -> str:
    """Pattern of the image's name: with drivers for the accelerators, all on Amazon Linux 2023.

    Arguments:
        instance: the instance type.
    """
    match instance.driver:
        case Driver.NONE:
            return PLAIN
        case Driver.NEURON:
            return NEURON
        case Driver.NVIDIA:
            return NVIDIA
        case Driver.NVIDIA_LEGACY:
            pulumi.log.warn(
                f"{instance.name}: AWS has no current image with a driver for"
                f" {instance.accelerator}; its nodes start from plain Amazon Linux and need"
                " NVIDIA's driver, branch 580"
            )
            return PLAIN
        case other:
            assert_never(other)


def watched(instance: Instance) -> int:
    """The accelerators that a node can watch, as its image has their driver and its tool.

    Arguments:
        instance: the instance type.
    """
    return instance.accelerators if instance.driver is Driver.NVIDIA else 0
