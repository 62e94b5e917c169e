"""Targets of redirects: only web addresses are followed (RFC 9110 §15.4)."""

from __future__ import annotations

import contextlib
import re
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from tuireader.feeds.address import split_userinfo
from tuireader.feeds.http.errors import Refused
from tuireader.feeds.http.headers import header
from tuireader.model import Fault

if TYPE_CHECKING:
    import httpx


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
