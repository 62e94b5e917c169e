"""Check, display and compare addresses."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from tuireader.text.cleaning import clean, scrub
from tuireader.text.regex import regex

if TYPE_CHECKING:
    from urllib.parse import SplitResult

_URL_LIMIT = 4_000
_SIMPLE_URL = "(?i)" + (r"https?://[a-z0-9][a-z0-9-]*(?:\.[a-z0-9][a-z0-9-]*)+(?:[/?#][!#-;=?-\[\]_a-z~]*)?")
_SCHEME = r"[a-zA-Z][a-zA-Z0-9+.-]*:"
_HOST = r"[^\s!\"#$%&'()*+,/;<=>?@\\^`{|}-][^\s!\"#$&'()*+,/;<=>?@\\^`{|}]*"


def safe_url(s: str, base: str = "") -> str:
    """Resolve `s` against `base` to an absolute http, https or mailto address; "" if that is impossible.

    The address is kept except for white space and invisible characters (RFC 3986 §5; WHATWG URL §4.4).
    Refused: other schemes, broken hosts or hosts that start with "-", ports out of range, more than 4,000
    characters.
    """
    if len(s) > _URL_LIMIT:
        return ""
    if regex(_SIMPLE_URL).fullmatch(s):
        return s
    s = scrub(s.strip("".join(map(chr, range(33))))).strip()
    s = re.sub(r"\s", lambda space: "" if space[0] in "\t\n\r" else "%20", s)
    if not s:
        return ""
    try:
        return _checked(s if regex(_SCHEME).match(s) else _joined(s, base))
    except ValueError:
        return ""


def _joined(s: str, base: str) -> str:
    if not base:
        return f"https:{s}" if s.startswith("//") else ""
    from urllib.parse import urljoin

    page, origin = _base(base)
    if origin and s[0] == "/" and not s.startswith("//") and "/." not in s:
        return origin + s
    return urljoin(page, s)


@lru_cache(maxsize=16)
def _base(url: str) -> tuple[str, str]:
    page = _checked(url)
    return page, "/".join(page.split("/", 3)[:3]) if page.startswith("http") and "?" not in page else ""


def _checked(url: str) -> str:
    """Return `url` with its scheme in lower case, or "" for other schemes; ValueError if broken."""
    scheme, _, remainder = url.partition(":")
    scheme = scheme.lower()
    if scheme == "mailto":
        return f"mailto:{remainder}" if "@" in remainder and len(url) <= _URL_LIMIT else ""
    if scheme not in ("http", "https") or not remainder.startswith("//") or len(url) > _URL_LIMIT:
        return ""
    from urllib.parse import urlsplit

    parts = urlsplit(url)
    host = parts.hostname or ""
    if (
        parts.port == 0
        or "\\" in parts.netloc
        or not (regex(_HOST).fullmatch(host) or parts.netloc.count("[") == 1)
    ):
        return ""
    return f"{scheme}:{remainder}"


def _parts(url: str) -> SplitResult | None:
    """Split an address; None if its host or port is broken."""
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    return parts


def display_host(url: str) -> str:
    """Return the host of an address for display before opening it.

    User information before "@" is replaced by "…@", as it is not part of the host; letters beyond ASCII
    are followed by their punycode form, to expose look-alikes.
    """
    parts = _parts(url)
    if parts is None:
        return ""
    if parts.scheme == "mailto":
        return clean(parts.path, 80)
    host, port = parts.hostname or "", parts.port
    shown = clean(host, 80)
    if not shown.isascii():
        try:
            shown = f"{shown} ({host.encode('idna').decode('ascii')})"
        except UnicodeError:
            shown = f"{shown} (?)"
    return f"{'…@' if '@' in parts.netloc else ''}{shown}{f':{port}' if port is not None else ''}"


def host_of(url: str) -> str:
    """Return the host of an address in lower case, "" if it has none."""
    parts = _parts(url)
    return parts.hostname or "" if parts else ""


def server_of(url: str) -> str:
    """Return the host and port of an address, or the address itself if it has none."""
    parts = _parts(url)
    return parts.netloc.rpartition("@")[2].lower() or url if parts else url


def feed_name(title: str) -> str:
    """Return the title of a feed; while its address stands in for the title, its host."""
    is_address = "://" in title and " " not in title
    return (display_host(title) if is_address else "") or title


def is_loopback(url: str) -> bool:
    """Return whether a server runs on this computer."""
    from ipaddress import ip_address
    from urllib.parse import urlsplit

    try:
        host = urlsplit(url).hostname or ""
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def without_password(url: str) -> str:
    """Strip user name and password from an address, for display or sharing.

    The address of a mail folder keeps its user name, which identifies the owner; the address of a program or
    file is returned unchanged.
    """
    if url.startswith(("exec:", "maildir:", "mbox:")):
        return url
    if url.startswith(("imap:", "imaps:")):
        return regex(r"^(imaps?://[^/?#@:]*):[^/?#]*@").sub(r"\1@", url)
    return regex(r"^([^/?#]*//)?[^/?#]*@").sub(r"\1", url)


def split_password(url: str) -> tuple[str, str, str]:
    """Split an address into one without a password, the user name and the password, both decoded.

    The address keeps the user name: the feeds of two users at one address are different feeds. An address
    without a password is returned unchanged, with `""` for both.
    """
    match = regex(_WITH_PASSWORD).match(url) if "@" in url else None
    if match is None:
        return url, "", ""
    from urllib.parse import unquote

    user = f"{match['user']}@" if match["user"] else ""
    return match["start"] + user + url[match.end() :], unquote(match["user"]), unquote(match["password"])


_WITH_PASSWORD = r"(?i)(?P<start>(?:[\w.-]+\+)?(?:https?|imaps?)://)(?P<user>[^/?#:]*):(?P<password>[^/?#]*)@"
"""Beginning of an address with a password; that of an account's feed starts with the account's name."""


@lru_cache(10_000)
def feed_key(url: str) -> str:
    """Return a key that is equal for different spellings of a feed's address.

    The host is in lower case; default port, password and fragment are left out. Other text is returned
    unchanged.
    """
    parts = _parts(split_password(url)[0])
    if parts is None or not parts.hostname:
        return url
    userinfo, at, _ = parts.netloc.rpartition("@")
    port, usual = parts.port, {"http": 80, "https": 443}.get(parts.scheme)
    host = f"{userinfo}{at}{parts.hostname}" + (f":{port}" if port and port != usual else "")
    return f"{parts.scheme}://{host}{parts.path or '/'}" + (f"?{parts.query}" if parts.query else "")


_TRACKING = "(?i)" + (
    r"utm_\w*|(?:fb|g|dc|tw|y|ms|ttc|li_fat_)clid|[gw]braid|igshid|igsh|mc_[ce]id|_hs(?:enc|mi)|mkt_tok|[ons]cid|s_cid|"
    r"cmp|cmpid|ref|ref_src|ref_url|referrer|smid|spm|scm|xtor|ftag|at_(?:medium|campaign)|guc\w*|wt\.mc_id|"
    r"__twitter_impression|share_token|amp|"
    r"(?:source|src|from|via|partner|mod|medium|campaign|feature|output|outputtype)="
    r"(?:rss\w*|feed\w*|atom|amp|twitter|facebook|newsletter)"
)
_HOST_PREFIX = r"(?:(?:www|m|mobile|amp)\.)+(?=[^.]+\.)"
_PATH_SUFFIX = "(?i)" + (r"(?:/+(?:(?:index|default)\.(?:html?|php|aspx?)|amp)?)+$")
_ESCAPE = r"%[0-9a-fA-F]{2}"
_AMP_CACHE = (
    r"(?i)(?:https?://)?(?:(?:www\.)?google\.[a-z]{2,3}(?:\.[a-z]{2})?/amp/|[a-z0-9-]+\.cdn\.ampproject\.org/(?:[a-z]/)?)"
    r"(?:s/)?(?=[^/?#]+\.[^/?#])"
)
_NOT_PLAIN = r"/\.|/amp/|\.ampproject\."
# Most addresses: nothing to escape, sort or remove except "www.".
_PLAIN_URL = (
    r"https?://(?:www\.)?((?!(?:www|m|mobile|amp)\.)[a-z0-9-]+(?:\.[a-z0-9-]+)+)"
    r"((?:/[A-Za-z0-9._~!$&'()*+,;=:@-]+)*/([A-Za-z0-9._~!$&'()*+,;=:@-]+))/?"
)


def canonical_url(url: str) -> str:
    """Return a key that is equal for addresses of one article; only for comparison, never to open.

    Scheme, `www.`/`m.`/`amp.`, default port, fragment, tracking parameters, `/amp`, `index.html` and the
    final slash are ignored; parameters are sorted. Anything but an http address is only cleaned. Idempotent.
    """
    plain_url = regex(_PLAIN_URL).fullmatch(url)
    if (
        plain_url
        and not plain_url[3].lower().startswith(("amp", "index.", "default."))
        and not regex(_NOT_PLAIN).search(url)
    ):
        return f"https://{plain_url[1]}{plain_url[2]}"
    return _canonical(url)


def _canonical(url: str) -> str:
    url = scrub(url).strip()
    inner = 0
    while url.startswith("http") and (cache := regex(_AMP_CACHE).match(url, inner)):
        inner = cache.end()
    parts = _parts(f"https://{url[inner:]}" if inner else url)
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname:
        return url
    return f"https://{_host_key(parts.hostname, parts.port)}{_path_key(parts)}"


def _host_key(host: str, port: int | None) -> str:
    host = regex(_HOST_PREFIX).sub("", _ascii_host(host.rstrip(".").lower()), count=1)
    if ":" in host:
        host = f"[{host}]"
    return host if port in (None, 80, 443) else f"{host}:{port}"


def _ascii_host(host: str) -> str:
    """Return an international host name in punycode (RFC 3490) if possible."""
    if host.isascii():
        return host
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        return host


def _path_key(parts: SplitResult) -> str:
    path = regex(_ESCAPE).sub(_plain_escape, _escaped(parts.path))
    if "/." in path:
        path = _without_dots(path)
    path = regex(_PATH_SUFFIX).sub("", path)
    kept = sorted(pair for pair in _escaped(parts.query).split("&") if pair and not _is_tracking(pair))
    query = f"?{'&'.join(kept)}" if kept else ""
    fragment = f"#{_escaped(parts.fragment)}" if parts.fragment.startswith("!") else ""
    return f"{path}{query}{fragment}"


def _without_dots(path: str) -> str:
    """Remove the segments `.` and `..` from a path (RFC 3986 §5.2.4)."""
    kept: list[str] = []
    for segment in path.split("/")[1:]:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    return "/" + "/".join(kept)


def _escaped(s: str) -> str:
    from urllib.parse import quote

    return quote(s, safe="%/:@!$&'()*+,;=~[]?#")


def _is_tracking(pair: str) -> bool:
    return bool(regex(_TRACKING).fullmatch(pair.partition("=")[0]) or regex(_TRACKING).fullmatch(pair))


def _plain_escape(escape: re.Match[str]) -> str:
    """Decode letters, digits and `-._~`, which need no escape (RFC 3986 §6.2.2.2)."""
    character = chr(int(escape[0][1:], 16))
    is_plain = character.isascii() and (character.isalnum() or character in "-._~")
    return character if is_plain else escape[0].upper()
