"""The event loop as object code, made by Numba and LLVM."""

from typing import Any

import numba
from numba import types

from sim.kernels.cluster.loop import simulate
from sim.kernels.cluster.native import llvm, target_machine


def object_code(name: str) -> bytes:
    """The machine code of `simulate`, which calls nothing but the C library.

    Arguments:
        name: to be given to the function.
    """
    njit: Any = numba.njit  # whose types know no wrappers
    compiler = njit(error_model="numpy", no_cpython_wrapper=True, no_cfunc_wrapper=True)
    compiled = compiler(simulate.py_func)
    compiled.compile((types.int64, types.int64, types.int64))
    (result,) = compiled.overloads.values()
    text = compiled.inspect_llvm(result.signature.args)
    module = llvm.parse_assembly(text.replace(result.fndesc.llvm_func_name, name))
    return bytes(target_machine().emit_object(module))
