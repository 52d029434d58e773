"""The decorators of the compiled functions of this room."""

from pathlib import Path

from sim.kernels.compilation import Compilers

_COMPILERS = Compilers(Path(__file__).parents[1])
compiled = _COMPILERS.compiled
compiled_inline = _COMPILERS.compiled_inline
inner = _COMPILERS.inner
inlined = _COMPILERS.inlined
