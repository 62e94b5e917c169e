"""Build the items of the sidebar from feeds and counts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from tuireader.config import ViewConfig
from tuireader.model import Count, Counts, Feed, View, ViewKind
from tuireader.text import feed_name
from tuireader.ui.views import ALL, MUTED, STARRED, TODAY, TODO, UNREAD, folder_title


@dataclass(frozen=True, slots=True)
class SidebarItem:
    """A view, or a heading, which has no view.

    `unread` and `total` count the rows of its list: stories if they are folded, else articles. `mark` is a
    sign before the text (`◆` of a watch, `▾` of a folder); `trouble` is the last error of a feed or account.
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


def sidebar_items(
    feeds: Sequence[Feed],
    counts: Counts,
    watches: Sequence[str],
    closed: Collection[str],
    *,
    folds: bool = False,
    views: Sequence[ViewConfig] = (),
    new: View | None = None,
    accounts: Mapping[str, str] | None = None,
) -> tuple[SidebarItem, ...]:
    """List To do, New, Today, Unread, Starred, All, Muted, searches, watches, labels, feeds and accounts.

    To do is left out before the first use of the desk, New and Muted if empty, as are feeds of folders in
    `closed`. Labels are sorted by name, everything else as in the configuration. With `folds`, stories are
    counted, else articles. `new` shows the articles since the last session. `accounts` maps the names of
    accounts to their errors, or to `""`.
    """
    item = partial(_item, folds)
    items = [item("To do", TODO, counts.todo)] if counts.todo is not None else []
    if new is not None and counts.new.total:
        items.append(item("New", new, counts.new))
    items += [
        item("Today", TODAY, counts.today),
        item("Unread", UNREAD, counts.unread),
        item("Starred", STARRED, counts.starred),
        item("All", ALL, counts.all),
    ]
    if counts.muted:
        items.append(SidebarItem("Muted", MUTED, total=counts.muted))

    def section(title: str, members: Iterable[SidebarItem]) -> None:
        listed = list(members)
        items.extend([SidebarItem(""), SidebarItem(title), *listed] if listed else [])

    section(
        "Searches", (SidebarItem(view.name, View(ViewKind.QUERY, view.query), mark="/") for view in views)
    )
    watched = {name: counts.watches.get(name, Count()) for name in watches}
    section("Watches", (item(name, View(ViewKind.WATCH, name), watched[name], "◆", name) for name in watches))
    labels = counts.labels.items()
    section("Labels", (item(name, View(ViewKind.LABEL, name), count, "#") for name, count in labels))
    section("Feeds", _feed_items([feed for feed in feeds if not feed.account], counts, closed, folds))
    for name, trouble in (accounts or {}).items():
        heading = item(name, View(ViewKind.ACCOUNT, name), counts.accounts.get(name, Count()))
        items += [SidebarItem(""), replace(heading, trouble=trouble)]
        items += _feed_items([feed for feed in feeds if feed.account == name], counts, closed, folds)
    return tuple(items)


def _item(folds: bool, label: str, view: View, count: Count, mark: str = "", watch: str = "") -> SidebarItem:
    unread, total = count.unread_rows(folds), count.rows(folds)
    return SidebarItem(label, view, unread=unread, total=total, mark=mark, watch=watch)


def _feed_items(
    feeds: Sequence[Feed], counts: Counts, closed: Collection[str], folds: bool
) -> Iterator[SidebarItem]:
    folders: dict[str, list[Feed]] = {}
    for feed in feeds:
        folders.setdefault(feed.folder, []).append(feed)
    for folder, members in folders.items():
        title = folder_title(members[0])
        if title:
            view, count = View(ViewKind.FOLDER, folder), counts.folders.get(folder, Count())
            yield _item(folds, title, view, count, "▸" if folder in closed else "▾")
            if folder in closed:
                continue
        for feed in members:
            count = counts.feeds.get(feed.id, Count())
            paused, name = feed.state == "paused", feed.title or feed.address
            yield SidebarItem(
                feed_name(name) if feed.last_error else name,
                View(ViewKind.FEED, str(feed.id)),
                unread=count.unread_rows(folds),
                total=count.rows(folds),
                depth=1 if title else 0,
                trouble="" if paused else feed.last_error,
                paused=paused,
            )
