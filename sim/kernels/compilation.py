"""How compiled functions are compiled, and where the compiled code is kept."""

import contextlib
import hashlib
import importlib
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba

from sim.kernels.sources import sources


def _leave_out_linear_algebra() -> None:
    """Let Numba begin without scipy.linalg, which it would import for matrix products alone.

    No kernel multiplies matrices, and the import takes as long as a simulation.
    """
    name = "scipy.linalg"
    if name in sys.modules:
        return
    sys.modules[name] = None  # type: ignore[assignment]  # says that it can't be imported
    try:
        importlib.import_module("numba.np.arraymath")
    finally:
        del sys.modules[name]


_leave_out_linear_algebra()
_SHARED = Path(__file__).parent  # its files are compiled into those of every room
_ALONE = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}


class Compilers:
    """Decorators for the functions of one room, whose compiled code is kept together.

    Numba looks at the file of a function alone. But the offsets of the fields of a record, and
    functions of other files, are compiled into it, so that old code would read the wrong places.
    So the code is kept by the text of all sources that it can be made of.

    Arguments:
        room: folder whose `arrays` and `kernel` hold the sources.
        others: rooms whose functions it calls from compiled code.
    """

    def __init__(self, room: Path, *others: Path) -> None:
        self._folder = _folder(room, *others)
        self._kept = _writable(self._folder)  # else every process compiles for itself
        self.compiled = self._compiler()  # for functions that Python calls
        self.compiled_inline = self._compiler(forceinline=True)  # and that run at every event
        self.inner = self._compiler(**_ALONE)  # for functions that only compiled code calls
        self.inlined = self._compiler(forceinline=True, **_ALONE)  # and that run at every event

    def is_compiled(self, function: str) -> bool:
        """Whether compiled code of a function is kept; else its first call takes a while.

        Arguments:
            function: module and name, such as "events.loop".
        """
        return any(self._folder.rglob(f"{function}-*.nbi"))

    def _compiler(self, **options: Any) -> Callable[[Any], Any]:
        # Neither is in the types of the package.
        njit: Any = numba.njit
        config: Any = numba.config

        def compiler(function: Any) -> Any:
            before = config.CACHE_DIR
            config.CACHE_DIR = str(self._folder)  # read when a function is decorated
            try:
                return njit(cache=self._kept, error_model="numpy", **options)(function)
            finally:
                config.CACHE_DIR = before

        return compiler


def _folder(room: Path, *others: Path) -> Path:
    """Where compiled code of a room is kept; that of older sources is removed."""
    digest = hashlib.sha256(numba.__version__.encode())
    for source in sources(room, *others):
        digest.update(source.read_bytes())
    base = room / "__pycache__"
    if not os.access(base if base.exists() else room, os.W_OK):
        with contextlib.suppress(RuntimeError):  # there is no home
            base = Path.home() / ".cache" / "windtunnel" / room.name
    folder = base / f"compiled-{digest.hexdigest()[:16]}"
    if not folder.exists():
        for old in base.glob("compiled-*"):
            shutil.rmtree(old, ignore_errors=True)
    return folder


def _writable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK)


_COMPILERS = Compilers(_SHARED)
compiled = _COMPILERS.compiled
compiled_inline = _COMPILERS.compiled_inline
inner = _COMPILERS.inner
inlined = _COMPILERS.inlined
