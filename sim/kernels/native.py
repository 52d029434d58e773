"""Machine code of compiled functions, kept on disk and loaded by LLVM alone.

Loading Numba, even for code that it keeps compiled, takes longer than many a simulation. So Numba
is asked once, when a machine first simulates with these sources.
"""

import ctypes
import functools
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from models.machine_code.kept_code import KeptCode, llvm
from sim.kernels.sources import kept_code

_ROOT = Path(__file__).parents[2]
_MAKE = """
import json, sys
sys.path[:] = json.loads(sys.argv[1])
from sim.kernels.emission import main
main(int(sys.argv[2]), sys.argv[3:])
"""


class CompilationFailed(Exception):
    """Machine code that could not be made; the message is what the compiler said."""


class Entry(NamedTuple):
    """A function of whole numbers, which may be addresses, that Numba can compile.

    Arguments:
        module: where it is, such as "sim.cluster.kernel.year_loop"; imported only to make code.
        name: of the function, which must raise nothing.
        arguments: how many it takes.
    """

    module: str
    name: str
    arguments: int


class NativeCode:
    """The machine code of some functions of one room, made in one go.

    Arguments:
        entries: the functions.
    """

    def __init__(self, entries: tuple[Entry, ...]) -> None:
        self._entries = entries
        self._name = "-".join(entry.name for entry in entries)
        self._making = threading.Lock()  # so that threads of one process do not make the same code
        self._loading = threading.Lock()

    def is_kept(self) -> bool:
        """Whether machine code of these sources is kept on disk."""
        return self.kept.has(self._name)

    @functools.cached_property
    def kept(self) -> KeptCode:
        """Where it is kept."""
        return kept_code(_ROOT.joinpath(*self._entries[0].module.split(".")[:-2]))

    def address(self, name: str) -> int:
        """Where a function is, in memory; it stays there as long as this lives.

        Arguments:
            name: of one of the functions.
        """
        with self._loading:  # of two threads that load the code, one would lose its own
            return int(self._engine.get_function_address(name))

    @functools.cached_property  # once a process
    def _engine(self) -> Any:
        engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), target_machine())
        engine.add_object_file(llvm.ObjectFileRef.from_data(self.object_code()))
        engine.finalize_object()
        return engine

    def object_code(self) -> bytes:
        """The code as an object file; made, and kept, where it is missing."""
        with self._making:
            code = self.kept.read(self._name)
            if code is not None:
                return code
            with self.kept.alone(self._name):
                code = self.kept.read(self._name)  # another process may have made it
                if code is None:
                    code = self._made()
                    self.kept.keep(self._name, code)
                return code

    def _made(self) -> bytes:
        """The code from a process of its own, which Ctrl-C ends, and with which Numba goes."""
        asked = [":".join(map(str, entry)) for entry in self._entries]
        command = [sys.executable, "-c", _MAKE, json.dumps(sys.path), str(os.getpid()), *asked]
        with subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,  # so that a Ctrl-C reaches us alone
        ) as process:
            try:
                code, said = process.communicate()
            except BaseException:
                process.kill()
                process.wait()
                raise
        if process.returncode:
            raise CompilationFailed(said.decode(errors="replace").strip())
        return code


class NativeFunction:
    """A compiled function of whole numbers, which may be addresses, ready to be called.

    Arguments:
        module: where Numba's function is, such as "sim.cluster.kernel.year_loop"; imported only to
            make the code.
        name: of the function, which must raise nothing.
        arguments: how many it takes.
        code: that it is made with; else it is made alone.
    """

    def __init__(
        self, module: str, name: str, arguments: int, code: NativeCode | None = None
    ) -> None:
        self._name, self._arguments = name, arguments
        self._code = code or NativeCode((Entry(module, name, arguments),))

    def __call__(self, *arguments: int) -> int:
        """Call it; gives its result, or 0 if it has none."""
        return self._function(*arguments)

    def is_compiled(self) -> bool:
        """Whether machine code of these sources is kept; else the first call takes a while."""
        return self._code.is_kept()

    @functools.cached_property  # once a process
    def _function(self) -> Callable[..., int]:
        # Numba's functions give a status; the result and an exception come back through pointers.
        whole = [ctypes.c_int64] * self._arguments
        pointers = (ctypes.POINTER(ctypes.c_int64), ctypes.POINTER(ctypes.c_void_p))
        kind = ctypes.CFUNCTYPE(ctypes.c_int32, *pointers, *whole)
        function = kind(self._code.address(self._name))

        def call(*arguments: int) -> int:
            result, exception = ctypes.c_int64(0), ctypes.c_void_p()
            status = function(ctypes.byref(result), ctypes.byref(exception), *arguments)
            assert status == 0, status  # nothing in it raises
            return result.value

        return call


def native_functions(*entries: Entry) -> tuple[NativeFunction, ...]:
    """Functions of one room that share code, which is made in one go.

    Arguments:
        entries: the functions.
    """
    code = NativeCode(entries)
    return tuple(NativeFunction(*entry, code) for entry in entries)


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
