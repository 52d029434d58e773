"""How the functions of this folder are compiled, and where the compiled code is kept."""

import hashlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba

_SOURCES = Path(__file__).parent


def _folder() -> Path:
    """Where compiled code is kept: by the text of all sources of this folder.

    Numba looks at the file of a function alone. But the offsets of the fields of a record, and
    functions of other files, are compiled into it, so that old code would read the wrong places.
    """
    digest = hashlib.sha256(numba.__version__.encode())
    for source in sorted(_SOURCES.glob("*.py")):
        digest.update(source.read_bytes())
    here = _SOURCES / "__pycache__"
    writable = os.access(here if here.exists() else _SOURCES, os.W_OK)
    base = here if writable else Path.home() / ".cache" / "windtunnel"
    folder = base / f"compiled-{digest.hexdigest()[:16]}"
    if not folder.exists():
        for old in base.glob("compiled-*"):
            shutil.rmtree(old, ignore_errors=True)
    return folder


_FOLDER = str(_folder())


def is_compiled() -> bool:
    """Whether compiled code of these sources is kept; else a first run takes a minute or more."""
    return any(Path(_FOLDER).rglob("*.nbi"))  # the folder itself is there from the import on


def _compiler(**options: Any) -> Callable[[Any], Any]:
    # Neither is in the types of the package.
    njit: Any = numba.njit
    config: Any = numba.config

    def compiler(function: Any) -> Any:
        before = config.CACHE_DIR
        config.CACHE_DIR = _FOLDER  # read when a function is decorated
        try:
            return njit(cache=True, error_model="numpy", **options)(function)
        finally:
            config.CACHE_DIR = before

    return compiler


_ALONE = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}

compiled = _compiler()  # for functions that Python calls
compiled_inline = _compiler(forceinline=True)  # and that are on the way of every event
inner = _compiler(**_ALONE)  # for functions that only compiled code calls
inlined = _compiler(forceinline=True, **_ALONE)  # and that are on the way of every event
