"""Ask servers for feeds: conditionally, politely, and without trusting anything that comes back.

`Fetcher.fetch` turns a FetchJob into Fetched, NotModified or FetchFailed and raises nothing but
CancelledError. It follows redirects itself (only to http and https), bounds time, size and connections,
and puts every fault into one line of plain words. HTTP semantics as in RFC 9110 and RFC 9111.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import hashlib
import ipaddress
import logging
import re
import socket
import ssl
import time
import traceback
from base64 import b64encode
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import TYPE_CHECKING
from urllib.parse import unquote, urljoin, urlsplit, urlunsplit
from urllib.request import getproxies, proxy_bypass

from tuireader import __version__
from tuireader.feeds import inflate
from tuireader.model import Fault, Fetched, FetchFailed, FetchJob, FetchResult, NotModified
from tuireader.text import clean

if TYPE_CHECKING:
    import httpx

log = logging.getLogger("tuireader")

ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, "
    "application/xml;q=0.9, text/xml;q=0.9, */*;q=0.5"
)
MAX_URL = 8_000
MAX_VALIDATOR = 1_000
RETRY_LEAST, RETRY_MOST = 60, 86_400
MAX_AGE_MOST = 366 * 86_400
SPARE_FILES = 64  # open files left to the rest of the program
REDIRECTS = frozenset({301, 302, 303, 307, 308})
PERMANENT = frozenset({301, 308})
NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
CONTROL = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")

STATUS_WORDS = {
    400: "the server does not understand the request",
    401: "the server asks for a user name and a password",
    402: "the server asks for money",
    403: "the server refuses access",
    404: "there is nothing at this address",
    405: "the server does not allow to read this address",
    406: "the server has no feed here that it would send",
    407: "the proxy asks for a user name and a password",
    408: "the server gave up waiting",
    410: "the feed is gone for good",
    418: "the server says that it is a teapot",
    421: "the server is not responsible for this address",
    429: "too many requests, the server asks to wait",
    451: "the server may not show this for legal reasons",
    500: "the server has an internal error",
    502: "the server behind the server gave no proper answer",
    503: "the server is overloaded or being repaired",
    504: "the server behind the server did not answer in time",
    520: "the server behind Cloudflare gave no proper answer",
    521: "the server behind Cloudflare is down",
    522: "the server behind Cloudflare did not answer in time",
    523: "the server behind Cloudflare cannot be reached",
    524: "the server behind Cloudflare did not answer in time",
    525: "Cloudflare cannot make a secure connection to the server",
    526: "the certificate of the server behind Cloudflare is not valid",
    530: "Cloudflare cannot find the server",
    999: "the server refuses programs",
}


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """What a fetch may cost: `connect`, `idle` and `total` in seconds, `max_bytes` counted when inflated.

    `block_private` refuses redirects that lead from elsewhere into a private network. `proxies` says whether
    the proxies of the environment are used.
    """

    concurrency: int = 200
    per_host: int = 2
    connect: float = 10.0
    idle: float = 15.0
    total: float = 30.0
    max_bytes: int = 20_000_000
    redirects: int = 8
    user_agent: str = f"tuireader/{__version__} (terminal feed reader)"
    proxies: bool = True
    block_private: bool = False


class _Refused(Exception):
    """A fetch that ends in a FetchFailed, as seen from inside."""

    def __init__(
        self, fault: Fault, reason: str, status: int | None = None, retry_after: int | None = None
    ) -> None:
        super().__init__(reason)
        self.fault = fault
        self.reason = reason
        self.status = status
        self.retry_after = retry_after


@dataclass(slots=True)
class _Way:
    """How far a fetch has come: where it is, where it has been, whether all hops were permanent."""

    url: str
    auth: tuple[str, str] | None
    headers: tuple[tuple[str, str], ...]
    hops: int = 0
    permanent: bool = True
    seen: set[str] = field(default_factory=set)


class Fetcher:
    """Fetches many feeds at once within limits; an async context manager.

    Two requests at most go to a host at a time (`per_host`). `now` gives the wall clock in seconds since
    1970 and is only used for dates in `Retry-After`.
    """

    def __init__(
        self,
        limits: FetchLimits | None = None,
        *,
        now: Callable[[], float] = time.time,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.limits = limits or FetchLimits()
        self._now = now
        self._tls = tls
        self._slots = asyncio.Semaphore(_possible(self.limits.concurrency))
        self._hosts: dict[str, _HostSlots] = {}
        self._direct: httpx.AsyncBaseTransport | None = None
        self._proxied: dict[str, httpx.AsyncBaseTransport] = {}
        self._codings = inflate.known_codings()
        self._accept_encoding = ", ".join(name for name in self._codings if not name.startswith("x-"))
        self._proxies = getproxies() if self.limits.proxies else {}

    async def __aenter__(self) -> Fetcher:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close all connections that are kept open."""
        transports = [*self._proxied.values(), *([self._direct] if self._direct else [])]
        self._proxied.clear()
        self._direct = None
        for transport in transports:
            with contextlib.suppress(Exception):
                await transport.aclose()

    async def fetch(self, job: FetchJob) -> FetchResult:
        """Ask for one feed. Never raises but CancelledError; every fault is a FetchFailed."""
        try:
            url, userinfo = split_userinfo(job.url)
            way = _Way(url, job.auth or userinfo, job.headers)
            async with self._host(urlsplit(url).netloc.lower()), self._slots:
                return await self._in_time(job, way)
        except _Refused as refused:
            return FetchFailed(job, refused.fault, clean(refused.reason), refused.status, refused.retry_after)
        except Exception as error:
            # the message is left out, for it may hold an address with a password
            trace = "".join(traceback.format_tb(error.__traceback__))
            log.error("unexpected %s while fetching feed %d\n%s", type(error).__name__, job.feed_id, trace)
            return FetchFailed(
                job, Fault.INTERNAL, f"unexpected fault in the program: {type(error).__name__}"
            )

    @contextlib.asynccontextmanager
    async def _host(self, name: str) -> AsyncIterator[None]:
        """A place in the queue of one host. Hosts that redirects lead to are not counted."""
        slots = self._hosts.setdefault(name, _HostSlots(asyncio.Semaphore(self.limits.per_host)))
        slots.users += 1
        try:
            async with slots.semaphore:
                yield
        finally:
            slots.users -= 1
            if not slots.users:
                self._hosts.pop(name, None)

    async def _in_time(self, job: FetchJob, way: _Way) -> FetchResult:
        import httpx

        from tuireader.feeds.wire import PrivateAddress

        host = urlsplit(way.url).hostname or ""
        try:
            async with asyncio.timeout(self.limits.total):
                return await self._follow(job, way)
        except TimeoutError:
            raise _Refused(
                Fault.TIMEOUT, f"{_host_of(way)} did not finish within {self.limits.total:g} seconds"
            ) from None
        except PrivateAddress:
            raise _Refused(
                Fault.REDIRECT, f"{host} leads to the private address {_host_of(way)}, which is not wanted"
            ) from None
        except inflate.TooLarge:
            raise _Refused(
                Fault.TOO_LARGE, f"the answer is larger than {self.limits.max_bytes / 1e6:g} MB"
            ) from None
        except inflate.Damaged:
            raise _Refused(Fault.BROKEN, "the compressed answer is damaged or cut off") from None
        except (httpx.TransportError, httpx.InvalidURL, httpx.StreamError, OSError, UnicodeError) as error:
            raise _explained(error, _host_of(way), self.limits) from None

    async def _follow(self, job: FetchJob, way: _Way) -> FetchResult:
        while True:
            way.seen.add(way.url)
            response = await self._ask(job, way)
            try:
                target = self._redirect(response, way)
                if target is None:
                    return await self._read(job, way, response)
            finally:
                await response.aclose()
            self._hop(way, target, response.status_code)

    async def _ask(self, job: FetchJob, way: _Way) -> httpx.Response:
        import httpx

        try:
            url = httpx.URL(way.url)
        except (httpx.InvalidURL, UnicodeError, ValueError):
            raise _Refused(Fault.ADDRESS, "the address is not a valid web address") from None
        public_only = self.limits.block_private and way.hops > 0 and way.url != job.url
        timeout = dict.fromkeys(("connect", "read", "write"), self.limits.idle) | {"pool": None}
        request = httpx.Request(
            "GET",
            url,
            headers=self._headers(job, way),
            extensions={"timeout": timeout | {"connect": self.limits.connect}, "public_only": public_only},
        )
        return await self._transport(url, public_only).handle_async_request(request)

    def _headers(self, job: FetchJob, way: _Way) -> list[tuple[bytes, bytes]]:
        headers = {
            b"User-Agent": _header_bytes(self.limits.user_agent),
            b"Accept": ACCEPT.encode(),
            b"Accept-Encoding": self._accept_encoding.encode(),
        }
        if job.etag and (etag := _header_bytes(job.etag)):
            headers[b"If-None-Match"] = etag
        if job.last_modified and (modified := _header_bytes(job.last_modified)):
            headers[b"If-Modified-Since"] = modified
        if way.auth:
            headers[b"Authorization"] = b"Basic " + b64encode(":".join(way.auth).encode("utf-8", "replace"))
        named = {name.lower(): name for name in headers}
        for name, value in way.headers:
            if not NAME.fullmatch(name) or (value and not _header_bytes(value)):
                raise _Refused(Fault.ADDRESS, f"the header {name!r} of the configuration cannot be sent")
            key = name.encode("ascii")
            headers[named.get(key.lower(), key)] = _header_bytes(value)
        return list(headers.items())

    def _transport(self, url: httpx.URL, public_only: bool) -> httpx.AsyncBaseTransport:
        proxy = self._proxy_for(url)
        if proxy:
            if public_only and _is_private_literal(url.host):
                from tuireader.feeds.wire import PrivateAddress

                raise PrivateAddress
            return self._through(proxy)
        if self._direct is None:
            from tuireader.feeds.wire import DirectTransport

            self._direct = DirectTransport(
                connect=self.limits.connect, idle=self.limits.idle, tls=self._tls_context
            )
        return self._direct

    def _proxy_for(self, url: httpx.URL) -> str | None:
        if not self._proxies:
            return None
        proxy = self._proxies.get(url.scheme) or self._proxies.get("all")
        if not proxy or proxy_bypass(url.netloc.decode("ascii", "replace")):
            return None
        return proxy if "://" in proxy else f"http://{proxy}"

    def _through(self, proxy: str) -> httpx.AsyncBaseTransport:
        import httpx

        if proxy not in self._proxied:
            try:
                self._proxied[proxy] = httpx.AsyncHTTPTransport(verify=self._tls_context(), proxy=proxy)
            except ImportError:
                raise _Refused(Fault.NETWORK, "SOCKS proxies need the package socksio") from None
            except (ValueError, httpx.InvalidURL):
                raise _Refused(Fault.NETWORK, "the proxy of the environment has no valid address") from None
        return self._proxied[proxy]

    def _tls_context(self) -> ssl.SSLContext:
        import httpx

        if self._tls is None:
            self._tls = httpx.create_ssl_context()
        return self._tls

    def _redirect(self, response: httpx.Response, way: _Way) -> str | None:
        """Where the answer leads to, or None when it is no redirect."""
        status = response.status_code
        if status not in REDIRECTS:
            return None
        location = _header(response, b"location").strip()
        if not location:
            raise _Refused(Fault.REDIRECT, f"HTTP {status}: a redirect that leads nowhere", status)
        try:
            target = urljoin(way.url, location)
            target, _ = split_userinfo(target)
        except (_Refused, ValueError):
            kind = re.match(r"[a-zA-Z][a-zA-Z0-9+.-]{0,20}:", location)
            words = f"an address with {kind[0]}" if kind else "an address that cannot be understood"
            raise _Refused(
                Fault.REDIRECT, f"redirect to {words}, only http and https are followed", status
            ) from None
        return target

    def _hop(self, way: _Way, target: str, status: int) -> None:
        if target in way.seen:
            raise _Refused(Fault.REDIRECT, "the redirects go round in a circle", status)
        way.hops += 1
        if way.hops > self.limits.redirects:
            raise _Refused(Fault.REDIRECT, f"more than {self.limits.redirects} redirects", status)
        way.permanent = way.permanent and status in PERMANENT
        if not _same_server(way.url, target):
            way.auth, way.headers = None, ()  # secrets are for the server that they were given for
        way.url = target

    async def _read(self, job: FetchJob, way: _Way, response: httpx.Response) -> FetchResult:
        status = response.status_code
        etag, modified = _validator(response, b"etag"), _validator(response, b"last-modified")
        max_age = _max_age(response)
        moved_to = way.url if way.hops and way.permanent and "@" not in urlsplit(job.url).netloc else None
        if status == 304:
            if not (job.etag or job.last_modified):
                raise _Refused(Fault.HTTP, "HTTP 304: not modified, though nothing was known before", 304)
            return NotModified(job, etag or job.etag, modified or job.last_modified, max_age, False, moved_to)
        if not 200 <= status < 300 or status in (204, 205, 206):
            raise self._bad_status(response)
        body = await self._body(response)
        digest = hashlib.blake2b(body, digest_size=16).digest()
        if digest == job.body_hash:
            return NotModified(job, etag, modified, max_age, True, moved_to)
        content_type = clean(_header(response, b"content-type"), 200) or None
        return Fetched(job, way.url, body, digest, content_type, etag, modified, max_age, moved_to)

    async def _body(self, response: httpx.Response) -> bytes:
        """The whole content with its codings undone, at most `max_bytes` long at any step."""
        length = _header(response, b"content-length")
        if length.isdecimal() and int(length[:18]) > self.limits.max_bytes:
            raise inflate.TooLarge
        inflater = inflate.Inflater(
            _header(response, b"content-encoding"), self.limits.max_bytes, self._codings
        )
        async for chunk in response.aiter_raw():
            inflater.feed(chunk)
        return inflater.body()

    def _bad_status(self, response: httpx.Response) -> _Refused:
        status = response.status_code
        wait = retry_after(_header(response, b"retry-after"), self._now())
        words = STATUS_WORDS.get(status) or _reason_phrase(response)
        if status in (204, 205):
            words = "the server sent nothing"
        elif status == 206:
            words = "the server sent only a part"
        fault = Fault.HTTP
        if status == 410:
            fault = Fault.GONE
        elif status == 429 or (status == 503 and wait is not None):
            fault = Fault.THROTTLED
        return _Refused(fault, f"HTTP {status}: {words}", status, wait)


