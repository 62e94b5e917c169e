"""One article, its story, its marks, and the briefs over many."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib import import_module
from itertools import pairwise

from tuireader import ingest, schedule
from tuireader.errors import TuireaderError
from tuireader.export import brief
from tuireader.library.desk import in_transaction
from tuireader.library.pages import Pages
from tuireader.model import (
    Article,
    Away,
    Change,
    Evidence,
    Label,
    Related,
    Revision,
    Story,
    View,
    ViewKind,
)
from tuireader.store import Store

_AWAY = 48 * 3600
"""Seconds from which on a person was away."""

_RELATING = ("relatives", "arrival", "relate", "rematch")


class Articles(Pages):
    """What is known of an article, and the marks that a person sets on it.

    Everything that changes state returns the articles it changed.
    """

    async def article(self, article_id: int, *, ahead: bool = False) -> Article | None:
        """All of one article for the reading pane; read `ahead`, nothing that is shown now waits for it."""

        def read(store: Store) -> Article | None:
            found = store.articles.get(article_id)
            if found is None or not found.evidence:
                return found
            made = ingest.explain(store, self._matcher, self._names, [article_id]).get(article_id, ())
            return replace(found, evidence=_completed(found.evidence, made))

        return await (self._pool.count if ahead else self._pool.read)(read)

    async def revisions(self, article_id: int) -> tuple[Revision, ...]:
        """What an edited article said before, newest first, each with how the next version differs."""
        chains = await self._pool.read(
            lambda store: [
                *(store.revisions.versions(article_id, full=full) for full in (False, True)),
                *(
                    store.revisions.versions(article_id, feed_id=one)
                    for one in store.revisions.feeds(article_id)
                ),
            ]
        )

        def compared() -> tuple[Revision, ...]:
            from tuireader.text.word_diff import words

            found = [
                Revision(
                    old.until,
                    tuple(words(old.title, new.title)),
                    tuple(words(old.text, new.text)),
                    old.full,
                )
                for versions in chains
                for new, old in pairwise(versions)
            ]
            return tuple(sorted(found, key=lambda one: -one.until))

        return await asyncio.to_thread(compared)

    async def warm_up(self) -> None:
        """Import what the first article that is opened needs, so that it opens as quickly as the others."""
        for module in ("document.reader", *(f"ingest.{name}" for name in _RELATING)):
            await asyncio.to_thread(import_module, f"tuireader.{module}")
        gc.freeze()  # all that stays: looking through it again and again would make a key wait now and then

    async def related(self, article_id: int) -> tuple[Related, ...]:
        """The relatives of an article, grouped by relation, strongest first; empty when there are none."""
        return await self._pool.read(lambda store: ingest.related(store, article_id))

    async def story(self, article_id: int) -> Story | None:
        """The reports of an article's story, the first one first; None when it is alone."""
        return await self._pool.read(lambda store: store.stories.timeline(article_id))

    async def brief(self, seconds: int | None, watch: str = "") -> tuple[brief.Brief, int]:
        """What has come within so many seconds, by story, and where this ends; None: since the last brief.

        Before the first brief None means a day. Raises TuireaderError when there is no such watch.
        """
        names = [item.name for item in self.config.watches]
        if watch and watch not in names:
            raise TuireaderError(f"there is no watch {watch!r}", f"there are: {', '.join(names) or 'none'}")
        since = int(self._clock()) - (schedule.DAY if seconds is None else seconds)

        def read(store: Store) -> tuple[brief.Brief, int]:
            after = store.briefs.last(watch) if seconds is None else None
            end = store.briefs.newest()
            reports = store.briefs.reports(after=after, since=since, watch=watch)
            muted = store.briefs.muted(after=after, since=since, watch=watch)
            made = ingest.explain(
                store, self._matcher, self._names, [report.article_id for report in reports]
            )
            reports = [
                replace(report, evidence=_completed(report.evidence, made.get(report.article_id, ())))
                for report in reports
            ]
            span = None if after is not None else seconds or schedule.DAY
            return brief.build(reports, names, seconds=span, muted=muted), end

        return await self._pool.read(read)

    async def away_since(self) -> int | None:
        """Since when the reader has not been used, if that is long ago; notes that it is used now."""
        now = int(self._clock())
        seen, newest = await self._pool.write(in_transaction(lambda store: store.briefs.seen(now)))
        if self.new_view is None and newest is not None:
            self.new_view = View(ViewKind.NEW, str(newest))
        return seen if now - seen > _AWAY else None

    async def away_summary(self, since: int) -> Away:
        """What has arrived from a time on and is unread, and what of it no watch wants."""
        return await self._pool.read(lambda store: store.briefs.away(since))

    async def end_brief(self, watch: str, end: int) -> None:
        """Remember where a brief ended, for the next one since the last."""
        await self._pool.write(in_transaction(lambda store: store.briefs.remember(watch, end)))

    async def find_url(self, url: str) -> int | None:
        """The stored article with this address (tracking parameters and scheme aside), if any."""
        return await self._pool.read(lambda store: store.links.at_url(url))

    async def keep_place(self, article_id: int, place: int) -> None:
        """Remember how far an article was read, in characters of its text."""
        await self._pool.write(in_transaction(lambda store: store.marks.set_place(article_id, place)))

    def highlights(self, text: str) -> list[tuple[int, int, str]]:
        """Where the watches' terms stand in a text: (start, end, watch), sorted. Thread-safe and cheap."""
        return self._matcher.spans(text)

    @property
    def watch_colors(self) -> Mapping[str, str]:
        """The colour of each watch in config order; `""` where none is set."""
        return {item.name: item.color for item in self.config.watches}

    async def set_read(
        self,
        ids: Sequence[int],
        read: bool,
        *,
        journal: bool = True,
        stories: bool = False,
        spare_watched: bool = False,
    ) -> Change:
        """Mark articles read or unread, with `stories` the other articles of their stories, too.

        `journal=False` is for what no one wants to undo: opening one. `spare_watched`: whoever reads an
        article has not read the others of its story that are on a watch.
        """
        if stories:
            found = ids
            ids = await self._pool.read(
                lambda store: store.stories.with_stories(found, spare_watched=spare_watched)
            )
        return await self._mark("read", ids, read, journal)

    async def set_starred(self, ids: Sequence[int], starred: bool) -> Change:
        """Star or unstar articles."""
        return await self._mark("starred", ids, starred, True)

    async def labels(self, ids: Sequence[int] = ()) -> list[Label]:
        """The labels that there are, the most used first, and how many of some articles have each."""
        return await self._pool.read(lambda store: store.labels.all(ids))

    async def set_label(self, name: str, ids: Sequence[int], value: bool) -> Change:
        """Give articles a label, a new one or one that is there in any spelling, or take it away.

        Raises TuireaderError when the name has nothing to show.
        """
        _check_label(name)
        now = int(self._clock())
        return await self._pool.write(
            in_transaction(lambda store: store.marks.label(name, ids, value, now=now))
        )

    async def remove_label(self, name: str) -> Change:
        """Take a label away from all that have it; undo brings it back."""
        now = int(self._clock())
        return await self._pool.write(
            in_transaction(
                lambda store: store.marks.label(name, store.labels.articles_with(name), False, now=now)
            )
        )

    async def rename_label(self, name: str, new: str) -> Change:
        """Give all that have a label another one in its place, which may be there already.

        Raises TuireaderError when the new name has nothing to show.
        """
        _check_label(new)
        now = int(self._clock())
        return await self._pool.write(
            in_transaction(lambda store: store.marks.rename_label(name, new, now=now))
        )

    async def split_story(self, article_id: int) -> Change:
        """Take an article out of its story; it is never folded with the others again. Undo joins them.

        The ids are the article and those that it was folded with; none when it is alone.
        """
        now = int(self._clock())
        return await self._pool.write(in_transaction(lambda store: store.marks.split(article_id, now=now)))

    async def lacks(self, mark: str, ids: Sequence[int], value: bool = True) -> bool:
        """Return whether `read` or `starred` has another value on any of some articles."""
        return await self._pool.read(lambda store: store.marks.any_differs(mark, ids, value))

    async def newest_step(self, before: int = 0) -> Change | None:
        """Return the step that undo takes back next, or the one below another step; None at the end."""
        return await self._pool.read(lambda store: store.marks.newest(before))

    async def undo(self, step: Change | None = None) -> Change | None:
        """Take back the last mark or change of the configuration; None when there is nothing left.

        Also what was done before a restart. With a `step` only this one is taken back: None when another one
        has come since. Raises TuireaderError where the configuration says something else by now: it stays so,
        and the next undo takes back what was done before.
        """
        change = await self._pool.write(in_transaction(lambda store: store.marks.undo(step)))
        if change is not None and change.config is not None:
            await self._undo_config(change.what, change.config)
        return change

    async def _mark(self, mark: str, ids: Sequence[int], value: bool, journal: bool) -> Change:
        now = int(self._clock())
        return await self._pool.write(
            in_transaction(lambda store: store.marks.set(mark, ids, value, now=now, journal=journal))
        )


def _check_label(name: str) -> None:
    from tuireader.dedup import label_name

    if not label_name(name):
        raise TuireaderError("a label needs a name", "letters or digits, such as: to read")


def _completed(stored: Sequence[Evidence], made: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """Stored evidence, with that which has just been worked out in its place."""
    better = {item.watch: item for item in made}
    return tuple(better.get(item.watch, item) for item in stored)
