"""The decorators of the compiled functions of this room, which are made with those of systems."""

from pathlib import Path

from sim.kernels.compilation import Compilers

_ROOM = Path(__file__).parents[1]
_COMPILERS = Compilers(_ROOM, _ROOM.with_name("reliability"))
compiled = _COMPILERS.compiled
inner = _COMPILERS.inner
inlined = _COMPILERS.inlined
