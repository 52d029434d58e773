"""Servers on this machine that speak the clouds' protocols, and the world that they tell of."""

import threading
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class World:
    """What a cloud has.

    Arguments:
        zones: by region.
        offered: shapes by zone; all of them where a zone is not named.
        free: nodes that can be had, by zone and shape; very many where none is named.
        refusals: codes and words that creations are refused with, by zone; the first is used up
            each time while there are several.
        quotas: by region and code or metric; 10,000 where none is named.
        scores: chances of spot nodes, by zone and shape.
        prices: spot prices, USD/h, by zone and shape.
        failing: operations that fail with a status, a code and words, by region; "" for all
            regions; None for one that does not fail.
        living: what exists, by the name of its creation.
    """

    zones: dict[str, list[str]]
    shapes: tuple[str, ...]
    offered: dict[str, set[str]] = field(default_factory=dict)
    free: dict[tuple[str, str], int] = field(default_factory=dict)
    refusals: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    quotas: dict[tuple[str, str], float] = field(default_factory=dict)
    scores: dict[tuple[str, str], float] = field(default_factory=dict)
    prices: dict[tuple[str, str], float] = field(default_factory=dict)
    failing: dict[tuple[str, str], list[tuple[int, str, str] | None]] = field(default_factory=dict)
    living: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    partly: int = 0  # nodes that a refused creation leaves behind
    page: int = 1000  # items in an answer
    counter: int = 0

    def has(self, zone: str, shape: str) -> bool:
        return shape in self.offered.get(zone, set(self.shapes))

    def refusal(self, zone: str, shape: str, count: int) -> tuple[str, str] | None:
        waiting = self.refusals.get(zone)
        if waiting:
            return waiting.pop(0) if len(waiting) > 1 else waiting[0]
        if self.free.get((zone, shape), 10**6) < count:
            return "stockout", ""
        return None

    def failure(self, operation: str, region: str) -> tuple[int, str, str] | None:
        """What an operation fails with, the next time that it is asked for."""
        for key in ((operation, region), (operation, "")):
            waiting = self.failing.get(key)
            if waiting:
                return waiting.pop(0) if len(waiting) > 1 else waiting[0]
        return None

    def number(self) -> int:
        self.counter += 1
        return self.counter

    @property
    def nodes(self) -> int:
        return sum(len(one) for one in self.living.values())


Reply = tuple[int, str, bytes]  # status, content type, body
Answer = Callable[[str, str, dict[str, str], bytes], Reply]


class Loopback:
    """A server that counts how many requests are under way.

    Attributes:
        url: of it.
        most: requests that were under way at the same time.
        asked: how many there were.
        before, after: called with the number of a request before and after it is worked on.
    """

    def __init__(self, answer: Answer, delay: float = 0.0) -> None:
        self.most = self.asked = self._under_way = 0
        self.before: Callable[[int], None] = lambda number: None
        self.after: Callable[[int], None] = lambda number: None
        self._lock = threading.Lock()
        self._work = threading.Lock()  # the world changes one request at a time
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = 65_536  # head and body in one packet, or each answer waits for 40 ms

            def _reply(self) -> None:
                size = int(self.headers.get("Content-Length") or 0)
                body = self.rfile.read(size)
                with outer._lock:
                    outer.asked += 1
                    number = outer.asked
                    outer._under_way += 1
                    outer.most = max(outer.most, outer._under_way)
                try:
                    if delay:
                        threading.Event().wait(delay)
                    outer.before(number)
                    with outer._work:
                        status, kind, text = answer(
                            self.command, self.path, dict(self.headers.items()), body
                        )
                    outer.after(number)
                finally:
                    with outer._lock:
                        outer._under_way -= 1
                try:
                    self.send_response(status)
                    self.send_header("Content-Type", kind)
                    self.send_header("Content-Length", str(len(text)))
                    self.end_headers()
                    self.wfile.write(text)
                except OSError:  # who asked was killed
                    self.close_connection = True

            do_GET = do_POST = do_DELETE = _reply  # noqa: N815

            def log_message(self, *arguments: Any) -> None:
                pass

        class Quiet(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 64

            def handle_error(self, request: Any, address: Any) -> None:
                pass  # who asked was killed

        self._server = Quiet(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def settle(self) -> None:
        """Wait until no request is under way, whoever has asked it."""
        while self._under_way:
            time.sleep(0.01)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
