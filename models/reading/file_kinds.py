"""Which kind of file a description is, by its keys, and who reads it."""

from collections.abc import Iterable
from enum import Enum

from models.reading.faults import Fault


class FileKind(Enum):
    """A kind of file: what it describes, keys that it alone has, the command that reads it."""

    STACK = ("a stack", {"workloads", "nodes"}, "predict")
    NETWORK = ("a queueing network", {"stations", "classes"}, "queue")
    DIAGRAM = ("a block diagram", {"components", "diagram"}, "reliability")
    ARRAY = ("a disk or an array", {"disk", "array"}, "raid")

    def __init__(self, what: str, keys: set[str], command: str) -> None:
        self.what, self.keys, self.command = what, keys, command


def kind_of(keys: Iterable[str]) -> FileKind | None:
    """The kind of a file, the first of which it has a key; None of one that has none of them.

    Arguments:
        keys: at the top of the file.
    """
    there = set(keys)
    return next((kind for kind in FileKind if kind.keys & there), None)


def of_another_kind(keys: Iterable[str], wanted: FileKind) -> list[Fault]:
    """The one fault of a file that some other command reads; none of all other files.

    Arguments:
        keys: at the top of the file.
        wanted: what it should be.
    """
    found = kind_of(keys)
    if found in (None, wanted) or wanted.keys & set(keys):
        return []
    assert found is not None
    hint = f"windtunnel {found.command} reads it"
    return [Fault((), f"describes {found.what}, not {wanted.what}", hint)]
