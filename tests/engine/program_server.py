"""Runs programs in forks of a process that has loaded what they import.

To load the SDK of Pulumi, that of AWS and the simulation anew for every command of the engine would
take most of the time of the tests. Each program still runs in a process of its own, from its first
line, by Pulumi's own script.

python program_server.py SOCKET
"""

import contextlib
import hashlib
import importlib
import json
import os
import pickle
import runpy
import signal
import socket
import sys
import threading
from pathlib import Path
from typing import Any

_LONGEST = 1 << 20  # bytes of what is asked
_LOADED = ("infra.gate", "sim.predict", "infra.aws.build")


def run_program(
    path: str,
    command: list[str],
    environment: dict[str, str],
    outputs: Any,
    lines: list[socket.socket],
) -> int:
    """The exit code of a program that a server runs; 1 of one that was ended.

    Arguments:
        path: of the socket of the server.
        command: the script and its arguments.
        environment: variables.
        outputs: descriptors of its standard output and error output.
        lines: gets the connection, whose shutdown ends the program.
    """
    with socket.socket(socket.AF_UNIX) as line:
        line.connect(path)
        lines.append(line)
        asked = json.dumps({"command": command, "environment": environment})
        socket.send_fds(line, [asked.encode() + b"\n"], list(outputs))
        return int(line.recv(16) or b"1")


def _serve(path: str) -> None:
    from infra.aws.deployer_actions import BY_TYPE

    for module in _LOADED:
        importlib.import_module(module)
    for token in BY_TYPE:  # of the SDK a file for each
        _, module, name = token.split(":")
        package = module.partition("/")[0].lower().replace("lambda", "lambda_")
        getattr(importlib.import_module(f"pulumi_aws.{package}"), name)
    _remember_predictions(Path(f"{path}.predictions"))
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(f"{path}.new")
    listener.listen()
    Path(f"{path}.new").rename(path)
    while True:
        line, _ = listener.accept()
        # Twice, so that nobody has to wait for the one that waits.
        if os.fork() == 0:
            listener.close()
            if os.fork() == 0:
                _answer(line)
            os._exit(0)
        line.close()
        os.wait()


def _remember_predictions(folder: Path) -> None:
    """Predict each stack once: programs run again and again, and predictions are the same then.

    Arguments:
        folder: for predictions, which programs share that run in forks.
    """
    from sim import predict as module

    predicted = module.predict
    folder.mkdir()

    def predict(file: Any, catalog: Any, **options: Any) -> Any:
        asked = repr((file.digest, file.document.changes, catalog.digest, sorted(options.items())))
        known = folder / hashlib.sha256(asked.encode()).hexdigest()
        if known.exists():
            return pickle.loads(known.read_bytes())  # written below
        found = predicted(file, catalog, **options)
        unfinished = folder / f"{known.name}.{os.getpid()}"
        unfinished.write_bytes(pickle.dumps(found))
        unfinished.rename(known)
        return found

    module.predict = predict


def _answer(line: socket.socket) -> None:
    said, descriptors, _, _ = socket.recv_fds(line, _LONGEST, 2)
    while not said.endswith(b"\n"):
        said += line.recv(_LONGEST)
    asked = json.loads(said)
    program = os.fork()
    if program == 0:
        _execute(asked["command"], asked["environment"], descriptors)
    threading.Thread(target=_end_with, args=(line, program), daemon=True).start()
    _, status = os.waitpid(program, 0)
    with contextlib.suppress(BrokenPipeError):
        line.send(str(os.waitstatus_to_exitcode(status)).encode())
    os._exit(0)


def _end_with(line: socket.socket, program: int) -> None:
    """End a program that nobody waits for any more, as after an error of the engine."""
    line.recv(1)
    with contextlib.suppress(ProcessLookupError):
        os.kill(program, signal.SIGKILL)


def _execute(command: list[str], environment: dict[str, str], outputs: list[int]) -> None:
    code: Any = 1
    try:
        os.environ.clear()
        os.environ.update(environment)
        for number, descriptor in enumerate(outputs, start=1):
            os.dup2(descriptor, number)
        sys.stdout.reconfigure(write_through=True)  # type: ignore[union-attr]
        sys.argv = command
        runpy.run_path(command[0], run_name="__main__")
        code = 0
    except SystemExit as left:
        code = left.code
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code if isinstance(code, int) else 1)


if __name__ == "__main__":
    _serve(sys.argv[1])
