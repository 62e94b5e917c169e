"""Lists of articles: views, searches, rows, counts."""

from __future__ import annotations

import json
from array import array
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from tuireader import ingest, query, schedule
from tuireader.commands.sorts import RELEVANCE, SEARCH_SORTS, check_sort
from tuireader.config import ViewConfig
from tuireader.library import watching
from tuireader.library.desk import Desk, in_transaction
from tuireader.model import (
    ArticleRow,
    Counts,
    FeedHealth,
    View,
    ViewKind,
)
from tuireader.store import Store
from tuireader.text import clean

if TYPE_CHECKING:
    Ask = Callable[[Callable[[Store], array[int]]], Awaitable[array[int]]]

_HISTORY = "searches"
_REMEMBERED = 50


class Lists(Desk):
    """Which articles there are to read, and what their lines say."""

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
        """The article ids of a view in list order. `sort`: date (newest first), oldest, feed, title, watch,
        sources (the most first), and for a search also relevance.

        With `folded` there is one article for each story: the first unread one on a watch, else the first
        unread one, else the first; those stories whose numbers are `opened` are there with all their
        articles. What is asked for `aside` lets rows through, and comes after numbers that are being counted.
        """
        ask = self._pool.count if aside else self._pool.read
        found = await self._ids_of(view, show_read, sort, ask)
        return await ask(lambda store: store.stories.fold(found, opened)) if folded else found

    async def head(
        self, view: View, *, show_read: bool = True, folded: bool = False, limit: int = 1000
    ) -> tuple[array[int], bool]:
        """The first of `ids`, newest first, and whether that is all; as quick at any size of the store.

        They are more than anybody goes through before the rest is there.
        """
        today = self._today()
        return await self._pool.read(
            lambda store: store.lists.first_ids(
                view, show_read=show_read, today=today, limit=limit, folded=folded
            )
        )

    async def _ids_of(self, view: View, show_read: bool, sort: str, ask: Ask) -> array[int]:
        if view.kind is ViewKind.QUERY:
            check_sort(sort, SEARCH_SORTS)
            found, _ = await self.search(view.key, ranked=sort == RELEVANCE)
            if sort not in (RELEVANCE, "date"):
                found = await self.in_order(found, sort)
            return found if show_read else await self._unread_of(found)
        today = self._today()
        return await ask(lambda store: store.lists.ids(view, show_read=show_read, sort=sort, today=today))

    async def stories_among(self, ids: Sequence[int]) -> int:
        """Return how many stories some articles are; one that is in none counts as one."""
        return await self._pool.read(lambda store: len(store.stories.fold(ids)))

    async def still_unread(self, view: View, article_id: int) -> int | None:
        """The next unread article of a view in the story of one that was read; None when there is none."""
        today = self._today()
        return await self._pool.read(lambda store: store.lists.still_unread(view, article_id, today))

    async def in_order(self, ids: Sequence[int], sort: str) -> array[int]:
        """Some articles in the order of a `sort` of `ids`, but relevance."""
        return await self._pool.read(lambda store: store.lists.sorted_ids(ids, sort))

    async def rows(self, ids: Sequence[int]) -> list[ArticleRow]:
        """The list lines of `ids`, in that order; ids that are no more are left out."""
        return await self._pool.read(lambda store: store.lists.rows(ids))

    async def counts(self) -> Counts:
        """Return the numbers of the sidebar."""
        today, new = self._today(), self.new_view

        def count(store: Store) -> Counts:
            counts = store.lists.counts(today)
            return counts if new is None else replace(counts, new=store.lists.count(new))

        return await self._pool.count(count)

    async def feed_health(self) -> list[FeedHealth]:
        """All subscribed feeds in config order with what is known of their health, in one query."""
        since = int(self._clock()) - 28 * schedule.DAY
        return await self._pool.read(
            lambda store: store.feeds.health(since=since, sure=schedule.SEEN_TO_MOVE)
        )

    async def search(
        self,
        text: str,
        *,
        limit: int = 2000,
        ranked: bool = False,
        tell: Callable[[array[int]], None] = lambda found: None,
    ) -> tuple[array[int], str]:
        """Ids matching an expression, and `""` or why it cannot be understood or answered. Never raises.

        Newest first; if `ranked`, of the newest some thousand the most relevant first.

        In small steps: a search that has to look at every article lets other questions through, and ends
        when it is cancelled. With a small `limit` it ends as soon as so many are found. `tell` is told
        after each step what was found so far.
        """
        parsed = query.parse(text)
        if isinstance(parsed, query.QueryError):
            return array("q"), parsed.caret()
        now, names = int(self._clock()), self._names
        steps = await self._pool.read(
            lambda store: store.search.find_in_steps(
                parsed,
                now=now,
                subject=lambda found: ingest.subject(found, names),
                limit=limit,
                ranked=ranked,
            )
        )
        ids: array[int] = array("q")
        while (more := await self._pool.read_or_stop(lambda _: next(steps, None))) is not None:
            if trouble := query.disabled_reason(parsed):
                return array("q"), trouble
            ids.extend(more)
            tell(ids)
        return ids, ""

    async def snippets(
        self, ids: Sequence[int], expression: str
    ) -> list[tuple[str, tuple[tuple[int, int], ...]]]:
        """For each of `ids` the sentence that an expression hits best, and where in it. Never raises."""
        now = int(self._clock())
        return await self._pool.read(
            lambda store: watching.snippets(store, ids, expression, self._names, now)
        )

    def feed_title(self, feed_id: int) -> str:
        """The shown title of a feed, from memory; `""` when it is unknown."""
        return self._names.get(feed_id, ("", "", ""))[0]

    async def search_history(self) -> list[str]:
        """The expressions that were searched for, newest first, at most fifty."""
        stored = await self._pool.read(lambda store: store.lists.fact(_HISTORY))
        return texts_of(stored)

    async def remember_search(self, expression: str) -> None:
        """Put an expression on top of the history; an empty one is nothing to remember."""
        text = clean(expression)
        if not text:
            return

        def remember(store: Store) -> None:
            others = [other for other in texts_of(store.lists.fact(_HISTORY)) if other != text]
            store.lists.set_fact(_HISTORY, json.dumps([text, *others][:_REMEMBERED]))

        await self._pool.write(in_transaction(remember))

    @property
    def views(self) -> tuple[ViewConfig, ...]:
        """The searches that were saved, in config order; each is shown by a QUERY view of its expression."""
        return self.config.views

    async def save_view(self, name: str, expression: str, replaces: str = "") -> None:
        """Save a search under a name; a view of that name, or the one `replaces`, becomes this one.

        Raises ConfigError.
        """
        from tuireader.config import edit

        view = ViewConfig(name.strip(), expression.strip())
        await self._change_config(lambda text: edit.set_view(text, view, replaces))

    async def remove_view(self, name: str) -> None:
        """Forget a saved search. Raises ConfigError when there is none of that name."""
        from tuireader.config import edit

        await self._change_config(lambda text: edit.remove_view(text, name))

    async def _unread_of(self, ids: array[int]) -> array[int]:
        return await self._pool.read(lambda store: store.lists.unread_of(ids))


def texts_of(stored: str) -> list[str]:
    """The texts of a JSON list; none if it is something else."""
    try:
        found = json.loads(stored or "[]")
    except ValueError:
        return []
    return [text for text in found if isinstance(text, str)] if isinstance(found, list) else []
