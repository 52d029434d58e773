"""How compiled functions are compiled, and where the compiled code is kept."""

import hashlib
import importlib
import pickle
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba
from numba.core import compiler, serialize
from numba.core.caching import NullCache

from sim.kernels.kept_code import KeptCode


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

    Arguments:
        room: folder whose `arrays` and `kernel` hold the sources.
        others: rooms whose functions it calls from compiled code.
    """

    def __init__(self, room: Path, *others: Path) -> None:
        self._kept = KeptCode(room, *others)
        self.compiled = self._compiler()  # for functions that Python calls
        self.compiled_inline = self._compiler(forceinline=True)  # and that run at every event
        self.inner = self._compiler(**_ALONE)  # for functions that only compiled code calls
        self.inlined = self._compiler(forceinline=True, **_ALONE)  # and that run at every event

    def _compiler(self, **options: Any) -> Callable[[Any], Any]:
        njit: Any = numba.njit  # which has no types
        # Unless it says otherwise, a function inherits from the first that calls it to be inlined
        # everywhere, and then so does all that it calls: ten times the code, in ten times the time.
        options = {"error_model": "numpy", "forceinline": False, **options}

        def compiled(function: Any) -> Any:
            dispatcher = njit(**options)(function)
            if self._kept.is_made_of(Path(function.__code__.co_filename)):
                dispatcher._cache = KeptOverloads(self._kept, function)
            return dispatcher

        return compiled


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


_COMPILERS = Compilers(_SHARED)
compiled = _COMPILERS.compiled
compiled_inline = _COMPILERS.compiled_inline
inner = _COMPILERS.inner
inlined = _COMPILERS.inlined
