"""The decorators of the compiled functions of this folder."""

from pathlib import Path

from sim.kernels.compilation import Compilers

_COMPILERS = Compilers(Path(__file__).parent)
compiled = _COMPILERS.compiled
inner = _COMPILERS.inner
inlined = _COMPILERS.inlined
