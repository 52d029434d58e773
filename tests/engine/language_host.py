"""Runs a Python program for the Pulumi engine.

Stands in for `pulumi-language-python` where the CLI was built from source, which does not
bring it: the same protocol, the same script of Pulumi's that runs the program, and always
the interpreter that runs the tests.
"""

import contextlib
import json
import shutil
import socket
import sys
from pathlib import Path
from typing import Any

from google.protobuf import empty_pb2
from plugin_host import End, Start
from program_server import run_program
from pulumi.runtime.proto import (
    LanguageRuntimeServicer,
    language_pb2,
    language_pb2_grpc,
    plugin_pb2,
)

# The script's way to say that the user has been told already.
_TOLD = 32


class PythonHost(LanguageRuntimeServicer):
    """The part of the protocol that preview, up, refresh and destroy use."""

    def __init__(self, start: Start, script: str, programs: Path) -> None:
        self.start = start
        self.script = script
        self.programs = programs
        self.lines: list[socket.socket] = []

    def Handshake(self, request: Any, context: Any) -> Any:  # noqa: N802
        return language_pb2.LanguageHandshakeResponse()

    def GetPluginInfo(self, request: Any, context: Any) -> Any:  # noqa: N802
        return plugin_pb2.PluginInfo()

    def GetRequiredPackages(self, request: Any, context: Any) -> Any:  # noqa: N802
        return language_pb2.GetRequiredPackagesResponse()

    def About(self, request: Any, context: Any) -> Any:  # noqa: N802
        return language_pb2.AboutResponse(executable=sys.executable, version=sys.version)

    def Cancel(self, request: Any, context: Any) -> Any:  # noqa: N802
        return empty_pb2.Empty()

    def Run(self, request: Any, context: Any) -> Any:  # noqa: N802
        # pulumi.runtime.config reads what these two carry.
        environment = {
            **self.start.environment,
            "PULUMI_CONFIG": json.dumps(dict(request.config)),
            "PULUMI_CONFIG_SECRET_KEYS": json.dumps(list(request.configSecretKeys)),
        }
        outputs = (self.start.output, self.start.error_output)
        command = self._command(request)
        code = run_program(str(self.programs), command, environment, outputs, self.lines)
        if code == _TOLD:
            return language_pb2.RunResponse(bail=True)
        error = f"Program exited with non-zero exit code: {code}" if code else ""
        return language_pb2.RunResponse(error=error)

    def end(self) -> None:
        """End programs that still run, as after an error of the engine."""
        for line in self.lines:
            with contextlib.suppress(OSError):  # it has ended by itself
                line.shutdown(socket.SHUT_RDWR)

    def _command(self, request: Any) -> list[str]:
        info = request.info
        options = {
            "monitor": request.monitor_address,
            "engine": self.start.arguments[-1],
            "project": request.project,
            "root_directory": info.root_directory,
            "stack": request.stack,
            "pwd": request.pwd,
            "dry_run": "true" if request.dryRun else "",
            "parallel": str(request.parallel),
            "organization": request.organization,
        }
        flags = [word for name, value in options.items() if value for word in (f"--{name}", value)]
        program = str(Path(info.program_directory) / info.entry_point)
        return [self.script, *flags, program, *request.args]


def add_language(start: Start, server: Any, programs: Path) -> End:
    """Add the plugin to a server; gives what ends its programs.

    Arguments:
        start: how the engine started it; the last argument is the address of the engine.
        server: that serves it.
        programs: socket of the server of programs.
    """
    script = shutil.which("pulumi-language-python-exec", path=start.environment["PATH"])
    assert script, "pulumi-language-python-exec is not on PATH; run `make pulumi`"
    host = PythonHost(start, script, programs)
    language_pb2_grpc.add_LanguageRuntimeServicer_to_server(host, server)
    return host.end
