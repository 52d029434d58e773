"""Plugins of the engine, served by the process of the tests.

Whatever the engine does, it starts each plugin anew. To load gRPC, the SDK of Pulumi and boto3 with
its descriptions of services each time would take most of the time of the tests. So what it starts
is a relay, which asks here for a server of its own.
"""

import contextlib
import json
import os
import socket
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import grpc

End = Callable[[], None]
_LONGEST = 1 << 20  # bytes of what a relay says


class Start(NamedTuple):
    """How the engine started a plugin.

    Arguments:
        arguments: of its command line.
        environment: variables.
        output: descriptor of its standard output.
        error_output: descriptor of its standard error output.
    """

    arguments: list[str]
    environment: dict[str, str]
    output: int
    error_output: int


class PluginHost:
    """Serves plugins until it is closed.

    Arguments:
        path: of its socket.
        kinds: by name, what adds a plugin to a server and gives what ends it.
    """

    def __init__(self, path: Path, kinds: dict[str, Callable[[Start, Any], End]]) -> None:
        self.path = path
        self._kinds = kinds
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.bind(str(path))
        self._socket.listen()
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Serve no more plugins; those that are served end with their relays."""
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _accept(self) -> None:
        while True:
            try:
                line, _ = self._socket.accept()
            except OSError:  # closed
                return
            threading.Thread(target=self._serve, args=(line,), daemon=True).start()

    def _serve(self, line: socket.socket) -> None:
        with line:
            said, descriptors, _, _ = socket.recv_fds(line, _LONGEST, 2)
            while not said.endswith(b"\n"):
                more = line.recv(_LONGEST)
                if not more:  # the relay was killed while it asked
                    return
                said += more
            asked = json.loads(said)
            kind, *arguments = asked["arguments"]
            server = grpc.server(ThreadPoolExecutor(max_workers=8))
            with contextlib.ExitStack() as at_the_end:
                for descriptor in descriptors:
                    at_the_end.callback(os.close, descriptor)
                start = Start(arguments, asked["environment"], *descriptors)
                at_the_end.callback(self._kinds[kind](start, server))
                at_the_end.callback(server.stop, None)
                port = server.add_insecure_port("127.0.0.1:0")
                server.start()
                # An engine that was killed meanwhile reads nothing, and its relay has ended.
                with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                    os.write(start.output, f"{port}\n".encode())
                    line.recv(1)  # nothing, when the relay has ended
