"""What containers of a Kubernetes cluster can't have of their nodes."""

_MIB = 2.0**20
# Of the first core, the second, the third and the fourth, and of each further one (Amazon EKS
# AMI, nodeadm, kubelet configuration, as GKE has it: 6, 1, 0.5 and 0.25 %).
_CORES = (0.06, 0.01, 0.005, 0.005)
_FURTHER = 0.0025
# What runs on every node asks for: network and its policy, proxy, names, the monitoring agent
# (requests of the add-ons of EKS, 2026-11-28).
_ADD_ONS_VCPUS, _ADD_ONS_MEMORY = 0.26, 100 * _MIB
# Pods that a node of so many vCPUs may have at the most, by the addresses of its interfaces: the
# most of any current type (amazon-eks-ami, eni-max-pods.txt).
_PODS = ((4, 58), (30, 234))
_PODS_OF_LARGE = 737
_FOR_A_POD, _FOR_ALL, _EVICTION = 11 * _MIB, 255 * _MIB, 100 * _MIB
# Of the memory that an instance is sold with, the kernel shows so much less; an assumption.
_KERNEL = 0.02


def vcpus_kept(vcpus: float) -> float:
    """Hardware threads of a node that its own agents and add-ons keep.

    Arguments:
        vcpus: of the node.

    Source: Amazon EKS AMI, nodeadm: CPU that is reserved for the kubelet.
    """
    cores = min(int(vcpus), len(_CORES))
    further = max(0.0, vcpus - len(_CORES))
    return sum(_CORES[:cores]) + further * _FURTHER + _ADD_ONS_VCPUS


def memory_kept(vcpus: float, memory: float) -> float:
    """Memory of a node that its kernel, agents and add-ons keep, bytes.

    Arguments:
        vcpus: of the node.
        memory: of it, bytes.

    Source: Amazon EKS AMI, nodeadm: 255 MiB and 11 MiB a pod, 100 MiB below which pods are evicted.
    """
    pods = next((most for limit, most in _PODS if vcpus <= limit), _PODS_OF_LARGE)
    return _KERNEL * memory + _FOR_ALL + pods * _FOR_A_POD + _EVICTION + _ADD_ONS_MEMORY
