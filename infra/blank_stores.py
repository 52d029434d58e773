"""Stores that workloads are predicted to read from, and that are blank when they are made."""

from collections.abc import Iterator

from models.description.quantities import format_scaled
from models.parts.solve import SolvedStack
from models.parts.stores.block_volume import BlockVolume
from models.parts.stores.local_disks import LocalDisks
from models.parts.use import Use


def to_fill(solved: SolvedStack) -> dict[str, str]:
    """What must lie in a store before a workload starts, since the prediction counts on it.

    Arguments:
        solved: the stack.
    """
    found: dict[str, list[str]] = {}
    for use in _read(solved):
        found.setdefault(use.store, []).append(_what(use))
    return {store: f"{'; '.join(reads)}: put it there first" for store, reads in found.items()}


def blank_volumes(solved: SolvedStack) -> Iterator[str]:
    """Which of them are disks of nodes, each of which starts blank whenever a node is replaced.

    Arguments:
        solved: the stack.
    """
    for use in _read(solved):
        if isinstance(solved.stack.storage[use.store], BlockVolume | LocalDisks):
            yield (
                f"storage.{use.store}: each node of '{use.nodes}' starts with a blank one, also one"
                f" that takes the place of another; {_what(use)}: the prediction has it full, and"
                " nothing fills it but you"
            )


def _read(solved: SolvedStack) -> Iterator[Use]:
    """What is only read; what a workload writes itself it finds."""
    return (one for one in solved.uses if one.access == "read" and one.size > 0)


def _what(use: Use) -> str:
    size = format_scaled(use.size, "B")
    return f"workloads.{use.workload}.{use.key} reads {size} from it"
