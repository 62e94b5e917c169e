"""Send requests to web addresses: a letter as JSON, signed if the channel has a secret."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import os
import ssl
import time
from collections.abc import Mapping
from functools import cache, partial
from urllib.request import getproxies

import httpx

from tuireader import __version__
from tuireader.delivery.letters import Receipt
from tuireader.feeds.http.transport import DirectTransport
from tuireader.text import is_loopback
from tuireader.text.durations import retry_after

SIGNATURE = "X-Tuireader-Signature"
NEVER = (400, 413, 422)
"""Statuses by which a server refuses this very letter; any other may change."""


async def post(
    url: str, text: str, secret: str, *, proxy: str, proxies: bool, seconds: float = 30.0
) -> Receipt:
    """Send JSON; the body of the answer is not read."""
    content = text.encode("utf-8", "replace")
    headers = {"Content-Type": "application/json"}
    if secret:
        digest = hmac.new(secret.encode("utf-8", "surrogateescape"), content, hashlib.sha256).hexdigest()
        headers[SIGNATURE] = f"sha256={digest}"
    proxied = (proxy, proxies)
    return (await ask("POST", url, content, headers, proxied=proxied, seconds=seconds, most=0))[0]


async def ask(
    method: str,
    url: str,
    content: bytes,
    headers: Mapping[str, str],
    *,
    proxied: tuple[str, bool],
    seconds: float = 30.0,
    most: int = 65_536,
) -> tuple[Receipt, bytes]:
    """Send a request; a redirect is not followed, and at most `most` bytes of the answer are read.

    `proxied` are one proxy for all, and whether those of the environment count without it.
    """
    here = is_loopback(url)
    proxy, proxies = ("", False) if here else (proxied[0], proxied[1] and not proxied[0])
    headers = {"User-Agent": f"tuireader/{__version__}", "Accept-Encoding": "identity", **headers}
    plain = here and url.lower().startswith("http:")  # nor is there a proxy: no certificate is looked at
    tls = partial(_tls, os.environ.get("SSL_CERT_FILE"))
    verify = False if plain else await asyncio.to_thread(tls)
    direct = None if proxy or (proxies and getproxies()) else DirectTransport(tls=tls)
    try:
        async with (
            asyncio.timeout(seconds),
            httpx.AsyncClient(
                verify=verify, timeout=seconds, trust_env=proxies, proxy=proxy or None, transport=direct
            ) as client,
            client.stream(method, url, content=content, headers=headers) as response,
        ):
            body = bytearray()
            if most:
                async for part in response.aiter_raw():
                    body += part[: most - len(body)]
                    if len(body) == most:
                        break
            return _receipt(response), bytes(body)
    except (TimeoutError, httpx.TimeoutException):
        return Receipt(False, f"no answer within {seconds:.0f} s", doubtful=True), b""
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError, ImportError) as error:
        connected = not isinstance(error, httpx.ConnectError)  # the words of errors may be secret
        wrong = "the connection was lost" if connected else "no connection; check its address"
        untrusted = "CERTIFICATE_VERIFY" in f"{error} {error.__cause__}"
        wrong = "its certificate is not valid" if untrusted else wrong
        return Receipt(False, f"it cannot be reached: {wrong}", doubtful=connected), b""


@cache
def _tls(file: str | None) -> ssl.SSLContext:
    """Read the certificates, those of `SSL_CERT_FILE` if it is set."""
    return httpx.create_ssl_context()


def _receipt(response: httpx.Response) -> Receipt:
    status = response.status_code
    if response.is_success:
        return Receipt(True)
    if response.is_redirect:
        return Receipt(False, f"it redirects (status {status}); write the address to which it leads")
    wait = retry_after(response.headers.get("Retry-After", ""), time.time())
    hint = "; check its token" if status in (401, 403) else ""
    error = f"it answers with status {status}{hint}"
    return Receipt(False, error, status in NEVER, wait, doubtful=status >= 500)
