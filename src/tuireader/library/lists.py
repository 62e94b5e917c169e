"""Lists of articles: ids of a view, rows, counts, arrivals since the last visit, briefs."""

from __future__ import annotations

import json
from array import array
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace

from tuireader import ingest
from tuireader.commands.sorts import RELEVANCE, SEARCH_SORTS, check_sort
from tuireader.config import by_group, by_priority
from tuireader.library.context import UseCases
from tuireader.library.searches import Searches
from tuireader.library.watching import named
from tuireader.model import ArticleRow, Away, FoldedRows, UnreadRows, View, ViewKind
from tuireader.store import Store
from tuireader.text.durations import DAY

if TYPE_CHECKING:
    from tuireader.export.brief import Brief
    from tuireader.model import Activity, Counts, Evidence
    from tuireader.store.lists.briefs import Scope

    _Ask = Callable[[Callable[[Store], array[int]]], Awaitable[array[int]]]

_MANY = 5_000  # articles whose days are found aside
_AWAY = 2 * DAY  # seconds without use after which the user counts as away


class Lists(UseCases):
    """Ids, rows and counts of views.

    After a call of `away_since`, `new_view` shows the articles that arrived since the last visit.
    """

    _searches: Searches
    new_view: View | None = None

    @property
    def _languages(self) -> tuple[str, ...]:
        return self._context.config.ui.languages

    async def ids(
        self,
        view: View,
        *,
        show_read: bool = True,
        sort: str = "date",
        folded: bool = False,
        opened: Collection[int] = (),
        aside: bool = False,
    ) -> array[int]:
        """Article ids of a view in list order; `sort` is one of `commands.sorts`.

        With `folded`, a story has one row: an unread watched article, else an unread one, else any, and among
        these the first in the best of `ui.languages`; stories in `opened` show all their articles. `aside`
        gives requests for rows priority.
        """
        ask = self._pool.count if aside else self._pool.read
        matches = await self._ids_of(view, show_read, sort, ask)
        if not folded:
            return matches
        return await ask(lambda store: store.stories.fold(matches, opened, self._languages))

    async def activity(self, days: int) -> list[Activity]:
        """Measure all feeds and watches over the last calendar days, in config order."""
        today = self._context.today()
        return await self._pool.count(lambda store: store.stats.activity(today, days))

    async def head(
        self, view: View, *, show_read: bool = True, folded: bool = False, limit: int = 1000
    ) -> tuple[array[int], bool]:
        """First of `ids`, newest first, and whether these are all; fast for views of any size."""
        view = self._stored(view)
        return await self._pool.read(
            lambda store: store.lists.first_ids(
                view,
                show_read=show_read,
                today=self._context.today(),
                limit=limit,
                folded=folded,
                languages=self._languages,
            )
        )

    async def days(
        self, ids: Sequence[int], opened: Collection[int] = (), *, aside: bool = False
    ) -> list[tuple[int, int]]:
        """Index and time of the first article of each day, of ids sorted by time.

        With `aside`, or for many ids, reading rows does not wait for it.
        """
        ask = self._pool.count if aside or len(ids) > _MANY else self._pool.read
        return await ask(lambda store: store.days.starts(ids, opened))

    async def watch_headings(self, ids: Sequence[int]) -> list[tuple[int, str]]:
        """Index and watch of the first article of each watch, of ids sorted by open matches."""
        return await self._pool.read(lambda store: store.days.watches(ids))

    async def _ids_of(self, view: View, show_read: bool, sort: str, ask: _Ask) -> array[int]:
        if view.kind is ViewKind.QUERY:
            check_sort(sort, SEARCH_SORTS)
            matches, _ = await self._searches.run(view.key, ranked=sort == RELEVANCE, likes=True)
            if sort not in (RELEVANCE, "date"):
                matches = await self.in_order(matches, sort)
            if show_read:
                return matches
            return await self._pool.read(lambda store: store.lists.unread_of(matches))
        view = self._stored(view)
        return await ask(
            lambda store: store.lists.ids(view, show_read=show_read, sort=sort, today=self._context.today())
        )

    def _stored(self, view: View) -> View:
        """Name the watches of a group, which the store does not know."""
        if view.kind != "group":
            return view
        members = by_group(self._context.config.watches).get(view.key, ())
        return replace(view, key=json.dumps([watch.name for watch in members]))

    async def count_stories(self, ids: Sequence[int]) -> tuple[int, int]:
        """Count the stories of some articles, and their rows in a list that folds stories."""
        return await self._pool.read(
            lambda store: (store.stories.count(ids), store.stories.count_folded(ids))
        )

    async def newest(self) -> int:
        """Id of the newest article."""
        return await self._pool.read(lambda store: store.briefs.newest())

    async def unread_in(self, rows: FoldedRows | None, ids: Sequence[int]) -> Sequence[int]:
        """List the unread articles that `rows` with these ids stand for; without, each is one article."""
        if rows is None:
            return await self._pool.read(lambda store: store.lists.unread_of(ids))
        today = self._context.today()
        return await self._pool.read(lambda store: store.lists.unread_in(rows, ids, today))

    async def unread_rows(self, ids: Sequence[int]) -> tuple[UnreadRows, UnreadRows]:
        """Count the rows of unread articles, also without rows on a watch, starred or labelled."""
        return await self._pool.read(lambda store: store.lists.unread_rows(ids))

    async def next_unread_in_story(self, view: View, article_id: int) -> int | None:
        """Find the next unread article of a view in the story of a read one, if any."""
        view = self._stored(view)
        return await self._pool.read(
            lambda store: store.lists.still_unread(view, article_id, self._context.today(), self._languages)
        )

    async def in_order(self, ids: Sequence[int], sort: str) -> array[int]:
        """Sort articles by a `sort` other than relevance."""
        return await self._pool.read(lambda store: store.lists.sorted_ids(ids, sort))

    async def rows(self, ids: Sequence[int], *, details: bool = False) -> list[ArticleRow]:
        """Load the rows of `ids` in the given order, without missing ids; `details` are second lines."""
        return await self._pool.read(lambda store: store.lists.rows(ids, self._languages, details=details))

    async def evidence(self, ids: Sequence[int]) -> Mapping[int, Sequence[Evidence]]:
        """Read why watches match articles; those without a match are left out."""
        complete = self._context.completed
        return await self._pool.read(lambda store: complete(store, store.articles.evidence(ids)))

    async def counts(self) -> Counts:
        today, new = self._context.today(), self.new_view
        groups = list(filter(None, by_group(self._context.config.watches)))

        def count(store: Store) -> Counts:
            counts = store.lists.counts(today)
            for name in groups:
                number = store.lists.count(self._stored(View(ViewKind.GROUP, name)))
                counts = replace(counts, groups={**counts.groups, name: number})
            return counts if new is None else replace(counts, new=store.lists.count(new))

        return await self._pool.count(count)

    async def away_since(self) -> int | None:
        """Time of the last visit if it was long ago, else None; records this visit."""
        now = self._now()
        seen, newest = await self._transact(lambda store: store.briefs.seen(now))
        if self.new_view is None and newest is not None:
            self.new_view = View(ViewKind.NEW, str(newest))
        return seen if now - seen > _AWAY else None

    async def away_summary(self, since: int) -> Away:
        """Count unread articles since a time, and their stories."""
        return await self._pool.read(lambda store: store.briefs.away(since))


