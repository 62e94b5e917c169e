"""The use-cases of the program, and the only door to them for UI and command line."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import sys
import time
from array import array
from collections.abc import AsyncGenerator, Callable, Collection, Mapping, Sequence
from contextlib import aclosing
from dataclasses import replace
from datetime import date
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from tuireader import notify, query, relating, schedule, watch, watching
from tuireader.brief import Brief, arrange
from tuireader.config import Config, FeedConfig, MuteConfig, Paths, Problem, ViewConfig, WatchConfig
from tuireader.errors import TuireaderError, UsageError
from tuireader.model import (
    Article,
    ArticleRow,
    Away,
    Change,
    Counts,
    Event,
    Feed,
    FeedHealth,
    FetchJob,
    Purged,
    RefreshDone,
    RefreshStarted,
    Related,
    Relating,
    Revision,
    Story,
    Told,
    View,
    ViewKind,
    WatchPreview,
    WatchStats,
)
from tuireader.store import Pool, Store
from tuireader.store.feeds import FeedFacts, Subscription
from tuireader.store.retention import Rule
from tuireader.text import clean, cut

if TYPE_CHECKING:
    from tuireader.feeds.fetch import FetchLimits

T = TypeVar("T")
_HISTORY = "searches"
_REMEMBERED = 50
log = logging.getLogger("tuireader")

_LOOK_UP = 25
"""Watches whose candidates are looked up at a time."""
_CHUNK = 500
"""Articles that are matched in the first write transaction when a watch has changed ..."""
_STEP = 0.15
"""... and the seconds that each of the further ones should take, so that no mark waits for long."""
_AWAY = 48 * 3600
"""Seconds from which on a person was away."""
_RELATE = 50
"""Articles that are related in one write transaction: about 0.1 s, so that no mark waits for long."""


class Library:
    """Feeds, articles, watches and relations of one database under one configuration.

    Every method that touches the store is a coroutine which runs in the reader or the writer thread, so
    nothing here blocks the event loop. Everything that changes state returns the articles it changed.
    """

    def __init__(
        self, config: Config, paths: Paths, pool: Pool, *, offline: bool, clock: Callable[[], float]
    ) -> None:
        self.config = config
        self.paths = paths
        self.offline = offline
        self.problems: tuple[Problem, ...] = ()
        self._pool = pool
        self._clock = clock
        self._feeds: list[Feed] = []
        self._names: dict[int, tuple[str, str, str]] = {}
        self._version = 0
        self._matcher = watch.Matcher(watching.rules(config))
        self._mutes: dict[MuteConfig, relating.Mute] = {}

    @classmethod
    async def open(
        cls, config: Config, paths: Paths, *, offline: bool = False, clock: Callable[[], float] = time.time
    ) -> Library:
        """Open or create the database and bring feeds and watches in line with `config`.

        `offline` never asks the network (the demo). Raises DatabaseError when the file cannot be used; the
        file is then untouched.
        """
        pool = await Pool.open(paths.database)
        library = cls(config, paths, pool, offline=offline, clock=clock)
        try:
            await library._sync()
        except BaseException:
            await pool.close()
            raise
        return library

    async def close(self) -> None:
        """Wait for writes under way and close the database."""
        await self._pool.close()

    # ------------------------------------------------------------------ lists

    async def ids(
        self,
        view: View,
        *,
        show_read: bool = True,
        sort: str = "date",
        folded: bool = False,
        opened: Collection[int] = (),
    ) -> array[int]:
        """The article ids of a view in list order. `sort`: date (newest first), feed, title, sources.

        With `folded` there is one article for each story, the first unread one or else the first; those
        stories whose numbers are `opened` are there with all their articles.
        """
        found = await self._ids_of(view, show_read, sort)
        return await self._pool.read(lambda store: store.stories.fold(found, opened)) if folded else found

    async def _ids_of(self, view: View, show_read: bool, sort: str) -> array[int]:
        if view.kind is ViewKind.QUERY:
            found, _ = await self.search(view.key)
            return found if show_read else await self._unread_of(found)
        today = self._today()
        return await self._pool.read(
            lambda store: store.lists.ids(view, show_read=show_read, sort=sort, today=today)
        )

    async def rows(self, ids: Sequence[int]) -> list[ArticleRow]:
        """The list lines of `ids`, in that order; ids that are no more are left out."""
        return await self._pool.read(lambda store: store.lists.rows(ids))

    async def counts(self, *, folded: bool = False) -> Counts:
        """Unread and total numbers for the sidebar: of stories if `folded`, else of articles."""
        today = self._today()
        return await self._pool.read(lambda store: store.lists.counts(today, folded=folded))

    async def feeds(self) -> list[Feed]:
        """All subscribed feeds in config order, with their health."""
        await self._load_feeds()
        return self._feeds

    async def feed_health(self) -> list[FeedHealth]:
        """All subscribed feeds in config order with what is known of their health, in one query."""
        since = int(self._clock()) - 28 * schedule.DAY
        return await self._pool.read(
            lambda store: store.feeds.health(since=since, sure=schedule.SEEN_TO_MOVE)
        )

    async def search(self, text: str, *, limit: int = 2000) -> tuple[array[int], str]:
        """Ids matching an expression, newest first, and `""` or why it cannot be understood. Never raises.

        In small steps: a search that has to look at every article lets other questions through, and ends
        when it is cancelled. With a small `limit` it ends as soon as so many are found.
        """
        parsed = query.parse(text)
        if isinstance(parsed, query.QueryError):
            return array("q"), parsed.caret()
        now, names = int(self._clock()), self._names
        steps = await self._pool.read(
            lambda store: store.search.hunt(
                parsed, now=now, subject=lambda found: relating.subject(found, names), limit=limit
            )
        )
        ids: array[int] = array("q")
        while (more := await self._pool.read(lambda _: next(steps, None))) is not None:
            ids.extend(more)
        return ids, ""

    def feed_title(self, feed_id: int) -> str:
        """The shown title of a feed, from memory; `""` when it is unknown."""
        return self._names.get(feed_id, ("", "", ""))[0]

    # ------------------------------------------------------------------ one article

    async def article(self, article_id: int) -> Article | None:
        """All of one article for the reading pane."""
        return await self._pool.read(lambda store: store.reading.article(article_id))

    async def revisions(self, article_id: int) -> tuple[Revision, ...]:
        """What an edited article said before, newest first, each with how the next version differs."""
        versions = await self._pool.read(lambda store: store.revisions.of(article_id))

        def compared() -> tuple[Revision, ...]:
            from tuireader.diff import words

            return tuple(
                Revision(old.until, tuple(words(old.title, new.title)), tuple(words(old.text, new.text)))
                for new, old in pairwise(versions)
            )

        return await asyncio.to_thread(compared)

    async def related(self, article_id: int) -> tuple[Related, ...]:
        """The relatives of an article, grouped by relation, strongest first; empty when there are none."""
        return await self._pool.read(lambda store: relating.related(store, article_id))

    async def story(self, article_id: int) -> Story | None:
        """The reports of an article's story, the first one first; None when it is alone."""
        return await self._pool.read(lambda store: store.stories.timeline(article_id))

    async def brief(self, seconds: int | None, watch: str = "") -> tuple[Brief, int]:
        """What has come within so many seconds, by story, and where this ends; None: since the last brief.

        Before the first brief None means a day. Raises TuireaderError when there is no such watch.
        """
        names = [item.name for item in self.config.watches]
        if watch and watch not in names:
            raise TuireaderError(f"there is no watch {watch!r}", f"there are: {', '.join(names) or 'none'}")
        since = int(self._clock()) - (schedule.DAY if seconds is None else seconds)

        def read(store: Store) -> tuple[Brief, int]:
            after = store.briefs.last(watch) if seconds is None else None
            end = store.briefs.newest()
            return arrange(store.briefs.reports(after=after, since=since, watch=watch), names), end

        return await self._pool.read(read)

    async def away_since(self) -> int | None:
        """Since when the reader has not been used, if that is long ago; notes that it is used now."""
        now = int(self._clock())
        seen = await self._pool.write(_in_transaction(lambda store: store.briefs.seen(now)))
        return seen if now - seen > _AWAY else None

    async def away_summary(self, since: int) -> Away:
        """What has arrived from a time on and is unread, and what of it no watch wants."""
        return await self._pool.read(lambda store: store.briefs.away(since))

    async def end_brief(self, watch: str, end: int) -> None:
        """Remember where a brief ended, for the next one since the last."""
        await self._pool.write(_in_transaction(lambda store: store.briefs.remember(watch, end)))

    async def find_url(self, url: str) -> int | None:
        """The stored article with this address (tracking parameters and scheme aside), if any."""
        return await self._pool.read(lambda store: store.links.at_url(url))

    async def keep_place(self, article_id: int, place: int) -> None:
        """Remember how far an article was read, in characters of its text."""
        await self._pool.write(lambda store: store.marks.keep_place(article_id, place))

    def highlights(self, text: str) -> list[tuple[int, int, str]]:
        """Where the watches' terms stand in a text: (start, end, watch), sorted. Thread-safe and cheap."""
        return self._matcher.spans(text)

    @property
    def watch_colors(self) -> Mapping[str, str]:
        """The colour of each watch in config order; `""` where none is set."""
        return {item.name: item.color for item in self.config.watches}

    # ------------------------------------------------------------------ marks (all journalled)

    async def set_read(
        self, ids: Sequence[int], read: bool, *, journal: bool = True, stories: bool = False
    ) -> Change:
        """Mark articles read or unread, with `stories` the other articles of their stories, too.

        `journal=False` is for what no one wants to undo: opening one.
        """
        if stories:
            found = ids
            ids = await self._pool.read(lambda store: store.stories.whole(found))
        return await self._mark("read", ids, read, journal)

    async def set_starred(self, ids: Sequence[int], starred: bool) -> Change:
        """Star or unstar articles."""
        return await self._mark("starred", ids, starred, True)

    async def split_story(self, article_id: int) -> Change:
        """Take an article out of its story; it is never folded with the others again. Undo joins them.

        The ids are the article and those that it was folded with; none when it is alone.
        """
        now = int(self._clock())
        return await self._pool.write(_in_transaction(lambda store: store.marks.split(article_id, now=now)))

    async def undo(self) -> Change | None:
        """Take back the last mark, also one made before a restart; None when there is nothing left."""
        return await self._pool.write(_in_transaction(lambda store: store.marks.undo()))

    # ------------------------------------------------------------------ refresh

    async def refresh(
        self, feed_ids: Sequence[int] | None = None, *, force: bool = True, relate: bool = True
    ) -> AsyncGenerator[Event, None]:
        """Fetch feeds (all that are due, or all with `force`, or just `feed_ids`) and tell what happens.

        With `relate`, what is new is related after `RefreshDone`. Iterate inside `contextlib.aclosing`;
        closing early cancels what is under way, what is stored stays.
        """
        due_at = None if force else int(self._clock())
        facts = await self._pool.read(lambda store: store.feeds.facts(feed_ids, due_at=due_at))
        if self.offline or not facts:
            yield RefreshStarted(0)
            yield RefreshDone(0, 0, 0, 0, 0.0)
            if not self.offline and (told := await self.tell()):  # what quiet hours held back
                yield told
            return
        from tuireader import refresh

        await self._sync_mutes()
        setting = refresh.Setting(
            rules=self._rules,
            rates=_rates(self.config),
            interval={feed.url: feed.interval for feed in self.config.feeds if feed.interval is not None},
            clock=self._clock,
        )
        configured = {feed.url: feed for feed in self.config.feeds}
        async with refresh.opened(_limits(self.config), feeds=len(facts)) as (fetcher, parser):
            events = refresh.refresh(
                facts,
                lambda one: _job(one, configured.get(one.url)),
                pool=self._pool,
                fetcher=fetcher,
                parser=parser,
                setting=setting,
            )
            async with aclosing(events):
                async for event in events:
                    yield event
        if relate:
            async for done, total in self.relate():
                yield Relating(done, total)
        if told := await self.tell():
            yield told

    async def tell(self) -> Told | None:
        """Tell what waits to be told, as `[notify]` says; None when there is nothing, or in quiet hours.

        It is marked before it is told: whoever is killed in between, nothing is told twice. It waits again
        only if a command that should have had it could not be run, and nothing else has shown it.
        """
        here = time.localtime(self._clock())
        if notify.is_quiet(self.config.notify.quiet, here.tm_hour * 60 + here.tm_min):
            return None
        if not await self._pool.read(lambda store: store.notices.any_waiting()):
            return None
        wanted = {item.name: item.notify for item in self.config.watches}
        items, marked = await self._pool.write(
            _in_transaction(lambda store: watching.claim(store, wanted, self._names))
        )
        if not items:
            return None
        told = notify.message(items)
        shown = await notify.show(told, self.config.notify)
        if shown.troubles and not (shown.command or shown.desktop):
            await self._pool.write(_in_transaction(lambda store: store.notices.take_back(marked)))
        return Told(
            told.title, told.body, tuple(item.article_id for item in items), shown.desktop, shown.troubles
        )

    async def relate(self) -> AsyncGenerator[tuple[int, int], None]:
        """Relate the articles that have arrived since the last time; yields (done, total).

        In small transactions: stopped half-way, it goes on from there the next time.
        """
        total = await self._pool.read(lambda store: store.relations.waiting_count())
        done = 0
        while more := await self._pool.write(
            _in_transaction(lambda store: relating.relate_waiting(store, _RELATE))
        ):
            done += more
            yield done, max(done, total)

    async def refresh_apart(
        self, feed_ids: Sequence[int] | None = None, *, force: bool = True
    ) -> AsyncGenerator[Event, None]:
        """The same as `refresh`, done by a process of its own, so that no key waits for a parser.

        The process is this very program (`tuireader refresh --json`), which a crash or a kill of either
        side leaves in order: what was stored is stored.
        """
        if self.offline:
            yield RefreshStarted(0)
            yield RefreshDone(0, 0, 0, 0, 0.0)
            return
        from tuireader.refresh import decode

        command = [sys.executable, "-m", "tuireader"]
        command += ["--config", str(self.paths.config), "--database", str(self.paths.database)]
        command += ["refresh", "--json", *([] if force else ["--due"]), *map(str, feed_ids or ())]
        child = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            limit=1 << 20,
        )
        assert child.stdout is not None and child.stderr is not None
        ended = False
        try:
            async for line in child.stdout:
                try:
                    event = decode(line.decode())
                except (ValueError, KeyError, TypeError):
                    log.warning("the refresh said: %r", line[:200])
                    continue
                ended = ended or isinstance(event, RefreshDone)
                yield event
            if not ended:
                words = (await child.stderr.read()).decode(errors="replace").strip().splitlines()
                raise TuireaderError(
                    words[-1] if words else "the refresh stopped before its end", "R tries again"
                )
        finally:
            if child.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    child.terminate()
            await child.wait()

    async def purge(
        self, *, older_than: int | None, keep: int | None, unread: bool = False, dry_run: bool = False
    ) -> Purged:
        """Drop the texts of articles older than `older_than` seconds that are not their feed's newest `keep`.

        At least one of the two is given. Starred articles, those on a watch and (but for `unread`) unread
        ones keep theirs. The articles stay, with their marks, and so do not come back as new.
        """
        async for _ in self.apply_watches():  # what a new watch hits must not go
            pass
        before = None if older_than is None else int(self._clock()) - older_than
        rule = Rule(before, keep, unread)
        ids = await self._pool.read(lambda store: store.retention.candidates(rule))
        purged = await self._pool.read(lambda store: store.retention.weigh(ids))
        if dry_run or not ids:
            return purged
        for start in range(0, len(ids), _CHUNK):
            chunk = ids[start : start + _CHUNK]
            await self._pool.write(_in_transaction(partial(_drop, ids=chunk, rule=rule)))
        await self._pool.write(lambda store: store.retention.shrink())
        return purged

    async def due(self) -> int:
        """How many feeds are due for a refresh now; 0 when offline."""
        if self.offline:
            return 0
        now = int(self._clock())
        return await self._pool.read(lambda store: store.feeds.due(now))

    async def changed_elsewhere(self) -> bool:
        """Whether anything was written to the database, by whomever, since the last call."""
        before, self._version = self._version, await self._pool.read(lambda store: store.data_version())
        return before != self._version

    async def apply_watches(self) -> AsyncGenerator[tuple[int, int], None]:
        """Ask all stored articles anew about mutes and watches that are new or changed; yields (done, total).

        Goes from the newest article to the oldest, in small transactions; stopped half-way it goes on from
        there the next time.
        """
        jobs = [job for job in (await self._muting(), await self._watching()) if job]
        done, total = 0, sum(up_to for up_to, _ in jobs)
        if jobs:
            yield 0, total
        for up_to, step in jobs:
            left, size = up_to, _CHUNK
            while left > 0:
                before = left
                left, seconds = await self._pool.write(partial(_timed, step=step, up_to=left, size=size))
                size = max(50, min(50_000, int(size * min(4.0, _STEP / max(seconds, 1e-6)))))
                done += before - left
                yield done, total

    async def _watching(self) -> tuple[int, Callable[..., int]] | None:
        """Up to which article watches are pending, and the step that matches some."""
        pending = {
            item.name: item.up_to for item in await self._pool.read(lambda store: store.watches.pending())
        }
        rules = [rule for rule in watching.rules(self.config) if rule.name in pending]
        if not rules:
            return None
        filters = {rule.name: watch.prefilter(rule) for rule in rules}
        work = relating.Rematch(watch.Matcher(rules), filters, self._names)
        names = list(filters)
        for at in range(0, len(names), _LOOK_UP):
            await self._pool.read(partial(work.look_up, names=names[at : at + _LOOK_UP]))
        return max(pending.values()), work.step

    async def _muting(self) -> tuple[int, Callable[..., int]] | None:
        """The same for mutes."""
        await self._sync_mutes()  # one may have come to its end
        pending = await self._pool.read(lambda store: store.mutes.pending())
        mutes = [mute for mute in self._mutes.values() if mute.signature in pending]
        if not mutes:
            return None
        return max(pending.values()), partial(
            relating.mute_chunk, mutes=mutes, feeds=self._names, now=int(self._clock())
        )

    # ------------------------------------------------------------------ mutes

    async def mute(self, query: str = "", feed: str = "", until: date | None = None) -> int:
        """Hide articles by an expression, a feed (title, address or folder) or both, to the end of a day.

        Written into the config; one for the same articles only gets its new end. Returns how many stored
        articles it hides. Raises ConfigError when the expression is wrong.
        """
        from tuireader import config_edit

        mute = MuteConfig(query.strip(), feed.strip(), until)
        if self.offline:
            config_edit.add_mute("", mute)
            others = [item for item in self.config.mutes if replace(item, until=until) != mute]
            await self._take(replace(self.config, mutes=(*others, mute)))
        else:
            await self._change_config(lambda text: config_edit.add_mute(text, mute))
        async for _ in self.apply_watches():
            pass
        return dict(await self.mutes()).get(mute, 0)

    async def unmute(self, mute: MuteConfig) -> None:
        """Take a mute out of the config: what it hid is back, as it was."""
        from tuireader import config_edit

        if self.offline:
            others = tuple(item for item in self.config.mutes if item != mute)
            await self._take(replace(self.config, mutes=others))
        else:
            await self._change_config(lambda text: config_edit.remove_mute(text, mute))

    async def mutes(self) -> list[tuple[MuteConfig, int]]:
        """The mutes of the config, each with how many articles it hides; those past their end hide none."""
        counts = await self._pool.read(lambda store: store.mutes.counts())
        hidden = {item: counts.get(mute.signature, 0) for item, mute in self._mutes.items()}
        return [(item, hidden.get(item, 0)) for item in self.config.mutes]

    @property
    def _rules(self) -> relating.Rules:
        return relating.Rules(
            self._matcher,
            self._names,
            tuple(self._mutes.values()),
            {item.name for item in self.config.watches if item.notify != "never"},
        )

    async def _sync_mutes(self) -> None:
        """Bring the store in line with the mutes that are in force today."""
        now = int(self._clock())
        today = date.fromtimestamp(now)
        self._mutes = {
            item: mute
            for item in self.config.mutes
            if item.until is None or today <= item.until
            if (mute := relating.Mute.of(item.query, item.feed, self._names, now))
        }
        signatures = {mute.signature for mute in self._mutes.values()}

        def sync(store: Store) -> None:
            if not store.mutes.in_line(signatures):
                with store.transaction():
                    store.mutes.sync(signatures)

        await self._pool.write(sync)

    # ------------------------------------------------------------------ watches

    async def watch_stats(self) -> list[WatchStats]:
        """Every watch in config order with its numbers and, if it is silent, why."""
        feeds, now, today = await self.feeds(), int(self._clock()), self._today()
        return await self._pool.read(
            lambda store: watching.stats(store, self.config, self._matcher, feeds, self._names, today, now)
        )

    async def preview_watch(self, config: WatchConfig, replaces: str = "") -> WatchPreview:
        """What a watch would hit, before it is saved; compared with the watch `replaces`, if that is named.

        In small steps, so that lists are read in between and it can be cancelled at any time.
        """
        trial = watching.Trial(watching.rule_of(config), replaces, self._names)
        if trial.problem:
            return WatchPreview(problem=trial.problem)
        await self._pool.read(trial.begin)
        while await self._pool.read(trial.step):
            pass
        return await self._pool.read(trial.preview)

    async def save_watch(self, config: WatchConfig, replaces: str = "") -> None:
        """Write a watch into the config, as a new one or in place of the one named `replaces`.

        The caller iterates `apply_watches` then, so that it hits what is stored. Raises ConfigError. The demo
        has it until it is left.
        """
        from tuireader import config_edit

        if self.offline:
            others = [item for item in self.config.watches if item.name not in (replaces, config.name)]
            await self._take(replace(self.config, watches=(*others, config)))
        elif replaces:
            await self._change_config(lambda text: config_edit.set_watch(text, replaces, config))
        else:
            await self._change_config(lambda text: config_edit.add_watch(text, config))

    async def follow_story(self, article_id: int) -> WatchConfig:
        """A watch for what comes next of an article's story, to be looked at before it is saved.

        It wants what most of the reports name, and one of the words that they share besides.
        """
        words, story, rows = await self._pool.read(
            lambda store: (
                relating.story_topics(store, article_id),
                store.stories.timeline(article_id),
                store.lists.rows([article_id]),
            )
        )
        if not rows or not words:
            raise TuireaderError("nothing tells this story from others", "W makes a watch by hand")
        title = story.first.title if story is not None else rows[0].title
        name = f"Story: {cut(title, 40)}"
        subject, *others = words
        if not others:
            return WatchConfig(name, any=(subject,))
        query = '"{}"'.format(subject.replace('"', ""))
        return WatchConfig(name, any=tuple(others), query=query, notify="story")

    async def suggest_watch(self, article_id: int) -> WatchConfig:
        """A watch for what an article is about, with one to three terms."""
        names = [item.name for item in self.config.watches]
        return await self._pool.read(lambda store: watching.suggest(store, article_id, names))

    async def suggest_aliases(self, name: str) -> list[tuple[str, str]]:
        """Other names for the terms of a watch that its articles give, each with its sentence.

        "Personal Information Protection Law (PIPL)" proposes PIPL to the watch for the long name.
        """
        for item in self.config.watches:
            if item.name == name:
                return await self._pool.read(partial(watching.aliases, item=item))
        return []

    async def try_expression(self, text: str, days: int | None = None) -> watching.Report:
        """How often an expression hits what is stored. Raises UsageError when it is not understood."""
        parsed = query.parse(text)
        if isinstance(parsed, query.QueryError):
            raise UsageError(parsed.caret())
        now = int(self._clock())
        return await self._pool.read(lambda store: watching.hits_of(store, parsed, days, self._names, now))

    async def watch_report(self, name: str, days: int | None = None) -> watching.Report:
        """How often a watch hits, which of its terms do, and which feeds are first. Raises UsageError."""
        names = [item.name for item in self.config.watches]
        for item in self.config.watches:
            if item.name.casefold() == name.casefold():
                now = int(self._clock())
                return await self._pool.read(
                    partial(watching.report, item=item, days=days, feeds=self._names, now=now)
                )
        raise UsageError(f"there is no watch {name!r}", f"there are: {', '.join(names) or 'none'}")

    async def lint_watches(self) -> list[watching.Remark]:
        """What is wrong or odd about watches and their terms."""
        return await self._pool.read(lambda store: watching.lint(store, self.config, self._matcher))

    async def snippets(
        self, ids: Sequence[int], expression: str
    ) -> list[tuple[str, tuple[tuple[int, int], ...]]]:
        """For each of `ids` the sentence that an expression hits best, and where in it. Never raises."""
        now = int(self._clock())
        return await self._pool.read(
            lambda store: watching.snippets(store, ids, expression, self._names, now)
        )

    # ------------------------------------------------------------------ searches

    async def search_history(self) -> list[str]:
        """The expressions that were searched for, newest first, at most fifty."""
        stored = await self._pool.read(lambda store: store.lists.fact(_HISTORY))
        return _texts(stored)

    async def remember_search(self, expression: str) -> None:
        """Put an expression on top of the history; an empty one is nothing to remember."""
        text = clean(expression)
        if not text:
            return

        def remember(store: Store) -> None:
            others = [other for other in _texts(store.lists.fact(_HISTORY)) if other != text]
            store.lists.keep_fact(_HISTORY, json.dumps([text, *others][:_REMEMBERED]))

        await self._pool.write(_in_transaction(remember))

    @property
    def views(self) -> tuple[ViewConfig, ...]:
        """The searches that were saved, in config order; each is shown by a QUERY view of its expression."""
        return self.config.views

    async def save_view(self, name: str, expression: str) -> None:
        """Save a search under a name; a view of that name gets the new expression. Raises ConfigError."""
        from tuireader import config_edit

        view = ViewConfig(name.strip(), expression.strip())
        if self.offline:
            config_edit.set_view("", view)
            others = [item for item in self.config.views if item.name.casefold() != view.name.casefold()]
            await self._take(replace(self.config, views=(*others, view)))
        else:
            await self._change_config(lambda text: config_edit.set_view(text, view))

    async def remove_view(self, name: str) -> None:
        """Forget a saved search. Raises ConfigError when there is none of that name."""
        from tuireader import config_edit

        if self.offline:
            others = tuple(item for item in self.config.views if item.name != name)
            await self._take(replace(self.config, views=others))
        else:
            await self._change_config(lambda text: config_edit.remove_view(text, name))

    # ------------------------------------------------------------------ subscriptions

    async def add_feeds(self, feeds: Sequence[tuple[str, str, str]]) -> int:
        """Subscribe to (url, title, folder) each; returns how many are new. Creates the config if needed."""
        self._own_feeds()
        known = {feed.url for feed in self.config.feeds}
        wanted = {url: FeedConfig(url, title, folder) for url, title, folder in reversed(feeds)}
        new = [feed for url, feed in reversed(wanted.items()) if url not in known]
        if new:
            from tuireader import config_edit

            await self._change_config(lambda text: config_edit.add_feeds(text, new))
        return len(new)

    async def pause(self, feed_id: int) -> None:
        """Keep a feed and its articles, but fetch it no more. Like all of these, by an edit of the config."""
        await self._set_feed(feed_id, paused=True)

    async def resume(self, feed_id: int) -> None:
        """Fetch a paused feed again."""
        await self._set_feed(feed_id, paused=False)

    async def remove(self, feed_id: int) -> None:
        """Unsubscribe from a feed; its articles are kept."""
        from tuireader import config_edit

        url = self._url(feed_id)
        await self._change_config(lambda text: config_edit.remove_feed(text, url))

    async def accept_move(self, feed_id: int) -> str:
        """Write the address that a feed has moved to into the config, and return it.

        The feed keeps its articles, marks and health. Raises TuireaderError when it has not moved.
        """
        for health in await self.feed_health():
            if health.feed.id == feed_id and health.moved_to:
                await self._set_feed(feed_id, url=health.moved_to)
                return health.moved_to
        raise TuireaderError("this feed has not moved", "`tuireader feeds` shows which have")

    async def discover(self, url: str) -> list[tuple[str, str]]:
        """(feed address, title) found at a pasted address: the feed itself, or those a page advertises."""
        if self.offline:
            raise TuireaderError("the demo is offline", "start tuireader without --demo")
        from tuireader import refresh
        from tuireader.feeds.discover import discover

        async with refresh.opened(_limits(self.config)) as (fetcher, _):
            return await discover(fetcher, url)

    async def import_opml(self, path: Path) -> tuple[int, list[str]]:
        """Subscribe to the feeds of an OPML file: how many are new, and a line for each that was skipped."""
        from tuireader.feeds import opml

        try:
            text = await asyncio.to_thread(path.read_bytes)
        except OSError as error:
            raise TuireaderError(f"{path} cannot be read: {error.strerror}", "check the path") from None
        feeds, skipped = await asyncio.to_thread(opml.load, text)
        new = await self.add_feeds([(feed.url, feed.title, feed.folder) for feed in feeds])
        return new, list(skipped)

    async def export_opml(self) -> str:
        """The subscriptions as OPML 2.0."""
        from tuireader.feeds import opml

        return opml.dump(
            [opml.OpmlFeed(feed.url, feed.title, feed.folder, feed.site_url) for feed in await self.feeds()]
        )

    async def reload(self) -> None:
        """Read the config again. If it is broken, the last good one stays and TuireaderError says why."""
        from tuireader.config import load

        config, problems = await asyncio.to_thread(load, self.paths.config)
        if any(problem.fatal for problem in problems):
            raise TuireaderError(str(problems[0]), "the configuration before it stays in force")
        self.problems = problems
        await self._take(config)

    # ------------------------------------------------------------------ inside

    async def _take(self, config: Config) -> None:
        """Put a configuration in force."""
        self.config, self._matcher = config, watch.Matcher(watching.rules(config))
        await self._sync()

    def _own_feeds(self) -> None:
        if self.offline:
            raise TuireaderError("the demo keeps to its own feeds", "start tuireader without --demo")

    def _url(self, feed_id: int) -> str:
        """The address of a subscribed feed as it stands in the config."""
        for feed in self._feeds:
            if feed.id == feed_id:
                return feed.url
        raise TuireaderError("there is no such feed any more", "`tuireader feeds` lists them")

    async def _set_feed(self, feed_id: int, **changes: object) -> None:
        from tuireader import config_edit

        url = self._url(feed_id)
        await self._change_config(lambda text: config_edit.set_feed(text, url, **changes))

    async def _change_config(self, edit: Callable[[str], str]) -> None:
        from tuireader import config_edit

        self._own_feeds()
        await asyncio.to_thread(config_edit.change, self.paths.config, edit)
        await self.reload()

    async def load_demo(self) -> None:
        """Store the bundled sample feeds, as if they had just been fetched."""
        from tuireader import demo
        from tuireader.feeds.parse import parse
        from tuireader.model import ParsedFeed

        now = int(self._clock())
        ids = {feed.url: feed.id for feed in self._feeds}

        def save(store: Store) -> None:
            for sample in demo.feeds(now):
                parsed = parse(sample.body, sample.url, "application/xml")
                if isinstance(parsed, ParsedFeed):
                    saved = store.saving.save(ids[sample.url], parsed.entries, now)
                    relating.record_new(store, saved.new, self._rules, now)

        await self._pool.write(_in_transaction(save))
        async for _ in self.relate():
            pass

    async def _sync(self) -> None:
        subscriptions = [
            Subscription(feed.url, feed.title, feed.folder, feed.paused) for feed in self.config.feeds
        ]
        signatures = [(rule.name, watch.signature(rule)) for rule in watching.rules(self.config)]

        def sync(store: Store) -> None:
            if not store.feeds.in_line(subscriptions) or not store.watches.in_line(signatures):
                with store.transaction():
                    store.feeds.sync(subscriptions)
                    store.watches.sync(signatures)

        await self._pool.write(sync)
        await self._load_feeds()
        await self._sync_mutes()

    async def _load_feeds(self) -> None:
        self._feeds = await self._pool.read(lambda store: store.feeds.subscribed())
        every = await self._pool.read(lambda store: store.feeds.all())
        self._names = {feed.id: (feed.title, feed.url, feed.folder) for feed in every}

    async def _mark(self, mark: str, ids: Sequence[int], value: bool, journal: bool) -> Change:
        now = int(self._clock())
        return await self._pool.write(
            _in_transaction(lambda store: store.marks.set(mark, ids, value, now=now, journal=journal))
        )

    async def _unread_of(self, ids: array[int]) -> array[int]:
        return await self._pool.read(lambda store: store.lists.unread_of(ids))

    def _today(self) -> int:
        """When the person's day began, in their time zone."""
        here = time.localtime(self._clock())
        return int(time.mktime((here.tm_year, here.tm_mon, here.tm_mday, 0, 0, 0, 0, 0, -1)))


