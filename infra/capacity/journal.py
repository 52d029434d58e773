"""What a hunt is about to create, written before it does, so that whoever is killed loses nothing.

A line of JSON an event. What is written is on the disk before anything else happens (fsync), and a
last line that was cut off is passed over.
"""

import contextlib
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any, Self

from models.capacity.place import Place

_BEGINNING = b'{"name": '  # of every line


class State(StrEnum):
    """How far a creation has come, as the journal knows."""

    CREATING = "creating"  # perhaps it exists
    EXISTS = "exists"
    KEPT = "kept"
    DELETING = "deleting"  # perhaps it exists
    GONE = "gone"  # refused, or deleted


@dataclass(frozen=True)
class Creation:
    """Nodes, or a reservation, of one try.

    Arguments:
        name: that the cloud knows it by; unique, and the label of all that belongs to it.
        place: where, and as what.
        nodes: how many.
        hourly: price of them all, USD/h.
        began: when it was asked for, s since 1970.
        ends: when the cloud deletes it by itself, s since 1970.
        reservation: capacity alone, no nodes.
        owner: whose account or project it is in, as the cloud names it.
        state: how far it has come.
    """

    name: str
    place: Place
    nodes: int
    hourly: float
    began: float
    ends: float
    reservation: bool = False
    owner: str = ""
    state: State = State.CREATING

    @property
    def expected(self) -> int:
        """How many there are of it where it is whole."""
        return 1 if self.reservation else self.nodes

    @property
    def may_exist(self) -> bool:
        return self.state is not State.GONE


class JournalInUse(Exception):
    """Another hunt writes to it."""


class UnreadableJournal(Exception):
    """A line of it is no event."""


class Journal:
    """The creations of a stack's hunts.

    Attributes:
        creations: by name, in the order in which they were begun.
    """

    def __init__(self, path: Path) -> None:
        """Read what is there, and let no other hunt write to it.

        Arguments:
            path: of the file; it is made where it is not there.

        Raises:
            JournalInUse: by another process.
            UnreadableJournal: it is the file of something else.
            OSError: it can't be read or written.
        """
        self.path = path
        self._file = path.open("a+b")
        try:
            _lock(self._file.fileno())
        except OSError:
            self._file.close()
            raise JournalInUse(f"{path}: another `windtunnel find` is using it") from None
        self.creations: dict[str, Creation] = {}
        try:
            self._read_all()
        except UnreadableJournal:
            self._file.close()
            raise
        _sync_folder(path.parent)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()

    def close(self) -> None:
        """Let others write to it."""
        self._file.close()

    def begin(self, creation: Creation) -> None:
        """Write that something is about to be created.

        Arguments:
            creation: of it.
        """
        self._write(asdict(creation))
        self.creations[creation.name] = creation

    def now(self, name: str, state: State) -> None:
        """Write how far a creation has come.

        Arguments:
            name: of it.
            state: as it is, or is about to be.
        """
        self._write({"name": name, "state": str(state)})
        self.creations[name] = replace(self.creations[name], state=state)

    def unresolved(self) -> Iterator[Creation]:
        """What may exist and is not meant to stay."""
        yield from (
            one
            for one in list(self.creations.values())
            if one.may_exist and one.state is not State.KEPT
        )

    def kept(self) -> Iterator[Creation]:
        """What was kept."""
        yield from (one for one in list(self.creations.values()) if one.state is State.KEPT)

    def _read_all(self) -> None:
        self._file.seek(0)
        text = self._file.read()
        whole, _, cut = text.rpartition(b"\n")
        if not (cut.startswith(_BEGINNING) or _BEGINNING.startswith(cut)):
            raise UnreadableJournal(f"{self.path}: is no journal of hunts")
        for number, line in enumerate(whole.splitlines(), 1):
            self._read(line, number)
        if cut:  # killed while it was written, before anything was created
            self._file.truncate(len(text) - len(cut))

    def _write(self, event: dict[str, Any]) -> None:
        self._file.write(json.dumps(event).encode() + b"\n")
        self._file.flush()
        os.fsync(self._file.fileno())

    def _read(self, line: bytes, number: int) -> None:
        try:
            event = json.loads(line)
            name, state = event["name"], State(event["state"])
            if name in self.creations:
                self.creations[name] = replace(self.creations[name], state=state)
            else:
                place = Place(**event.pop("place"))
                self.creations[name] = Creation(**{**event, "place": place, "state": state})
        except (ValueError, KeyError, TypeError):
            raise UnreadableJournal(
                f"{self.path}:{number}: no line of a journal of hunts"
            ) from None


def _lock(descriptor: int) -> None:
    """One hunt at a time; the system lets go of it when the process ends, however it ends."""
    try:
        import fcntl
    except ImportError:  # pragma: no cover  # Windows
        import msvcrt

        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
    else:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _sync_folder(folder: Path) -> None:
    """The name of a new file is on the disk, too."""
    with contextlib.suppress(OSError):  # not every file system knows how
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
