"""List controller: show a view, a search or a filter in the list, and find unread articles in it."""

from __future__ import annotations

import asyncio
from array import array
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from tuireader.commands.sorts import TO_DO_ORDER
from tuireader.model import ArticleRow, FoldedRows, View, ViewKind
from tuireader.ui.controllers.controller import Controller
from tuireader.ui.controllers.marks import Marks
from tuireader.ui.session import ListSpot
from tuireader.ui.status import empty_list
from tuireader.ui.views import SUBSCRIBED, UNREAD, ranks
from tuireader.ui.widgets.article_list import ArticleList
from tuireader.ui.widgets.list_lines import Days
from tuireader.ui.workers import now_and_then, run_latest, wait_at_most

_ALL = 10_000_000  # limit for a filter: all articles
_SIGHT = 64  # rows read on each side of the cursor before a view is shown
MANY = 20_000  # number of ids from which merging takes longer than a key should wait
MOST = 20_000  # maximum number of search results listed
_AT_ONCE = 50  # first results of a search; more than fit on most screens
TYPING = 0.25  # seconds without a key after which typing counts as paused


def _with_kept(fresh: array[int], old: array[int], kept: Collection[int]) -> array[int]:
    """Put articles of `kept` that `fresh` lacks back after their predecessors in `old`."""
    lost = set(kept) - set(fresh) if kept else ()
    if not lost:
        return fresh
    merged = array("q", fresh)
    for number, article_id in enumerate(old):
        if article_id in lost:
            try:
                at = merged.index(old[number - 1]) + 1 if number else 0
            except ValueError:
                at = min(number, len(merged))
            merged.insert(at, article_id)
    return merged


