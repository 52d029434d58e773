"""Where in a region of a cloud the nodes of a stack stand."""

from models.description.stack import Stack
from models.parts import kinds


def in_all_zones(stack: Stack) -> bool:
    """Whether nodes stand in all zones of the stack in turn, and not all in the first of them.

    A run whose nodes wait for each other would only be slower, and no safer: it needs them all.

    Arguments:
        stack: the description.
    """
    workloads = [kinds.workload_kind(one) for one in stack.workloads.values()]
    spread = workloads and all(kind.zones_needed is not None for kind in workloads)
    return bool(spread) and len(stack.zones) > 1
