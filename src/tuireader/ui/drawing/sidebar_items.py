"""Build the items of the sidebar from feeds and counts."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from tuireader.config import Config, ViewConfig, WatchConfig, by_group, by_priority
from tuireader.model import Count, Counts, Feed, View, ViewKind
from tuireader.text import feed_name
from tuireader.ui.views import ALL, MUTED, STARRED, TO_DO, TODAY, UNREAD, folder_title

_BELOW = 3
"""Share of the lines that watches leave to what stands below them: one third."""
_WATCH, _OPEN, _CLOSED = "◆", "▾", "▸"
_FEWEST = 3  # watches shown in any sidebar


class SidebarItem(Struct, frozen=True):
    """A view, a `command` to run, or a heading, which has neither.

    `unread` and `total` count the rows of its list: stories if they are folded, else articles. `mark` is a
    sign before the text (`◆` of a watch, `▾` of a folder), in the colour of `watch`; `trouble` is the last
    error of a feed or account.
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
    command: str = ""

    @property
    def is_heading(self) -> bool:
        return self.view is None and not self.command


class FeedLines(Struct, frozen=True):
    """Feeds that the sidebar lists, and their order; `hidden` are addresses."""

    sort: str = "config"
    hides_read: bool = False
    hidden: Collection[str] = ()

    @classmethod
    def of(cls, config: Config) -> FeedLines:
        hidden = frozenset(feed.url for feed in config.feeds if feed.hidden)
        return cls(config.ui.sort_feeds, not config.ui.show_read_feeds, hidden)

    def sorted(self, feeds: Iterable[Feed], counts: Counts) -> list[Feed]:
        keys: Mapping[str, Callable[[Feed], Any]] = {
            "unread": lambda feed: -counts.feeds.get(feed.id, Count()).unread,
            "name": lambda feed: (feed.title or feed.address).casefold(),
            "date": lambda feed: -counts.newest.get(feed.id, 0),
        }
        return sorted(feeds, key=keys[self.sort]) if self.sort in keys else list(feeds)


EVERY_FEED = FeedLines()


