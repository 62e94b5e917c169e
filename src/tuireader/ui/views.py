"""Fixed views, and the title, counts, search expression and feeds of any view."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from tuireader.config import ViewConfig, WatchConfig
from tuireader.model import Count, Counts, Feed, View, ViewKind
from tuireader.model.accounts import category_of
from tuireader.query import Query, parse, phrase

TODAY = View(ViewKind.TODAY)
UNREAD = View(ViewKind.UNREAD)
STARRED = View(ViewKind.STARRED)
ALL = View(ViewKind.ALL)
SUBSCRIBED = View(ViewKind.ALL, "subscribed")
MUTED = View(ViewKind.QUERY, "is:muted")
TO_DO = View(ViewKind.TO_DO)


@lru_cache(maxsize=8)
def ranks(expression: str) -> bool:
    """Return whether an expression has `like:`, so that its results are closest first."""
    parsed = parse(expression, likes=True)
    return isinstance(parsed, Query) and bool(parsed.like)


def title_of(view: View, feeds: Sequence[Feed], views: Sequence[ViewConfig] = ()) -> str:
    """Name of a view for the header."""
    if view.kind is ViewKind.NEW:
        return "New since last time"
    if view.kind is ViewKind.FEED:
        return next((feed.title or feed.address for feed in feeds if str(feed.id) == view.key), "Feed")
    if view == MUTED:
        return "Muted"
    if view == TO_DO:
        return "To do"
    for item in views:
        if view == View(ViewKind.QUERY, item.query):
            return item.name
    if view.kind is ViewKind.QUERY:
        return f"Search: {view.key}" if view.key else "Search"
    if view.kind in (ViewKind.WATCH, ViewKind.GROUP, ViewKind.LABEL, ViewKind.FOLDER, ViewKind.ACCOUNT):
        return view.key
    return view.kind.value.capitalize()


def count_of(view: View, counts: Counts) -> Count | None:
    """Counts of a view; None for a search."""
    if view == TO_DO:
        return counts.to_do or Count()
    if view.kind is ViewKind.QUERY:
        return None
    if view.kind is ViewKind.FEED:
        return counts.feeds.get(int(view.key), Count())
    named = {
        "watch": counts.watches,
        "group": counts.groups,
        "label": counts.labels,
        "folder": counts.folders,
        "account": counts.accounts,
    }.get(view.kind.value)
    if named is not None:
        return named.get(view.key, Count())
    count: Count = getattr(counts, view.kind.value)
    return count


_QUERIES = {
    "unread": "is:unread is:subscribed",
    "starred": "is:starred",
    "today": "is:today is:subscribed",
    "to_do": "is:open",
}


def expression_of(view: View, filter: str, feeds: Sequence[Feed], watches: Sequence[WatchConfig] = ()) -> str:
    """Search expression of a view with a filter; `""` for all articles."""
    if view.kind is ViewKind.QUERY:
        own = view.key.strip()
    elif view.kind is ViewKind.FEED:
        own = f"feed:={phrase(_one_name(int(view.key), feeds))}"
    elif view.kind in (ViewKind.WATCH, ViewKind.LABEL, ViewKind.FOLDER):
        own = f"{view.kind.value}:={phrase(view.key)}"
    elif view.kind is ViewKind.GROUP:
        own = " OR ".join(f"watch:={phrase(watch.name)}" for watch in watches if watch.group == view.key)
    elif view.kind is ViewKind.ACCOUNT:
        folders = dict.fromkeys(feed.folder for feed in feeds if feed.account == view.key) or [view.key]
        own = " OR ".join(f"folder:={phrase(folder)}" for folder in folders)
    else:
        own = _QUERIES.get(view.kind.value, "")
    parts = [part for part in (own, filter.strip()) if part]
    return " ".join(f"({part})" if " OR " in part and len(parts) > 1 else part for part in parts)


def _one_name(feed_id: int, feeds: Sequence[Feed]) -> str:
    """Title of a feed, or its URL if another feed has the same title."""
    titles = [feed.title.casefold() for feed in feeds]
    for feed in feeds:
        if feed.id == feed_id:
            return feed.title if titles.count(feed.title.casefold()) == 1 else feed.url
    return "Feed"


def feed_ids_of(view: View, feeds: Sequence[Feed]) -> list[int] | None:
    """Feeds to refresh in a view; None for all."""
    if view.kind is ViewKind.FEED:
        return [int(view.key)]
    if view.kind is ViewKind.FOLDER:
        return [feed.id for feed in feeds if feed.folder == view.key]
    if view.kind is ViewKind.ACCOUNT:
        return [feed.id for feed in feeds if feed.account == view.key]
    return None


def around(views: Sequence[View], current: View, step: int) -> list[View]:
    """The other views, beginning after the current one and wrapping around; backwards if `step` is -1."""
    at = views.index(current) if current in views else -1
    return [*views[at + 1 :], *views[: max(0, at)]][::step]


def folder_title(feed: Feed) -> str:
    """Folder of a feed, or its category if it belongs to an account; `""` without one."""
    return category_of(feed.account, feed.folder) if feed.account else feed.folder
