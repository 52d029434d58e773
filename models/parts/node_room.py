"""What of a node is left for what runs on it."""

from models.description.stack import Stack
from models.laws.kubernetes_nodes import memory_kept, vcpus_kept
from models.parts.site import SolvedGroup


def room(group: SolvedGroup, stack: Stack) -> tuple[float, float]:
    """Hardware threads and memory of a node for workloads, bytes; Kubernetes keeps some of them.

    Arguments:
        group: of the node.
        stack: that it belongs to.
    """
    node = group.hardware
    vcpus, memory = float(node.vcpus), node.memory
    if stack.kubernetes is None or group.name not in stack.kubernetes.nodes:
        return vcpus, memory
    return vcpus - vcpus_kept(vcpus), memory - memory_kept(vcpus, memory)