def _texts(stored: str) -> list[str]:
    """The texts of a JSON list; none if it is something else."""
    try:
        found = json.loads(stored or "[]")
    except ValueError:
        return []
    return [text for text in found if isinstance(text, str)] if isinstance(found, list) else []


def _timed(store: Store, *, step: Callable[..., int], up_to: int, size: int) -> tuple[int, float]:
    """Do one step in a transaction; returns what it gives, and how many seconds it took."""
    started = time.perf_counter()
    with store.transaction():
        left = step(store, up_to=up_to, size=size)
    return left, time.perf_counter() - started


def _in_transaction(function: Callable[[Store], T]) -> Callable[[Store], T]:
    def whole(store: Store) -> T:
        with store.transaction():
            return function(store)

    return whole


def _drop(store: Store, *, ids: Sequence[int], rule: Rule) -> None:
    store.retention.drop(ids, rule)


def _limits(config: Config) -> FetchLimits:
    from tuireader.feeds.fetch import FetchLimits

    fetch = config.fetch
    limits = FetchLimits(
        concurrency=fetch.concurrency,
        per_host=fetch.per_host,
        total=fetch.timeout,
        max_bytes=fetch.max_size,
        proxies=fetch.proxies,
    )
    return replace(limits, user_agent=fetch.user_agent) if fetch.user_agent else limits


def _rates(config: Config) -> schedule.Rates:
    return schedule.Rates(least=config.fetch.interval)


async def _job(facts: FeedFacts, feed: FeedConfig | None) -> FetchJob:
    """What to ask for. Secrets are looked up now; raises TuireaderError when one cannot be had.

    A feed that has moved is asked for where it is now, unless it goes with secrets: those are for the server
    that they were given for.
    """
    job = FetchJob(facts.id, facts.url, facts.etag, facts.last_modified, facts.body_hash)
    if feed is None or not (feed.username or feed.headers):
        move = schedule.Move(facts.moved_to, facts.moved_seen)
        return replace(job, url=move.address) if move.adopt else job
    from tuireader.feeds import secrets

    def filled() -> FetchJob:
        auth = (feed.username, secrets.resolve(feed.password)) if feed.username else None
        return replace(
            job, headers=tuple((name, secrets.resolve(value)) for name, value in feed.headers), auth=auth
        )

    return await asyncio.to_thread(filled)