def sidebar_items(
    feeds: Sequence[Feed],
    counts: Counts,
    watches: Sequence[WatchConfig],
    closed: Collection[View],
    *,
    folds: bool = False,
    hides_quiet: bool = False,
    current: View | None = None,
    height: int = 10_000,
    views: Sequence[ViewConfig] = (),
    new: View | None = None,
    accounts: Mapping[str, str] | None = None,
    feed_lines: FeedLines = EVERY_FEED,
) -> tuple[SidebarItem, ...]:
    """List To do, New, Today, Unread, Starred, All, Muted, searches, watches, labels, feeds and accounts.

    To do is left out before the first use of the desk, New and Muted if empty, as are the members of folders
    and groups in `closed`. Labels are sorted by name, watches by priority, everything else as in the
    configuration. With `folds`, stories are counted, else articles. `new` shows the articles since the last
    session. `accounts` maps the names of accounts to their errors, or to `""`. Some watches and
    groups are left out if they would push the feeds off a sidebar of `height` lines, or if they are quiet and
    `hides_quiet`; `feed_lines` leave out feeds. The `current` view stays.
    """
    item = partial(_item, folds)
    items = [item("To do", TO_DO, counts.to_do)] if counts.to_do is not None else []
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

    searches = (SidebarItem(view.name, View(ViewKind.QUERY, view.query), mark="/") for view in views)
    items += _section("Searches", searches)
    labels = counts.labels.items()
    below = _section("Labels", (item(name, View(ViewKind.LABEL, name), count, "#") for name, count in labels))
    listed = partial(
        _feed_items, counts=counts, closed=closed, folds=folds, lines=feed_lines, current=current
    )
    below += _section("Feeds", listed([feed for feed in feeds if not feed.account]))
    for name, trouble in (accounts or {}).items():
        heading = item(name, View(ViewKind.ACCOUNT, name), counts.accounts.get(name, Count()))
        below += [SidebarItem(""), replace(heading, trouble=trouble)]
        below += listed([feed for feed in feeds if feed.account == name])
    watched = list(_watch_items(watches, counts, closed, folds))
    room = height - len(items) - 2 - min(len(below), height // _BELOW)
    shown = _fitting(watched, watches, room, lambda item: item.view == current, hides_quiet=hides_quiet)
    return *items, *_section("Watches", shown), *below


def _section(title: str, members: Iterable[SidebarItem]) -> list[SidebarItem]:
    listed = list(members)
    return [SidebarItem(""), SidebarItem(title), *listed] if listed else []


def _item(folds: bool, label: str, view: View, count: Count, mark: str = "", watch: str = "") -> SidebarItem:
    unread, total = count.unread_rows(folds), count.rows(folds)
    return SidebarItem(label, view, unread=unread, total=total, mark=mark, watch=watch)


def _watch_items(
    watches: Sequence[WatchConfig], counts: Counts, closed: Collection[View], folds: bool
) -> Iterator[SidebarItem]:
    for group, members in by_group(watches).items():
        view, count = View(ViewKind.GROUP, group), counts.groups.get(group, Count())
        if group:
            mark = _CLOSED if view in closed else _OPEN
            yield _item(folds, group, view, count, mark, members[0].name)
        for watch in members:
            own, count = View(ViewKind.WATCH, watch.name), counts.watches.get(watch.name, Count())
            yield replace(_item(folds, watch.name, own, count, _WATCH, watch.name), depth=bool(group))


def _fitting(
    items: Sequence[SidebarItem],
    watches: Sequence[WatchConfig],
    room: int,
    is_current: Callable[[SidebarItem], bool],
    *,
    hides_quiet: bool,
) -> list[SidebarItem]:
    """Leave out groups and watches beyond `room`, first the quiet and then the less important.

    Watches of closed groups are left out, too. A last line counts the watches that are neither here nor in
    a closed group. With `hides_quiet`, also leave out quiet watches, and groups in which everything is quiet.
    """

    def is_kept(item: SidebarItem) -> bool:
        return not hides_quiet or bool(item.unread) or is_current(item)

    group = {watch.name: watch.group for watch in watches}
    rank = {watch.name: number for number, watch in enumerate(by_priority(watches))}
    members = [item for item in items if item.mark == _WATCH]
    lively = {group[item.watch] for item in members if is_kept(item)}
    heads = [item for item in items if item.mark != _WATCH and (is_kept(item) or item.label in lively)]
    closed = {item.label for item in heads if item.mark == _CLOSED}
    unfolded = [item for item in members if group[item.watch] not in closed]
    shown = list(filter(is_kept, unfolded))
    if len(heads) + len(shown) + (len(shown) < len(unfolded)) > room:
        here = {group[item.watch] for item in members if is_current(item)}
        heads.sort(key=lambda item: (not is_current(item) and item.label not in here, not item.unread))
        heads = heads[: max(1, room - _FEWEST - 1)]
        labels = {"", *(item.label for item in heads)}
        shown = [item for item in shown if group[item.watch] in labels]
        shown.sort(key=lambda item: (not is_current(item), not item.unread, rank[item.watch]))
        shown = shown[: max(_FEWEST, room - len(heads) - 1)]
        closed &= labels
    kept = {*heads, *shown}
    hidden = [item for item in members if item not in kept and group[item.watch] not in closed]
    unread = sum(bool(item.unread) for item in hidden)
    more = f"… {len(hidden)} more{f', {unread} unread' if unread else ''}"
    lines = [item for item in items if item in kept]
    return [*lines, SidebarItem(more, command="watches")] if hidden else lines


def _feed_items(
    feeds: Sequence[Feed],
    counts: Counts,
    closed: Collection[View],
    folds: bool,
    lines: FeedLines,
    current: View | None,
) -> Iterator[SidebarItem]:
    shown = int(current.key) if current is not None and current.kind is ViewKind.FEED else None
    folders: dict[str, list[Feed]] = {}
    for feed in lines.sorted(feeds, counts):
        if feed.url not in lines.hidden or feed.id == shown:
            folders.setdefault(feed.folder, []).append(feed)
    for folder, members in folders.items():
        title, view = folder_title(members[0]), View(ViewKind.FOLDER, folder)
        if lines.hides_read:
            unread = {feed.id for feed in members if counts.feeds.get(feed.id, Count()).unread}
            members = [feed for feed in members if feed.id in unread or feed.id == shown]
        if title and (members or view == current):
            count = counts.folders.get(folder, Count())
            yield _item(folds, title, view, count, _CLOSED if view in closed else _OPEN)
            if view in closed:
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
