"""The disk that a node boots from: it holds at least the image, and can be had."""

import math

import pulumi


def refuse_smaller_than_image(group: str, size: float, image: int) -> None:
    """Stop where no node would start, as its disk is smaller than what is copied onto it.

    Arguments:
        group: name of the node group.
        size: of the boot disk as described, bytes.
        image: size of the image, GiB; 0 if the cloud did not say.

    Raises:
        pulumi.RunError: the disk is too small.
    """
    if math.ceil(size / 2**30) < image:
        raise pulumi.RunError(
            f"nodes.{group}.boot_disk: the image that nodes boot needs {image} GiB, "
            f"not {size / 2**30:.4g} GiB"
        )


def refuse_larger_than_sold(group: str, size: float, most: int) -> None:
    """Stop where no node would start, as no disk is sold that large.

    Arguments:
        group: name of the node group.
        size: of the boot disk as described, bytes.
        most: that is sold, TiB.

    Raises:
        pulumi.RunError: the disk is too large.
    """
    if size > most * 2**40:
        raise pulumi.RunError(
            f"nodes.{group}.boot_disk: is {size / 2**40:,.4g} TiB, and {most} TiB at most are sold;"
            " a store of kind block may have several `volumes`"
        )
