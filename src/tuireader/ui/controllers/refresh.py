"""Refresh controller: fetch feeds, apply watches, notice changes by other processes."""

from __future__ import annotations

import asyncio
import os
import time
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass

from tuireader import model
from tuireader.delivery import terminal
from tuireader.errors import DatabaseError, TuireaderError
from tuireader.text import feed_name
from tuireader.text.wording import counted, followed, left_out, undelivered, waiting
from tuireader.ui.controllers.controller import Controller
from tuireader.ui.controllers.syncing import Syncing
from tuireader.ui.status import at_rest
from tuireader.ui.widgets.bars import TopLine
from tuireader.wording.times import list_time

_RELOAD_EVERY = 1.0  # minimum seconds between reloads of the list during a refresh
_AT_REST = 0.3  # seconds without a key before the list is reloaded, ...
_AT_LATEST = 5.0  # ... and before it is reloaded despite keys
_SHOW_EVERY = 0.1
_DUE_EVERY = 60.0
_ELSEWHERE_EVERY = 2.0

Start = Callable[[], AsyncGenerator[model.Event, None]]
Asked = tuple[object, ...]  # what a key has asked for: the command and its arguments


@dataclass(eq=False)
class Refreshing(Controller):
    """Runs one refresh at a time, with its progress at the top right.

    `reload` reads the list again; `completed` gets each article with a new full text.
    """

    top: TopLine
    syncing: Syncing
    reload: Callable[[], Awaitable[None]]
    completed: Callable[[int], Awaitable[None]]

    def __post_init__(self) -> None:
        self.running = False
        self._running: Asked | None = None  # what is refreshed; None: what was due
        self._next: dict[Asked, Start] = {}  # asked for by keys meanwhile
        self._fetched = 0  # feeds
        self._failed: list[model.FeedDone] = []
        self._matches: list[model.NewMatch] = []
        self.reloaded_at = 0.0
        self._shown_at = 0.0
        self._away_since: int | None = None

    def start(self) -> None:
        """Apply changed watches, refresh due feeds, and keep checking for due feeds and outside changes."""
        top = self.top
        top.run_worker(self._begin(), group="begin")
        top.set_interval(_ELSEWHERE_EVERY, lambda: top.run_worker(self._check_elsewhere(), group="elsewhere"))
        if not self.library.offline:
            top.set_interval(_DUE_EVERY, lambda: top.run_worker(self._if_due(), group="due"))

    def refresh(self, feed_ids: Sequence[int] | None = None, *, force: bool = True) -> None:
        asked = ("refresh", *(feed_ids or ())) if force else None
        self._start(asked, lambda: self.library.refresh.run_in_subprocess(feed_ids, force=force))

    def sync(self, accounts: Sequence[str] = (), *, believed: bool = False) -> None:
        """Sync accounts (default: all) in the background; `believed` accepts that most feeds are gone."""
        if not self.library.config.accounts:
            self.host.say(f"No accounts yet · {self.host.key_of('add_account')} in the palette")
            return
        sync = self.library.refresh.sync_in_subprocess
        self._start(("sync", *accounts, believed), lambda: sync(accounts, believed=believed))

    def _start(self, asked: Asked | None, start: Start) -> None:
        """Start a refresh, or note it for the end of the one that runs."""
        if self.library.offline:
            self.host.say("Offline: feeds are not fetched")
        elif not self.running:
            self.running, self._running = True, asked
            self.top.run_worker(self._run(start), group="refresh")
        else:
            if asked and asked != self._running:
                self._next[asked] = start
            self.host.say("Already refreshing")

    def _start_next(self) -> None:
        """Start what keys have asked for, unless a refresh of what was due has just fetched every feed."""
        feeds, accounts = len(self.session.feeds), self.library.config.accounts
        if self._running is None and 0 < feeds <= self._fetched and not accounts:
            self._next = {asked: start for asked, start in self._next.items() if asked[0] != "refresh"}
        if self._next:
            asked = next(iter(self._next))
            self._start(asked, self._next.pop(asked))

    async def _begin(self) -> None:
        with suppress(DatabaseError):  # not writable now: reported once it matters
            self._away_since = await self.library.lists.away_since()
        await self.apply_watches()
        await self._if_due()
        if not self.running:
            await self._report_away()

    async def _report_away(self) -> None:
        """After a long absence, report once what has arrived; a running refresh finishes first."""
        since, self._away_since = self._away_since, None
        if since is None:
            return
        away = await self.library.lists.away_summary(since)
        if away.articles:
            watched = f", {away.watched:,} on your watches" if away.watched else ""
            self.host.say(
                f"{counted(away.articles, 'article')} → {counted(away.stories, 'story', 'stories')}{watched}"
                f" · {self.host.key_of('clear_rest')} clears the rest of a list",
                seconds=30,
            )

    async def apply_watches(self) -> None:
        """Match all stored articles against new or changed watches, showing progress."""
        changed = False
        steps = self.library.watches.apply()
        async with aclosing(steps):
            async for done, total in steps:
                changed = True
                share = 100 * done // max(1, total)
                self.top.show(progress=f"applying watches {share} %")
        if changed:
            self.top.show(progress="")
            await self.reload()

    def show_state(self) -> None:
        """Show at the top what is the case between refreshes."""
        self.top.show(**at_rest(self.session, int(self.host.clock()), offline=self.library.offline))

    async def _if_due(self) -> None:
        self.show_state()
        if (
            not self.running
            and self.library.config.fetch.refresh_on_start
            and await self.library.refresh.count_due()
        ):
            self.refresh(force=False)

    async def _check_elsewhere(self) -> None:
        if not self.running and await self.library.database.changed_elsewhere():
            await self.reload()

    async def _run(self, start: Callable[[], AsyncGenerator[model.Event, None]]) -> None:
        self._failed.clear()
        self._fetched = 0
        new, every = 0, self.session.counts.all
        self.session.is_folding = self.session.is_counted and every.rows(folded=True) == every.total
        self.top.show(progress="refreshing …")
        try:
            async with aclosing(start()) as events:
                async for event in events:
                    new += event.new if isinstance(event, model.FeedDone) else 0
                    await self.take(event, new)
        except TuireaderError as error:
            self.host.report(error)
        finally:
            self.running, self.session.syncing = False, ""
            self._fold()
            self.top.show(progress="")
        self._say_matches()  # matches found in full texts
        await self.library.database.changed_elsewhere()  # ignore the changes by this refresh
        await self.reload()
        await self._report_away()
        if not self.running:
            self._start_next()

    async def take(self, event: model.Event, new: int = 0) -> None:
        """Show what has happened; `new` articles arrived so far."""
        if isinstance(event, model.RefreshStarted):
            self._fetched = event.feeds
            self.top.show(progress=f"refreshing 0/{event.feeds}")
        elif isinstance(event, model.FeedDone):
            if event.error:
                self._failed.append(event)
            elif event.followed:
                back = f"{self.host.key_of('undo')} takes it back"
                self.host.say(f"{feed_name(event.title)}: {followed(event.followed)} · {back}", seconds=8)
            elif event.left_out:
                self.host.say(f"{feed_name(event.title)}: {left_out(event.left_out)}", seconds=8)
            now = time.monotonic()
            if now - self._shown_at >= _SHOW_EVERY or event.done == event.total:
                self._shown_at = now
                fresh = f" · {new} new" if new else ""
                self.top.show(progress=f"refreshing {event.done}/{event.total}{fresh}")
            if event.new or event.changed:
                await self._reload_if_quiet()
        elif isinstance(event, model.AccountSynced):
            await self._take_sync(event)
        elif isinstance(event, model.NewMatch):
            self._matches.append(event)
        elif isinstance(event, model.Relating):
            self.top.show(progress=event.progress)
            if event.done >= event.total and self._fold():
                await self.reload()
        elif isinstance(event, model.TextFetched):
            self.top.show(progress=f"full texts {event.done}/{event.total}")
            if self._fold():
                await self.reload()
            if not event.error:
                await self.completed(event.article_id)
            if self._matches:
                await self._reload_if_quiet()
        elif isinstance(event, model.Undelivered):
            until = "" if event.retry_at is None else self._until(event.retry_at)
            message = undelivered(event.channel, event.error, event.messages, until)
            self.host.say(message, severity="warning", seconds=8)
        elif isinstance(event, model.NotPublished):
            self.host.say(event.error, severity="warning", seconds=8)
        elif isinstance(event, model.Told) and event.screen:
            for channel in self._notify(event):
                await self.library.refresh.shown(event.articles, channel)
        elif isinstance(event, model.GapNoted):
            if event.new and self.may_reload(time.monotonic()):
                await self.reload()
        elif isinstance(event, model.HostWaits) and self._running:
            self.host.say(waiting(event.feeds, event.host, self._until(event.until)), seconds=8)
        elif isinstance(event, model.RefreshDone):
            self._summarize(event)
        await asyncio.sleep(0)  # keys come first

    def _fold(self) -> bool:
        """Fold lists and counts again once all stories are known; return False if they were folded."""
        was_folding, self.session.is_folding = self.session.is_folding, False
        return was_folding

    async def _take_sync(self, event: model.AccountSynced) -> None:
        far = f" · {event.new:,} new" if event.new else ""
        if event.total:
            far = f": {event.arrived:,} of {event.total:,}"
        self.top.show(progress=f"syncing {event.account}{far}")
        is_first = bool(event.total) or not self.session.feeds
        self.session.syncing = f"{event.account}{far}" if is_first and not event.done else ""
        self.explain_sync()
        if event.new or event.changed or event.taken:
            await self._reload_if_quiet(anyway=event.done)
        if event.done:
            self.syncing.tell(event, asked=self._running is not None)

    async def _reload_if_quiet(self, *, anyway: bool = False) -> None:
        now = time.monotonic()
        if anyway or self.may_reload(now):
            self.reloaded_at = now
            await self.reload()

    def _until(self, moment: int) -> str:
        return list_time(moment, int(self.host.clock()))

    def may_reload(self, now: float) -> bool:
        """True if keys would not have to wait for a reload of the list."""
        since = now - self.reloaded_at
        rests = now - self.host.typed_at >= _AT_REST
        return since >= _AT_LATEST or (rests and since >= _RELOAD_EVERY)

    def _notify(self, told: model.Told) -> list[str]:
        config = self.library.config.notify
        wanted = bool(told.channel) or config.desktop
        shown = told.desktop or (wanted and self._show_in_terminal(told))
        channels = ["terminal"] if shown and not told.desktop else []
        if config.bell or (wanted and not shown):
            self.host.bell()
            channels.append("bell")
        if not told.articles:  # matches have a toast of their own
            self.host.say("\n".join(filter(None, (told.title, told.body))), severity="warning", seconds=8)
        if told.troubles:
            self.host.say("\n".join(told.troubles), severity="warning", seconds=8)
        return channels

    def _show_in_terminal(self, told: model.Told) -> bool:
        """Notify through the terminal if it can; the app's driver writes it between two frames."""
        kind = terminal.detect(os.environ, self.library.config.notify.terminal)
        number = max(told.articles, default=0)
        written = terminal.escape_sequence(told.title, told.body, kind, os.environ, number)
        if not written or self.host.is_web:
            return False
        self.host.write_to_terminal(written)
        return True

    def _summarize(self, done: model.RefreshDone) -> None:
        """Show one toast for new articles and failures, one for matches."""
        say = self.host.say
        if self._failed:
            first = self._failed[0]
            others = f", and {len(self._failed) - 1} more" if len(self._failed) > 1 else ""
            fine = done.feeds - len(self._failed)
            name = feed_name(first.title)
            message = f"{fine} fine, {len(self._failed)} failed: {name}: {first.error}{others}"
            say(message, severity="warning", seconds=8)
        elif done.feeds and (done.feeds > 1 or not done.new):
            say(f"{done.new} new" if done.new else "Nothing new")
        self._say_matches()

    def _say_matches(self) -> None:
        if self._matches:
            self.host.say("\n".join(_match_lines(self._matches)), seconds=8)
            self._matches.clear()


def _match_lines(matches: Sequence[model.NewMatch]) -> list[str]:
    if len(matches) <= 3:
        signs = {True: "◇", False: "◆"}
        return [
            f"{signs[match.evidence.uncertain]} {match.evidence.watch}: {match.title}" for match in matches
        ]
    counted = Counter(match.evidence.watch for match in matches)
    return [f"◆ {watch}: {count} new" for watch, count in counted.most_common(5)]
