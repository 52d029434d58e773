"""A headless Chromium that tests drive through its own protocol."""

import asyncio
import base64
import json
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

from tornado.httpclient import AsyncHTTPClient
from tornado.websocket import WebSocketClientConnection, websocket_connect

PROGRAM = shutil.which("chromium") or shutil.which("chromium-browser")
_PATIENCE = 60.0  # s; a loaded machine takes its time


class Chromium:
    """One tab.

    Arguments:
        folder: for its profile.
        width: of the window, px.
    """

    def __init__(self, folder: Path, width: int = 1280) -> None:
        arguments = ("--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-port=0")
        assert PROGRAM is not None
        self._process = subprocess.Popen(
            [PROGRAM, *arguments, f"--window-size={width},1000", f"--user-data-dir={folder}"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._port_file = folder / "DevToolsActivePort"
        self._tab: WebSocketClientConnection | None = None
        self._asked = 0

    async def open(self, address: str) -> None:
        """Go to a page."""
        await self._ask("Page.navigate", url=address)

    async def telephone(self) -> None:
        """Show pages as on a telephone, 390 px wide."""
        size = {"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": True}
        await self._ask("Emulation.setDeviceMetricsOverride", **size)

    async def evaluate(self, script: str) -> Any:
        """What a script says; None where it fails."""
        told = await self._ask("Runtime.evaluate", expression=script, returnByValue=True)
        return told["result"].get("value")

    async def when(self, script: str) -> Any:
        """What a script says, once that is something."""
        end = time.monotonic() + _PATIENCE
        while time.monotonic() < end:
            if found := await self.evaluate(script):
                return found
            await asyncio.sleep(0.05)
        raise TimeoutError(script)

    async def picture(self, file: Path) -> None:
        """What the window shows."""
        told = await self._ask("Page.captureScreenshot", captureBeyondViewport=True)
        file.write_bytes(base64.b64decode(told["data"]))

    async def close(self) -> None:
        """End it."""
        if self._tab is not None:
            self._tab.close()
            while await self._tab.read_message() is not None:
                pass
        self._process.kill()
        self._process.wait()

    async def _until(self, known: Any) -> None:
        end = time.monotonic() + _PATIENCE
        while not known():
            if time.monotonic() > end:
                raise TimeoutError("Chromium does not start")
            await asyncio.sleep(0.05)

    async def _ask(self, method: str, **parameters: Any) -> dict[str, Any]:
        if self._tab is None:
            await self._until(lambda: self._port_file.exists() and self._port_file.read_text())
            port = self._port_file.read_text().splitlines()[0]
            told = await AsyncHTTPClient().fetch(f"http://127.0.0.1:{port}/json/list")
            tab = next(one for one in json.loads(told.body) if one["type"] == "page")
            self._tab = await websocket_connect(tab["webSocketDebuggerUrl"], max_message_size=2**26)
        self._asked += 1
        await self._tab.write_message(
            json.dumps({"id": self._asked, "method": method, "params": parameters})
        )
        while True:
            told = json.loads(await self._tab.read_message() or "{}")
            if told.get("id") == self._asked:
                assert "error" not in told, told
                return dict(told["result"])
