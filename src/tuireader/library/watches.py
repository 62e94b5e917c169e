"""Watches and mutes: save, preview and suggest them, apply them to stored articles, report their matches."""

from __future__ import annotations

import time
from array import array
from collections.abc import AsyncGenerator, Callable, Collection, Mapping, Sequence
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

from msgspec.structs import replace

from tuireader import ingest, query, watch
from tuireader.config import MuteConfig, WatchConfig, edit
from tuireader.errors import TuireaderError
from tuireader.library.context import UseCases, address_key
from tuireader.library.watching import advice as watch_advice
from tuireader.library.watching import named, rule_of, rules
from tuireader.model import Evidence, MutePreview, WatchPreview, WatchStats
from tuireader.store import Store
from tuireader.store.upkeep.older_versions import Missing
from tuireader.text import cut

if TYPE_CHECKING:
    from tuireader.library.meaning import Meanings, Proposals
    from tuireader.library.searches import Searches
    from tuireader.library.watching.reports import Remark, Report
    from tuireader.library.watching.sources import SearchFeed

_LOOK_UP = 25  # number of watches whose candidates are looked up together
CHUNK = 500
"""Articles to match in the first write transaction after a watch has changed."""
STEP = 0.15  # target seconds of each further transaction, so that marks do not wait for long
_QUIET_DAYS = 14  # days without news after which a followed story ends
_EXPLAINED = 200  # number of matches whose evidence is computed together


