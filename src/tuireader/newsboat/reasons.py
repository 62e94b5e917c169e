"""Settings of newsboat's `config` without a counterpart: the reason, an alternative and their kind."""

from __future__ import annotations

from collections.abc import Mapping

from tuireader.newsboat.outcomes import Group

LOOK = "the theme decides the look (`[ui] theme`)"
_ACCOUNT = (
    "tuireader only syncs with Miniflux and the Google Reader API, such as FreshRSS; export OPML there and"
    " run `tuireader import FILE`"
)
_SPECIAL = {
    "-flag-star": "stars are synced without a flag",
    "-min-items": "all articles of the server are synced",
    "-show-special-feeds": "the sidebar has Starred and All for all feeds",
}
_PODCAST = "d downloads the files of an article, B shows the queue; see `[download]` and `[open]`"
_UNDO = "tuireader does not ask for confirmation, as ctrl+z undoes every mark"
_DELETES = "nothing is deleted; `tuireader purge` drops old texts"
_NOTIFY = "set `notify` for a watch; `[notify]` chooses the channels"
_PROGRAM = "tuireader displays articles itself; a macro or | passes one to a program"

_LOOKS = (
    "color", "datetime-format", "highlight-feed", "scrolloff", "search-highlight-colors", "show-keymap-hint",
    "show-title-bar", "swap-title-and-hints",
)  # fmt: skip
_OFF = (
    "bookmark-interactive", "cleanup-on-quit", "confirm-delete-all-articles", "confirm-exit",
    "confirm-mark-all-feeds-read", "confirm-mark-feed-read", "delete-read-articles-on-quit",
    "download-full-page", "mark-as-read-on-hover", "notify-always", "notify-screen", "notify-xterm",
    "podcast-auto-enqueue", "restrict-filename", "suppress-first-reload",
    "toggleitemread-jumps-to-next-unread", "wrap-scroll",
)  # fmt: skip
_ON = (
    "bookmark-autopilot", "goto-next-feed", "openbrowser-and-mark-jumps-to-next-unread",
    "prepopulate-query-feeds", "show-read-feeds", "ssl-verifyhost", "ssl-verifypeer",
)  # fmt: skip

