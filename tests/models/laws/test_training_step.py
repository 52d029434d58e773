"""Arithmetic of training."""

import math

import pytest

from models.laws import training_step as training


def test_backward_costs_twice_the_forward_pass() -> None:
    assert training.training_flops(7.72e9) == pytest.approx(23.16e9)


def test_mixed_precision_adam_takes_sixteen_bytes_a_parameter() -> None:
    # Rajbhandari et al. (2020), ZeRO, section 3.1.
    assert training.state_bytes(1e9, "fp16", "adam") == 16e9
    assert training.state_bytes(1e9, "fp32", "momentum") == 12e9
    assert training.state_bytes(1e9, "fp32", "sgd") == 8e9


def test_a_checkpoint_holds_weights_and_optimizer_state() -> None:
    assert training.checkpoint_bytes(1e9, "fp16", "adam") == 12e9


def test_a_model_of_60_gb_split_over_four_takes_15_gb_each() -> None:
    assert training.memory_of_model_parallel_worker(60e9, 4) == 15e9
    with pytest.raises(ValueError, match="workers"):
        training.memory_of_model_parallel_worker(60e9, 0)


def test_requests_limit_small_objects_and_bandwidth_limits_large_ones() -> None:
    assert training.request_limited_rate(1e9, 5500, 110e3, 110e3) == pytest.approx(5500)
    assert training.request_limited_rate(1e9, 5500, 128e6, 110e3) == pytest.approx(1e9 / 110e3)
    assert training.request_limited_rate(1e9, math.inf, 110e3, 110e3) == pytest.approx(1e9 / 110e3)
    with pytest.raises(ValueError, match="object_size"):
        training.request_limited_rate(1e9, 1.0, 0.0, 1.0)
