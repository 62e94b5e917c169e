"""Fetch feeds with conditional requests and limits, and without trusting any response.

`Fetcher.fetch` turns a FetchJob into Fetched, NotModified or FetchFailed and raises nothing but
CancelledError. It follows redirects itself (only to http and https), bounds time, size and connections,
and explains every error in one line. HTTP semantics as in RFC 9110 and RFC 9111.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import logging
import re
import ssl
import time
import traceback
from base64 import b64encode
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from msgspec import Struct

from tuireader import __version__
from tuireader.feeds.address import same_server, split_userinfo
from tuireader.feeds.http import cookies
from tuireader.feeds.http.backpressure import MemoryBudget, RequestLimits, Reservation, wait_untimed
from tuireader.feeds.http.decompress import ACCEPTED, Inflater, TooLarge, beginning
from tuireader.feeds.http.errors import Refused, bad_status, explained
from tuireader.feeds.http.headers import (
    fresh_seconds,
    header,
    header_bytes,
    reason_phrase,
    redirect_target,
    validator,
)
from tuireader.feeds.http.hosts import PrivateAddress, Resolver
from tuireader.feeds.http.pauses import Pauses
from tuireader.model import Fault, Fetched, FetchFailed, FetchJob, FetchResult, NotModified
from tuireader.text import clean, server_of
from tuireader.text.durations import retry_after

if TYPE_CHECKING:
    from http.cookiejar import Cookie

    import httpx

log = logging.getLogger("tuireader")

ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, "
    "application/xml;q=0.9, text/xml;q=0.9, */*;q=0.5"
)
EXPLANATION = 3.0  # maximum seconds to wait for the page of an error
STEP = 4096  # bytes decompressed at once; their output can be a thousand times larger
REDIRECTS = frozenset({301, 302, 303, 307, 308})
PERMANENT = frozenset({301, 308})
NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")


class FetchLimits(Struct, frozen=True):
    """Limits of a fetch: `connect`, `idle` and `total` in seconds, `max_bytes` after decompression.

    `block_private` refuses redirects to other hosts on a private network. With `proxies`, the proxies of the
    environment are used; `proxy` names one for all feeds instead. With `keep_away`, no other feeds are
    requested from a host that asks us to wait (`Retry-After`).
    """

    concurrency: int = 256
    per_host: int = 2
    per_own_host: int = 8
    connect: float = 10.0
    idle: float = 15.0
    total: float = 30.0
    max_bytes: int = 20_000_000
    redirects: int = 8
    user_agent: str = f"tuireader/{__version__} (terminal feed reader)"
    proxies: bool = True
    proxy: str = ""
    block_private: bool = False
    keep_away: bool = False


@dataclass(slots=True)
class Chain:
    """A fetch with its redirects: the current address, those before it, whether all moves were permanent."""

    url: str
    auth: tuple[str, str] | None
    headers: tuple[tuple[str, str], ...]
    cookies: tuple[Cookie, ...]
    reservation: Reservation
    timer: asyncio.Timeout = field(init=False)
    hops: int = 0
    requests: int = 0
    permanent: bool = True
    seen: set[str] = field(default_factory=set)
    slot: contextlib.AsyncExitStack = field(default_factory=contextlib.AsyncExitStack)

    @property
    def server(self) -> str:
        return urlsplit(self.url).netloc.lower()

    @property
    def host(self) -> str:
        return clean(urlsplit(self.url).hostname or "", 100)


class Fetcher(contextlib.AbstractAsyncContextManager["Fetcher"]):
    """Concurrent fetching within limits; an async context manager.

    `now` returns the wall-clock time in seconds since 1970, for dates in `Retry-After`. For `on_trial`, see
    `Pauses`.
    """

    def __init__(
        self,
        limits: FetchLimits | None = None,
        *,
        now: Callable[[], float] = time.time,
        tls: ssl.SSLContext | None = None,
        resolver: Resolver | None = None,
        on_trial: Iterable[str] = (),
    ) -> None:
        self.limits = limits or FetchLimits()
        self._resolver = resolver or Resolver()
        self.now = now
        self._tls = tls
        self.budget = MemoryBudget()
        self._limits = RequestLimits(self.limits.concurrency, self.limits.per_host, self.limits.per_own_host)
        self._pauses = Pauses(now, on_trial)
        self._transports: dict[str, httpx.AsyncBaseTransport] = {}
        own = {"all": self.limits.proxy} if self.limits.proxy else {}
        self._proxies = own or (getproxies() if self.limits.proxies else {})

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        self._resolver.close()
        while self._transports:
            with contextlib.suppress(Exception):
                await self._transports.popitem()[1].aclose()

    async def fetch(self, job: FetchJob, reservation: Reservation | None = None) -> FetchResult:
        """Fetch one feed. Raises only CancelledError; every error becomes a FetchFailed.

        The body counts against the budget until the caller releases `reservation`; without one, until this
        method returns.
        """
        return await self._pauses.in_turn(server_of(job.url), lambda: self._fetch(job, reservation))

    async def _fetch(self, job: FetchJob, reservation: Reservation | None) -> FetchResult:
        own = reservation or self.budget.reserve()
        has_body = False
        chain: Chain | None = None
        try:
            url, userinfo = split_userinfo(job.url)
            chain = Chain(url, job.auth or userinfo, job.headers, job.cookies, reservation=own)
            async with chain.slot:
                await chain.slot.enter_async_context(self._limits.slot(chain.server))
                await self.budget.admit(own)
                self._pauses.refuse(chain.server, chain.host)
                result = await self._in_time(job, chain)
                has_body = isinstance(result, Fetched)
                return result
        except Refused as refused:
            reason, wait = clean(refused.reason), refused.retry_after
            asked = chain.requests if chain else 0
            return FetchFailed(job, refused.fault, reason, refused.status, retry_after=wait, requests=asked)
        except Exception as error:
            # the message is left out: it may contain an address with a password
            trace = "".join(traceback.format_tb(error.__traceback__))
            log.error("unexpected %s while fetching feed %d\n%s", type(error).__name__, job.feed_id, trace)
            return FetchFailed(job, Fault.INTERNAL, f"unexpected error in tuireader: {type(error).__name__}")
        finally:
            if reservation is None:
                own.release()
            elif not has_body:
                own.resize(0)

    async def _in_time(self, job: FetchJob, chain: Chain) -> FetchResult:
        import httpx

        host = urlsplit(chain.url).hostname or ""
        try:
            async with asyncio.timeout(self.limits.total) as chain.timer:
                return await self._follow(job, chain)
        except TimeoutError:
            words = f"{chain.host} did not finish within {self.limits.total:g} seconds"
            raise Refused(Fault.TIMEOUT, words) from None
        except PrivateAddress:
            words = f"{host} leads to the private address {chain.host}, which is not allowed"
            raise Refused(Fault.REDIRECT, words) from None
        except (httpx.TransportError, httpx.InvalidURL, httpx.StreamError, OSError, UnicodeError) as error:
            raise explained(error, chain.host, self.limits.connect, self.limits.idle) from None

    async def _follow(self, job: FetchJob, chain: Chain) -> FetchResult:
        while True:
            chain.seen.add(chain.url)
            before = chain.server
            response = await self._ask(job, chain)
            try:
                if response.status_code not in REDIRECTS:
                    return await self._read(job, chain, response)
                self._redirect(chain, response)
            finally:
                await response.aclose()
            if chain.server != before:
                await chain.slot.aclose()  # never hold one host's slot while waiting for another's
                slot = self._limits.slot(chain.server)
                await wait_untimed(chain.timer, chain.slot.enter_async_context(slot))
                self._pauses.refuse(chain.server, chain.host)

    async def _ask(self, job: FetchJob, chain: Chain) -> httpx.Response:
        import httpx

        try:
            url = httpx.URL(chain.url)
        except (httpx.InvalidURL, UnicodeError, ValueError):
            raise Refused(Fault.ADDRESS, "the address is not a valid web address") from None
        is_elsewhere = url.host != urlsplit(job.url).hostname
        public_only = job.public_only or (self.limits.block_private and is_elsewhere)
        timeout = dict.fromkeys(("connect", "read", "write"), self.limits.idle) | {"pool": None}
        request = httpx.Request(
            "GET",
            url,
            headers=self._headers(job, chain),
            extensions={"timeout": timeout | {"connect": self.limits.connect}, "public_only": public_only},
        )
        proxy = self._proxy_for(url)
        if public_only:
            # no lookup for a SOCKS proxy: its purpose may be to hide the names
            look_up = bool(proxy) and not proxy.lower().startswith("socks")
            await self._resolver.refuse_private(url.raw_host.decode("ascii"), look_up=look_up)
        if proxy not in self._transports:
            self._transports[proxy] = self._transport(proxy)
        chain.requests += 1
        return await self._transports[proxy].handle_async_request(request)

    def _headers(self, job: FetchJob, chain: Chain) -> list[tuple[bytes, bytes]]:
        headers = {
            b"User-Agent": header_bytes(job.user_agent) or header_bytes(self.limits.user_agent),
            b"Accept": ACCEPT.encode(),
            b"Accept-Encoding": ACCEPTED,
        }
        if job.etag and (etag := header_bytes(job.etag)):
            headers[b"If-None-Match"] = etag
        if job.last_modified and (modified := header_bytes(job.last_modified)):
            headers[b"If-Modified-Since"] = modified
        if chain.cookies and (sent := header_bytes(cookies.header(chain.cookies, chain.url))):
            headers[b"Cookie"] = sent
        if chain.auth:
            headers[b"Authorization"] = b"Basic " + b64encode(":".join(chain.auth).encode("utf-8", "replace"))
        named = {name.lower(): name for name in headers}
        for name, value in chain.headers:
            if not NAME.fullmatch(name) or (value and not header_bytes(value)):
                raise Refused(Fault.ADDRESS, f"the header {name!r} of the configuration cannot be sent")
            key = name.encode("ascii")
            headers[named.get(key.lower(), key)] = header_bytes(value)
        return list(headers.items())

    def _proxy_for(self, url: httpx.URL) -> str:
        proxy = self._proxies.get(url.scheme) or self._proxies.get("all") or ""
        if not proxy or proxy_bypass(url.netloc.decode("ascii", "replace")):
            return ""
        return proxy if "://" in proxy else f"http://{proxy}"

    def _transport(self, proxy: str) -> httpx.AsyncBaseTransport:
        if not proxy:
            from tuireader.feeds.http.transport import DirectTransport

            return DirectTransport(tls=self.tls_context, resolver=self._resolver)
        import httpx

        try:
            # connections are not reused: surplus bytes after a response would be taken for the next one
            limits = httpx.Limits(max_keepalive_connections=0)
            return httpx.AsyncHTTPTransport(verify=self.tls_context(), proxy=proxy, limits=limits)
        except ImportError:
            raise Refused(Fault.NETWORK, "SOCKS proxies need the package socksio") from None
        except (ValueError, httpx.InvalidURL):
            raise Refused(Fault.NETWORK, "the proxy address is not valid") from None

    def tls_context(self) -> ssl.SSLContext:
        """Load the certificates, which blocks, unless that is done already."""
        import httpx

        if self._tls is None:
            self._tls = httpx.create_ssl_context()
        return self._tls

    def _redirect(self, chain: Chain, response: httpx.Response) -> None:
        status = response.status_code
        target = redirect_target(chain.url, response)
        if target in chain.seen:
            if header(response, b"set-cookie"):  # it redirects everyone without its cookie in circles
                from tuireader.feeds.http import blocked

                words = f"the site lets in only who has its cookie; {blocked.remedy(chain.url)}"
                raise Refused(Fault.BLOCKED, words, status)
            raise Refused(Fault.REDIRECT, "the redirects form a loop", status)
        chain.hops += 1
        if chain.hops > self.limits.redirects:
            raise Refused(Fault.REDIRECT, f"more than {self.limits.redirects} redirects", status)
        chain.permanent = chain.permanent and status in PERMANENT
        if not same_server(chain.url, target):
            chain.auth, chain.headers = None, ()  # credentials never go to another server
            chain.cookies = cookies.staying(chain.cookies, target) if chain.cookies else ()
        chain.url = target

    async def _read(self, job: FetchJob, chain: Chain, response: httpx.Response) -> FetchResult:
        status = response.status_code
        etag, modified = validator(response, b"etag"), validator(response, b"last-modified")
        max_age = fresh_seconds(response)
        has_moved = chain.hops and chain.permanent and "@" not in urlsplit(job.url).netloc
        moved_to = chain.url if has_moved else None
        if status == 304:
            if not (job.etag or job.last_modified):
                raise Refused(Fault.HTTP, "HTTP 304: not modified, but it was never fetched", 304)
            etag, modified = etag or job.etag, modified or job.last_modified
            return NotModified(job, etag, modified, max_age, moved_to=moved_to, requests=chain.requests)
        if not 200 <= status < 300 or status in (204, 205, 206):
            raise await self._refusal(chain, response)
        content_type = clean(header(response, b"content-type"), 200) or None
        if status != 200 or "html" in (content_type or ""):
            from tuireader.feeds.http import blocked

            if who := blocked.challenged(status, blocked.cleaned(response.headers)):
                raise Refused(Fault.BLOCKED, f"HTTP {status}: {who}; {blocked.remedy(chain.url)}", status)
        body = await self._body(chain, response)
        digest = hashlib.blake2b(body, digest_size=16).digest()
        if digest == job.body_hash:
            return NotModified(
                job, etag, modified, max_age, same_body=True, moved_to=moved_to, requests=chain.requests
            )
        return Fetched(
            job=job,
            url=chain.url,
            body=body,
            body_hash=digest,
            content_type=content_type,
            etag=etag,
            last_modified=modified,
            max_age=max_age,
            moved_to=moved_to,
            requests=chain.requests,
        )

    async def _body(self, chain: Chain, response: httpx.Response) -> bytes:
        """Read and decompress the body, at most `max_bytes` long at any step."""
        length = header(response, b"content-length")
        if length.isdecimal() and int(length[:18]) > self.limits.max_bytes:
            raise TooLarge(self.limits.max_bytes)
        inflater = Inflater(header(response, b"content-encoding"), self.limits.max_bytes)
        async for chunk in response.aiter_raw():
            for start in range(0, len(chunk), STEP):
                inflater.feed(chunk[start : start + STEP])
                if chain.reservation.must_wait(inflater.size):
                    await wait_untimed(chain.timer, chain.reservation.wait_for_turn())
            chain.reservation.resize(inflater.size)
        return inflater.body()

    async def _refusal(self, chain: Chain, response: httpx.Response) -> Refused:
        """Explain an unsuccessful status by the beginning of its page, if there is one."""
        from tuireader.feeds.http import blocked
        from tuireader.feeds.parse import charset

        status = response.status_code
        wait = retry_after(header(response, b"retry-after"), self.now())
        coding, seconds = header(response, b"content-encoding"), min(EXPLANATION, self.limits.total / 4)
        body = await beginning(response.aiter_raw(), coding, blocked.HEAD, seconds)
        text = charset.decode(body, header(response, b"content-type"))
        fields = blocked.cleaned(response.headers)
        obstacle = blocked.obstacle(text, chain.url, status=status, headers=fields)
        explaining = {Fault.BLOCKED} | ({Fault.LOGIN} if status == 403 else set())
        if obstacle and obstacle.fault in explaining:
            refused = Refused(obstacle.fault, f"HTTP {status}: {obstacle.reason}", status, wait)
        else:
            phrase, signed_in = reason_phrase(response), chain.auth is not None
            refused = bad_status(status, phrase, chain.url, wait=wait, signed_in=signed_in)
        if wait is not None and self.limits.keep_away and status in (429, 503):
            self._pauses.hold(chain.server, wait)
        return refused
