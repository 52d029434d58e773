"""Files of a report: what they are called, and how they are written whole or not at all."""

import contextlib
import hashlib
import os
import signal
import tempfile
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import FrameType

_MARK = "<!-- of the stack file {} -->\n"
_LONGEST_MARK = 100  # bytes at the end of a page
_ENDING = ("SIGTERM", "SIGHUP")


def check_folder(folder: Path) -> None:
    """Make a folder and see that it can be written, before long work.

    Arguments:
        folder: where files will go.

    Raises:
        OSError: it can't be made or written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder):
        pass


def page_path(folder: Path, stack: str, source: str) -> Path:
    """Where the page of a stack goes: called after it, unless another file's page is there.

    Arguments:
        folder: of the reports.
        stack: its name.
        source: what tells its file from others, as `source_of` says it.
    """
    plain = folder / f"{stack}.html"
    try:
        with plain.open("rb") as page:
            page.seek(max(0, plain.stat().st_size - _LONGEST_MARK))
            end = page.read()
    except OSError:
        return plain
    before, mark, after = _MARK.partition("{}")
    other = before.encode() in end and f"{before}{source}{after}".encode() not in end
    return folder / f"{stack}-{source[:8]}.html" if mark and other else plain


def source_of(file: Path, folder: Path) -> str:
    """What tells a stack file from others: a hash of the way to it from the folder of reports.

    Arguments:
        file: of the stack.
        folder: of the reports.
    """
    # The way between them, since a checkout elsewhere shall give the same bytes.
    way = os.path.relpath(file.resolve(), folder.resolve())
    return hashlib.sha256(os.fsencode(way)).hexdigest()[:16]


def marked(page: str, source: str) -> str:
    """A page that says at its end of which file it is.

    Arguments:
        page: HTML.
        source: as `source_of` says it.
    """
    return page + _MARK.format(source)


def write_whole(files: Mapping[Path, bytes]) -> None:
    """Write files that belong together: each whole or not at all, and one right after the other.

    A signal that ends the program waits until they are all in place.

    Arguments:
        files: content by path.

    Raises:
        OSError: a file can't be written; then none has been replaced.
    """
    temporary = {path: path.with_name(f".{path.name}.{os.getpid()}") for path in files}
    with _ends_later():
        try:
            for path, content in files.items():
                path.parent.mkdir(parents=True, exist_ok=True)
                temporary[path].write_bytes(content)
            for path in files:
                temporary[path].replace(path)
        finally:
            for left in temporary.values():
                left.unlink(missing_ok=True)


@contextlib.contextmanager
def _ends_later() -> Iterator[None]:
    """What would end the process at once ends it after the block."""
    came: list[int] = []
    before: dict[int, object] = {}

    def remember(number: int, frame: FrameType | None) -> None:
        came.append(number)

    if threading.current_thread() is threading.main_thread():  # no other may set handlers
        numbers = [getattr(signal, name) for name in _ENDING if hasattr(signal, name)]
        for number in numbers:
            if signal.getsignal(number) == signal.SIG_DFL:
                before[number] = signal.signal(number, remember)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)  # type: ignore[arg-type]  # as it was given
        for number in came:
            os.kill(os.getpid(), number)
