"""What is wrong with a file: found all at once, each with its line, its path and a way out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

PathInFile = tuple[str | int, ...]


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong with a file.

    Arguments:
        path: where in the file, as keys and indices; empty for the file itself.
        message: what is wrong, as the end of a sentence that starts with the path.
        hint: what would be right, or the nearest valid name; may be empty.
        line: line in the file, from 1; None where there is none.
    """

    path: PathInFile
    message: str
    hint: str = ""
    line: int | None = None

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
        """One line a fault: file, line, path, what is wrong, what would be right."""
        return [
            f"{self.file}:{fault.line}: {fault}" if fault.line else f"{self.file}: {fault}"
            for fault in self.faults
        ]


def with_lines(faults: Sequence[Fault], lines: Mapping[PathInFile, int]) -> list[Fault]:
    """Give each fault the line of its path, or of the nearest part around it; in file order.

    Arguments:
        faults: the faults, with or without lines.
        lines: line of each path in the file.
    """
    placed = [
        fault if fault.line else replace(fault, line=_line(fault.path, lines)) for fault in faults
    ]
    return sorted(dict.fromkeys(placed), key=lambda fault: fault.line or 0)


def _line(path: PathInFile, lines: Mapping[PathInFile, int]) -> int | None:
    for length in range(len(path), -1, -1):
        if path[:length] in lines:
            return lines[path[:length]]
    return None
