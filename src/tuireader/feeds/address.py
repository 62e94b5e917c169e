"""Feed addresses: validate them, split off credentials, compare servers."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, unquote, urlsplit, urlunsplit

from tuireader.feeds.http.errors import Refused
from tuireader.model import Fault
from tuireader.text import clean, host_of

MAX_URL = 8_000


def split_userinfo(url: str) -> tuple[str, tuple[str, str] | None]:
    """Split an address into itself without fragment and credentials, and (user, password) or None.

    Raises Refused with Fault.ADDRESS unless it is a proper http or https address.
    """
    try:
        parts = urlsplit(url.strip())
        host, port = parts.hostname, parts.port
    except ValueError:
        raise Refused(Fault.ADDRESS, "the address is not a valid web address") from None
    if parts.scheme.lower() not in ("http", "https"):
        kind = clean(parts.scheme, 20)
        what = f"addresses with {kind}: are not fetched" if kind else "the address has no http:// or https://"
        raise Refused(Fault.ADDRESS, f"{what}, only http and https")
    has_odd_characters = re.search(r"[\x00-\x1f\x7f]| .*@", url.strip())
    if not host or " " in host or port == 0 or len(url) > MAX_URL or has_odd_characters:
        raise Refused(Fault.ADDRESS, "the address is not a valid web address")
    userinfo, at, netloc = parts.netloc.rpartition("@")
    auth = None
    if at:
        user, _, password = userinfo.partition(":")
        auth = (unquote(user), unquote(password))
    plain = urlunsplit((parts.scheme.lower(), netloc, parts.path or "/", parts.query, ""))
    return plain.replace(" ", "%20"), auth


def same_server(url: str, target: str) -> bool:
    """Return whether a redirect stays on the same server; an upgrade from http to https does.

    Only between the usual ports: on another port, another user of the host may be listening.
    """
    before, after = urlsplit(url), urlsplit(target)
    start, end = (before.scheme, _port(before)), (after.scheme, _port(after))
    is_upgrade = (start, end) == (("http", 80), ("https", 443))
    return before.hostname == after.hostname and (start == end or is_upgrade)


def _port(parts: SplitResult) -> int | None:
    return parts.port or {"http": 80, "https": 443}.get(parts.scheme)


def same_site(url: str, other: str) -> bool:
    """Return whether the hosts of two addresses are the same, or one is a subdomain of the other.

    `www.` makes no difference, nor does the port.
    """
    host, other_host = host_of(url).removeprefix("www."), host_of(other).removeprefix("www.")
    if host == other_host:
        return bool(host)
    short, long = sorted((host, other_host), key=len)
    return "." in short and not short.replace(".", "").isdigit() and long.endswith(f".{short}")


def same_host(url: str, other: str) -> bool:
    """Return whether two addresses name the same host and port."""
    try:
        ours, theirs = urlsplit(url), urlsplit(other)
        return ours.hostname is not None and (ours.hostname, ours.port) == (theirs.hostname, theirs.port)
    except ValueError:
        return False
