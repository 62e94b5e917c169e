"""Watches screen: match counts, newest matches, and reasons for silence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from tuireader.commands import Scope
from tuireader.config import WatchConfig, by_priority
from tuireader.model import CaseState, Count, ViewKind, WatchStats
from tuireader.text.wording import counted
from tuireader.ui.flows.watches import edit_watch, find_sources, keep_watch
from tuireader.ui.screens.table_screen import ViewTable
from tuireader.ui.widgets.table import Cell, Cells, Column
from tuireader.wording.lines import Line, marked, sparkline
from tuireader.wording.times import age, day

_FORTNIGHT = 14
_MANY = 5_000  # matches that take longer to count than a person should wait for the table
_KNOWN_FIRST = ("mark", "name", "unread", "group")  # columns that are filled without counting them


def watch_cells(stats: WatchStats, now: int) -> Cells:
    """Build the cells of a watch; all its numbers are of articles, also where lists fold stories."""
    style = f"watch:{stats.name}"
    if stats.problem:
        last = Cell(f"! {stats.problem}", "error")
    elif stats.ends is not None and stats.ends <= now:
        last = Cell(f"ended {age(stats.ends, now)}: no more news", "star")
    elif stats.alarm:
        last = Cell(f"! {stats.alarm}", "star")
    elif stats.quiet:
        last = Cell(stats.quiet, "star" if "fail" in stats.quiet else "dim")
    elif stats.newest is not None:
        last = Cell(f"{age(stats.newest.time, now)} · {stats.newest.title or stats.newest.url}", "dim")
    else:
        last = Cell("no matches yet", "dim")
    days = sparkline(stats.days)
    return {
        "mark": Cell("!", "star") if stats.alarm else Cell("◆", style),
        "name": Cell(stats.name, "strong" if stats.count.unread else "text"),
        "unread": Cell(str(stats.count.unread or ""), "text"),
        "today": Cell(str(stats.today or "–"), "text" if stats.today else "dim"),
        "week": Cell(str(stats.week or "–"), "text" if stats.week else "dim"),
        "month": Cell(str(stats.month or "–"), "text" if stats.month else "dim"),
        "cases": Cell(_cases(dict(stats.cases)), "text"),
        "days": Cell(days, style),
        "fortnight": Cell(days[-_FORTNIGHT:], style),
        "group": Cell(stats.group, "dim"),
        "last": last,
    }


def _cases(cases: Mapping[str, int]) -> str:
    """Matches that are new, open and done or false alarms: `3·1·12`; `""` before any was handled."""
    new, opened = cases.get(CaseState.NEW, 0), cases.get(CaseState.OPEN, 0)
    handled = cases.get(CaseState.DONE, 0) + cases.get(CaseState.FALSE_ALARM, 0)
    return f"{new}·{opened}·{handled}" if cases else ""


def _end(ends: int, now: int, key: str) -> str:
    if ends <= now:
        return f"ended on {day(ends)}: no new matches · {key} keeps it"
    return f"ends on {day(ends)} unless there is news · {key} keeps it"


def definition(config: WatchConfig) -> str:
    """Write a watch as one line: `any: WeChat, 微信 · none: webinar · query: fine NEAR/8 Tencent`."""
    parts = [("any", ", ".join(config.any)), *(("one of", ", ".join(group)) for group in config.all)]
    parts += [("none", ", ".join(config.none)), ("query", config.query), ("feeds", ", ".join(config.feeds))]
    return " · ".join(f"{name}: {words}" for name, words in parts if words)


class Watches(ViewTable[WatchStats]):
    """Table of all watches by priority; enter shows the matches of a watch."""

    KIND = ViewKind.WATCH
    KEY = "name"
    COLUMNS = (
        Column("mark", "", 1),
        Column("name", "Watch", {150: 44, 100: 20, 0: 0}),
        Column("unread", "Unread", 6, right=True, least=34),
        Column("today", "Today", 5, right=True, least=52),
        Column("week", "7 d", 5, right=True, least=60),
        Column("month", "30 d", 5, right=True, least=42),
        Column("cases", "New·open·done", 13, right=True, least=110),
        Column("days", "Last 30 days", 30, least=96),
        Column("fortnight", "Last 14 days", _FORTNIGHT, least=72, most=95),
        Column("group", "Group", 14, least=140),
        Column("last", "Newest match", least=100),
    )
    PLACE = Scope.WATCHES

    counted = True  # False while only the counts of the sidebar are shown

    async def _fill(self) -> None:
        """Show at once what takes no time if there are many matches to count, and the rest after that."""
        await super()._fill()
        if not self.counted:
            await super()._fill()

    async def read(self) -> Sequence[WatchStats]:
        known = self.flows.main.session.counts.watches
        if not self.items and sum(count.total for count in known.values()) >= _MANY:
            self.counted = False
            watches = by_priority(self.library.config.watches)
            return [
                WatchStats(one.name, group=one.group, count=known.get(one.name, Count())) for one in watches
            ]
        stats = await self.library.watches.stats()
        self.counted = True
        return stats

    def cells(self, stats: WatchStats) -> Cells:
        cells = watch_cells(stats, self.now)
        return cells if self.counted else {name: cells[name] for name in _KNOWN_FIRST}

    @property
    def columns(self) -> Sequence[Column]:
        grouped = any(watch.group for watch in self.library.config.watches)
        asked = {"group": grouped, "cases": self.flows.main.session.desk}
        return [column for column in self.COLUMNS if asked.get(column.name, True)]

    @property
    def empty_text(self) -> str:
        return f"No watches yet. {self.host.key_of('new_watch')} makes one."

    def summary(self) -> str:
        """Return `3, 11 matches today`."""
        if not self.counted:
            return str(len(self.items))
        today = sum(stats.today for stats in self.items.values())
        return f"{len(self.items)}, {counted(today, 'match', 'matches') if today else 'no matches'} today"

    def about(self, stats: WatchStats) -> list[Line]:
        if not self.counted:
            return [(("◆ ", f"watch:{stats.name}"), (stats.name, "strong"), (" · counting …", "dim"))]
        name, now = stats.name, self.now
        unread = f"{stats.count.unread:,}" if stats.count.unread else "none"
        total = f" · {counted(stats.count.total, 'article')}, {unread} unread"
        total += f", {stats.former} until edited" if stats.former else ""
        place = stats.place and f" · {stats.place}"
        lines: list[Line] = [(("◆ ", f"watch:{name}"), (name, "strong"), (f"{place}{total}", "dim"))]
        if stats.problem:
            lines.append(((stats.problem, "error"),))
        if stats.alarm:
            lines.append((("alarm   ", "star"), (stats.alarm, "text")))
        if stats.quiet:
            lines.append(((stats.quiet, "star"),))
        lines += [((f"! {advice}", "star"),) for advice in stats.advice if advice not in stats.quiet]
        if stats.cases:
            matches = " · ".join(f"{count:,} {state}" for state, count in stats.cases)
            lines.append((("matches ", "dim"), (matches, "text")))
        row = stats.newest
        if row is not None:
            title = row.title or row.url
            hits = self.library.watches.highlights(title)
            spans = [(start, end) for start, end, watch in hits if watch == name]
            where = f" · {self.library.feeds.title(row.feed_id)}, {age(row.time, now)}"
            lines.append((("newest  ", "dim"), *marked(title, spans, f"hit:{name}"), (where, "dim")))
        if stats.top_feeds:
            feeds = " · ".join(f"{title} {count}" for title, count in stats.top_feeds)
            lines.append((("feeds   ", "dim"), (feeds, "text")))
        if stats.ends is not None:
            lines.append(((_end(stats.ends, now, self.host.key_of("keep_watch")), "dim"),))
        named = [watch for watch in self.library.config.watches if watch.name == name]
        return [*lines, *(((definition(watch), "dim"),) for watch in named)]

    def keys(self) -> list[tuple[str, str]]:
        new = ("new_watch", "New")
        if not self.items:
            return [new]
        editing = [("edit_this", "Edit"), new, ("remove_this", "Remove")]
        ends = self.current is not None and self.current.ends is not None
        return [("open", "Articles"), ("search_feeds", "Sources"), *editing, *[("keep_watch", "Keep")] * ends]

    async def action_keep_watch(self) -> None:
        if self.current is None or self.current.ends is None:
            self.host.say("This watch never ends" if self.counted else "Still counting", seconds=2)
        else:
            await self.flows.run(partial(keep_watch, name=self.current.name))

    async def action_search_feeds(self) -> None:
        if self.table.current is not None:
            await self.flows.run(partial(find_sources, name=self.table.current))

    async def action_new_watch(self) -> None:
        await self.flows.run(edit_watch)