@dataclass(slots=True)
class _HostSlots:
    """The queue of one host, kept while somebody stands in it."""

    semaphore: asyncio.Semaphore
    users: int = 0


def split_userinfo(url: str) -> tuple[str, tuple[str, str] | None]:
    """An address without fragment and user name, and (user, password) if it had them.

    Raises _Refused with Fault.ADDRESS unless it is a proper http or https address.
    """
    try:
        parts = urlsplit(url.strip())
        host, port = parts.hostname, parts.port
    except ValueError:
        raise _Refused(Fault.ADDRESS, "the address is not a valid web address") from None
    if parts.scheme.lower() not in ("http", "https"):
        kind = clean(parts.scheme, 20)
        what = f"addresses with {kind}: are not fetched" if kind else "the address has no http:// or https://"
        raise _Refused(Fault.ADDRESS, f"{what}, only http and https")
    if (
        not host
        or port == 0
        or len(url) > MAX_URL
        or re.search(r"[\x00-\x1f\x7f]| .*@", url.strip())
        or " " in host
    ):
        raise _Refused(Fault.ADDRESS, "the address is not a valid web address")
    userinfo, at, netloc = parts.netloc.rpartition("@")
    auth = None
    if at:
        user, _, password = userinfo.partition(":")
        auth = (unquote(user), unquote(password))
    plain = urlunsplit((parts.scheme.lower(), netloc, parts.path or "/", parts.query, ""))
    return plain.replace(" ", "%20"), auth


