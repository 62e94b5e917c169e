"""Why settings of newsboat's `config` have no counterpart here, in words for the person who moves in."""

from collections.abc import Mapping

_OWN = "tuireader does that by itself"
LOOK = "the look is that of the theme (`[ui] theme`)"
_SYNC = "synchronising with a service is not part of this"
_PODCAST = "podcasts are not downloaded"
_REASONS: Mapping[str, str] = {
    "max-items": "nothing is deleted; `tuireader purge --keep N` drops old texts",
    "keep-articles-days": "nothing is deleted; `tuireader purge --older-than` drops old texts",
    "reload-threads": f"{_OWN}, see `[fetch] concurrency`",
    "download-retries": f"{_OWN}: a feed that fails is asked again later",
    "notify-program": "programs get the articles as JSON on stdin here, see `[notify] command`",
    "external-url-viewer": "u lists the links",
    "pager": "articles are shown by tuireader",
    "html-renderer": "articles are shown by tuireader",
    "bookmark-cmd": "a macro can do that: a program gets the article as JSON on stdin",
    "bookmark-autopilot": "a macro can do that",
    "bookmark-interactive": "a macro can do that",
    "define-filter": "filters are kept with V",
    "ssl-verifypeer": "certificates are always checked",
    "ssl-verifyhost": "certificates are always checked",
    "reset-unread-on-update": "an edit is marked and does not make an article unread",
    "goto-next-feed": "n always goes on to the next view with unread articles",
    "cleanup-on-quit": "nothing is deleted",
    "delete-read-articles-on-quit": "nothing is deleted",
    "ignore-mode": "muted articles are kept and hidden",
    "proxy-auth-method": "only a user name and a password are sent",
    "suppress-first-reload": "see `[fetch] refresh_on_start`",
    "opml-url": "import the file once: `tuireader import FILE`",
    "urls-source": _SYNC,
    "cookie-cache": "cookies are not kept; a feed's own header can be set under `headers`",
    "http-auth-method": "a feed's user name and password are set with the feed",
    "error-log": "`tuireader feeds` shows what fails and why",
    "always-download": f"{_OWN}: servers are asked what has changed",
}
_PREFIXES = {
    **dict.fromkeys(
        ("feedhq-", "freshrss-", "inoreader-", "miniflux-", "newsblur-", "ocnews-", "oldreader-", "ttrss-"),
        _SYNC,
    ),
    "feedbin-": _SYNC,
    "podcast-": _PODCAST,
    "download-path": _PODCAST,
    "player": _PODCAST,
    "max-downloads": _PODCAST,
    "notify-": "see `[notify]`",
}


def why_not(name: str) -> str:
    """Why a setting does not move over."""
    if name in _REASONS:
        return _REASONS[name]
    for prefix, reason in _PREFIXES.items():
        if name.startswith(prefix):
            return reason
    return LOOK if name.endswith(("-format", "-colors")) else "has no counterpart here"
