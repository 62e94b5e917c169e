"""HTTP client for an account's server: one connection; every failure is an `AccountError`.

Messages name the host, never the address with its parameters. The account's secrets are replaced in answers.
"""

from __future__ import annotations

import asyncio
import json
import ssl
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from math import inf
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx

from tuireader import __version__
from tuireader.feeds.address import same_server
from tuireader.feeds.http.decompress import Inflater, TooLarge
from tuireader.feeds.http.errors import STATUS_WORDS, Refused, explained
from tuireader.feeds.http.headers import header_bytes
from tuireader.sync.backend import AccountError, Refusal
from tuireader.sync.redaction import Redaction
from tuireader.text import clean, is_loopback
from tuireader.text.durations import http_time, retry_after

CONNECT, READ, TOTAL = 5.0, 30.0, 300.0
"""Seconds to connect, between two pieces of an answer, and for a whole answer."""
HEAD, BUDGET = 60.0, 600.0
"""Seconds until an answer begins, and for all requests of one sync; the next one continues."""
MAX_BODY = 64_000_000
MAX_REDIRECTS = 5

Params = Mapping[str, str | int]
Form = Sequence[tuple[str, str]]


class BodyTooLarge(AccountError):
    """The answer is larger than a client can take: ask for less."""


class NotFound(AccountError):
    """The server has nothing at this address."""