def retry_after(value: str, now: float) -> int | None:
    """Seconds to wait by a Retry-After header (RFC 9110 §10.2.3), between a minute and a day.

    None when there is none or it means nothing. `now` in seconds since 1970.
    """
    value = value.strip()
    if re.fullmatch(r"-?[0-9]+(\.[0-9]*)?", value):
        seconds = float(value[:20])
    else:
        try:
            seconds = parsedate_to_datetime(value).timestamp() - now
        except (ValueError, TypeError, OverflowError, IndexError):
            return None
    return int(min(max(seconds, RETRY_LEAST), RETRY_MOST))


def _same_server(url: str, target: str) -> bool:
    """Whether a redirect stays at the server, or only goes on from http to https there."""
    before, after = urlsplit(url), urlsplit(target)
    if before.scheme == "http" and after.scheme == "https" and before.port in (None, 80):
        return before.hostname == after.hostname and after.port in (None, 443)
    return before[:2] == after[:2]


def _possible(concurrency: int) -> int:
    """`concurrency`, or fewer if this process may not open so many files."""
    try:
        import resource

        files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    except (ImportError, OSError, ValueError):
        return max(1, concurrency)
    if files == resource.RLIM_INFINITY:
        return max(1, concurrency)
    return max(1, min(concurrency, (files - SPARE_FILES) // 2))


def _header_bytes(value: str) -> bytes:
    """A header value as bytes: as it came (Latin-1), else UTF-8; empty when it cannot be sent at all."""
    value = value.strip()
    try:
        raw = value.encode("latin-1")
    except UnicodeEncodeError:
        raw = value.encode("utf-8", "replace")
    return b"" if CONTROL.search(raw) else raw


def _header(response: httpx.Response, name: bytes) -> str:
    """The first header of that name, its bytes kept one by one (Latin-1)."""
    for key, value in response.headers.raw:
        if key.lower() == name:
            return value.decode("latin-1")
    return ""


def _validator(response: httpx.Response, name: bytes) -> str | None:
    value = _header(response, name).strip()
    return value if value and len(value) <= MAX_VALIDATOR else None


def _max_age(response: httpx.Response) -> int | None:
    """How long the answer stays fresh by Cache-Control, else by Expires and Date (RFC 9111 §4.2.1)."""
    control = _header(response, b"cache-control").lower()
    if found := re.search(r"(?:^|[\s,])max-age=\"?([0-9]{1,12})", control):
        return min(int(found[1]), MAX_AGE_MOST)
    if "no-cache" in control or "no-store" in control:
        return None
    expires, date = _header(response, b"expires"), _header(response, b"date")
    if not (expires and date):
        return None
    try:
        fresh = parsedate_to_datetime(expires).timestamp() - parsedate_to_datetime(date).timestamp()
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return int(min(fresh, MAX_AGE_MOST)) if fresh > 0 else None


def _reason_phrase(response: httpx.Response) -> str:
    phrase = response.extensions.get("reason_phrase", b"")
    return clean(bytes(phrase).decode("utf-8", "replace"), 100) or "an answer without meaning"


def _host_of(way: _Way) -> str:
    return clean(urlsplit(way.url).hostname or "", 100)


def _is_private_literal(host: str) -> bool:
    from tuireader.feeds.wire import is_public

    try:
        ipaddress.ip_address(host)
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
    return not is_public(host)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """An exception and all that stand behind it."""
    todo, seen = [error], set[int]()
    while todo:
        one = todo.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        todo += [cause for cause in (one.__cause__, one.__context__) if cause is not None]


def _explained(error: Exception, host: str, limits: FetchLimits) -> _Refused:
    """Transport trouble in plain words."""
    import httpx

    for cause in _causes(error):
        if isinstance(cause, ssl.SSLError):
            return _Refused(Fault.TLS, _tls_words(cause, host))
        if isinstance(cause, socket.gaierror):
            known = cause.errno != socket.EAI_AGAIN
            words = "cannot be found" if known else "cannot be looked up, perhaps there is no network"
            return _Refused(Fault.NETWORK, f"the name {host} {words}")
        if isinstance(cause, OSError) and cause.errno in ERRNO_WORDS:
            return _Refused(Fault.NETWORK, f"{host}: {ERRNO_WORDS[cause.errno]}")
    if isinstance(error, httpx.ConnectTimeout):
        return _Refused(Fault.TIMEOUT, f"{host} could not be reached within {limits.connect:g} seconds")
    if isinstance(error, httpx.TimeoutException):
        return _Refused(Fault.TIMEOUT, f"{host} sent nothing for {limits.idle:g} seconds")
    if isinstance(error, httpx.ProxyError):
        return _Refused(Fault.NETWORK, "the proxy refuses the connection")
    if isinstance(error, httpx.RemoteProtocolError):
        return _Refused(Fault.NETWORK, f"{host}: {_protocol_words(str(error))}")
    if isinstance(
        error, (httpx.LocalProtocolError, httpx.InvalidURL, httpx.UnsupportedProtocol, UnicodeError)
    ):
        return _Refused(Fault.ADDRESS, "the address or a header of the configuration cannot be sent")
    return _Refused(Fault.NETWORK, f"the connection to {host} failed")


ERRNO_WORDS = {
    errno.ECONNREFUSED: "the connection was refused",
    errno.ECONNRESET: "the connection was cut off",
    errno.EPIPE: "the connection was cut off",
    errno.ECONNABORTED: "the connection was cut off",
    errno.EHOSTUNREACH: "there is no way to this computer",
    errno.ENETUNREACH: "there is no network to it",
    errno.ETIMEDOUT: "no connection came about in time",
    errno.EMFILE: "too many files are open",
    errno.ENFILE: "too many files are open",
    errno.EADDRNOTAVAIL: "this address cannot be reached",
    errno.EACCES: "the connection is not permitted",
    errno.EPERM: "the connection is not permitted",
}


def _tls_words(error: ssl.SSLError, host: str) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"the certificate of {host} is not trusted ({error.verify_message or 'cannot be verified'})"
    if error.reason in ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "UNKNOWN_PROTOCOL", "RECORD_LAYER_FAILURE"):
        return f"{host} does not speak TLS at this port"
    return f"no secure connection to {host} ({(error.reason or 'TLS error').lower().replace('_', ' ')})"


def _protocol_words(message: str) -> str:
    if "without sending complete" in message or "incomplete" in message:
        return "the connection was cut off, only a part of the answer came"
    if "no answer" in message or "without sending" in message or "disconnected" in message:
        return "the connection was closed without an answer"
    return "the answer is not proper HTTP"
