"""The rows of a long work as they come, so that it goes on where it was after a kill."""

import json
import os
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

Row = dict[str, Any]


class OtherJournal(Exception):
    """A journal of something else is in the way."""


class Journal:
    """Rows on disk, one a line, below a line that says what they are of.

    Arguments:
        path: of the file.
        identity: of all that the rows depend on.

    Raises:
        OtherJournal: the file is of something else.
        OSError: it can't be read or written.
    """

    def __init__(self, path: Path, identity: str) -> None:
        self.path = path
        self.rows: list[Row] = []
        whole = self._read(identity)
        self._file = path.open("r+b" if path.exists() else "w+b")
        self._file.truncate(whole)
        self._file.seek(whole)
        if whole == 0:
            self._write(json.dumps({"of": identity}).encode() + b"\n")

    def _read(self, identity: str) -> int:
        """Bytes of the file that are whole lines; a kill may leave half of one."""
        if not self.path.exists():
            return 0
        content = self.path.read_bytes()
        whole = 0
        for position, line in enumerate(content.splitlines(keepends=True)):
            try:
                one = json.loads(line) if line.endswith(b"\n") else None
            except ValueError:
                one = None
            if position == 0 and (not isinstance(one, dict) or one.get("of") != identity):
                if b"\n" not in content and content.startswith(b'{"of'[: len(content)]):
                    return 0  # killed while it was begun
                raise OtherJournal(
                    f"{self.path}: is of another sweep, or of another version; delete it to begin"
                    " anew, or name another --output"
                )
            if one is None:
                break
            if position:
                self.rows.append(one)
            whole += len(line)
        return whole

    def add(self, rows: Sequence[Row]) -> None:
        """Keep rows; they are on disk when this comes back.

        Arguments:
            rows: that follow those that are kept.
        """
        self.rows += rows
        self._write(b"".join(json.dumps(row).encode() + b"\n" for row in rows))

    def _write(self, lines: bytes) -> None:
        self._file.write(lines)
        self._file.flush()
        os.fsync(self._file.fileno())

    def done(self) -> None:
        """Delete it: its rows are where they belong."""
        self._file.close()
        self.path.unlink(missing_ok=True)

    def __enter__(self) -> "Journal":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()
