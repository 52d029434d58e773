"""Machine code of the event loop, kept on disk and loaded by LLVM alone.

Loading Numba, even for code that it keeps compiled, takes longer than a thousand replications of a
small cluster. So Numba is asked once, when a machine first simulates with these sources.
"""

import ctypes
import functools
import hashlib
import importlib
import os
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

llvm: Any = importlib.import_module("llvmlite.binding")  # which comes without types
_HERE = Path(__file__).parent
_NAME = "simulate"
# Numba's functions give a status; the result and an exception come back through pointers.
_FUNCTION = ctypes.CFUNCTYPE(
    ctypes.c_int32,
    ctypes.POINTER(ctypes.c_int64),
    ctypes.POINTER(ctypes.c_void_p),
    ctypes.c_int64,
    ctypes.c_int64,
    ctypes.c_int64,
)


def is_compiled() -> bool:
    """Whether machine code of these sources is kept; else a first run takes some seconds."""
    return _file().exists()


def target_machine() -> Any:
    """This machine, as LLVM makes code for it."""
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    return llvm.Target.from_default_triple().create_target_machine(
        cpu=llvm.get_host_cpu_name(),
        features=llvm.get_host_cpu_features().flatten(),
        opt=3,
        jit=True,
    )


@functools.cache  # once a process
def simulate() -> Callable[[int, int, int], int]:
    """The function `simulate` of the event loop, ready to be called."""
    engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), target_machine())
    engine.add_object_file(llvm.ObjectFileRef.from_data(_object_code()))
    engine.finalize_object()
    function = _FUNCTION(engine.get_function_address(_NAME))

    def call(cluster: int, most_failures: int, most_interruptions: int) -> int:
        result, exception = ctypes.c_int64(), ctypes.c_void_p()
        status = function(
            ctypes.byref(result),
            ctypes.byref(exception),
            cluster,
            most_failures,
            most_interruptions,
        )
        assert status == 0, status  # nothing in the loop raises
        assert engine  # its memory holds the code
        return result.value

    return call


def _object_code() -> bytes:
    kept = _file()
    if kept.exists():
        return kept.read_bytes()
    from sim.kernels.cluster.build import object_code  # heavy, and seldom needed

    code = object_code(_NAME)
    kept.parent.mkdir(parents=True, exist_ok=True)
    for old in kept.parent.glob("machine-code-*"):
        old.unlink(missing_ok=True)
    unfinished = kept.with_name(f"unfinished-{os.getpid()}")
    unfinished.write_bytes(code)
    unfinished.replace(kept)  # so that other processes see the whole file or none
    return code


def _file() -> Path:
    """Where machine code of these sources for this machine is kept."""
    machine = f"{llvm.get_process_triple()} {llvm.get_host_cpu_name()}"
    features = llvm.get_host_cpu_features().flatten()
    digest = hashlib.sha256(f"{version('numba')} {machine} {features}".encode())
    for source in sorted({*_HERE.parent.glob("*.py"), *_HERE.glob("*.py")}):
        digest.update(source.read_bytes())
    here = _HERE / "__pycache__"
    writable = os.access(here if here.exists() else _HERE, os.W_OK)
    base = here if writable else Path.home() / ".cache" / "windtunnel" / _HERE.name
    return base / f"machine-code-{digest.hexdigest()[:16]}"
