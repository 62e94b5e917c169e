"""Settings of newsboat's `config` without a counterpart: the reason, an alternative and their kind."""

from __future__ import annotations

from tuireader.newsboat.outcomes import Group
from tuireader.newsboat.tables import table

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
_SERVICES = (
    "feedbin-", "feedhq-", "freshrss-", "inoreader-", "miniflux-", "newsblur-", "ocnews-", "oldreader-",
    "ttrss-",
)  # fmt: skip
_PODCASTS = ("podcast-", "podlist-", "max-downloads", "delete-played-files")
_FOUND = {name: (group, note) for group in Group for name, note in table("reasons", group.name).items()}
_OWN_GROUP = {name: Group[group] for name, group in table("groups").items()}
SAME = table("same")
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
