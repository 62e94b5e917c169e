"""Cookies of a file in Netscape format, as browsers export them, for one feed.

Only the cookies for the feed's own host are kept; the rules of the standard library decide which of them a
request gets (domain, path, secure, expiry). None is ever stored or changed: the file belongs to the user.
"""

from __future__ import annotations

import urllib.request
from collections.abc import Sequence
from http.cookiejar import Cookie, CookieJar, DefaultCookiePolicy
from pathlib import Path

from tuireader import files
from tuireader.errors import TuireaderError
from tuireader.text import host_of

MOST_BYTES = 5_000_000
_FIELDS = 7  # domain, subdomains too, path, secure, expiry, name, value


def read(path: Path, url: str) -> tuple[Cookie, ...]:
    """Read the cookies for the host of `url` from a file. Raises a TuireaderError saying what is wrong."""
    with TuireaderError.from_os("cannot be read"):
        raw = files.read(path, MOST_BYTES + 1)
    if len(raw) > MOST_BYTES:
        raise TuireaderError(f"is larger than {MOST_BYTES / 1e6:g} MB")
    lines = raw.decode("utf-8", "replace").splitlines()
    cookies, first_wrong, last = list[Cookie](), 0, 0
    for number, line in enumerate(lines, 1):
        line = line.removeprefix("#HttpOnly_")
        if not line.strip() or line.startswith("#"):
            continue
        last = number
        if cookie := _cookie(line):
            cookies.append(cookie)
        else:
            first_wrong = first_wrong or number
    if first_wrong and (not cookies or first_wrong == last):
        raise TuireaderError(
            f"line {first_wrong} is not a cookie in Netscape format (seven fields separated by tabs)"
        )
    return staying(cookies, url)


def staying(cookies: Sequence[Cookie], url: str) -> tuple[Cookie, ...]:
    """Keep the cookies for the host of `url`; on a redirect, all others are dropped for good."""
    host = host_of(url)
    return tuple([cookie for cookie in cookies if _covers(cookie, host)])


def header(cookies: Sequence[Cookie], url: str) -> str:
    """Compose the Cookie header of a request, `""` without cookies."""
    jar = CookieJar(DefaultCookiePolicy(strict_ns_domain=DefaultCookiePolicy.DomainStrictNonDomain))
    for cookie in cookies:
        jar.set_cookie(cookie)
    request = urllib.request.Request(url)
    jar.add_cookie_header(request)
    return request.get_header("Cookie") or ""


def _cookie(line: str) -> Cookie | None:
    fields = line.split("\t")
    if len(fields) == _FIELDS - 1:  # an empty value at the end of the line is often cut off
        fields.append("")
    if len(fields) != _FIELDS:
        return None
    domain, subdomains, path, secure, expiry, name, value = fields
    domain, below = domain.strip().lower().lstrip("."), subdomains.strip().upper() == "TRUE"
    seconds = expiry.strip().partition(".")[0]
    if not domain or not path.startswith("/") or not (seconds.lstrip("-").isdecimal() or not seconds):
        return None
    name, bare = (name, value) if name else (value, None)  # a cookie without a name has only a value
    ends = int(seconds[:15]) if seconds else 0
    return Cookie(
        version=0,
        name=name,
        value=bare,
        port=None,
        port_specified=False,
        domain=f".{domain}" if below else domain,
        domain_specified=below,
        domain_initial_dot=below,
        path=path,
        path_specified=True,
        secure=secure.strip().upper() == "TRUE",
        expires=ends or None,
        discard=not ends,
        comment=None,
        comment_url=None,
        rest={},
    )


def _covers(cookie: Cookie, host: str) -> bool:
    domain = cookie.domain.lstrip(".")
    below = cookie.domain_specified and "." in domain  # a cookie for all of `.org` is a mistake
    return host == domain or (below and host.endswith(f".{domain}"))
