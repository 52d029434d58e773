"""The server of the what-if page: on this machine alone, for whoever asks it by its own name."""

from __future__ import annotations

import errno
import socket
from collections.abc import Callable
from typing import Any

from bokeh.document import Document as Page
from bokeh.server.server import BaseServer
from bokeh.server.tornado import BokehTornado
from tornado.httpserver import HTTPServer
from tornado.httputil import HTTPServerRequest
from tornado.ioloop import IOLoop
from tornado.web import ErrorHandler

ADDRESS = "127.0.0.1"
_NAMES = (ADDRESS, "localhost")


class PortInUse(Exception):
    """Another program has the port; the message says what to do."""


class _Local(BokehTornado):
    """Answers nobody who reached it by another name: a page elsewhere whose name leads here."""

    def find_handler(self, request: HTTPServerRequest, **kwargs: Any) -> Any:
        if request.host.partition(":")[0].lower() not in _NAMES:
            return self.get_handler_delegate(request, ErrorHandler, {"status_code": 403})
        return super().find_handler(request, **kwargs)


def serve(make: Callable[[Page], None], port: int, ready: Callable[[str], None]) -> None:
    """Serve a page until Ctrl-C.

    Arguments:
        make: fills a page for every tab that is opened.
        port: of this machine; 0 for any that is free.
        ready: told the address once it answers.

    Raises:
        PortInUse: another program has the port.
    """
    try:
        listening = socket.create_server((ADDRESS, port))
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        message = f"port {port} is in use; take another with --port, or any with --port 0"
        raise PortInUse(message) from None
    listening.setblocking(False)
    port = listening.getsockname()[1]
    origins = [f"{name}:{port}" for name in _NAMES]
    application = _Local(make, extra_websocket_origins=origins)
    loop = IOLoop.current()
    http = HTTPServer(application)
    http.add_sockets([listening])
    server = BaseServer(loop, application, http)
    server.start()
    loop.add_callback(ready, f"http://{ADDRESS}:{port}/")
    try:
        loop.start()
    except KeyboardInterrupt:
        pass
    finally:
        http.stop()
