"""Header fields of requests and responses (RFC 9110, RFC 9111); they may contain any bytes."""

from __future__ import annotations

import contextlib
import re
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from tuireader.feeds.address import split_userinfo
from tuireader.feeds.http.errors import Refused
from tuireader.model import Fault
from tuireader.text import clean
from tuireader.text.durations import DAY, http_time

if TYPE_CHECKING:
    import httpx

MAX_VALIDATOR = 1_000
MAX_AGE_MOST = 366 * DAY
CONTROL = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")


def header_bytes(value: str) -> bytes:
    """Encode a header value as Latin-1, else as UTF-8; empty if it cannot be sent."""
    value = value.strip()
    try:
        raw = value.encode("latin-1")
    except UnicodeEncodeError:
        raw = value.encode("utf-8", "replace")
    return b"" if CONTROL.search(raw) else raw


def header(response: httpx.Response, name: bytes) -> str:
    """Decode the first header of that name as Latin-1; `""` without one."""
    return next((value.decode("latin-1") for key, value in response.headers.raw if key.lower() == name), "")


def validator(response: httpx.Response, name: bytes) -> str | None:
    """Read an ETag or Last-Modified for the next request; None if it is empty or very long."""
    value = header(response, name).strip()
    return value if value and len(value) <= MAX_VALIDATOR else None


def redirect_target(url: str, response: httpx.Response) -> str:
    """Resolve the target of a redirect from `url`, read as UTF-8 if valid, as browsers do. Raises Refused."""
    status = response.status_code
    location = header(response, b"location").strip()
    with contextlib.suppress(UnicodeError):
        location = location.encode("latin-1").decode("utf-8")
    if not location:
        raise Refused(Fault.REDIRECT, f"HTTP {status}: redirect without a target", status)
    try:
        return split_userinfo(urljoin(url, location))[0]
    except (Refused, ValueError):
        kind = re.match(r"[a-zA-Z][a-zA-Z0-9+.-]{0,20}:", location)
        if kind and kind[0].lower() not in ("http:", "https:"):
            words = f"an address with {kind[0]}, only http and https are followed"
        else:
            words = "an invalid address"
        raise Refused(Fault.REDIRECT, f"redirect to {words}", status) from None


def fresh_seconds(response: httpx.Response) -> int | None:
    """Seconds that a response stays fresh by Cache-Control, else Expires and Date (RFC 9111 §4.2.1)."""
    control = header(response, b"cache-control").lower()
    if match := re.search(r"(?:^|[\s,])max-age=\"?([0-9]{1,12})", control):
        return min(int(match[1]), MAX_AGE_MOST)
    if "no-cache" in control or "no-store" in control:
        return None
    expires, date = http_time(header(response, b"expires")), http_time(header(response, b"date"))
    if expires is None or date is None or expires <= date:
        return None
    return int(min(expires - date, MAX_AGE_MOST))


def reason_phrase(response: httpx.Response) -> str:
    """Clean the words after the status code, such as `Not Found`."""
    phrase = response.extensions.get("reason_phrase", b"")
    return clean(bytes(phrase).decode("utf-8", "replace"), 100) or "unknown status"
