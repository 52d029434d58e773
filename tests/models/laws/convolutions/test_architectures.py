"""Convolutional networks, against the counts that are published of them."""

import pytest

from models.laws.convolutions.architectures import (
    ARCHITECTURES,
    convolutional_network,
    side_after,
)
from models.laws.convolutions.layers import ConvolutionalNetwork
from models.laws.convolutions.roofline import convolution_step

# torchvision/models: num_params and _ops (billions of multiply-adds) of the published weights.
TORCHVISION = {
    "resnet-18": (11_689_512, 1.814),
    "resnet-34": (21_797_672, 3.664),
    "resnet-50": (25_557_032, 4.089),
    "resnet-101": (44_549_160, 7.801),
    "resnet-152": (60_192_808, 11.514),
    "vgg-11": (132_863_336, 7.609),
    "vgg-13": (133_047_848, 11.308),
    "vgg-16": (138_357_544, 15.47),
    "vgg-19": (143_667_240, 19.632),
    "inception-v3": (27_161_264, 5.713),
}


@pytest.mark.parametrize("name", sorted(ARCHITECTURES))
def test_parameters_and_multiply_adds_are_those_of_torchvision(name: str) -> None:
    parameters, multiply_adds = TORCHVISION[name]
    network = convolutional_network(name)
    assert network.parameters == parameters
    assert network.multiply_adds / 1e9 == pytest.approx(multiply_adds, abs=5.1e-4)


def test_inception_has_an_auxiliary_classifier_for_training_alone() -> None:
    # timm, inception_v3: 23.83 M parameters without it.
    network = convolutional_network("inception-v3")
    serving = sum(layer.parameters for layer in network.layers if not layer.auxiliary)
    assert serving / 1e6 == pytest.approx(23.83, abs=0.005)
    assert network.forward_flops > 2 * network.multiply_adds


@pytest.mark.parametrize(
    ("name", "published"),
    [
        # timm, results-imagenet and benchmark-infer: infer_macts, millions that leave convolutions.
        ("resnet-18", 2.48),
        ("resnet-34", 3.74),
        ("resnet-50", 11.11),
        ("resnet-101", 16.23),
        ("resnet-152", 22.56),
        ("vgg-16", 13.56),
        ("inception-v3", 8.97),
    ],
)
def test_activations_are_those_that_timm_counts(name: str, published: float) -> None:
    network = convolutional_network(name)
    values = sum(layer.values for layer in network.layers if not layer.auxiliary)
    assert values / 1e6 == pytest.approx(published, abs=0.0051)


def test_what_normalisation_needs_is_kept_twice() -> None:
    # ResNet-50 by hand: 11.111 million values of convolutions twice, 1,000 classes once, pooled
    # 64 x 56 x 56 and 2,048, and the image.
    kept = 2 * 11_113_984 + 1000 + 64 * 56**2 + 2048 + 3 * 224**2
    assert convolutional_network("resnet-50").kept_values == kept


def test_twice_the_side_is_four_times_the_computation_of_convolutions() -> None:
    small, large = (convolutional_network("resnet-34", side) for side in (224, 448))
    dense = 512 * 1000
    assert large.multiply_adds - dense == 4 * (small.multiply_adds - dense)
    assert large.parameters == small.parameters


def test_fewer_classes_take_parameters_of_the_last_layer_alone() -> None:
    # CIFAR-10 instead of ImageNet: 990 classes of 2,048 weights and a bias fewer.
    thousand, ten = (convolutional_network("resnet-50", classes=n) for n in (1000, 10))
    assert thousand.parameters - ten.parameters == 990 * 2049


def test_sides_are_those_of_dumoulin_and_visin() -> None:
    # arXiv 1603.07285, figures 2.5 and 2.7: 5 with a kernel of 3, stride 2, padded by 1: 3; 6: 3.
    assert side_after(5, 3, 2, 1) == 3
    assert side_after(6, 3, 2, 1) == 3


def test_an_image_that_is_too_small_is_refused() -> None:
    with pytest.raises(ValueError, match="299 pixels and more"):
        convolutional_network("inception-v3", 224)


class _Peak:
    def seconds(self, m: float, n: float, k: float) -> float:
        return 2 * m * n * k / 1e12


def _step(network: ConvolutionalNetwork, bandwidth: float, minimal: bool = False) -> float:
    return convolution_step(network, 8, _Peak(), bandwidth, 4, minimal)


def test_without_memory_a_step_is_three_times_the_forward_pass() -> None:
    network = convolutional_network("resnet-50")
    infinite = _step(network, 1e30)
    assert infinite == pytest.approx(3 * 8 * network.forward_flops / 1e12, rel=1e-9)


def test_minimal_filtering_saves_multiplications_of_3_by_3_convolutions() -> None:
    # Lavin and Gray 2016: F(2x2, 3x3) takes 16 instead of 36.
    network = convolutional_network("vgg-16")
    dense = sum(layer.multiply_adds for layer in network.layers if layer.kernel == (1, 1))
    by_hand = 3 * 8 * 2 * (dense + (network.multiply_adds - dense) * 16 / 36) / 1e12
    assert _step(network, 1e30, minimal=True) == pytest.approx(by_hand, rel=1e-9)


def test_slower_memory_never_makes_a_step_shorter() -> None:
    network = convolutional_network("resnet-18")
    steps = [_step(network, bandwidth) for bandwidth in (1e10, 1e11, 1e12, 1e13)]
    assert steps == sorted(steps, reverse=True)
