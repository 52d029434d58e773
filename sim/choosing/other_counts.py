"""The same stack with other numbers of nodes."""

from typing import Any

from models.parts.read_stack import StackFile

_POINTS = 9  # numbers of nodes beside each other


def counted_group(stack_file: StackFile) -> str | None:
    """The node group whose number sets when the stack is complete: the first, where a run ends.

    Arguments:
        stack_file: the description.
    """
    if not all(one.kind.completes(one.described) for one in stack_file.solved.workloads.values()):
        return None
    return next(iter(stack_file.stack.nodes), None)


def other_counts(stack_file: StackFile, group: str) -> dict[int, dict[str, Any]]:
    """Changes of the stack file by number of nodes: from a third to three times as many.

    Arguments:
        stack_file: the description.
        group: whose number is moved.
    """
    path = f"nodes.{group}.count"
    return {count: {path: count} for count in _around(stack_file.stack.nodes[group].count)}


def _around(count: int) -> list[int]:
    """At most nine numbers, this one among them."""
    steps = {round(count * 3 ** (k / (_POINTS // 2))) for k in range(-(_POINTS // 2), 5)}
    return sorted({max(1, one) for one in steps} | {count})
