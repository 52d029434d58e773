"""How compiled functions are compiled, and where the compiled code is kept."""

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sim.kernels.deferred import Deferred
from sim.kernels.sources import kept_code

_SHARED = Path(__file__).parent  # its files are compiled into those of every room
_ALONE = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}


class Compilers:
    """Decorators for the functions of one room, whose compiled code is kept together.

    Arguments:
        room: folder whose `arrays` and `kernel` hold the sources.
        others: rooms whose functions it calls from compiled code.
    """

    def __init__(self, room: Path, *others: Path) -> None:
        self._kept = kept_code(room, *others)
        self.compiled = self._compiler()  # for functions that Python calls
        self.compiled_inline = self._compiler(forceinline=True)  # and that run at every event
        self.inner = self._compiler(**_ALONE)  # for functions that only compiled code calls
        self.inlined = self._compiler(forceinline=True, **_ALONE)  # and that run at every event

    def _compiler(self, **options: Any) -> Callable[[Any], Any]:
        # Unless it says otherwise, a function inherits from the first that calls it to be inlined
        # everywhere, and then so does all that it calls: ten times the code, in ten times the time.
        options = {"error_model": "numpy", "forceinline": False, **options}

        def made(function: Any) -> Any:
            from models.machine_code import kept_overloads  # which loads Numba

            dispatcher = kept_overloads.njit(**options)(function)
            if self._kept.is_made_of(Path(function.__code__.co_filename)):
                dispatcher._cache = kept_overloads.KeptOverloads(self._kept, function)
            return dispatcher

        return lambda function: Deferred(functools.partial(made, function))


_COMPILERS = Compilers(_SHARED)
compiled = _COMPILERS.compiled
compiled_inline = _COMPILERS.compiled_inline
inner = _COMPILERS.inner
inlined = _COMPILERS.inlined
