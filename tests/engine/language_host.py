"""Runs a Python program for the Pulumi engine.

Stands in for `pulumi-language-python` where the CLI was built from source, which does not
bring it: the same protocol, the same script of Pulumi's that runs the program, and always
the interpreter that runs the tests.
"""

import contextlib
import json
import logging
import os
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import grpc
from google.protobuf import empty_pb2
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

    def __init__(self, engine: str, script: str) -> None:
        self.engine = engine
        self.script = script

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
            **os.environ,
            "PULUMI_CONFIG": json.dumps(dict(request.config)),
            "PULUMI_CONFIG_SECRET_KEYS": json.dumps(list(request.configSecretKeys)),
        }
        code = subprocess.run(self._command(request), env=environment, check=False).returncode
        if code == _TOLD:
            return language_pb2.RunResponse(bail=True)
        error = f"Program exited with non-zero exit code: {code}" if code else ""
        return language_pb2.RunResponse(error=error)

    def _command(self, request: Any) -> list[str]:
        info = request.info
        options = {
            "monitor": request.monitor_address,
            "engine": self.engine,
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
        return [sys.executable, "-u", self.script, *flags, program, *request.args]


def main() -> None:
    script = shutil.which("pulumi-language-python-exec")
    if script is None:
        sys.exit("pulumi-language-python-exec is not on PATH; run `make pulumi`")
    logging.disable(logging.CRITICAL)
    server = grpc.server(ThreadPoolExecutor(max_workers=4))
    host = PythonHost(sys.argv[-1], script)
    language_pb2_grpc.add_LanguageRuntimeServicer_to_server(host, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    # The engine reads the port from the first line, and all that follows as the program's output.
    print(port, flush=True)
    # The engine ends a plugin by an interrupt.
    with contextlib.suppress(KeyboardInterrupt):
        while True:
            time.sleep(60)


if __name__ == "__main__":
    main()
