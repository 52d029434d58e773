"""The decorators of the compiled functions of this room, which only compiled code calls."""

from pathlib import Path

from sim.kernels.compilation import Compilers

_COMPILERS = Compilers(Path(__file__).parents[1])
inner = _COMPILERS.inner
inlined = _COMPILERS.inlined
