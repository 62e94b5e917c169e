"""Serve the app to a browser: textual-serve behind a token, on loopback by default.

textual-serve (MIT, by the makers of Textual) runs one app process per browser tab and relays bytes.
It has no access control: anyone who can reach the port could read along, and so could any web page open in
the browser (by DNS rebinding, or by a cross-origin WebSocket, RFC 6455 section 10.2). So every request must
name our own address and carry the token, and the page loads nothing from other servers.
"""

from __future__ import annotations

import hmac
import logging
import secrets
import shlex
import socket
import string
import sys
import tempfile
import webbrowser
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from hashlib import sha256
from html import escape
from pathlib import Path
from urllib.parse import quote, urlsplit

from aiohttp import web
from textual_serve.app_service import AppService
from textual_serve.server import Server, to_int

from tuireader.errors import TuireaderError

COOKIE = "tuireader"  # name of the cookie with the token; the port is appended
_TOKEN = 24
_ENTRANCE = "/open"
_FORWARD = '<!DOCTYPE html><meta http-equiv="refresh" content="0; url={}">'
_PAGE = Path(__file__).with_name("page.html")
_HEADERS = {
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
_FEED_HEADERS = {**_HEADERS, "Cache-Control": "private, no-cache", "Content-Security-Policy": "sandbox"}
_POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-{nonce}'; connect-src {websocket}; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; "
    "form-action 'none'; frame-ancestors 'none'; base-uri 'none'"
)

_LIBRARIES = ("aiohttp", "asyncio", "textual-serve")
_FEEDS = "/feeds/"
_TYPES = {"atom": "application/atom+xml", "json": "application/feed+json", "opml": "text/x-opml"}
Published = Callable[[str, str], Awaitable[bytes | None]]
"""Reads what is published under a key and the name of a file, None if there is nothing."""
_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class _OneLine(logging.Handler):
    """Print errors of the libraries in one line each; a browser that left is no error."""

    def emit(self, record: logging.LogRecord) -> None:
        """Print the kind of error only: its words may quote what the browser sent."""
        error = record.exc_info[1] if record.exc_info else None
        if record.levelno >= logging.ERROR and error is not None and not isinstance(error, ConnectionError):
            words = f"tuireader: the connection to a tab failed ({type(error).__name__}); reload the tab"
            print(words, file=sys.stderr, flush=True)


class _Reader(AppService):
    """The app process of one tab; closes the tab's connection when it ends."""

    async def run(self) -> None:
        try:
            await super().run()
        finally:
            with suppress(OSError):
                await self.remote_close()


