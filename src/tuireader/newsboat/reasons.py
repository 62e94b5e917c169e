"""Settings of newsboat's `config` without a counterpart here: why, what to do instead, and their kind."""

from __future__ import annotations

from collections.abc import Mapping

from tuireader.newsboat.outcomes import Group

LOOK = "the theme decides the look (`[ui] theme`)"
_ACCOUNT = "tuireader does not sync with services; export OPML there and run `tuireader import FILE`"
_PODCAST = "tuireader downloads no podcasts; u lists an article's links, including audio files"
_UNDO = "tuireader does not ask, as ctrl+z undoes every mark"
_DELETES = "nothing is deleted; `tuireader purge` drops old texts"
_NOTIFY = "set `notify` for a watch; `[notify]` says how"
_PROGRAM = "articles are shown by tuireader; a macro or | passes one to a program"

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
        "highlight": "only colors text; a `[[watch]]` finds words",
        "highlight-article": "only colors rows",
        "ignore-article": "hides articles",
        "define-filter": "V saves a search",
    },
    Group.KEYS: {
        "bind": "newsboat 2.36 has no `bind`; put several operations into a macro",
        "run-on-startup": "no commands run at startup; a macro runs them on a key",
    },
    Group.PROGRAMS: {
        "notify-program": "programs get new articles as JSON: set one under `[notify] command`",
        "external-url-viewer": "u lists the links; a macro passes the article to a program",
        "pager": _PROGRAM,
        "html-renderer": _PROGRAM,
    },
    Group.NETWORK: {
        "ssl-verifypeer": "certificates are always checked",
        "ssl-verifyhost": "certificates are always checked",
        "proxy-auth-method": "only a user name and a password are sent to a proxy",
        "http-auth-method": "set `username` and `password` of a feed; they are sent as HTTP Basic",
        "cookie-cache": "cookies are not kept; set `headers` of a feed that needs one",
        "download-retries": "a failing feed is retried later",
        "max-download-speed": "downloads are not throttled; see `[fetch] concurrency` and `max_size`",
        "reload-threads": "feeds are fetched concurrently anyway, see `[fetch] concurrency`",
        "always-download": "servers are asked what has changed; r fetches a feed at once",
    },
    Group.FILES: {
        "error-log": "no log is written; H shows which feeds fail and why",
        "restrict-filename": "names of saved articles keep all letters",
    },
    Group.ACCOUNTS: {
        "urls-source": _ACCOUNT,
        "opml-url": "import the list once: `tuireader import ADDRESS`",
    },
    Group.BEHAVIOUR: {
        "always-display-description": "the fullest text of an article is shown",
        "bookmark-autopilot": "belongs to bookmark-cmd; the macro asks nothing",
        "bookmark-interactive": "programs of macros run in the background, without the terminal",
        "cleanup-on-quit": _DELETES,
        "confirm-delete-all-articles": "nothing is deleted",
        "confirm-exit": "tuireader does not ask; nothing is lost by leaving",
        "confirm-mark-all-feeds-read": _UNDO,
        "confirm-mark-feed-read": _UNDO,
        "delete-read-articles-on-quit": _DELETES,
        "display-article-progress": LOOK,
        "download-full-page": "x fetches the full text; `full_text = true` for a feed does so always",
        "feed-sort-order": "feeds are listed as in the configuration, by folder",
        "goto-first-unread": "n goes to the next unread article",
        "goto-next-feed": "n goes on to the next view with unread articles",
        "history-limit": "no history is written",
        "ignore-mode": "muted articles are stored and hidden",
        "keep-articles-days": "nothing is deleted; `tuireader purge --older-than` drops old texts",
        "mark-as-read-on-hover": "an article is read once it is opened, see `[ui] mark_read`",
        "max-items": "nothing is deleted; `tuireader purge --keep N` drops old texts",
        "max-browser-tabs": "articles are opened one at a time",
        "notify-always": _NOTIFY,
        "notify-format": _NOTIFY,
        "notify-screen": "the terminal shows notifications, see `[notify] terminal`",
        "notify-xterm": "the terminal shows notifications, see `[notify] terminal`",
        "openbrowser-and-mark-jumps-to-next-unread": "O goes on to the next unread article",
        "prepopulate-query-feeds": "saved searches are always up to date",
        "reload-only-visible-feeds": "R fetches all feeds, r what is chosen",
        "show-read-feeds": "the sidebar lists all feeds",
        "suppress-first-reload": "only feeds that are due are fetched, see `[fetch] refresh_on_start`",
        "toggleitemread-jumps-to-next-unread": "N stays at the article; n goes on",
        "wrap-scroll": "lists do not wrap; g and G go to their ends",
    },
    Group.LOOK: dict.fromkeys(_LOOKS, LOOK),
}
_SERVICES = (
    "feedbin-", "feedhq-", "freshrss-", "inoreader-", "miniflux-", "newsblur-", "ocnews-", "oldreader-",
    "ttrss-",
)  # fmt: skip
_PODCASTS = (
    "podcast-", "podlist-", "download-path", "download-filename-format", "player", "max-downloads",
    "delete-played-files",
)  # fmt: skip
_OWN_GROUP: Mapping[str, Group] = {
    **dict.fromkeys(("bind-key", "unbind-key", "macro", "bookmark-cmd"), Group.KEYS),
    "browser": Group.PROGRAMS,
    **dict.fromkeys(
        ("proxy", "proxy-auth", "proxy-type", "use-proxy", "user-agent", "download-timeout"), Group.NETWORK
    ),
    **dict.fromkeys(("include", "save-path", "cache-file"), Group.FILES),
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
    "urls-source": "local",
}
"""Values that match what tuireader does anyway."""


def group_of(name: str) -> Group:
    """Return the kind of a setting."""
    return _OWN_GROUP.get(name) or _why(name)[0]


def why_not(name: str) -> str:
    """Return why a setting does not move, and what to do instead."""
    return _why(name)[1]


def _why(name: str) -> tuple[Group, str]:
    if name in _FOUND:
        return _FOUND[name]
    if name.startswith(_SERVICES):
        return Group.ACCOUNTS, _ACCOUNT
    if name.startswith(_PODCASTS):
        return Group.PODCASTS, _PODCAST
    if name.endswith(("-format", "-colors")):
        return Group.LOOK, LOOK
    return Group.BEHAVIOUR, "is no setting of newsboat 2.36"
