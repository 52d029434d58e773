"""What is wrong with a file: found all at once, each with its line, its path and a way out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from models.description.printable import printable

PathInFile = tuple[str | int, ...]
Place = int | str  # a line of the file, or what gave a value in its stead, such as "--set a.b"


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong with a file.

    Arguments:
        path: where in the file, as keys and indices; empty for the file itself.
        message: what is wrong, as the end of a sentence that starts with the path.
        hint: what would be right, or the nearest valid name; may be empty.
        line: line in the file, from 1; None where there is none.
        given_by: what gave the value where the file did not, such as "--set nodes.trainers.count".
    """

    path: PathInFile
    message: str
    hint: str = ""
    line: int | None = None
    given_by: str = ""

    @property
    def where(self) -> str:
        """The path as people write it: workloads.train.batch."""
        return ".".join(str(step) for step in self.path)

    def __str__(self) -> str:
        text = f"{self.where}: {self.message}" if self.path else self.message
        return f"{text}; {self.hint}" if self.hint else text


class InvalidDescription(Exception):
    """A file that describes a stack or a network, and cannot be used.

    Arguments:
        file: its name as the user gave it.
        faults: everything that is wrong, in the order of the file.
    """

    def __init__(self, file: str, faults: Sequence[Fault]) -> None:
        self.file = file
        self.faults = tuple(faults)
        super().__init__("\n".join(self.lines()))

    def lines(self) -> list[str]:
        """One line a fault: file, line or option, path, what is wrong, what would be right.

        Nothing that the file holds breaks a line or reaches a terminal as a command.
        """
        return [printable(f"{self.file}{_place(fault)}: {_told(fault)}") for fault in self.faults]


def _place(fault: Fault) -> str:
    if fault.given_by:
        return f": {fault.given_by}"
    return f":{fault.line}" if fault.line else ""


def _told(fault: Fault) -> str:
    """The fault, whose path is left out where the option before it has just named it."""
    repeated = fault.given_by.endswith(f" {fault.where}")
    return str(replace(fault, path=()) if repeated else fault)


def with_lines(faults: Sequence[Fault], places: Mapping[PathInFile, Place]) -> list[Fault]:
    """Give each fault the place of its path, or of the nearest part around it; in file order.

    Arguments:
        faults: the faults, with or without lines.
        places: of each path: its line in the file, or what gave its value instead.
    """
    placed = [fault if fault.line else _placed(fault, places) for fault in faults]
    return sorted(dict.fromkeys(placed), key=lambda fault: fault.line or 0)


def _placed(fault: Fault, places: Mapping[PathInFile, Place]) -> Fault:
    for length in range(len(fault.path), -1, -1):
        place = places.get(fault.path[:length])
        if isinstance(place, str):
            return replace(fault, given_by=place)
        if place is not None:
            return replace(fault, line=place)
    return fault
