"""Published architectures of convolutional networks, built layer by layer for any image."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from models.laws.convolutions.layers import ConvolutionalNetwork, Layer

_RESNETS = {
    "resnet-18": ((2, 2, 2, 2), False),
    "resnet-34": ((3, 4, 6, 3), False),
    "resnet-50": ((3, 4, 6, 3), True),
    "resnet-101": ((3, 4, 23, 3), True),
    "resnet-152": ((3, 8, 36, 3), True),
}
_VGGS = {
    "vgg-11": (1, 1, 2, 2, 2),
    "vgg-13": (2, 2, 2, 2, 2),
    "vgg-16": (2, 2, 3, 3, 3),
    "vgg-19": (2, 2, 4, 4, 4),
}
_COLOURS = 3
# The first dense layer of VGG takes 7 x 7 places, whatever the image: the last pooling adapts.
_VGG_PLACES = 7


@dataclass
class _Stack:
    """Layers that are laid on one another, and the shape of what leaves the last."""

    channels: int
    side: int
    layers: list[Layer] = field(default_factory=list)
    pooled: int = 0
    added: int = 0
    joined: int = 0

    def convolution(
        self,
        name: str,
        outputs: int,
        kernel: int | tuple[int, int],
        stride: int = 1,
        padding: int | tuple[int, int] = 0,
        bias: bool = False,
        normalised: bool = True,
        auxiliary: bool = False,
    ) -> "_Stack":
        """Lay a convolution on top."""
        high, wide = kernel if isinstance(kernel, tuple) else (kernel, kernel)
        down, across = padding if isinstance(padding, tuple) else (padding, padding)
        # Kernels that are not square have a padding that leaves the side as it is.
        side = side_after(self.side, high, stride, down)
        assert side == side_after(self.side, wide, stride, across)
        self.layers.append(
            Layer(
                name, self.channels, outputs, (high, wide), stride, side**2, self.side**2, bias,
                normalised, auxiliary,
            )
        )  # fmt: skip
        self.channels, self.side = outputs, side
        return self

    def pool(self, kernel: int, stride: int, padding: int = 0) -> "_Stack":
        """Lay a pooling on top."""
        self.side = side_after(self.side, kernel, stride, padding)
        self.pooled += self.channels * self.side**2
        return self

    def adapt(self, side: int) -> "_Stack":
        """Pool to a side, whatever the present one."""
        self.side = side
        self.pooled += self.channels * side**2
        return self

    def dense(self, name: str, outputs: int, auxiliary: bool = False) -> "_Stack":
        """Lay a dense layer on top, which sees all places at once."""
        inputs = self.channels * self.side**2
        self.layers.append(Layer(name, inputs, outputs, (1, 1), 1, 1, 1, True, False, auxiliary))
        self.channels, self.side = outputs, 1
        return self

    def branches(self, *grown: Callable[["_Stack"], object]) -> "_Stack":
        """Grow branches from what leaves the last layer, and join their channels."""
        channels = 0
        side = self.side
        for grow in grown:
            branch = _Stack(self.channels, self.side)
            grow(branch)
            self.layers += branch.layers
            self.pooled += branch.pooled
            self.joined += branch.joined
            channels += branch.channels
            side = branch.side
        self.channels, self.side = channels, side
        self.joined += channels * side**2
        return self

    def network(self, name: str, image: int, classes: int) -> ConvolutionalNetwork:
        """What was laid."""
        return ConvolutionalNetwork(
            name, image, classes, tuple(self.layers), self.pooled, self.added, self.joined
        )


def _resnet(name: str, image: int, classes: int) -> ConvolutionalNetwork:
    """A residual network of version 1.5, which strides in the 3 x 3 convolution of a block."""
    blocks, bottleneck = _RESNETS[name]
    made = _Stack(_COLOURS, image)
    made.convolution("stem", 64, 7, 2, 3).pool(3, 2, 1)
    for stage, count in enumerate(blocks):
        width = 64 * 2**stage
        leaves = width * (4 if bottleneck else 1)
        for block in range(count):
            stride = 2 if stage and not block else 1
            called = f"stage {stage + 1}, block {block + 1}"
            entering, side = made.channels, made.side
            if bottleneck:
                made.convolution(f"{called}, reduce", width, 1)
                made.convolution(f"{called}, middle", width, 3, stride, 1)
                made.convolution(f"{called}, expand", leaves, 1)
            else:
                made.convolution(f"{called}, first", width, 3, stride, 1)
                made.convolution(f"{called}, second", width, 3, 1, 1)
            if stride > 1 or entering != leaves:
                shortcut = _Stack(entering, side)
                shortcut.convolution(f"{called}, shortcut", leaves, 1, stride)
                made.layers += shortcut.layers
            made.added += made.channels * made.side**2
    return made.adapt(1).dense("classes", classes).network(name, image, classes)


def _vgg(name: str, image: int, classes: int) -> ConvolutionalNetwork:
    made = _Stack(_COLOURS, image)
    for stage, count in enumerate(_VGGS[name]):
        width = min(512, 64 * 2**stage)
        for each in range(count):
            made.convolution(
                f"stage {stage + 1}, convolution {each + 1}", width, 3, 1, 1, True, False
            )
        made.pool(2, 2)
    made.adapt(_VGG_PLACES).dense("first dense", 4096).dense("second dense", 4096)
    return made.dense("classes", classes).network(name, image, classes)


def _inception_v3(name: str, image: int, classes: int) -> ConvolutionalNetwork:
    made = _Stack(_COLOURS, image)
    made.convolution("stem 1", 32, 3, 2).convolution("stem 2", 32, 3)
    made.convolution("stem 3", 64, 3, 1, 1).pool(3, 2)
    made.convolution("stem 4", 80, 1).convolution("stem 5", 192, 3).pool(3, 2)
    for number, pooled in enumerate((32, 64, 64)):
        _inception_a(made, f"35 x 35, block {number + 1}", pooled)
    _reduction_a(made)
    for number, narrow in enumerate((128, 160, 160, 192)):
        _inception_b(made, f"17 x 17, block {number + 1}", narrow)
    auxiliary = _Stack(made.channels, made.side)
    auxiliary.pool(5, 3).convolution("auxiliary 1", 128, 1, auxiliary=True)
    auxiliary.convolution("auxiliary 2", 768, 5, auxiliary=True)
    auxiliary.adapt(1).dense("auxiliary classes", classes, auxiliary=True)
    _reduction_b(made)
    for number in range(2):
        _inception_c(made, f"8 x 8, block {number + 1}")
    made.adapt(1).dense("classes", classes)
    made.layers += auxiliary.layers
    made.pooled += auxiliary.pooled
    return made.network(name, image, classes)


def _inception_a(made: _Stack, name: str, pooled: int) -> None:
    made.branches(
        lambda one: one.convolution(f"{name}, 1 x 1", 64, 1),
        lambda one: one.convolution(f"{name}, 5 x 5 reduced", 48, 1).convolution(
            f"{name}, 5 x 5", 64, 5, 1, 2
        ),
        lambda one: (
            one.convolution(f"{name}, 3 x 3 reduced", 64, 1)
            .convolution(f"{name}, 3 x 3 first", 96, 3, 1, 1)
            .convolution(f"{name}, 3 x 3 second", 96, 3, 1, 1)
        ),
        lambda one: one.pool(3, 1, 1).convolution(f"{name}, pooled", pooled, 1),
    )


def _reduction_a(made: _Stack) -> None:
    made.branches(
        lambda one: one.convolution("to 17 x 17, 3 x 3", 384, 3, 2),
        lambda one: (
            one.convolution("to 17 x 17, reduced", 64, 1)
            .convolution("to 17 x 17, 3 x 3 first", 96, 3, 1, 1)
            .convolution("to 17 x 17, 3 x 3 second", 96, 3, 2)
        ),
        lambda one: one.pool(3, 2),
    )


def _inception_b(made: _Stack, name: str, narrow: int) -> None:
    row, column = ((1, 7), (0, 3)), ((7, 1), (3, 0))

    def twice(one: _Stack) -> None:
        one.convolution(f"{name}, 7 x 7 reduced", narrow, 1)
        one.convolution(f"{name}, 7 x 7 first", narrow, row[0], 1, row[1])
        one.convolution(f"{name}, 7 x 7 second", 192, column[0], 1, column[1])

    def often(one: _Stack) -> None:
        one.convolution(f"{name}, double 7 x 7 reduced", narrow, 1)
        for number, (kernel, padding) in enumerate((column, row, column)):
            one.convolution(f"{name}, double 7 x 7 number {number + 1}", narrow, kernel, 1, padding)
        one.convolution(f"{name}, double 7 x 7 number 4", 192, row[0], 1, row[1])

    made.branches(
        lambda one: one.convolution(f"{name}, 1 x 1", 192, 1),
        twice,
        often,
        lambda one: one.pool(3, 1, 1).convolution(f"{name}, pooled", 192, 1),
    )


def _reduction_b(made: _Stack) -> None:
    made.branches(
        lambda one: one.convolution("to 8 x 8, reduced", 192, 1).convolution(
            "to 8 x 8, 3 x 3", 320, 3, 2
        ),
        lambda one: (
            one.convolution("to 8 x 8, 7 x 7 reduced", 192, 1)
            .convolution("to 8 x 8, 7 x 7 first", 192, (1, 7), 1, (0, 3))
            .convolution("to 8 x 8, 7 x 7 second", 192, (7, 1), 1, (3, 0))
            .convolution("to 8 x 8, 7 x 7 third", 192, 3, 2)
        ),
        lambda one: one.pool(3, 2),
    )


def _inception_c(made: _Stack, name: str) -> None:
    def split(one: _Stack, called: str) -> None:
        one.branches(
            lambda each: each.convolution(f"{called}, 1 x 3", 384, (1, 3), 1, (0, 1)),
            lambda each: each.convolution(f"{called}, 3 x 1", 384, (3, 1), 1, (1, 0)),
        )

    def wide(one: _Stack) -> None:
        one.convolution(f"{name}, 3 x 3 reduced", 384, 1)
        split(one, f"{name}, 3 x 3")

    def double(one: _Stack) -> None:
        one.convolution(f"{name}, double 3 x 3 reduced", 448, 1)
        one.convolution(f"{name}, double 3 x 3 first", 384, 3, 1, 1)
        split(one, f"{name}, double 3 x 3")

    made.branches(
        lambda one: one.convolution(f"{name}, 1 x 1", 320, 1),
        wide,
        double,
        lambda one: one.pool(3, 1, 1).convolution(f"{name}, pooled", 192, 1),
    )


@dataclass(frozen=True)
class Architecture:
    """A published architecture.

    Arguments:
        build: its name, the side of an image and the classes: the network.
        image: side of the images that it was published for, pixels.
        least: smallest side that every layer of it can take.
        family: of networks that are built alike.
    """

    build: Callable[[str, int, int], ConvolutionalNetwork]
    image: int
    least: int
    family: str


# He et al. (2015), arXiv 1512.03385, table 1, with the stride in the 3 x 3 convolution as of
# version 1.5; Simonyan and Zisserman (2014), arXiv 1409.1556, table 1; Szegedy et al. (2015),
# arXiv 1512.00567, table 1 and figures 5 to 10, with the auxiliary classifier of figure 8.
ARCHITECTURES: Mapping[str, Architecture] = MappingProxyType(
    {
        **{name: Architecture(_resnet, 224, 32, "resnet") for name in _RESNETS},
        **{name: Architecture(_vgg, 224, 32, "vgg") for name in _VGGS},
        # Its auxiliary classifier needs 17 x 17 places.
        "inception-v3": Architecture(_inception_v3, 299, 299, "inception"),
    }
)


def convolutional_network(
    architecture: str, image: int | None = None, classes: int = 1000
) -> ConvolutionalNetwork:
    """A published architecture, layer by layer, for images of any side.

    Arguments:
        architecture: its name.
        image: side of the square images, pixels; as published if not given.
        classes: that it tells apart.

    Raises:
        KeyError: no architecture has that name.
        ValueError: its layers leave nothing of an image so small.
    """
    known = ARCHITECTURES[architecture]
    side = known.image if image is None else image
    if side < known.least:
        raise ValueError(
            f"takes images of {known.least} pixels and more a side for {architecture}, not {side}"
        )
    return known.build(architecture, side, classes)


def side_after(side: int, kernel: int, stride: int, padding: int) -> int:
    """Side of what leaves a convolution or a pooling, places.

    Arguments:
        side: of what enters, places.
        kernel: its side.
        stride: of the kernel.
        padding: places added at each edge.

    Source: Dumoulin and Visin (2016), A guide to convolution arithmetic for deep learning, arXiv
        1603.07285, relationship 6.
    """
    return math.floor((side + 2 * padding - kernel) / stride) + 1