class Watches(UseCases):
    """Watches of the configuration and their matches."""

    _meanings: Meanings
    _searches: Searches

    async def apply(self) -> AsyncGenerator[tuple[int, int], None]:
        """Match new and changed mutes and watches against all stored articles; yields (done, total).

        Also fills in what an older version did not store. Runs from the newest article to the oldest in small
        transactions, and can be resumed.
        """
        jobs = [*await self._muting(), *await self._watching(), *await self._upgrading()]
        done, total = 0, sum(up_to for up_to, _ in jobs)
        if jobs:
            yield 0, total
        for up_to, step in jobs:
            left, size = up_to, CHUNK
            while left > 0:
                before = left
                left, seconds = await self._pool.write(partial(_timed, step=step, up_to=left, size=size))
                size = max(50, min(50_000, int(size * min(4.0, STEP / max(seconds, 1e-6)))))
                done += before - left
                yield done, total

    async def catch_up(self) -> None:
        async for _ in self.apply():
            pass

    async def _watching(self) -> list[tuple[int, Callable[..., int]]]:
        """Jobs for pending watches: the newest article to match, and a function for one step."""
        pending = await self._pool.read(lambda store: store.watches.pending())
        waiting = [rule for rule in rules(self._context.config) if rule.name in pending]
        ways = {rule.name: watch.lookup(rule) for rule in waiting}
        jobs: list[tuple[int, Callable[..., int]]] = []
        now = self._now()
        if decided := [rule for rule in waiting if ways[rule.name].exact]:
            up_to = max(pending[rule.name] for rule in decided)
            index = ingest.ByIndex(decided, pending, self._context.feed_names, now)
            jobs.append((up_to, partial(_by_index, work=index, total=up_to)))
        if others := [rule for rule in waiting if not ways[rule.name].exact]:
            filters = {rule.name: watch.prefilter(rule) for rule in others}
            texts = ingest.ByText(watch.Matcher(others), filters, self._context.feed_names, now)
            names = list(filters)
            for at in range(0, len(names), _LOOK_UP):
                await self._pool.read(partial(texts.look_up, names=names[at : at + _LOOK_UP]))
            jobs.append((max(pending[rule.name] for rule in others), texts.step))
        return jobs

    async def _explain(self, names: Sequence[str]) -> None:
        def step(store: Store, name: str) -> int:
            ids = store.watches.without_evidence_on(name, _EXPLAINED)
            if ids:
                with store.transaction():
                    store.watches.add_evidence(
                        ingest.explain(store, self._context.matcher, self._context.feed_names, ids)
                    )
            return len(ids)

        for name in names:
            while await self._pool.write(partial(step, name=name)):
                pass

    async def _muting(self) -> list[tuple[int, Callable[..., int]]]:
        """Jobs for pending mutes, as in `_watching`."""
        await self._context.sync_mutes()  # one may have expired
        pending = await self._pool.read(lambda store: store.mutes.pending())
        mutes = [mute for mute in self._context.mutes.values() if mute.signature in pending]
        if not mutes:
            return []
        step = partial(ingest.match_mutes, mutes=mutes, feeds=self._context.feed_names, now=self._now())
        return [(max(pending.values()), step)]

    async def _upgrading(self) -> list[tuple[int, Callable[..., int]]]:
        """Return jobs that fill in what older versions did not store, as in `_watching`."""
        left = await self._pool.read(
            lambda store: {missing: store.older_versions.left(missing) for missing in Missing}
        )
        return [
            (up_to, partial(ingest.fill_in, missing=missing))
            for missing, up_to in left.items()
            if up_to  # `fill_in` is named only if needed: relating is slow to import
        ]

    async def stats(self) -> list[WatchStats]:
        """Compute the statistics of every watch by priority."""
        from tuireader.library.watching.reports import watch_stats

        context, feeds = self._context, await self._context.load_feeds()
        today, now = context.today(), context.now()
        return await self._pool.read(
            lambda store: watch_stats(
                store, context.config, context.matcher, feeds, context.feed_names, today, now
            )
        )

    def named(self, name: str) -> WatchConfig:
        """Find a watch by name, ignoring case. Raises UsageError if it does not exist."""
        return named(self._context.config, name)

    async def preview(self, config: WatchConfig, replaces: str = "") -> WatchPreview:
        """Preview the matches of a watch, compared with the watch `replaces`, if given.

        Runs in small steps, between which lists can be read, and can be cancelled at any time.
        """
        from tuireader.library.watching.preview import WatchPreviewer

        trial = WatchPreviewer(rule_of(config), replaces, self._context.feed_names)
        if trial.problem:
            return WatchPreview(problem=trial.problem)
        await self._pool.read(trial.begin)
        while await self._pool.read(trial.step):
            pass
        preview = await self._pool.read(trial.preview)
        advice = await self._context.advised(watch_advice.advise, config)
        of_terms = await self._pool.read(lambda store: watch_advice.of_false_alarms(store, replaces))
        advice += tuple(str(note) for note in of_terms if note.term in config.any)
        return replace(preview, advice=advice)

    async def missing(self, item: WatchConfig, hits: Sequence[int]) -> Proposals:
        """Propose articles that a watch may be missing, as they mean the same as some of its matches.

        Nothing without the extra `meaning`. They are no matches: only a term makes them so.
        """
        from tuireader.library.watching.proposals import without_terms

        feeds, now = self._context.feed_names, self._now()
        return await self._meanings.proposals(hits, partial(without_terms, item=item, feeds=feeds, now=now))

    async def advice(self, name: str) -> tuple[str, ...]:
        for item in self._context.config.watches:
            if item.name == name:
                return await self._context.advised(watch_advice.advise, item)
        return ()

    async def save(self, config: WatchConfig, replaces: str = "") -> None:
        """Write a new watch to the config, or replace the one named `replaces`. Raises ConfigError.

        The caller then iterates `apply`.
        """
        if replaces:
            known = next((watch for watch in self._context.config.watches if watch.name == replaces), None)
            changes = edit.differences(config, known)
            await self._context.change_config(lambda text: edit.update(text, "watch", replaces, changes))
            if config.name != replaces:
                await self._transact(lambda store: store.cases.rename(replaces, config.name))
        else:
            await self._context.change_config(lambda text: edit.add(text, config))

    async def remove(self, name: str) -> None:
        """Remove a watch from the config; the articles stay. Raises ConfigError."""
        await self._context.change_config(lambda text: edit.remove(text, "watch", name))

    async def for_story(self, article_id: int) -> WatchConfig:
        """Propose a watch for further reports of an article's story.

        It requires the word that most of the reports contain, and one of the other words that they share. It
        is named after the article, since other reports may be in languages that the reader cannot read.
        """
        words, rows = await self._pool.read(
            lambda store: (ingest.story_topics(store, article_id), store.lists.rows([article_id]))
        )
        if not rows or not words:
            raise TuireaderError("this story has no distinctive words to follow", "press W to create a watch")
        name = f"Story: {cut(rows[0].title, 40)}"
        subject, *others = words
        query = '"{}"'.format(subject.replace('"', "")) if others else ""
        terms = tuple(others) or (subject,)
        return WatchConfig(name, terms, query=query, notify="story", ends_after_quiet_days=_QUIET_DAYS)

    async def keep(self, name: str) -> None:
        """Make a watch that follows a story permanent; if it has ended, it catches up.

        The caller then iterates `apply`. Raises ConfigError.
        """
        for item in self._context.config.watches:
            if item.name == name and item.ends_after_quiet_days:
                await self._transact(lambda store: store.watches.match_again(name))
                await self.save(replace(item, ends_after_quiet_days=0), name)

    async def suggest(self, article_id: int) -> WatchConfig:
        """Propose a watch for an article, with one to three terms."""
        from tuireader.library.watching.suggestions import suggest_watch

        watches = self._context.config.watches
        return await self._pool.read(lambda store: suggest_watch(store, article_id, watches))

    async def suggest_aliases(self, name: str) -> list[tuple[str, str]]:
        """Suggest other names for the terms of a watch from its articles, each with its sentence.

        "Personal Information Protection Law (PIPL)" suggests PIPL for a watch on the long name.
        """
        from tuireader.library.watching.suggestions import aliases

        for item in self._context.config.watches:
            if item.name == name:
                return await self._pool.read(partial(aliases, item=item))
        return []

    def search_feeds(self, name: str) -> list[SearchFeed]:
        """Propose feeds that search the web for the terms of a watch. Raises UsageError."""
        from tuireader.library.watching.sources import search_feeds

        followed = {address_key(feed.url) for feed in self._context.config.feeds}
        return [
            replace(proposal, followed=address_key(proposal.url) in followed)
            for proposal in search_feeds(self.named(name))
        ]

    async def report(self, name: str, days: float | None = None) -> Report:
        """Report on the matches of a watch. Raises UsageError."""
        from tuireader.library.watching.reports import watch_report

        item, feeds, now = self.named(name), self._context.feed_names, self._now()
        await self._explain([item.name])
        return await self._pool.read(lambda store: watch_report(store, item, days, feeds, now))

    async def matches_after(self, article_id: int | None) -> tuple[list[tuple[int, Evidence]], int]:
        """Matches after an article (none if it is None), oldest first, and the newest article.

        The newest article is read first, so that later arrivals are not missed.
        """

        def read(store: Store) -> tuple[list[tuple[int, Evidence]], int]:
            newest = store.briefs.newest()
            if article_id is None or newest <= article_id:
                return [], newest
            matches = store.watches.matches_after(article_id)
            return [match for match in matches if match[0] <= newest], newest

        return await self._pool.read(read)

    async def lint(self) -> list[Remark]:
        """Remark on mistakes in watches and their terms."""
        from tuireader.library.watching.preview import HITS
        from tuireader.library.watching.reports import lint, of_proposals

        context = self._context
        await self._explain([item.name for item in context.config.watches])
        remarks = await self._pool.read(
            lambda store: lint(store, context.config, context.matcher, context.feed_names)
        )
        for item in context.config.watches:
            judged = f"watch:={query.phrase(item.name)} -is:false-alarm"
            hits, _ = await self._searches.run(judged, limit=HITS)
            remarks += of_proposals(item.name, await self.missing(item, hits))
        return remarks

    def highlights(self, text: str) -> list[tuple[int, int, str]]:
        """Find the terms of watches in a text: sorted (start, end, watch). Thread-safe and fast."""
        return self._context.matcher.spans(text)

    @property
    def colors(self) -> Mapping[str, str]:
        """Colour of each watch in config order, or `""`."""
        return {item.name: item.color for item in self._context.config.watches}

    @property
    def color_leads(self) -> Mapping[str, str]:
        """Map each watch to the one whose colour it has: without a colour, one of its group, else itself."""
        watches, leads = self._context.config.watches, dict[str, str]()
        for item in sorted(watches, key=lambda item: not item.color):
            leads.setdefault(item.group, item.name)
        return {
            item.name: leads[item.group] if item.group and not item.color else item.name for item in watches
        }

    async def rename_group(self, name: str, new: str) -> None:
        """Rename a group of watches, or with `""` remove it from them. Raises ConfigError."""
        members = [item.name for item in self._context.config.watches if item.group == name]
        await self._context.change_config(
            lambda text: edit.update_all(text, "watch", members, {"group": new}), f"group {name} renamed"
        )


