"""Machine code of functions, made in a process that does nothing else.

Numba by itself optimises every function together with all that it calls and makes machine code of
each, so that what stands deep below is optimised again and again: a minute for the events of
queues. Here Numba only translates. All that it translated is put together, and LLVM optimises it
and makes machine code of it once.
"""

import gc
import importlib
import os
import sys
from collections.abc import Iterator
from typing import Any

import numba

from models.machine_code import kept_overloads
from models.machine_code.kept_code import llvm
from sim.kernels.native import Entry, target_machine
from sim.parent_process import end_with

_PYTHON = ("_ZN", "numba", "NRT_", "Py", "_Py")  # beginnings of names outside the C library


def main(parent: int, asked: list[str]) -> None:
    """Write the machine code of functions to standard output.

    Arguments:
        parent: number of the process that waits for it.
        asked: functions as "module:name:arguments".
    """
    end_with(parent)
    output = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # whatever a package prints
    parts = [text.split(":") for text in asked]
    code = emitted([Entry(module, name, int(count)) for module, name, count in parts])
    with os.fdopen(output, "wb") as stream:
        stream.write(code)


def emitted(entries: list[Entry]) -> bytes:
    """Machine code of functions, which calls nothing but the C library, as an object file.

    From then on this process can run nothing that Numba compiles.

    Arguments:
        entries: the functions, by whose names the code is found.
    """
    _only_translate()
    whole, names = llvm.parse_assembly(""), {}
    libraries: dict[Any, None] = {}
    for entry in entries:
        function = getattr(importlib.import_module(entry.module), entry.name).made
        function.compile((numba.types.int64,) * entry.arguments)
        (result,) = function.overloads.values()
        names[result.fndesc.llvm_func_name] = entry.name
        libraries |= dict.fromkeys(_with_all_it_calls(result.library))
    for library in libraries:
        whole.link_in(library._final_module, preserve=True)
    machine = target_machine()
    whole.data_layout = str(machine.target_data)
    for function in whole.functions:
        if function.name in names:
            function.name = names[function.name]
        elif not function.is_declaration:
            function.linkage = "internal"  # nobody else calls it
    options = llvm.create_pipeline_tuning_options(speed_level=3)
    builder = llvm.create_pass_builder(machine, options)
    builder.getModulePassManager().run(whole, builder)
    missing = [one.name for one in whole.functions if one.is_declaration]
    assert not any(name.startswith(_PYTHON) for name in missing), missing
    return bytes(machine.emit_object(whole))


def _only_translate() -> None:
    """Let Numba leave every function as it translates it: neither optimised nor ready to run."""
    from numba.core import codegen, cpu, dispatcher
    from numba.core.caching import NullCache

    library: Any = codegen.JITCodeLibrary
    library.add_llvm_module = lambda self, module: self._final_module.link_in(module)
    library.finalize = lambda self: setattr(self, "_finalized", True)
    # What Numba would call from Python, and by which it tells functions apart: any function of C.
    context: Any = cpu.CPUContext
    context.get_executable = lambda *_: [].append
    kept_overloads.KeptOverloads = lambda *_: NullCache()  # type: ignore[assignment, misc]
    # Numba would translate a function again for each number that is written where it is called,
    # though LLVM sees those numbers.
    base: Any = dispatcher._DispatcherBase
    template = base.get_call_template

    def of_any_number(self: Any, arguments: Any, named: Any) -> Any:
        named = {name: numba.types.unliteral(kind) for name, kind in named.items()}
        return template(self, tuple(map(numba.types.unliteral, arguments)), named)

    base.get_call_template = of_any_number
    gc.disable()  # millions of small objects, which live for as long as this short process


def _with_all_it_calls(library: Any) -> Iterator[Any]:
    """The library of a function, then those of functions that it calls, callers first."""
    seen, waiting = set(), [library]
    while waiting:
        one = waiting.pop()
        if one not in seen:
            seen.add(one)
            yield one
            waiting += one._linking_libraries