@dataclass(eq=False)
class Listing(Controller):
    """Fills the list from the session's view. `changed` updates header and footer."""

    marks: Marks
    hurry: asyncio.Event = field(default_factory=asyncio.Event, init=False)  # set: all results wanted now
    token: int = field(default=0, init=False)  # incremented for each view requested

    def __post_init__(self) -> None:
        self.articles.opened = self.session.open_stories
        self.newest = 0  # newest article when the list was read: what arrives later is not marked with a row
        self._newest = 0  # the same for a list being read

    @property
    def folded_rows(self) -> FoldedRows | None:
        """The list as one of folded rows; None if each row is an article."""
        session = self.session
        if not session.folds or session.expression:
            return None
        view = SUBSCRIBED if session.view == UNREAD else session.view  # with what was read there
        kept = None if session.shows_read else frozenset(session.kept)
        return FoldedRows(view, self.newest, frozenset(session.open_stories), kept)

    async def sort_by(self, sort: str) -> None:
        """Show the view in another order; the cursor stays on its article."""
        self.session.sort_by(sort)
        await self.show(self.session.view, cursor_id=self.articles.current_id)

    async def toggle_folds(self) -> bool:
        """Show each story as one line, or all its articles; return whether stories are folded now."""
        session = self.session
        session.folds = not session.folds
        session.open_stories.clear()
        await self.reload()
        return session.folds

    async def toggle_sources(self, fold: int) -> None:
        """Show all articles of a row below it, or only the row again."""
        articles, session = self.articles, self.session
        rows = [row for article_id in articles.ids if (row := articles.row(article_id))]
        lines = [row.id for row in rows if row.fold == fold]
        if fold in session.open_stories:
            session.kept.difference_update(lines[1:])
        session.open_stories ^= {fold}
        await self.reload()
        if lines:
            articles.select_id(lines[0])

    async def show(self, view: View, *, cursor_id: int | None = None) -> None:
        """Show a view, with the cursor on its first article or on `cursor_id`."""
        if view != self.session.view:
            self.session.open_stories.clear()
            self.session.filter = ""
            self.articles.selected.clear()
        self.session.view, self.session.partial, self.session.error = view, False, ""
        self.session.kept.clear()
        self.token += 1
        token = self.token
        self.articles.take_density()
        ids, complete, rows = await self._head(cursor_id) or (await self._ids(), True, [])
        days = await self._days(ids)
        if token != self.token:
            return  # another view has been requested meanwhile
        articles = self._prepare(ids, not complete)
        articles.show(ids, cursor_id=cursor_id, partial=not complete, rows=rows, days=days)
        if not complete:
            run_latest(self.articles, self._complete_later, "rest")

    async def _head(self, cursor_id: int | None) -> tuple[array[int], bool, list[ArticleRow]] | None:
        """Read the first articles if that is quick: ids, whether these are all, and visible rows."""
        session = self.session
        quick = session.sort == "date" and session.view.kind is not ViewKind.QUERY
        if not quick or session.filter or session.open_stories:
            return None
        self.marks.listed()
        self._newest, (ids, complete) = await asyncio.gather(  # in this order: both in one thread
            self.library.lists.newest(),
            self.library.lists.head(session.stored_view, show_read=session.shows_read, folded=session.folds),
        )
        at = ids.index(cursor_id) if cursor_id is not None and cursor_id in ids else -1
        if not complete and cursor_id is not None and at < 0:
            return None
        sight = _SIGHT >> self.articles.is_cosy
        return ids, complete, await self.marks.rows(ids[max(0, at - sight) : max(0, at) + sight])

    def _prepare(self, ids: Sequence[int], partial: bool) -> ArticleList:
        self.session.partial, self.newest = partial, self._newest
        self._explain_empty(ids)
        self.take_columns()
        return self.articles

    def take_columns(self) -> None:
        """Give rows the columns that the view, its order and the theme ask for."""
        session = self.session
        self.articles.columns = {
            "folds": session.folds,
            "by_day": self._is_by_day,
            "dots": session.view != UNREAD or session.shows_read or bool(self.host.current_theme.ansi),
            "feeds": session.view.kind is not ViewKind.FEED,
        }

    @property
    def _is_by_day(self) -> bool:
        return self.session.sort in ("date", "oldest") and not self.host.linear

    async def _days(self, ids: Sequence[int], *, aside: bool = False) -> Days:
        """Find where days begin if the list is sorted by time, or watches if by open matches."""
        if self.session.sort == TO_DO_ORDER and not self.host.linear:
            return await self.library.lists.watch_headings(ids)
        if not self._is_by_day:
            return ()
        return await self.library.lists.days(ids, frozenset(self.session.open_stories), aside=aside)

    def _explain_empty(self, ids: Sequence[int]) -> None:
        """Show why nothing is listed; advice on the expression follows in the background."""
        self.articles.empty_text = empty_list(self.session, self.host.key_of)
        if not len(ids):
            run_latest(self.articles, partial(self._advise, self.token), "advice")

    async def _advise(self, token: int) -> None:
        if self.session.expression:
            advice = await self.library.searches.advice(self.session.expression)
        elif self.session.view.kind is ViewKind.WATCH:
            advice = await self.library.watches.advice(self.session.view.key)
        else:
            return
        if advice and token == self.token:
            message = empty_list(self.session, self.host.key_of)
            self.articles.empty_text = "\n".join((message, *(f"! {hint}" for hint in advice)))
            self.articles.refresh()

    async def _complete_later(self) -> None:
        await self.session.started.wait()
        await self.complete()

    async def complete(self) -> bool:
        """List all articles of the view, not only the first ones; return False if it is left meanwhile."""
        listed = self._listed
        if self.session.partial:
            await self.reload(aside=True)
            if listed != self._listed:
                return False
            self.session.partial = False
            self.changed()
        return True

    async def find(self, expression: str) -> None:
        """Show the newest results at once, and all of them after a pause or when `hurry` is set."""
        view = View(ViewKind.QUERY, expression)
        if not expression.strip() or view == self.session.view:
            await self.show(view)
            return
        self.token += 1
        token = self.token
        so_far = now_and_then(
            lambda ids: run_latest(self.articles, partial(self._show_found, view, token, ids), "found")
        )
        first, trouble = await self.search(expression, limit=_AT_ONCE, tell=so_far)
        await self._show_found(view, token, first, trouble, len(first) == _AT_ONCE)
        if token == self.token and self.session.partial:
            await wait_at_most(TYPING, self.hurry)
            await self.complete()

    async def search(self, expression: str, **how: Any) -> tuple[array[int], str]:
        """Run a search; one by meaning reports that the encoder loads, and what it cannot find yet."""
        loads = ranks(expression) and not self.library.meanings.is_warm
        if loads and not self.library.meanings.unavailable:
            self.host.say("Loading the sentence encoder …", seconds=10, group="meaning")
        ids, trouble = await self.library.searches.run(expression, likes=True, **how)
        if loads:
            self.host.say_no_more("meaning")
            self.host.say("" if trouble else await self.library.meanings.gap())
        return ids, trouble

    async def _show_found(
        self, view: View, token: int, ids: array[int], trouble: str = "", more: bool = True
    ) -> None:
        session = self.session
        days = await self.library.lists.days(ids)
        if token != self.token:
            return
        fresh = view != session.view
        session.view, session.filter, session.error = view, "", trouble
        session.partial, session.capped = more, False
        if fresh:
            session.open_stories.clear()
            session.kept.clear()
            self.articles.selected.clear()
            self._prepare(ids, more).show(ids, partial=more, days=days if self._is_by_day else ())
        else:
            self._explain_empty(ids)
            self.articles.update_ids(ids, days if self._is_by_day else ())
        self.changed()

    @property
    def _listed(self) -> tuple[int, View]:
        """Content of the list. A search gets a new token at its start, its view only with its results."""
        return self.token, self.session.view

    async def reload(self, *, aside: bool = False) -> None:
        """Read the view again; cursor, scroll and articles read here stay."""
        listed = self._listed
        ids = await self._ids(aside=aside)
        if listed != self._listed:
            return
        old, kept = self.articles.ids, self.session.kept
        if kept and max(len(ids), len(old)) > MANY:  # in a thread: keys do not wait for it
            ids = await asyncio.to_thread(_with_kept, ids, old, kept)
        else:
            ids = _with_kept(ids, old, kept)
        days = await self._days(ids, aside=aside)
        if listed != self._listed:
            return
        self.newest = self._newest
        self._explain_empty(ids)
        self.take_columns()
        self.articles.update_ids(ids, days)

    async def filter_by(self, expression: str) -> None:
        """Show only the view's articles that match an expression; `""` shows all again."""
        self.session.filter = expression.strip()
        await self.show(self.session.view, cursor_id=self.articles.current_id)

    async def _ids(self, *, aside: bool = False) -> array[int]:
        if not self.session.filter:
            return await self._all_ids(folded=self.session.folds, aside=aside)
        ids = await self._all_ids(folded=False)  # a story has one line for each of its articles that match
        matches, trouble = await self.library.searches.run(self.session.filter, limit=_ALL)
        self.session.error = self.session.error or trouble
        wanted = set(matches)
        return array("q", (article_id for article_id in ids if article_id in wanted))

    async def _all_ids(self, *, folded: bool, aside: bool = False) -> array[int]:
        view = self.session.stored_view
        self.marks.listed()
        if view.kind is ViewKind.QUERY:
            if not view.key.strip():
                self.session.error, self.session.capped = "", False
                return array("q")
            ranked = self.session.sort == "relevance"
            ids, self.session.error = await self.search(view.key, limit=MOST, ranked=ranked)
            self.session.capped = len(ids) == MOST
            if ranked or (self.session.sort == "date" and not ranks(view.key)):
                return ids
            return await self.library.lists.in_order(ids, self.session.sort)
        self.session.error = ""
        self._newest = await self.library.lists.newest()
        return await self.library.lists.ids(
            view,
            show_read=self.session.shows_read,
            sort=self.session.sort,
            folded=folded,
            opened=frozenset(self.session.open_stories),
            aside=aside,
        )

    def spot(self) -> ListSpot:
        articles = self.articles
        return ListSpot(
            view=self.session.view,
            ids=articles.ids,
            cursor_id=articles.current_id,
            line=articles.cursor_line,
            days=articles.days,
            filter=self.session.filter,
            partial=self.session.partial,
            newest=self.newest,
        )

    def restore(self, spot: ListSpot) -> None:
        """Return to a list as it was, with cursor and scroll position."""
        self.session.view, self.session.filter = spot.view, spot.filter
        self.session.error, self._newest = "", spot.newest
        self.token += 1
        self.articles.selected.clear()
        articles = self._prepare(spot.ids, spot.partial)
        articles.show(
            spot.ids, cursor_id=spot.cursor_id, line=spot.line, partial=spot.partial, days=spot.days
        )
        if spot.partial:
            run_latest(self.articles, self.complete, "rest")

    async def next_unread(self, step: int, *, past_cursor: bool = False) -> int | None:
        """Find the next unread article from the cursor on, wrapping around; not the open one.

        If `token` changes meanwhile, the article belongs to another list.
        """
        articles = self.articles
        here = articles.current_id if past_cursor else self.session.opened_id
        if self.session.partial and step > 0 and (below := self._unread_below(here)) is not None:
            return below
        await self.complete()
        ids, count = articles.ids, len(articles.ids)
        if not count:
            return None
        unread: set[int] | None = None
        for distance in range(count + 1):
            article_id = ids[(articles.cursor + step * distance) % count]
            if article_id == here:
                continue
            row = articles.row(article_id)
            if row is not None:
                if not row.read:
                    return article_id
                continue
            if unread is None:
                view = UNREAD if self.session.query is not None else self.session.view
                unread = await self.marks.unread(await self.library.lists.ids(view, show_read=False))
                if articles.ids is not ids:  # more have arrived
                    return await self.next_unread(step, past_cursor=past_cursor)
            if article_id in unread:
                return article_id
        return None

    def _unread_below(self, here: int | None) -> int | None:
        """Find the next unread article among the loaded rows."""
        articles = self.articles
        for article_id in articles.ids[articles.cursor :]:
            row = articles.row(article_id)
            if row is None:
                return None
            if not row.read and article_id != here:
                return article_id
        return None
