"""Machine code of compiled functions, kept on disk and loaded by LLVM alone.

Loading Numba, even for code that it keeps compiled, takes longer than many a simulation. So Numba
is asked once, when a machine first simulates with these sources.
"""

import contextlib
import ctypes
import functools
import hashlib
import importlib
import os
import threading
from collections.abc import Callable
from concurrent.futures import Future
from importlib.metadata import version
from pathlib import Path
from typing import Any

from sim.kernels.sources import sources

llvm: Any = importlib.import_module("llvmlite.binding")  # which comes without types
_ROOT = Path(__file__).parents[2]
_DIGITS = 16  # of what tells machines and sources apart
_MAKING = threading.Lock()  # so that threads of one process do not make the same code


class NativeFunction:
    """A compiled function of whole numbers, which may be addresses, ready to be called.

    Arguments:
        module: where Numba's function is, such as "sim.cluster.kernel.year_loop"; imported only to
            make the code.
        name: of the function, which must raise nothing.
        arguments: how many it takes.
    """

    def __init__(self, module: str, name: str, arguments: int) -> None:
        self._module, self._name, self._arguments = module, name, arguments
        self._room = _ROOT.joinpath(*module.split(".")[:-2])

    def __call__(self, *arguments: int) -> int:
        """Call it; gives its result, or 0 if it has none."""
        return self._function(*arguments)

    def is_compiled(self) -> bool:
        """Whether machine code of these sources is kept; else the first call takes a while."""
        return any(kept.exists() for kept in self._files())

    @functools.cached_property  # once a process
    def _function(self) -> Callable[..., int]:
        engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), _target_machine())
        engine.add_object_file(llvm.ObjectFileRef.from_data(self._object_code()))
        engine.finalize_object()
        # Numba's functions give a status; the result and an exception come back through pointers.
        whole = [ctypes.c_int64] * self._arguments
        pointers = (ctypes.POINTER(ctypes.c_int64), ctypes.POINTER(ctypes.c_void_p))
        kind = ctypes.CFUNCTYPE(ctypes.c_int32, *pointers, *whole)
        function = kind(engine.get_function_address(self._name))

        def call(*arguments: int) -> int:
            result, exception = ctypes.c_int64(0), ctypes.c_void_p()
            status = function(ctypes.byref(result), ctypes.byref(exception), *arguments)
            assert status == 0, status  # nothing in it raises
            assert engine  # its memory holds the code
            return result.value

        return call

    def _object_code(self) -> bytes:
        with _MAKING:
            for kept in self._files():
                code = _whole(kept)
                if code is not None:
                    return code
            return self._made_apart()

    def _made_apart(self) -> bytes:
        """Make it in a thread: Ctrl-C waits as long as LLVM works, and is lost where it calls back.

        After a Ctrl-C the thread goes on, for a process that does.
        """
        outcome: Future[bytes] = Future()

        def make() -> None:
            try:
                code = self._made()
                self._keep(code)
                outcome.set_result(code)
            except BaseException as error:
                outcome.set_exception(error)

        threading.Thread(target=make, daemon=True).start()
        return outcome.result()

    def _keep(self, code: bytes) -> None:
        """Keep it in the first place that can be written to; where none can, it is made anew."""
        for kept in self._files():
            unfinished = kept.with_name(f"unfinished-{self._name}-{os.getpid()}")
            try:
                kept.parent.mkdir(parents=True, exist_ok=True)
                unfinished.write_bytes(hashlib.sha256(code).digest() + code)
                unfinished.replace(kept)  # so that other processes see the whole file or none
            except OSError:
                with contextlib.suppress(OSError):
                    unfinished.unlink()
                continue
            for old in kept.parent.glob(f"{kept.name[:-_DIGITS]}*"):
                if old != kept:
                    old.unlink(missing_ok=True)
            return

    def _made(self) -> bytes:
        """The machine code, which calls nothing but the C library."""
        import numba

        njit: Any = numba.njit  # whose types know no wrappers
        function = getattr(importlib.import_module(self._module), self._name)
        compiler = njit(error_model="numpy", no_cpython_wrapper=True, no_cfunc_wrapper=True)
        compiled = compiler(function.py_func)
        compiled.compile((numba.types.int64,) * self._arguments)
        (result,) = compiled.overloads.values()
        text = compiled.inspect_llvm(result.signature.args)
        module = llvm.parse_assembly(text.replace(result.fndesc.llvm_func_name, self._name))
        return bytes(_target_machine().emit_object(module))

    def _files(self) -> list[Path]:
        """Where machine code of these sources for this machine may be kept, the best place first.

        Machines that share a folder keep theirs beside each other.
        """
        target = f"{llvm.get_process_triple()} {llvm.get_host_cpu_name()}"
        features = llvm.get_host_cpu_features().flatten()
        machine = hashlib.sha256(f"{target} {features}".encode()).hexdigest()
        digest = hashlib.sha256(version("numba").encode())
        for source in sources(self._room):
            digest.update(source.read_bytes())
        name = f"machine-code-{self._name}-{machine[:_DIGITS]}-{digest.hexdigest()[:_DIGITS]}"
        folders = [self._room / "__pycache__"]
        with contextlib.suppress(RuntimeError):  # there is no home
            folders.append(Path.home() / ".cache" / "windtunnel" / self._room.name)
        return [folder / name for folder in folders]


def _whole(kept: Path) -> bytes | None:
    """The code in a file; None if it is missing or damaged, which would end the process."""
    try:
        content = kept.read_bytes()
    except OSError:
        return None
    size = hashlib.sha256().digest_size
    digest, code = content[:size], content[size:]
    return code if digest == hashlib.sha256(code).digest() else None


def _target_machine() -> Any:
    """This machine, as LLVM makes code for it."""
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    return llvm.Target.from_default_triple().create_target_machine(
        cpu=llvm.get_host_cpu_name(),
        features=llvm.get_host_cpu_features().flatten(),
        opt=3,
        jit=True,
    )