class Briefs(UseCases):
    """Briefs: what arrived in a period."""

    async def make(
        self, seconds: int | None, watch: str = "", *, since: int | None = None
    ) -> tuple[Brief, int]:
        """Brief of the last `seconds`, else `since` a time or the last brief, and the id where it ends.

        If there was no brief before, it is of a day. Raises UsageError when the watch does not exist.
        """
        from tuireader.store.lists.briefs import Scope

        watches = (named(self._context.config, watch).name,) if watch else ()
        start = self._now() - (DAY if seconds is None else seconds) if since is None else since

        def read(store: Store) -> tuple[Brief, int]:
            after = store.briefs.last("".join(watches)) if seconds is None and since is None else None
            brief = self.build(store, Scope(start, after, watches=watches))
            span = seconds or DAY if after is None and since is None else None
            return replace(brief, seconds=span, since=since), store.briefs.newest()

        return await self._pool.read(read)

    def build(self, store: Store, scope: Scope) -> Brief:
        """Build the brief of a selection; of its watches, the sections come first."""
        from tuireader.export import brief

        reports = store.briefs.reports(scope)
        stored = {report.article_id: report.evidence for report in reports}
        evidence = self._context.completed(store, stored)
        copies = ingest.copies(store, reports)
        reports = [
            replace(report, evidence=evidence[number], copy_of=copies.get(number, 0))
            for report in reports
            for number in (report.article_id,)
        ]
        watches = sorted(
            by_priority(self._context.config.watches), key=lambda item: item.name not in scope.watches
        )
        return brief.build(
            reports,
            [item.name for item in watches],
            muted=store.briefs.muted(scope),
            languages=self._context.config.ui.languages,
            asked=scope.watches[0] if len(scope.watches) == 1 else "",
            still_open=store.briefs.still_open(scope),
        )

    async def end(self, watch: str, end: int, story: int = 0) -> None:
        """Remember where a brief ended, or the page of the `story` of an article."""
        name = watch and named(self._context.config, watch).name
        await self._transact(lambda store: store.briefs.remember(name, end, story))
