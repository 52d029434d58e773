"""The least that a training step of a convolutional network takes on one accelerator."""

from typing import Protocol

from models.laws.convolutions.layers import ConvolutionalNetwork, Layer

# Values that pass through memory for one that leaves a layer, forward and backward, beside the
# convolution's own: normalisation reads what it sees twice each way and writes once, activation
# reads and writes, backward with the gradient beside.
_NORMALISED, _ACTIVATED, _ADDED, _POOLED, _JOINED = 8, 5, 4, 4, 4
# Multiplications that the minimal algorithm F(2x2, 3x3) saves in 3 x 3 convolutions.
_WINOGRAD = 2.25


class Multiplier(Protocol):
    """How long an accelerator multiplies matrices."""

    def seconds(self, m: float, n: float, k: float) -> float:
        """How long a product of m x k by k x n takes, s.

        Arguments:
            m: rows of the first matrix.
            n: columns of the second.
            k: what both share.
        """


def convolution_step(
    network: ConvolutionalNetwork,
    batch: float,
    multiplier: Multiplier,
    memory_bandwidth: float,
    width: float,
    minimal: bool,
) -> float:
    """The least that a training step takes on one accelerator, s.

    Each convolution is a product of matrices, which takes as long as it computes or as it moves
    its values, whichever is longer; what is done value by value moves them.

    Arguments:
        network: that is trained.
        batch: images of one step.
        multiplier: how long the accelerator multiplies matrices.
        memory_bandwidth: of the accelerator, bytes/s.
        width: of one value, bytes.
        minimal: whether 3 x 3 convolutions save multiplications, as they do without tensor cores.

    Source: Williams, Waterman and Patterson (2009), Roofline, CACM 52(4); Chetlur et al. (2014),
        cuDNN, arXiv 1410.0759, section 3.1, for convolutions as products of matrices; Lavin and
        Gray (2016), Fast algorithms for convolutional neural networks, CVPR, section 4.1.
    """
    total = 0.0
    for layer in network.layers:
        saved = _WINOGRAD if minimal and layer.kernel == (3, 3) and layer.stride == 1 else 1.0
        rows, depth = batch * layer.places, layer.weights / layer.outputs
        shapes = (
            (rows, layer.outputs, depth),
            (rows, depth, layer.outputs),
            (layer.outputs, depth, rows),
        )
        moved = batch * (layer.values + layer.values_in) + layer.weights
        for m, n, k in shapes:
            computed = multiplier.seconds(m, n, k) / saved
            total += max(computed, moved * width / memory_bandwidth)
        total += batch * _passes(layer) * layer.values * width / memory_bandwidth
    rest = _ADDED * network.added + _POOLED * network.pooled + _JOINED * network.joined
    return total + batch * rest * width / memory_bandwidth


def _passes(layer: Layer) -> float:
    return _ACTIVATED + (_NORMALISED if layer.normalised else 0)
