"""Build the items of the sidebar from feeds and counts."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from tuireader.config import ViewConfig
from tuireader.model import Count, Counts, Feed, View, ViewKind
from tuireader.text import feed_name
from tuireader.ui.views import ALL, MUTED, STARRED, TODAY, UNREAD, folder_title


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
    """Return New (if not empty), Today, Unread, Starred, All, Muted (if not empty), then saved searches,
    watches, labels, feeds by folder, and the feeds of accounts by category.

    Labels are sorted by name, everything else as in the configuration. Feeds of folders in `closed` are left
    out. With `folds`, stories are counted, else articles. `new` shows the articles since the last session.
    `accounts` maps the names of accounts to their errors, or to `""`.
    """

    def line(label: str, view: View, count: Count, mark: str = "", watch: str = "") -> SidebarItem:
        return SidebarItem(label, view, count.unread_rows(folds), count.rows(folds), mark, watch)

    fresh = [line("New", new, counts.new)] if new is not None and counts.new.total else []
    lines = [
        *fresh,
        line("Today", TODAY, counts.today),
        line("Unread", UNREAD, counts.unread),
        line("Starred", STARRED, counts.starred),
        line("All", ALL, counts.all),
    ]
    if counts.muted:
        lines.append(SidebarItem("Muted", MUTED, total=counts.muted))
    if views:
        lines += [SidebarItem(""), SidebarItem("Searches")]
        lines += [SidebarItem(item.name, View(ViewKind.QUERY, item.query), mark="/") for item in views]
    if watches:
        lines += [SidebarItem(""), SidebarItem("Watches")]
        for name in watches:
            count = counts.watches.get(name, Count())
            lines.append(line(name, View(ViewKind.WATCH, name), count, "◆", name))
    if counts.labels:
        lines += [SidebarItem(""), SidebarItem("Labels")]
        lines += [line(name, View(ViewKind.LABEL, name), count, "#") for name, count in counts.labels.items()]
    local = [feed for feed in feeds if not feed.account]
    if local:
        lines += [SidebarItem(""), SidebarItem("Feeds")]
        lines.extend(_feed_items(local, counts, closed, folds))
    for name, trouble in (accounts or {}).items():
        count = counts.accounts.get(name, Count())
        heading = line(name, View(ViewKind.ACCOUNT, name), count)
        lines += [SidebarItem(""), replace(heading, trouble=trouble)]
        lines.extend(_feed_items([feed for feed in feeds if feed.account == name], counts, closed, folds))
    return tuple(lines)


def _feed_items(
    feeds: Sequence[Feed], counts: Counts, closed: Collection[str], folds: bool
) -> Iterator[SidebarItem]:
    folders: dict[str, list[Feed]] = {}
    for feed in feeds:
        folders.setdefault(feed.folder, []).append(feed)
    for folder, members in folders.items():
        title = folder_title(members[0])
        if title:
            count = counts.folders.get(folder, Count())
            yield SidebarItem(
                title,
                View(ViewKind.FOLDER, folder),
                count.unread_rows(folds),
                count.rows(folds),
                "▸" if folder in closed else "▾",
            )
            if folder in closed:
                continue
        for feed in members:
            count = counts.feeds.get(feed.id, Count())
            paused, name = feed.state == "paused", feed.title or feed.address
            yield SidebarItem(
                feed_name(name) if feed.last_error else name,
                View(ViewKind.FEED, str(feed.id)),
                count.unread_rows(folds),
                count.rows(folds),
                depth=1 if title else 0,
                trouble="" if paused else feed.last_error,
                paused=paused,
            )