_REASONS: Mapping[Group, Mapping[str, str]] = {
    Group.RULES: {
        "reset-unread-on-update": "an edited article keeps its marks; D shows what changed",
        "highlight": "only colours text; a `[[watch]]` finds words",
        "highlight-article": "only colours rows",
        "ignore-article": "hides articles",
        "define-filter": "V saves a search",
    },
    Group.KEYS: {
        "bind": "newsboat 2.36 has no `bind`; put several operations into a macro",
        "run-on-startup": "no commands run at startup; bind a macro to a key instead",
    },
    Group.PROGRAMS: {
        "notify-program": "set `[notify] command` to a program, which gets new articles as JSON",
        "external-url-viewer": "u lists the links; a macro passes the article to a program",
        "pager": _PROGRAM,
        "html-renderer": _PROGRAM,
    },
    Group.NETWORK: {
        "ssl-verifypeer": "certificates are always checked",
        "ssl-verifyhost": "certificates are always checked",
        "proxy-auth-method": "proxies are sent a user name and a password only",
        "http-auth-method": "set `username` and `password` of a feed, for HTTP basic authentication",
        "cookie-cache": "cookies are not kept; set `headers` of a feed that needs one",
        "download-retries": "a failing feed is retried later",
        "max-download-speed": "downloads are not throttled; see `[fetch] concurrency` and `max_size`",
        "reload-threads": "feeds are fetched concurrently anyway, see `[fetch] concurrency`",
        "always-download": "requests are conditional; r fetches a feed at once",
    },
    Group.FILES: {
        "error-log": "no log is written; H shows which feeds fail and why",
        "restrict-filename": "file names of saved articles keep all letters",
    },
    Group.ACCOUNTS: {
        "urls-source": _ACCOUNT,
        "opml-url": "import the list once: `tuireader import ADDRESS`",
    },
    Group.BEHAVIOUR: {
        "always-display-description": "the longest available text of an article is shown",
        "bookmark-autopilot": "belongs to bookmark-cmd, whose macro does not ask",
        "bookmark-interactive": "macros run their programs in the background, without the terminal",
        "cleanup-on-quit": _DELETES,
        "confirm-delete-all-articles": "nothing is deleted",
        "confirm-exit": "tuireader quits without asking; nothing is lost",
        "confirm-mark-all-feeds-read": _UNDO,
        "confirm-mark-feed-read": _UNDO,
        "delete-read-articles-on-quit": _DELETES,
        "display-article-progress": LOOK,
        "download-full-page": "x fetches the full text; set `full_text = true` for a feed to always fetch it",
        "feed-sort-order": "feeds are listed by folder, in the order of the configuration",
        "goto-first-unread": "n goes to the next unread article",
        "goto-next-feed": "n moves on to the next view with unread articles",
        "history-limit": "no history is written",
        "ignore-mode": "muted articles are stored and hidden",
        "keep-articles-days": "nothing is deleted; `tuireader purge --older-than` drops old texts",
        "mark-as-read-on-hover": "opening an article marks it as read, see `[ui] mark_read`",
        "max-items": "nothing is deleted; `tuireader purge --keep N` drops old texts",
        "max-browser-tabs": "articles are opened one at a time",
        "notify-always": _NOTIFY,
        "notify-format": _NOTIFY,
        "notify-screen": "the terminal shows notifications, see `[notify] terminal`",
        "notify-xterm": "the terminal shows notifications, see `[notify] terminal`",
        "openbrowser-and-mark-jumps-to-next-unread": "O moves on to the next unread article",
        "prepopulate-query-feeds": "saved searches are always up to date",
        "reload-only-visible-feeds": "R fetches all feeds, r the selected feed or folder",
        "show-read-feeds": "the sidebar lists all feeds",
        "suppress-first-reload": "only feeds that are due are fetched, see `[fetch] refresh_on_start`",
        "toggleitemread-jumps-to-next-unread": "N stays at the article; n moves on",
        "wrap-scroll": "lists do not wrap; g and G go to their ends",
    },
    Group.LOOK: dict.fromkeys(_LOOKS, LOOK),
}
_SERVICES = (
    "feedbin-", "feedhq-", "freshrss-", "inoreader-", "miniflux-", "newsblur-", "ocnews-", "oldreader-",
    "ttrss-",
)  # fmt: skip
_PODCASTS = ("podcast-", "podlist-", "max-downloads", "delete-played-files")
_OWN_GROUP: Mapping[str, Group] = {
    **dict.fromkeys(("bind-key", "unbind-key", "macro", "bookmark-cmd"), Group.KEYS),
    "browser": Group.PROGRAMS,
    **dict.fromkeys(
        ("proxy", "proxy-auth", "proxy-type", "use-proxy", "user-agent", "download-timeout"), Group.NETWORK
    ),
    **dict.fromkeys(("include", "save-path", "cache-file"), Group.FILES),
    **dict.fromkeys(("download-path", "download-filename-format", "player"), Group.PODCASTS),
}
_FOUND = {name: (group, note) for group, notes in _REASONS.items() for name, note in notes.items()}

SAME: Mapping[str, str] = {
    **dict.fromkeys(_OFF, "no"),
    **dict.fromkeys(_ON, "yes"),
    "history-limit": "0",
    "html-renderer": "internal",
    "ignore-mode": "display",
    "keep-articles-days": "0",
    "max-items": "0",
    "pager": "internal",
}
"""Values that match tuireader's behaviour."""


def group_of(name: str) -> Group:
    """Return the kind of a setting."""
    return _OWN_GROUP.get(name) or _why(name)[0]


def why_not(name: str) -> str:
    """Return the reason for dropping a setting, and an alternative."""
    return _why(name)[1]


def _why(name: str) -> tuple[Group, str]:
    if name in _FOUND:
        return _FOUND[name]
    if name.startswith(_SERVICES) and name.endswith(tuple(_SPECIAL)):
        return Group.ACCOUNTS, next(note for end, note in _SPECIAL.items() if name.endswith(end))
    if name.startswith(_SERVICES):
        return Group.ACCOUNTS, _ACCOUNT
    if name.startswith(_PODCASTS):
        return Group.PODCASTS, _PODCAST
    if name.endswith(("-format", "-colors")):
        return Group.LOOK, LOOK
    return Group.BEHAVIOUR, "is not a setting of newsboat 2.36"
