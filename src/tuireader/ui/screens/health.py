"""Feed health screen: failing, moved and paused feeds with reasons and fixes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from functools import partial

from textual import events, on

from tuireader.commands import Scope
from tuireader.model import Coverage, Feed, FeedHealth, Trouble, ViewKind
from tuireader.text import without_password
from tuireader.text.wording import counted
from tuireader.ui.flows.context import Outcome
from tuireader.ui.flows.forms import change
from tuireader.ui.screens.table_screen import ViewTable
from tuireader.ui.status import no_feeds
from tuireader.ui.widgets.table import Cell, Cells, Column
from tuireader.ui.workers import run_latest
from tuireader.wording.coverage import gap_lines, summary
from tuireader.wording.feed_summary import texts_note, waiting_note
from tuireader.wording.lines import Line, error_lines
from tuireader.wording.times import age, full_time, until

_SIGNS = {
    Trouble.NONE: ("·", "dim", "ok"),
    Trouble.PAUSED: ("=", "dim", "paused"),
    Trouble.MOVED: (">", "star", "moved"),
    Trouble.ALARM: ("!", "star", "alarm"),
    Trouble.FAILING: ("!", "error", "failing"),
    Trouble.BLOCKED: ("#", "star", "blocked"),
    Trouble.GONE: ("x", "error", "gone"),
}


def _since(moment: int | None, feed: Feed, now: int) -> str:
    if moment is None:
        return "by server" if feed.account else "never"
    return "just now" if now - moment < 60 else age(moment, now)


def _next(health: FeedHealth, now: int) -> str:
    feed = health.feed
    if feed.account:
        return "by its server"
    if feed.state != "ok":
        return "only by hand"
    moment = health.waits_until or feed.next_try
    return "due now" if moment is None or moment <= now else f"in {until(moment - now)}"


def _name(feed: Feed) -> str:
    """Title of a feed, else its address without the scheme."""
    url = without_password(feed.address)
    return feed.title if feed.title not in ("", url) else url.partition("://")[2] or url


def _weekly(number: float) -> str:
    if not number:
        return "–"
    return f"{number:.0f}" if number >= 10 else f"{number:.1f}"


_WHY_MOVED = {
    "": "its server says that it has moved for good",
    "page": "a web page is in its place and names this feed",
    "site": "its address is dead, and its home page names this feed",
}


def _note(health: FeedHealth, now: int) -> str:
    """Remark on a feed without problems."""
    return waiting_note(health, now) or (
        f"to {health.moved_to}" if health.moved_to else texts_note(health, short=True)
    )


def health_cells(health: FeedHealth, now: int, coverage: Coverage | None = None) -> Cells:
    """Build the cells of a feed."""
    gaps = summary(coverage, now) if coverage is not None and coverage.open else ""
    feed = health.feed
    sign, style, state = _SIGNS[health.trouble]
    streak = f" ×{feed.error_streak}" if feed.error_streak > 1 else ""
    why = feed.last_error if health.trouble >= Trouble.FAILING else ""
    return {
        "sign": Cell(sign, style),
        "feed": Cell(_name(feed), "strong" if health.trouble >= Trouble.MOVED else "text"),
        "state": Cell(state + streak, style),
        "why": Cell(why or health.alarm or gaps or _note(health, now), "dim"),
        "success": Cell(_since(health.succeeded_at, feed, now), "dim"),
        "next": Cell(_next(health, now), "dim"),
        "weekly": Cell(_weekly(health.per_week), "text"),
        "unread": Cell(str(health.unread or ""), "text"),
    }


def health_facts(health: FeedHealth, now: int, coverage: Coverage | None = None) -> list[Line]:
    """Describe a feed, errors first."""
    feed = health.feed
    url = without_password(feed.address)
    titled = feed.title not in ("", url)
    where = f" · {feed.folder}" if feed.folder else ""
    where += f" · {url}" if titled and url else ""
    lines: list[Line] = [((feed.title if titled else url, "strong"), (where, "dim"))]
    if feed.last_error:
        tries = f"{feed.error_streak} times in a row" if feed.error_streak > 1 else "once"
        lines += error_lines(f"failed {tries}: ", feed.last_error, "error")
    if health.alarm:
        words = health.alarm.removesuffix(f": {feed.last_error}")  # shown above already
        lines.append((("alarm: ", "star"), (words, "text")))
    if coverage is not None and coverage.open:
        if (gaps := summary(coverage, now)) not in health.alarm:
            lines.append(((gaps, "star"),))
        lines += [((line, "text"),) for line in gap_lines(coverage.gaps)]
    if health.moved_to:
        on = f" on {full_time(health.moved_at)}" if health.moved_at is not None else ""
        moved = (f"moved from {url} to " if on else "moved to ", "star")
        lines.append((moved, (health.moved_to, "text"), (on, "star")))
        lines.append(((_WHY_MOVED[health.moved_why], "text"),))
    tried, success = _since(feed.last_try, feed, now), _since(health.succeeded_at, feed, now)
    times = f"last tried {tried}, last success {success}, next try {_next(health, now)}"
    lines.append(((times, "dim"),))
    if coverage is not None and coverage.since is not None and not coverage.open:
        lines.append(((summary(coverage, now), "dim"),))
    if note := waiting_note(health, now):
        lines.append(((note, "star"),))
    if note := texts_note(health):
        lines.append(((note, "dim"),))
    newest = f", the newest {age(health.newest, now)}" if health.newest is not None else ""
    weekly = f", {_weekly(health.per_week)} a week" if health.per_week else ""
    lines.append(((f"{counted(health.total, 'article')}, {health.unread} unread{weekly}{newest}", "dim"),))
    if health.requests is not None and health.not_modified is not None:
        asked = f"{health.requests:.3g} requests a day, {health.not_modified:.0%} unchanged (304)"
        lines.append(((asked, "dim"),))
    return lines


class Health(ViewTable[FeedHealth]):
    """Table of all feeds, those with problems first; most problems can be fixed here."""

    KIND = ViewKind.FEED
    KEY = "feed.id"
    COLUMNS = (
        Column("sign", "", 1),
        Column("feed", "Feed", {150: 44, 100: 26, 0: 0}),
        Column("state", "State", 11),
        Column("why", "Trouble", least=100),
        Column("success", "Last success", 13, least=66),
        Column("next", "Next try", 13, least=80),
        Column("weekly", "A week", 6, right=True, least=52),
        Column("unread", "Unread", 6, right=True, least=116),
    )
    PLACE = Scope.HEALTH

    _in_trouble: int
    _coverage: dict[int, Coverage]  # of the feeds whose articles are counted: those that were in sight

    def on_mount(self) -> None:
        self.watch(self.table, "scroll_y", self._count_seen, init=False)

    async def read(self) -> list[FeedHealth]:
        """Sort feeds with problems first, then as in the config; count the articles of those in sight."""
        every = await self.library.feeds.health(counted=False)
        ailing = sorted((one for one in every if one.trouble), key=lambda health: health.order)
        self._in_trouble = sum(health.trouble >= Trouble.MOVED for health in ailing)
        feeds = [*ailing, *(one for one in every if not one.trouble)] if ailing else every
        seen = self.table.in_sight() or range(self.size.height)
        counted, self._coverage = await self._count({one.feed.id for one in feeds[seen.start : seen.stop]})
        return [counted.get(health.feed.id, health) for health in feeds]

    async def _count(self, feed_ids: Collection[int]) -> tuple[dict[int, FeedHealth], dict[int, Coverage]]:
        coverages = await self.library.coverage.of_feeds(feed_ids=feed_ids)
        counted = await self.library.feeds.health(feed_ids)
        return {one.feed.id: one for one in counted}, {one.feed.id: one for one in coverages}

    @on(events.Resize)
    def _count_seen(self) -> None:
        run_latest(self, self._fill_seen, "seen")

    async def _fill_seen(self) -> None:
        """Count the articles of feeds that have come into sight."""
        keys = self.table.keys
        numbers = {int(keys[number]): number for number in self.table.in_sight()}
        if not numbers or not (new := numbers.keys() - self._coverage.keys()):
            return
        counted, coverage = await self._count(new)
        if keys is not self.table.keys:
            return  # read again meanwhile
        self._coverage |= coverage
        for feed_id, health in counted.items():
            self.items[str(feed_id)] = health
            self.table.refresh_item(numbers[feed_id])
        self.update_details()

    def cells(self, health: FeedHealth) -> Cells:
        return health_cells(health, self.now, self._coverage.get(health.feed.id))

    @property
    def empty_text(self) -> str:
        accounts = {account.name: "" for account in self.library.config.accounts}
        return no_feeds(accounts, lambda command: f"{self.host.key_of(command)} on the main screen")

    def summary(self) -> str:
        """Return `40 feeds, 2 in trouble`."""
        return f"{counted(len(self.items), 'feed')}, {self._in_trouble or 'none'} in trouble"

    def about(self, health: FeedHealth) -> list[Line]:
        coverage = self._coverage.get(health.feed.id)
        facts = health_facts(health, self.now, coverage)
        return facts if coverage is not None else facts[:1]

    def keys(self) -> list[tuple[str, str]]:
        health = self.current
        if health is None:
            return []
        keys = [("open", "Articles"), ("refresh_one", "Retry")]
        if health.moved_to:
            keys.append(("accept_move", "Accept move"))
        elif health.names_feed:
            keys.append(("accept_move", "Use its feed"))
        pausing = "Resume" if health.feed.state == "paused" else "Pause"
        return [*keys, ("pause_feed", pausing), ("edit_this", "Edit"), ("remove_this", "Remove")]

    async def action_refresh_one(self) -> None:
        if self.current is not None:
            await self.flows.apply(Outcome(refresh=[self.current.feed.id]))

    async def action_refresh_failing(self) -> None:
        failing = (Trouble.FAILING, Trouble.BLOCKED)
        ids = [health.feed.id for health in self.items.values() if health.trouble in failing]
        if ids:
            await self.flows.apply(Outcome(refresh=ids))
        else:
            self.host.say("No feed is failing")

    async def action_accept_move(self) -> None:
        health = self.current
        if health is None or not (health.moved_to or health.names_feed):
            self.host.say("This feed has not moved")
            return
        said = f"The config now has {health.moved_to or health.named or 'the feed linked on the page'}"
        await self._edit(partial(self.library.feeds.accept_move, health.feed.id), said)

    async def action_pause_feed(self) -> None:
        health = self.current
        if health is None:
            return
        feed, name = health.feed, health.feed.title or health.feed.address
        if feed.state == "paused":
            await self._edit(partial(self.library.feeds.resume, feed.id), f"{name} resumed")
        else:
            await self._edit(partial(self.library.feeds.pause, feed.id), f"{name} paused")

    async def _edit(self, edit: Callable[[], Awaitable[object]], said: str) -> None:
        await self.flows.run(partial(change, edit, said), keys_wait=False)
