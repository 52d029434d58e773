"""What Kubernetes keeps of nodes, against the kubelet configuration of EKS' images."""

import pytest

from models.laws.kubernetes_nodes import memory_kept, vcpus_kept

MIB, GIB = 2.0**20, 2.0**30


@pytest.mark.parametrize(("vcpus", "millicores"), [(2, 70), (4, 80), (8, 90), (96, 310)])
def test_the_kubelet_keeps_what_nodeadm_says(vcpus: int, millicores: float) -> None:
    """60 + 10 + 5 + 5 of four cores, and 2.5 of each further; add-ons ask for 260."""
    assert vcpus_kept(vcpus) == pytest.approx((millicores + 260) / 1000)


@pytest.mark.parametrize(("vcpus", "pods"), [(4, 58), (16, 234), (96, 737)])
def test_memory_is_kept_for_each_pod_there_may_be(vcpus: int, pods: int) -> None:
    kept = memory_kept(vcpus, 64 * GIB) - 0.02 * 64 * GIB
    assert kept == pytest.approx((255 + 11 * pods + 100 + 100) * MIB)
