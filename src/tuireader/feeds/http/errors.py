"""Explain fetch errors in plain words."""

from __future__ import annotations

import errno
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass

from tuireader.model import Fault

STATUS_WORDS = {
    204: "the server sent an empty response",
    205: "the server sent an empty response",
    206: "the server sent only part of the feed",
    400: "the server does not understand the request",
    401: "the server requires a username and password",
    402: "the server requires payment",
    403: "the server denies access",
    404: "nothing was found at this address",
    405: "the server does not allow this address to be read",
    406: "the server offers no suitable format",
    407: "the proxy requires a username and password",
    408: "the server timed out waiting for the request",
    410: "the feed is gone for good",
    418: "the server says it is a teapot",
    421: "the server is not responsible for this address",
    429: "too many requests, the server asks clients to wait",
    451: "unavailable for legal reasons",
    500: "the server has an internal error",
    502: "the gateway got an invalid response",
    503: "the server is overloaded or down for maintenance",
    504: "the gateway timed out",
    520: "Cloudflare got an invalid response from the server",
    521: "the server behind Cloudflare is down",
    522: "the server behind Cloudflare timed out",
    523: "the server behind Cloudflare cannot be reached",
    524: "the server behind Cloudflare timed out",
    525: "Cloudflare could not make a secure connection to the server",
    526: "the server behind Cloudflare has an invalid certificate",
    530: "Cloudflare cannot find the server",
    999: "the server blocks automated requests",
}


REFUSED = {401, 403}  # HTTP statuses that refuse access


def advice(status: int, *, signed_in: bool) -> str:
    """Advise what to do about a 401 or 403; `signed_in` if a password was sent."""
    if status == 403:
        return "open it in a browser; if it works there, set user_agent or cookies for this feed"
    if signed_in:
        return "check its username and password in the config"
    return "set its username and password in the config, under [[feeds]]"


@dataclass(eq=False)
class Refused(Exception):
    """The fetch failed; the caller turns this into a FetchFailed."""

    fault: Fault
    reason: str
    status: int | None = None
    retry_after: int | None = None


def bad_status(status: int, phrase: str, url: str, *, wait: int | None, signed_in: bool) -> Refused:
    """Explain a status; `phrase` is the server's own, `wait` the seconds that it asks us to wait."""
    from tuireader.feeds.http.blocked import REMEDY, remedy

    words = STATUS_WORDS.get(status) or phrase
    if status in REFUSED:
        words += f"; {advice(status, signed_in=signed_in)}"
    if status in (403, 429) and (hint := remedy(url)) != REMEDY:
        words = f"{words.partition('; ')[0]}; {hint}"
    fault = Fault.HTTP
    if status == 410:
        fault = Fault.GONE
    elif status == 429 or (status == 503 and wait is not None):
        fault = Fault.THROTTLED
    return Refused(fault, f"HTTP {status}: {words}", status, wait)


def _causes(error: BaseException) -> Iterator[BaseException]:
    todo, seen = [error], set[int]()
    while todo:
        error = todo.pop()
        if id(error) in seen:
            continue
        seen.add(id(error))
        yield error
        todo += filter(None, (error.__cause__, error.__context__))


def explained(error: Exception, host: str, connect: float, idle: float) -> Refused:
    """Explain a transport error; `connect` and `idle` are the limits in seconds."""
    import httpx

    for cause in _causes(error):
        if isinstance(cause, ssl.SSLError):
            return Refused(Fault.TLS, _tls_words(cause, host))
        if isinstance(cause, socket.gaierror):
            known = cause.errno != socket.EAI_AGAIN
            words = "cannot be found" if known else "cannot be looked up, the network may be down"
            return Refused(Fault.NETWORK, f"the name {host} {words}")
        if isinstance(cause, OSError) and cause.errno in ERRNO_WORDS:
            return Refused(Fault.NETWORK, f"{host}: {ERRNO_WORDS[cause.errno]}")
    unsendable = (httpx.LocalProtocolError, httpx.InvalidURL, httpx.UnsupportedProtocol, UnicodeError)
    if isinstance(error, unsendable):
        return Refused(Fault.ADDRESS, "the address or a header of the configuration cannot be sent")
    kinds = (
        (httpx.ConnectTimeout, Fault.TIMEOUT, f"{host} could not be reached within {connect:g} seconds"),
        (httpx.TimeoutException, Fault.TIMEOUT, f"{host} sent nothing for {idle:g} seconds"),
        (httpx.ProxyError, Fault.NETWORK, "the proxy refuses the connection"),
        (httpx.RemoteProtocolError, Fault.NETWORK, f"{host}: {_protocol_words(str(error))}"),
        (Exception, Fault.NETWORK, f"the connection to {host} failed"),
    )
    return next(Refused(fault, words) for kind, fault, words in kinds if isinstance(error, kind))


ERRNO_WORDS = {
    errno.ECONNREFUSED: "the connection was refused",
    errno.ECONNRESET: "the connection was lost",
    errno.EPIPE: "the connection was lost",
    errno.ECONNABORTED: "the connection was lost",
    errno.EHOSTUNREACH: "no route to the server",
    errno.ENETUNREACH: "the network is unreachable",
    errno.ETIMEDOUT: "the connection timed out",
    errno.EMFILE: "too many files are open",
    errno.ENFILE: "too many files are open",
    errno.EADDRNOTAVAIL: "the address is unreachable",
    errno.EACCES: "the connection is not permitted",
    errno.EPERM: "the connection is not permitted",
}


def _tls_words(error: ssl.SSLError, host: str) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"the certificate of {host} is not trusted ({error.verify_message or 'cannot be verified'})"
    if error.reason in ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "UNKNOWN_PROTOCOL", "RECORD_LAYER_FAILURE"):
        return f"{host} does not use TLS on this port"
    return f"no secure connection to {host} ({(error.reason or 'TLS error').lower().replace('_', ' ')})"


def _protocol_words(message: str) -> str:
    if "without sending complete" in message or "incomplete" in message:
        return "the connection was lost before the response was complete"
    if "no answer" in message or "without sending" in message or "disconnected" in message:
        return "the connection was closed without a response"
    return "the response is not valid HTTP"
