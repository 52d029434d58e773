"""Numba, and the code that it compiles of functions that Python calls, kept on disk."""

import hashlib
import importlib
import pickle
import sys
from typing import Any

import numba
from numba.core import compiler, serialize
from numba.core.caching import NullCache

from models.machine_code.kept_code import KeptCode


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
njit: Any = numba.njit  # which has no types


class KeptOverloads(NullCache):
    """Compiled code of one function, in the place of Numba's cache.

    Numba's own fails where a file is damaged or a disk is full, and looks at the file of the
    function alone, but not at those of the functions and records that are compiled into it.

    Arguments:
        kept: where it is kept.
        function: in Python.
    """

    def __init__(self, kept: KeptCode, function: Any) -> None:
        self._kept = kept
        self._name = f"{function.__module__.rpartition('.')[2]}.{function.__name__}"

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """What was compiled for some types; None if it is not kept."""
        target_context.refresh()
        code = self._kept.read(self._name, _variant(sig, target_context))
        if code is None:
            return None
        return compiler.CompileResult._rebuild(target_context, *pickle.loads(code))

    def save_overload(self, sig: Any, data: Any) -> None:
        """Keep what was compiled for some types."""
        if not data.library.has_dynamic_globals:  # addresses of this process
            code = serialize.dumps(data._reduce())
            self._kept.keep(self._name, code, _variant(sig, data.target_context))


def _variant(signature: Any, target_context: Any) -> str:
    """A short name of the types that a function is compiled for, and of how."""
    text = f"{signature} {target_context.codegen().magic_tuple()}"
    return hashlib.sha256(text.encode()).hexdigest()[:16]