class Guarded(Server):
    """Server that requires its token and its own address in every request."""

    def __init__(
        self,
        command: Sequence[str],
        listening: socket.socket,
        public_url: str,
        token: str,
        published: Published,
    ) -> None:
        super().__init__(shlex.join(command), title="tuireader", public_url=public_url)
        self._published = published
        self._listening = listening
        self._token = token
        self._ticket: Path | None = None
        self._code = ""
        self._cookie = f"{COOKIE}-{listening.getsockname()[1]}"

    @property
    def link(self) -> str:
        """Address to open, including the token."""
        return f"{self.public_url}/?token={quote(self._token)}"

    @contextmanager
    def ticket(self) -> Iterator[Path]:
        """Yield a page that opens the reader once. Only its owner can read it; it is removed after use.

        For the command line of a browser, which other users of the computer can see.
        """
        with tempfile.NamedTemporaryFile("w", prefix="tuireader-", suffix=".html", delete=False) as file:
            self._ticket, self._code = Path(file.name), secrets.token_urlsafe(_TOKEN)
            file.write(_FORWARD.format(escape(f"{self.public_url}{_ENTRANCE}?code={self._code}")))
        try:
            yield self._ticket
        finally:
            self._used()

    def _used(self) -> None:
        if self._ticket is not None:
            self._ticket.unlink(missing_ok=True)
        self._ticket = None

    def serve(self, debug: bool = False) -> None:
        for name in _LIBRARIES:
            logger = logging.getLogger(name)
            logger.propagate = False
            logger.handlers = [_OneLine()]
        web.run_app(self._make_app(), sock=self._listening, print=None, access_log=None)

    async def on_startup(self, app: web.Application) -> None:
        """Print nothing: the command line has already printed the address."""

    async def _make_app(self) -> web.Application:
        app = await super()._make_app()
        app.middlewares.append(self._guard)
        app.router.add_get(f"{_FEEDS}{{key}}/{{file}}", self._feed)
        return app

    @web.middleware
    async def _guard(self, request: web.Request, handler: _Handler) -> web.StreamResponse:
        """Accept the token in the link, or the cookie set for it."""
        own = urlsplit(self.public_url)
        origin = request.headers.get("Origin")
        if request.host != own.netloc or (origin is not None and urlsplit(origin).netloc != own.netloc):
            raise web.HTTPForbidden(text=f"tuireader is at {self.public_url}\n")
        if request.path.startswith(_FEEDS):  # which have keys of their own
            return await handler(request)
        if self._knows(request.query.get("token", "")) and request.path == "/":
            # Redirect to an address without the token, to keep it out of history and bookmarks.
            return self._let_in(web.Response(status=303, headers={"Location": "/"}))
        if request.path == _ENTRANCE and self._takes(request.query.get("code", "")):
            # not a redirect: after one that began in a file, the browser would not send the cookie
            return self._let_in(web.Response(text=_FORWARD.format("/"), content_type="text/html"))
        if not self._knows(request.cookies.get(self._cookie, "")):
            raise web.HTTPForbidden(text="open the link that `tuireader serve` printed\n")
        response = await handler(request)
        if not response.prepared:
            response.headers.update(_HEADERS)
        return response

    async def _feed(self, request: web.Request) -> web.Response:
        """Serve a published feed to whoever knows its key."""
        file = request.match_info["file"]
        kind = _TYPES.get(file.rpartition(".")[2], "")
        try:
            content = await self._published(request.match_info["key"], file) if kind else None
        except TuireaderError:
            raise web.HTTPServiceUnavailable(text="this feed cannot be read at present\n") from None
        if content is None:
            raise web.HTTPNotFound(text="there is no such feed\n")
        tag = f'"{sha256(content).hexdigest()}"'
        if tag in request.headers.get("If-None-Match", ""):
            return web.Response(status=304, headers={**_FEED_HEADERS, "ETag": tag})
        headers = {**_FEED_HEADERS, "ETag": tag}
        return web.Response(body=content, content_type=kind, charset="utf-8", headers=headers)

    def _let_in(self, response: web.Response) -> web.Response:
        secure = urlsplit(self.public_url).scheme == "https"
        response.set_cookie(self._cookie, self._token, httponly=True, samesite="Strict", secure=secure)
        response.headers.update(_HEADERS)
        return response

    def _takes(self, code: str) -> bool:
        """Use up the ticket: True if this is its code."""
        taken = self._ticket is not None and hmac.compare_digest(code.encode(), self._code.encode())
        if taken:
            self._used()
        return taken

    async def handle_websocket(self, request: web.Request) -> web.WebSocketResponse:
        """Run the app for a tab, at the size that the tab requests."""
        size = [to_int(request.query.get(name, ""), least) for name, least in (("width", 80), ("height", 24))]
        websocket = web.WebSocketResponse(heartbeat=15)
        await websocket.prepare(request)

        async def close() -> None:
            await websocket.close()

        reader = _Reader(
            self.command,
            write_bytes=websocket.send_bytes,
            write_str=websocket.send_str,
            close=close,
            download_manager=self.download_manager,
        )
        await reader.start(*size)
        try:
            await self._process_messages(websocket, reader)
        finally:
            await reader.stop()
        return websocket

    def _knows(self, token: str) -> bool:
        return hmac.compare_digest(token.encode(), self._token.encode())

    async def handle_index(self, request: web.Request) -> web.Response:
        own = urlsplit(self.public_url)
        websocket = f"{'wss' if own.scheme == 'https' else 'ws'}://{own.netloc}/ws"
        nonce = secrets.token_urlsafe()
        size = request.query.get("fontsize", "")
        page = string.Template(_PAGE.read_text(encoding="utf-8")).substitute(
            websocket=websocket, nonce=nonce, size=size if size.isascii() and size.isdigit() else "16"
        )
        policy = _POLICY.format(nonce=nonce, websocket=websocket)
        return web.Response(text=page, content_type="text/html", headers={"Content-Security-Policy": policy})


def listen(host: str, port: int) -> socket.socket:
    """Bind a socket to an address. Raises TuireaderError."""
    try:
        family, kind, number, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listening = socket.socket(family, kind, number)
        with suppress(OSError):
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
    except OSError as error:
        raise TuireaderError(
            f"{host} port {port} cannot be used: {error.strerror}", "another --port may be free; 0 takes any"
        ) from None
    return listening


def serve(
    command: Sequence[str],
    listening: socket.socket,
    *,
    public_url: str = "",
    browser: bool = False,
    say: Callable[[str], None],
    published: Published,
) -> None:
    """Serve the app started by `command` until interrupted; `say` gets the link once it works."""
    host, port = listening.getsockname()[:2]
    named = f"[{host}]" if ":" in host else host
    address = public_url.rstrip("/") or f"http://{named}:{port}"
    server = Guarded(command, listening, address, secrets.token_urlsafe(_TOKEN), published=published)
    listening.listen(16)  # a browser that connects now waits until the loop runs
    say(server.link)
    if not browser:
        server.serve()
        return
    with server.ticket() as page:
        webbrowser.open(page.as_uri())
        server.serve()