def _by_index(store: Store, *, up_to: int, size: int, work: ingest.ByIndex, total: int) -> int:
    """Run a step for watches that the index decides; time limits it, not `size`."""
    left = work.step(store, STEP / 2)
    return max(1, round(left * total)) if left else 0


def _timed(store: Store, *, step: Callable[..., int], up_to: int, size: int) -> tuple[int, float]:
    """Run a step in a transaction; return its result and its seconds."""
    started = time.perf_counter()
    with store.transaction():
        left = step(store, up_to=up_to, size=size)
    return left, time.perf_counter() - started


_SAMPLES = 3  # sample articles in the preview of a mute


class Mutes(UseCases):
    """Mutes of the configuration and what they hide."""

    _watches: Watches

    async def all(self) -> list[tuple[MuteConfig, int]]:
        """List the mutes of the configuration, each with the number of articles it hides, 0 once expired."""
        counts = await self._pool.read(lambda store: store.mutes.counts())
        hidden = {item: counts.get(mute.signature, 0) for item, mute in self._context.mutes.items()}
        return [(item, hidden.get(item, 0)) for item in self._context.config.mutes]

    async def add(
        self, query: str = "", feed: str = "", until: date | None = None, *, include_watched: bool = False
    ) -> int:
        """Hide articles by an expression, a feed (title, address or folder) or both, until the end of a day.

        Watched articles stay visible unless `include_watched`. Replaces a mute of the same articles in the
        config. Returns the number of stored articles that it hides. Raises ConfigError for an invalid
        expression.
        """
        mute = MuteConfig(query.strip(), feed.strip(), until, include_watched)
        await self._context.change_config(lambda text: edit.add(text, mute))
        await self._watches.catch_up()
        return dict(await self.all()).get(mute, 0)

    async def preview(self, mute: MuteConfig) -> MutePreview:
        """Preview the articles that a mute would hide, and those that watches keep visible.

        Runs in small steps, between which lists can be read, and can be cancelled at any time.
        """
        asked = ingest.Mute.of(mute, self._context.feed_names, self._now())
        if asked is None:
            return MutePreview(problem=str(query.parse(mute.query)))
        preview = await self.try_out(asked.wanted, asked.feeds, include_watched=mute.include_watched)
        return replace(preview, advice=await self._context.advised(watch_advice.advise, mute))

    async def try_out(
        self, wanted: query.Query, feeds: Collection[int] | None, *, include_watched: bool
    ) -> MutePreview:
        """Preview what an expression would hide in some feeds (None: all), in small steps as `preview`."""
        now, names = self._now(), self._context.feed_names
        steps = await self._pool.read(
            lambda store: store.search.find_between(
                wanted, now=now, subject=lambda text: ingest.subject(text, names), feeds=feeds
            )
        )
        ids: array[int] = array("q")
        while (more := await self._pool.read_or_stop(lambda _: next(steps, None))) is not None:
            if trouble := query.disabled_reason(wanted):
                return MutePreview(problem=trouble)
            ids.extend(more)

        def count(store: Store) -> MutePreview:
            watched, by_name = store.mutes.watched(ids)
            kept = set() if include_watched else watched
            hidden = [article for article in ids if article not in kept]
            return MutePreview(
                articles=len(ids),
                hidden=len(hidden),
                watched=len(watched),
                watches=tuple(by_name.items()),
                samples=tuple(store.lists.rows((hidden or ids)[:_SAMPLES])),
            )

        return await self._pool.read(count)

    async def remove(self, mute: MuteConfig) -> None:
        """Remove a mute from the config; the articles that it hid reappear unchanged."""
        await self._context.change_config(lambda text: edit.remove(text, "mute", mute))
