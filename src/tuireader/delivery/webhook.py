"""POST a letter to a web address as JSON, signed if the channel has a secret."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import os
import ssl
import time
from functools import cache

import httpx

from tuireader import __version__
from tuireader.delivery.letters import Receipt
from tuireader.text import is_loopback
from tuireader.text.durations import retry_after

SIGNATURE = "X-Tuireader-Signature"
NEVER = (400, 413, 422)
"""Statuses by which a server refuses this very letter; any other may change."""


async def post(
    url: str, text: str, secret: str, *, proxy: str, proxies: bool, seconds: float = 30.0
) -> Receipt:
    """Send JSON; a redirect is not followed, and the body of the answer is not read."""
    content = text.encode("utf-8", "replace")
    headers = {"Content-Type": "application/json", "User-Agent": f"tuireader/{__version__}"}
    if secret:
        digest = hmac.new(secret.encode(), content, hashlib.sha256).hexdigest()
        headers[SIGNATURE] = f"sha256={digest}"
    proxy, proxies = ("", False) if is_loopback(url) else (proxy, proxies and not proxy)
    tls = await asyncio.to_thread(_tls, os.environ.get("SSL_CERT_FILE"))
    try:
        async with (
            asyncio.timeout(seconds),
            httpx.AsyncClient(verify=tls, timeout=seconds, trust_env=proxies, proxy=proxy or None) as client,
            client.stream("POST", url, content=content, headers=headers) as response,
        ):
            return _receipt(response)
    except (TimeoutError, httpx.TimeoutException):
        return Receipt(False, f"no answer within {seconds:.0f} s", doubtful=True)
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError, ImportError) as error:
        connected = not isinstance(error, httpx.ConnectError)  # the words of errors may be secret
        wrong = "the connection was lost" if connected else "no connection; check its address"
        wrong = "its certificate is not valid" if "CERTIFICATE_VERIFY" in str(error) else wrong
        return Receipt(False, f"it cannot be reached: {wrong}", doubtful=connected)


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
    return Receipt(False, f"it answers with status {status}", status in NEVER, wait, doubtful=status >= 500)
