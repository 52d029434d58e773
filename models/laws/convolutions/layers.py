"""Layers of a convolutional network, and what each of them holds and computes."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Layer:
    """A convolution, or a dense layer as one of a single place.

    Arguments:
        name: of it.
        inputs: channels that enter.
        outputs: channels that leave.
        kernel: height and width.
        stride: of the kernel, both ways.
        places: of the output, height times width.
        places_in: of the input likewise.
        bias: whether each output has one.
        normalised: whether batch normalisation follows, with a scale and a shift a channel.
        auxiliary: whether it serves training alone.
    """

    name: str
    inputs: int
    outputs: int
    kernel: tuple[int, int]
    stride: int
    places: int
    places_in: int
    bias: bool = False
    normalised: bool = True
    auxiliary: bool = False

    @property
    def weights(self) -> int:
        """Of the kernels alone."""
        return self.inputs * self.outputs * self.kernel[0] * self.kernel[1]

    @property
    def parameters(self) -> int:
        """Weights, biases, scales and shifts."""
        each = (1 if self.bias else 0) + (2 if self.normalised else 0)
        return self.weights + each * self.outputs

    @property
    def multiply_adds(self) -> int:
        """Of one forward pass of one sample."""
        return self.weights * self.places

    @property
    def values(self) -> int:
        """That leave it, of one sample."""
        return self.outputs * self.places

    @property
    def values_in(self) -> int:
        """That enter it, of one sample."""
        return self.inputs * self.places_in


@dataclass(frozen=True)
class ConvolutionalNetwork:
    """A convolutional network by its layers.

    Arguments:
        name: of the architecture.
        image: side of the square images, pixels.
        classes: that it tells apart.
        layers: convolutions and dense layers, in their order.
        pooled: values of one sample that leave poolings.
        added: values of one sample that leave sums of two branches.
        joined: values of one sample that leave joints of branches, which copy them.
    """

    name: str
    image: int
    classes: int
    layers: tuple[Layer, ...]
    pooled: int
    added: int
    joined: int

    @property
    def parameters(self) -> int:
        """Trainable parameters, of what serves training alone too."""
        return sum(layer.parameters for layer in self.layers)

    @property
    def multiply_adds(self) -> int:
        """Of one forward pass of one image, without what serves training alone."""
        return sum(layer.multiply_adds for layer in self.layers if not layer.auxiliary)

    @property
    def forward_flops(self) -> float:
        """Of one forward pass of one image in training, FLOP: two for a multiply-add."""
        return 2.0 * sum(layer.multiply_adds for layer in self.layers)

    @property
    def kept_values(self) -> int:
        """Values of one image that are kept from the forward to the backward pass.

        What leaves a layer is kept before and after its normalisation; what leaves a pooling, and
        the image itself, once.
        """
        twice = (layer.values * (2 if layer.normalised else 1) for layer in self.layers)
        return sum(twice) + self.pooled + 3 * self.image**2
