"""Sums of gradients that go out bucket by bucket while the backward pass goes on."""

import math
from collections.abc import Callable


def exposed_sums(
    window: float, size: float, bucket: float, seconds: Callable[[float], float]
) -> tuple[float, float]:
    """How long sums of gradients take, and how much of it the backward pass does not hide, s.

    A bucket goes out when its gradients are ready and the link is free; gradients get ready evenly
    over the backward pass, so that the last bucket is never hidden.

    Arguments:
        window: duration of the backward pass, s.
        size: bytes of all gradients.
        bucket: bytes of one bucket; 0 where every layer's gradients go out as they are ready.
        seconds: bytes: how long their sum takes, s.

    Raises:
        ValueError: a figure out of range.

    Source: Li et al. (2020), PyTorch distributed: experiences on accelerating data parallel
        training, VLDB 13(12), section 3.2.3.
    """
    if window < 0 or size < 0 or bucket < 0:
        raise ValueError(f"window {window} s, size {size} and bucket {bucket} must be 0 or more")
    if bucket == 0:
        whole = seconds(size)
        return whole, max(0.0, whole - window)
    buckets = max(1, math.ceil(size / bucket - 1e-9))
    each, free = seconds(size / buckets), 0.0
    for place in range(1, buckets + 1):
        free = max(free, window * place / buckets) + each
    return buckets * each, free - window
