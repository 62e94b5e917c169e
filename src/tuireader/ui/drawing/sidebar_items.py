"""The lines of the sidebar, made from feeds and counts."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from tuireader.config import ViewConfig
from tuireader.model import Count, Counts, Feed, View, ViewKind

NOTHING = Count()


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the sidebar: a view, or a heading where `view` is None.

    `unread` and `total` are rows of its list: stories where these are folded, else articles.
    `mark` stands before its words (`◆` of a watch, `▾` of a folder); `trouble` is the last error of a feed,
    `paused` one that is not fetched.
    """

    label: str
    view: View | None = None
    unread: int = 0
    total: int = 0
    mark: str = ""
    watch: str = ""
    depth: int = 0
    trouble: str = ""
    paused: bool = False


TODAY = View(ViewKind.TODAY)
UNREAD = View(ViewKind.UNREAD)
STARRED = View(ViewKind.STARRED)
ALL = View(ViewKind.ALL)
MUTED = View(ViewKind.QUERY, "is:muted")


def entries(
    feeds: Sequence[Feed],
    counts: Counts,
    watches: Sequence[str],
    closed: Collection[str],
    *,
    folds: bool = False,
    views: Sequence[ViewConfig] = (),
    new: View | None = None,
) -> tuple[Entry, ...]:
    """New and Muted if there is any, Today, Unread, Starred, All; searches; watches; labels; feeds by folder.

    Labels are in the order of the alphabet, all else in that of the config. The feeds of folders in `closed`
    are left out. With `folds` stories are counted, else articles. `new` shows what has come since the reader
    was last left.
    """

    def line(label: str, view: View, count: Count, mark: str = "", watch: str = "") -> Entry:
        return Entry(label, view, count.unread_rows(folds), count.rows(folds), mark, watch)

    fresh = [line("New", new, counts.new)] if new is not None and counts.new.total else []
    lines = [
        *fresh,
        line("Today", TODAY, counts.today),
        line("Unread", UNREAD, counts.unread),
        line("Starred", STARRED, counts.starred),
        line("All", ALL, counts.all),
    ]
    if counts.muted:
        lines.append(Entry("Muted", MUTED, total=counts.muted))
    if views:
        lines += [Entry(""), Entry("Searches")]
        lines += [Entry(item.name, View(ViewKind.QUERY, item.query), mark="/") for item in views]
    if watches:
        lines += [Entry(""), Entry("Watches")]
        for name in watches:
            count = counts.watches.get(name, NOTHING)
            lines.append(line(name, View(ViewKind.WATCH, name), count, "◆", name))
    if counts.labels:
        lines += [Entry(""), Entry("Labels")]
        lines += [line(name, View(ViewKind.LABEL, name), count, "#") for name, count in counts.labels.items()]
    if feeds:
        lines += [Entry(""), Entry("Feeds")]
        lines.extend(_feed_entries(feeds, counts, closed, folds))
    return tuple(lines)


def _feed_entries(
    feeds: Sequence[Feed], counts: Counts, closed: Collection[str], folds: bool
) -> Iterator[Entry]:
    folders: dict[str, list[Feed]] = {}
    for feed in feeds:
        folders.setdefault(feed.folder, []).append(feed)
    for folder, members in folders.items():
        if folder:
            count = counts.folders.get(folder, NOTHING)
            yield Entry(
                folder,
                View(ViewKind.FOLDER, folder),
                count.unread_rows(folds),
                count.rows(folds),
                "▸" if folder in closed else "▾",
            )
            if folder in closed:
                continue
        for feed in members:
            count = counts.feeds.get(feed.id, NOTHING)
            paused = feed.state == "paused"
            yield Entry(
                feed.title or feed.url,
                View(ViewKind.FEED, str(feed.id)),
                count.unread_rows(folds),
                count.rows(folds),
                depth=1 if folder else 0,
                trouble="" if paused else feed.last_error,
                paused=paused,
            )


def title_of(view: View, feeds: Sequence[Feed], views: Sequence[ViewConfig] = ()) -> str:
    """The name of a view for the top line."""
    if view.kind is ViewKind.NEW:
        return "New since last time"
    if view.kind is ViewKind.FEED:
        return next((feed.title or feed.url for feed in feeds if str(feed.id) == view.key), "Feed")
    if view == MUTED:
        return "Muted"
    for item in views:
        if view == View(ViewKind.QUERY, item.query):
            return item.name
    if view.kind is ViewKind.QUERY:
        return f"Search: {view.key}" if view.key else "Search"
    if view.kind in (ViewKind.WATCH, ViewKind.LABEL, ViewKind.FOLDER):
        return view.key
    return view.kind.value.capitalize()


def count_of(view: View, counts: Counts) -> Count | None:
    """Unread and total of a view; None for a search."""
    if view.kind is ViewKind.WATCH:
        return counts.watches.get(view.key, NOTHING)
    if view.kind is ViewKind.LABEL:
        return counts.labels.get(view.key, NOTHING)
    if view.kind is ViewKind.FEED:
        return counts.feeds.get(int(view.key), NOTHING)
    if view.kind is ViewKind.FOLDER:
        return counts.folders.get(view.key, NOTHING)
    if view.kind is ViewKind.QUERY:
        return None
    if view.kind is ViewKind.NEW:
        return counts.new
    known = {"today": counts.today, "unread": counts.unread, "starred": counts.starred, "all": counts.all}
    return known[view.kind.value]


_QUERIES = {"unread": "is:unread is:subscribed", "starred": "is:starred", "today": "is:today is:subscribed"}


def expression_of(view: View, filter: str, feeds: Sequence[Feed]) -> str:
    """The expression that finds what a view shows under a filter; `""` for all articles."""
    if view.kind is ViewKind.QUERY:
        own = view.key.strip()
    elif view.kind is ViewKind.FEED:
        own = f"feed:={_quoted(_one_name(int(view.key), feeds))}"
    elif view.kind in (ViewKind.WATCH, ViewKind.LABEL, ViewKind.FOLDER):
        own = f"{view.kind.value}:={_quoted(view.key)}"
    else:
        own = _QUERIES.get(view.kind.value, "")
    parts = [part for part in (own, filter.strip()) if part]
    return " ".join(f"({part})" if " OR " in part and len(parts) > 1 else part for part in parts)


def _one_name(feed_id: int, feeds: Sequence[Feed]) -> str:
    """The title of a feed, or its address where another feed has that title, too."""
    titles = [feed.title.casefold() for feed in feeds]
    for feed in feeds:
        if feed.id == feed_id:
            return feed.title if titles.count(feed.title.casefold()) == 1 else feed.url
    return "Feed"


def _quoted(name: str) -> str:
    """A name as the expression language takes it."""
    return '"{}"'.format(re.sub(r'(["“”\\])', r"\\\1", name))


def feed_ids_of(view: View, feeds: Sequence[Feed]) -> list[int] | None:
    """The feeds that a refresh of a view means; None for all."""
    if view.kind is ViewKind.FEED:
        return [int(view.key)]
    if view.kind is ViewKind.FOLDER:
        return [feed.id for feed in feeds if feed.folder == view.key]
    return None