@dataclass(frozen=True)
class Answer:
    """An answer; `url` is where it came from, after redirects. `redaction` replaces the account's secrets."""

    host: str
    status: int
    url: str
    headers: httpx.Headers
    body: bytes
    redaction: Redaction = field(repr=False)

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    @property
    def date(self) -> int | None:
        """The server's clock when it answered, in seconds since 1970."""
        seconds = http_time(self.headers.get("date", ""))
        return None if seconds is None else int(seconds)

    @cached_property
    def value(self) -> Any:
        """The JSON value in the body. Raises AccountError if there is none."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            raise self.odd() from None

    def member(self, name: str) -> Any:
        """Read a member of the JSON object in the body. Raises AccountError if it has none."""
        value = self.value
        if not isinstance(value, dict) or name not in value:
            raise self.odd()
        return value[name]

    def items(self, name: str | None = None) -> list[dict[str, Any]]:
        """Read the list of objects that is the body, or a member of it. Raises AccountError."""
        value = self.value if name is None else self.member(name)
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise self.odd()
        return value

    def odd(self) -> AccountError:
        """Error for an answer that is not of the form that the API promises."""
        words = f"{self.host} sent an answer that its API does not have"
        return AccountError(Refusal.ANSWER, words, "check the address of the account")

    def error_message(self) -> str:
        """Words of the server about its refusal, `""` without any."""
        try:
            value = json.loads(self.body[:100_000])
        except (ValueError, RecursionError):
            return ""
        message = value.get("error_message") or value.get("error") if isinstance(value, dict) else None
        return self.words(message, 200) if isinstance(message, str) else ""

    def words(self, text: object, limit: int) -> str:
        """Clean what the server says about the account or an error, without any secret."""
        return clean(self.redaction.in_words(str(text)), limit)

    def redacted(self) -> Answer:
        hidden = self.redaction.in_answer
        headers = httpx.Headers([(name, hidden(value)) for name, value in self.headers.raw])
        return replace(self, headers=headers, body=hidden(self.body))

    def target(self) -> httpx.URL | None:
        """Resolve where a redirect leads, without user and password; None for anything but a web address."""
        try:
            joined = httpx.URL(self.url).join(self.headers["location"]).copy_with(userinfo=b"", fragment=None)
        except (KeyError, ValueError, httpx.InvalidURL):
            return None
        return joined if joined.scheme in ("http", "https") and joined.host else None


@dataclass(eq=False, repr=False)
class Http:
    """A client for one server below one base address.

    `headers` and `basic` (user and password) are sent with each request except those of `find`. `proxy`
    replaces those of the environment. `now` is the clock for dates in `Retry-After`. `explain` returns the
    error for an answer that only this kind of server gives, None for others. Secrets to replace in answers
    are added to `redaction`.
    """

    base: str
    basic: tuple[str, str] | None = None
    proxy: str = ""
    now: Callable[[], float] = time.time
    explain: Callable[[Answer], AccountError | None] = lambda answer: None
    headers: dict[str, str] = field(default_factory=dict)
    redaction: Redaction = field(default_factory=Redaction)
    _end: float = inf
    _client: httpx.AsyncClient | None = None

    @property
    def host(self) -> str:
        """Host of the server, cleaned for messages."""
        try:
            return clean(urlsplit(self.base).netloc.rpartition("@")[2], 100)
        except ValueError:
            return "the server"

    async def close(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    async def ask(
        self,
        method: str,
        path: str,
        *,
        params: Params | None = None,
        body: Mapping[str, Any] | None = None,
        form: Form | None = None,
        accept: Sequence[int] = (),
        brings_secret: bool = False,
    ) -> Answer:
        """Send a request to a path below the base; return an answer whose status is 2xx or in `accept`.

        Raises AccountError for all others. Redirects are not followed: their target may get another method.
        An answer that `brings_secret`, such as a token, is returned as it is.
        """
        headers = {}
        for name, value in self.headers.items():
            if not (raw := header_bytes(value)):
                words = f"the secret for {self.host} cannot be sent"
                raise AccountError(Refusal.LOGIN, words, "it must be one line of text")
            headers[name.encode()] = raw
        if body is not None:
            content, headers[b"Content-Type"] = json.dumps(body).encode(), b"application/json"
        elif form is not None:
            content = urlencode(form).encode()
            headers[b"Content-Type"] = b"application/x-www-form-urlencoded"
        else:
            content = b""
        url = self.base + path + (f"?{urlencode(params)}" if params else "")
        answer = await self._send(method, url, list(headers.items()), content, signed=True)
        if 200 <= answer.status < 300 or answer.status in accept:
            return answer if brings_secret else answer.redacted()
        raise self.refused(answer)

    async def find(self, path: str) -> Answer:
        """Get the answer to a request without credentials, whatever its status.

        Redirects are followed within the server, where the credentials will be sent afterwards, and from
        http to https; the answer of any other redirect is returned.
        """
        url = self.base + path
        for _ in range(MAX_REDIRECTS):
            answer = (await self._send("GET", url, [], b"", signed=False)).redacted()
            target = answer.target() if 300 <= answer.status < 400 else None
            if target is None or not same_server(str(httpx.URL(url)), str(target)):
                break
            url = str(target)
        return answer

    async def _send(
        self, method: str, url: str, headers: list[tuple[bytes, bytes]], content: bytes, *, signed: bool
    ) -> Answer:
        if self._client is None:
            self._client = _client(self.base, self.proxy)
        try:
            request = self._client.build_request(method, url, headers=headers, content=content or None)
            auth = httpx.BasicAuth(*self.basic) if signed and self.basic else None
            async with asyncio.timeout(self._left()):
                async with asyncio.timeout(HEAD):
                    response = await self._client.send(request, auth=auth, stream=True)
                try:
                    body = await self._body(response)
                finally:
                    await response.aclose()
        except (httpx.InvalidURL, httpx.UnsupportedProtocol, httpx.LocalProtocolError, UnicodeError):
            words = f"{self.host} is not a valid address of a server"
            raise AccountError(Refusal.ANSWER, words, "correct url") from None
        except Refused as error:
            raise AccountError(Refusal.AWAY, f"{self.host}: {error.reason}") from None
        except TimeoutError:
            self._left()
            words = f"{self.host} did not complete its answer in time"
            raise AccountError(Refusal.AWAY, words, "the next sync tries again") from None
        except (httpx.HTTPError, OSError) as error:
            reason = explained(error, self.host, CONNECT, READ).reason
            raise AccountError(Refusal.AWAY, reason, "marks are kept and sent later") from None
        status, fields = response.status_code, response.headers
        return Answer(self.host, status, url, fields, body=body, redaction=self.redaction)

    def start_budget(self) -> None:
        """Bound the time of all requests from now on, unless that was done before."""
        self._end = min(self._end, asyncio.get_running_loop().time() + BUDGET)

    def _left(self) -> float:
        """Seconds that an answer may take. Raises AccountError if the server has had its time."""
        left = self._end - asyncio.get_running_loop().time()
        if left <= 0:
            late = f"{self.host} took more than {BUDGET / 60:g} minutes"
            raise AccountError(Refusal.AWAY, late, "the next sync continues")
        return min(TOTAL, left)

    async def _body(self, response: httpx.Response) -> bytes:
        inflater = Inflater(response.headers.get("content-encoding", ""), MAX_BODY)
        try:
            async for piece in response.aiter_raw():
                inflater.feed(piece)
            return inflater.body()
        except TooLarge as error:
            raise BodyTooLarge(Refusal.ANSWER, f"{self.host}: {error.reason}") from None

    def refused(self, answer: Answer) -> AccountError:
        """Explain a status that refuses the request."""
        answer = answer.redacted()
        if (own := self.explain(answer)) is not None:
            return own
        status, words = answer.status, answer.error_message()
        if status in (401, 403):
            reason = f"{self.host} refuses the user name, password or token" + (f": {words}" if words else "")
            return AccountError(Refusal.LOGIN, reason, "enter them again", url=self.base)
        if 300 <= status < 400:
            return self._moved(answer)
        known = STATUS_WORDS.get(status, "")
        reason = f"{self.host}: " + (words or (f"HTTP {status}: {known}" if known else f"HTTP {status}"))
        if status >= 500 or status in (408, 425, 429):
            wait = retry_after(answer.headers.get("retry-after", ""), self.now())
            return AccountError(Refusal.AWAY, reason, "marks are kept and sent later", retry_after=wait)
        if status == 404:
            return NotFound(Refusal.ANSWER, reason, "check the address of the account")
        return AccountError(Refusal.REQUEST, reason)

    def _moved(self, answer: Answer) -> AccountError:
        """Explain a redirect that is not followed, with the address to set."""
        message = f"{self.host} sends clients to another address"
        if (target := answer.target()) is None or str(target) == answer.url:
            return AccountError(Refusal.ANSWER, message, "check the address of the account")
        asked = answer.url.partition("?")[0].removeprefix(self.base)
        address = answer.words(str(target.copy_with(query=None)).removesuffix(asked), 200)
        if target.scheme == "http" and answer.url.startswith("https:"):
            risk = "there your password could be read on the way"
            hint = f"{risk}: set that as its url only in your own network"
        else:
            hint = "set that as the url of the account"
        return AccountError(Refusal.ANSWER, f"{message}: {address}", hint)


def without_path(url: str, *paths: str) -> str:
    """Strip the paths of an API from an address, however much of them the user copied."""
    base = url.rstrip("/")
    for path in paths:
        base = base.removesuffix(path).rstrip("/")
    return base


@cache
def _tls() -> ssl.SSLContext:
    """Load the system's certificates once; that takes longer than a sync without news."""
    return httpx.create_ssl_context()


def _client(base: str, proxy: str) -> httpx.AsyncClient:
    """Open a client with one connection; compressed answers cost more than they save on the loopback."""
    local = is_loopback(base)
    headers = {"User-Agent": f"tuireader/{__version__}", "Accept-Encoding": "identity" if local else "gzip"}
    try:
        return httpx.AsyncClient(
            headers=headers,
            verify=_tls(),
            timeout=httpx.Timeout(READ, connect=CONNECT),
            limits=httpx.Limits(max_connections=1, max_keepalive_connections=1),
            follow_redirects=False,
            trust_env=not local and not proxy,
            proxy=proxy if proxy and not local else None,
        )
    except (ValueError, ImportError):  # invalid, or a kind of proxy that needs another package
        raise AccountError(Refusal.AWAY, "the proxy address is not valid", "correct it") from None
