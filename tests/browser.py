"""A headless Chromium, driven over its own debugging protocol, for the app in a browser.

    async with chromium(folder) as browser:
        page = await browser.open(link)
        await page.wait("Unread")
        await page.press("j", "Enter")

The terminal in the page is a canvas, which holds no text. So the bytes that the page receives are fed to an
emulated screen, and what is written there is what the person sees.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import shutil
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pyte

_PATIENCE = 40.0
_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--remote-debugging-port=0",
    "--window-size=1200,800",
)
_CODES = {"Enter": ("\r", 13), "Escape": ("", 27), "/": ("/", 191)}


def find() -> str | None:
    """The program, if this machine has it."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


class Page:
    """One tab with the app in it."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._number = 0
        self.asked: list[str] = []
        """The address of every request that the page has made."""
        self.screen = pyte.Screen(1, 1)
        self._stream = pyte.ByteStream(self.screen)

    async def call(self, method: str, **values: Any) -> dict[str, Any]:
        """Call the protocol and give its answer; what happens meanwhile is taken in."""
        self._number += 1
        number = self._number
        await self._socket.send_json({"id": number, "method": method, "params": values})
        while (message := await self._next()).get("id") != number:
            pass
        assert "error" not in message, message
        result: dict[str, Any] = message["result"]
        return result

    async def _next(self) -> dict[str, Any]:
        message: dict[str, Any] = await self._socket.receive_json(timeout=_PATIENCE)
        values = message.get("params", {})
        match message.get("method"):
            case "Network.requestWillBeSent":
                self.asked.append(values["request"]["url"])
            case "Network.webSocketCreated":
                self.asked.append(values["url"])
                width, height = (
                    int(part.partition("=")[2]) for part in values["url"].partition("?")[2].split("&")
                )
                self.screen.resize(height, width)
            case "Network.webSocketFrameReceived" if values["response"]["opcode"] == 2:
                self._stream.feed(base64.b64decode(values["response"]["payloadData"]))
            case _:
                pass
        return message

    async def wait(self, *texts: str) -> None:
        """Read on until the screen shows these texts."""
        async with asyncio.timeout(_PATIENCE):
            while not all(any(text in line for line in self.screen.display) for text in texts):
                await self._next()

    async def press(self, *keys: str) -> None:
        """Press keys: characters, or the names of keys."""
        for key in keys:
            text, code = _CODES.get(key, (key, ord(key.upper()[0])))
            what = {"key": key, "text": text, "windowsVirtualKeyCode": code}
            await self.call("Input.dispatchKeyEvent", type="keyDown", **what)
            await self.call("Input.dispatchKeyEvent", type="keyUp", **what)

    async def picture(self) -> bytes:
        """What the tab looks like, as PNG."""
        return base64.b64decode((await self.call("Page.captureScreenshot"))["data"])


@asynccontextmanager
async def opened(link: str, folder: Path) -> AsyncIterator[Page]:
    """A tab of a new browser at an address; the browser keeps its files in `folder`."""
    program = find()
    assert program is not None
    child = await asyncio.create_subprocess_exec(
        program,
        *_FLAGS,
        f"--user-data-dir={folder}",
        "about:blank",
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    try:
        assert child.stderr is not None
        async with asyncio.timeout(_PATIENCE):
            async for line in child.stderr:
                if b"DevTools listening on " in line:
                    break
        at = line.decode().rpartition("ws://")[2].partition("/")[0]
        async with aiohttp.ClientSession() as session:
            async with session.get(f"http://{at}/json/list") as answer:
                tabs = json.loads(await answer.text())
            where = next(tab["webSocketDebuggerUrl"] for tab in tabs if tab["type"] == "page")
            async with session.ws_connect(where, max_msg_size=0) as socket:
                page = Page(socket)
                await page.call("Network.enable")
                await page.call("Page.enable")
                await page.call("Page.navigate", url=link)
                yield page
    finally:
        os.killpg(child.pid, signal.SIGKILL)  # its helpers, too
        await child.communicate()
