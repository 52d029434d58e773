"""The decorators of the compiled functions of this folder, which only compiled code calls."""

from pathlib import Path

from sim.kernels.compilation import Compilers

_COMPILERS = Compilers(Path(__file__).parent)
inner = _COMPILERS.inner
inlined = _COMPILERS.inlined
