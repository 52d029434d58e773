"""The decorators of the compiled functions of this room, which draw from clocks of another."""

from pathlib import Path

from sim.kernels.compilation import Compilers

_ROOM = Path(__file__).parents[1]
_COMPILERS = Compilers(_ROOM, _ROOM.parent / "reliability")
compiled = _COMPILERS.compiled
inner = _COMPILERS.inner
inlined = _COMPILERS.inlined
