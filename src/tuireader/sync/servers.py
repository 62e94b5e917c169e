"""The kinds of servers an account may be on."""

from __future__ import annotations

from tuireader.config import AccountKind
from tuireader.feeds.address import split_userinfo
from tuireader.feeds.http.errors import Refused
from tuireader.sync.backend import AccountError, Backend, Refusal


def connect(kind: AccountKind, url: str, user: str, secret: str, *, proxy: str = "") -> Backend:
    """Return the backend for an account; it does not contact the server yet.

    `secret` is a password, or an API token for Miniflux without a user. Raises AccountError if the address is
    not a web address.
    """
    url = url.strip()
    try:
        plain, userinfo = split_userinfo(url if "://" in url else f"https://{url}")
    except Refused as error:
        raise AccountError(Refusal.ANSWER, f"url: {error.reason}", "give the address of the server") from None
    if userinfo:
        words = "url: a password does not belong in an address"
        raise AccountError(Refusal.ANSWER, words, "use user and password")
    base = plain.partition("?")[0].rstrip("/")
    if kind is AccountKind.MINIFLUX:
        from tuireader.sync.miniflux.api import Miniflux

        return Miniflux(base, user, secret, proxy=proxy)
    from tuireader.sync.greader.api import GoogleReader

    return GoogleReader(base, user, secret, proxy=proxy)
