"""Compiled code kept on disk: made once a machine, and read only where nobody else could write it.

Whoever can change code that is loaded can do what its user can. So a file is read only if it and
its folder belong to the user, or to root, and others may not write them, as pip does for its cache.
"""

import contextlib
import functools
import hashlib
import importlib
import logging
import multiprocessing
import os
import stat
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

llvm: Any = importlib.import_module("llvmlite.binding")  # which comes without types
_DIGITS = 16  # of what tells machines and sources apart
_LOG = logging.getLogger("windtunnel.compilation")
_SIZE = hashlib.sha256().digest_size
_PATIENCE = 120.0  # s to wait for another process that makes the same code
_LOOK = 0.1  # s between two looks at whether it has


class KeptCode:
    """Where compiled code of one room is kept.

    Files bear the machine, so that machines that share a folder keep theirs beside each other, and
    the text of all sources: the offsets of the fields of a record and functions of other files are
    compiled into code, so that older code would read the wrong places.

    Arguments:
        room: folder that the code belongs to, such as sim/queueing.
        sources: every file that can be compiled into it.
    """

    def __init__(self, room: Path, sources: Sequence[Path]) -> None:
        self._folders = [room / "__pycache__" / "machine-code"]
        with contextlib.suppress(RuntimeError):  # there is no home
            self._folders.append(Path.home() / ".cache" / "windtunnel" / room.name)
        self._files = tuple(sources)
        digest = hashlib.sha256(version("numba").encode())
        for source in self._files:
            digest.update(source.read_bytes())
        self._sources = digest.hexdigest()[:_DIGITS]

    def is_made_of(self, source: Path) -> bool:
        """Whether code is made anew when this file changes.

        Arguments:
            source: of a function.
        """
        return source in self._files

    def read(self, function: str, variant: str = "") -> bytes | None:
        """The code of a function; None if there is none, or none that is whole and trusted.

        Then it will be made, which takes seconds: the log says so, for whom it is to be shown.

        Arguments:
            function: its name, unique in the room.
            variant: tells apart what is compiled of one function.
        """
        for file in self._places(function, variant):
            code = _code_in(file)
            if code is not None:
                return code
        _LOG.info("compiling the simulator, once")
        return None

    def has(self, function: str) -> bool:
        """Whether code of a function is kept, in any variant.

        Arguments:
            function: its name.
        """
        return any(any(place.parent.glob(f"{place.name}*")) for place in self._places(function))

    def keep(self, function: str, code: bytes, variant: str = "") -> None:
        """Keep code in the first place that can be written; without one it is made anew each time.

        Arguments:
            function: its name.
            code: what `read` will give.
            variant: tells apart what is compiled of one function.
        """
        failure = None
        for file in self._places(function, variant):
            try:
                if _is_folder_of_ours(file.parent):
                    _write(file, hashlib.sha256(code).digest() + code)
                    self._remove_older(file)
                    return
            except OSError as error:
                failure = failure or error
        if failure:
            where = self._folders[0]
            _say(f"compiled code can't be kept in {where} ({failure.strerror}): it is made anew")

    @contextlib.contextmanager
    def alone(self, function: str) -> Iterator[None]:
        """While one process makes the code of a function, others that want it wait here.

        Arguments:
            function: its name.
        """
        with contextlib.ExitStack() as held:
            for file in self._places(function):
                try:
                    if _is_folder_of_ours(file.parent):
                        lock = held.enter_context(file.with_name(f"making-{function}").open("ab"))
                        _wait_for(lock.fileno())
                        break
                except OSError:
                    continue
            yield

    def _places(self, function: str, variant: str = "") -> list[Path]:
        name = f"{function}-{_machine()}-{self._sources}"
        return [folder / f"{name}{variant and '-'}{variant}" for folder in self._folders]

    def _remove_older(self, file: Path) -> None:
        """What is left of other sources, for this machine."""
        end = file.name.index(self._sources)
        for old in file.parent.glob(f"{file.name[:end]}*"):
            if not old.name[end:].startswith(self._sources):
                with contextlib.suppress(OSError):
                    old.unlink()


def _code_in(file: Path) -> bytes | None:
    """The code in a file; None if it is missing, not trusted, or damaged: it could do anything."""
    try:
        with file.open("rb") as stream:
            folder, own = file.parent.stat(), os.fstat(stream.fileno())
            if not (_is_trusted(file.parent, folder) and _is_trusted(file, own)):
                return None
            content = stream.read()
    except OSError:
        return None
    digest, code = content[:_SIZE], content[_SIZE:]
    return code if digest == hashlib.sha256(code).digest() else None


def _is_folder_of_ours(folder: Path) -> bool:
    folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    return _is_trusted(folder, folder.stat())


def _is_trusted(path: Path, status: os.stat_result) -> bool:
    """Nobody but the user and root can write it; tells the user if others can."""
    if not hasattr(os, "geteuid"):  # a system that has other rights than these
        return True
    if status.st_uid not in (os.geteuid(), 0):
        why = "it belongs to another user"
    elif status.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        why = "others may write it"
    else:
        return True
    _say(f"compiled code in {path} is not used, because {why}")
    return False


def _write(file: Path, content: bytes) -> None:
    """Write a file so that others see the whole of it or none, and only we may write it."""
    unfinished = file.with_name(f"unfinished-{os.getpid()}-{threading.get_ident()}")
    try:
        unfinished.unlink(missing_ok=True)  # of a process that was killed
        number = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
        with os.fdopen(number, "wb") as stream:
            stream.write(content)
        unfinished.replace(file)
    except OSError:
        with contextlib.suppress(OSError):
            unfinished.unlink()
        raise


def _wait_for(lock: int) -> None:
    """Hold a lock that ends with the file or the process; not forever, as its holder may sleep."""
    try:
        import fcntl
    except ImportError:  # a system without such locks: each process makes its own
        return
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            time.sleep(_LOOK)


@functools.cache  # the machine does not change
def _machine() -> str:
    """A short name of this machine and Python, as far as compiled code depends on them."""
    target = f"{llvm.get_process_triple()} {llvm.get_host_cpu_name()}"
    features = llvm.get_host_cpu_features().flatten()
    text = f"{target} {features} {sys.implementation.cache_tag}"
    return hashlib.sha256(text.encode()).hexdigest()[:_DIGITS]


@functools.cache  # once a process
def _say(message: str) -> None:
    if multiprocessing.current_process().name == "MainProcess":  # workers would say it as well
        print(message, file=sys.stderr)
