"""The machine image of a node: the newest that AWS offers for its kind, never a fixed one."""

from dataclasses import dataclass
from typing import assert_never

import pulumi
from pulumi_aws import ec2

from infra.ask import ask
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
    """

    id: str
    root_device: str
    size: int


def newest_image(instance: Instance) -> Image:
    """The newest image for an instance type.

    Nodes that run keep theirs; new ones start from what was newest at the last `pulumi up`.

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
    sizes = {
        device.device_name: int(device.ebs.get("volume_size") or 0)
        for device in found.block_device_mappings or ()
    }
    root = found.root_device_name
    return Image(found.id, root, sizes.get(root, 0))


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
