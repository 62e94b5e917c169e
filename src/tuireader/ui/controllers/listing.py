"""List controller: show a view, a search or a filter in the list, and mark articles there."""

from __future__ import annotations

import asyncio
from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from tuireader.model import View, ViewKind
from tuireader.ui.controllers.controller import Controller
from tuireader.ui.controllers.kept import with_kept
from tuireader.ui.controllers.mark_steps import Step
from tuireader.ui.session import ListSpot
from tuireader.ui.status import empty_list
from tuireader.ui.workers import Debounce, now_and_then, run_latest

if TYPE_CHECKING:
    from tuireader.ui.controllers.marks import Marks

_ALL = 10_000_000  # a filter looks at all articles
_SIGHT = 64  # rows on both sides of the cursor that are there when a view is shown first
_MANY = 20_000  # ids from which on merging takes longer than a key should wait
_MOST = 20_000  # results of a search that are listed
_AT_ONCE = 50  # first results of a search, more than fit on a screen
_TYPING = 0.25  # seconds after which no further letter is to be expected


@dataclass(eq=False)
class Listing(Controller):
    """Fills the list from the session's view. `changed` updates what else the screen shows of it."""

    marks: Marks
    debounce: Debounce = field(default_factory=Debounce, init=False)  # all results, not only the first
    _token: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        self.articles.folds = self.session.folds
        self.articles.opened = self.session.open_stories

    def _set_order(self) -> None:
        self.articles.by_day = self.session.sort in ("date", "oldest")

    async def sort_by(self, sort: str) -> None:
        """Show the view in another order; the cursor stays on its article."""
        self.session.sort_by(sort)
        await self.show(self.session.view, cursor_id=self.articles.current_id)

    async def toggle_folds(self) -> bool:
        """Show stories as one line each, or all their articles; return whether they are folded now."""
        session = self.session
        session.folds = self.articles.folds = not session.folds
        session.open_stories.clear()
        self.articles.forget_strips()
        await self.reload()
        return session.folds

    async def toggle_sources(self, story: int) -> None:
        """Show all articles of a folded story below its line, or only the line again."""
        articles, session = self.articles, self.session
        lines = [key for key in articles.ids if (row := articles.row(key)) is not None and row.story == story]
        if story in session.open_stories:
            session.kept.difference_update(lines[1:])
        session.open_stories ^= {story}
        await self.reload()
        if lines:
            articles.select_id(lines[0])

    async def show(self, view: View, *, cursor_id: int | None = None) -> None:
        """Show a view from its first article, or with the cursor on one of it."""
        if view != self.session.view:
            self.session.open_stories.clear()
            self.session.filter = ""
            self.articles.selected.clear()
        self.session.view = view
        self.session.partial = False
        self.session.kept.clear()
        self._token += 1
        token = self._token
        articles = self.articles
        quick = self.session.sort == "date" and view.kind is not ViewKind.QUERY
        if quick and not self.session.filter and not self.session.open_stories:
            self.marks.listed()
            ids, whole = await self.library.lists.head(
                self.session.stored_view, show_read=self.session.shows_read, folded=self.session.folds
            )
            if token != self._token:
                return  # another view was asked for meanwhile
            self.session.error = ""
            at = ids.index(cursor_id) if cursor_id is not None and cursor_id in ids else -1
            if whole or cursor_id is None or at >= 0:
                at = max(0, at)
                rows = await self.marks.rows(ids[max(0, at - _SIGHT) : at + _SIGHT])
                if token != self._token:
                    return
                self._explain_empty(ids)
                self._set_order()
                articles.show(ids, cursor_id=cursor_id, partial=not whole, rows=rows)
                self.session.partial = not whole
                if self.session.partial:
                    run_latest(self.articles, self._complete_later, "rest")
                return
        ids = await self._ids()
        if token != self._token:
            return
        self._explain_empty(ids)
        self._set_order()
        articles.show(ids, cursor_id=cursor_id)

    def _explain_empty(self, ids: Sequence[int]) -> None:
        """Say why nothing is listed, and soon which part of the expression is doubtful."""
        self.articles.empty_text = self._empty_message()
        if not len(ids):
            run_latest(self.articles, partial(self._advise, self._token), "advice")

    def _empty_message(self) -> str:
        return empty_list.message(self.session, self.host.key_of)

    async def _advise(self, token: int) -> None:
        if self.session.expression:
            advice = await self.library.searches.advice(self.session.expression)
        elif self.session.view.kind is ViewKind.WATCH:
            advice = await self.library.watches.advice(self.session.view.key)
        else:
            return
        if advice and token == self._token:
            self.articles.empty_text = "\n".join((self._empty_message(), *(f"! {one}" for one in advice)))
            self.articles.refresh()

    async def _complete_later(self) -> None:
        await self.session.started.wait()
        await self.complete()

    async def complete(self) -> None:
        """Wait until all articles of the view are listed, not only the first ones."""
        token = self._token
        if self.session.partial:
            await self.reload(aside=True)
            if token == self._token:
                self.session.partial = False
                self.changed()

    async def find(self, expression: str) -> None:
        """Show the newest results at once, all of them soon or when they are wanted."""
        view = View(ViewKind.QUERY, expression)
        if not expression.strip() or view == self.session.view:
            await self.show(view)
            return
        self._token += 1
        token = self._token
        so_far = now_and_then(lambda ids: self._show_found(view, token, ids))
        first, trouble = await self.library.searches.run(expression, limit=_AT_ONCE, tell=so_far)
        self._show_found(view, token, first, trouble, len(first) == _AT_ONCE)
        if token == self._token and self.session.partial:
            await self.debounce.within(_TYPING)
            await self.reload()
            if token == self._token:
                self.session.partial = False

    def _show_found(
        self, view: View, token: int, ids: array[int], trouble: str = "", more: bool = True
    ) -> None:
        if token != self._token:
            return
        fresh = view != self.session.view
        (
            self.session.view,
            self.session.filter,
            self.session.error,
            self.session.partial,
            self.session.capped,
        ) = view, "", trouble, more, False
        articles = self.articles
        self._explain_empty(ids)
        if fresh:
            self.session.open_stories.clear()
            self.session.kept.clear()
            articles.selected.clear()
            self._set_order()
            articles.show(ids, partial=more)
        else:
            articles.update_ids(ids)
        self.changed()

    async def reload(self, *, aside: bool = False) -> None:
        """Read the view again; cursor, scroll and articles read here stay."""
        token = self._token
        ids = await self._ids(aside=aside)
        if token != self._token:
            return
        articles = self.articles
        self._explain_empty(ids)
        old = articles.ids
        if self.session.kept and max(len(ids), len(old)) > _MANY:  # a key need not wait for that
            ids = await asyncio.to_thread(with_kept, ids, old, self.session.kept)
            if token != self._token:
                return
        else:
            ids = with_kept(ids, old, self.session.kept)
        articles.update_ids(ids)

    async def filter_by(self, expression: str) -> None:
        """Show only the view's articles that match an expression; `""` shows all again."""
        self.session.filter = expression.strip()
        await self.show(self.session.view, cursor_id=self.articles.current_id)

    async def _ids(self, *, aside: bool = False) -> array[int]:
        if not self.session.filter:
            return await self._all_ids(folded=self.session.folds, aside=aside)
        ids = await self._all_ids(folded=False)  # a story has one line for each of its articles that fit
        found, trouble = await self.library.searches.run(self.session.filter, limit=_ALL)
        self.session.error = self.session.error or trouble
        wanted = set(found)
        return array("q", (article_id for article_id in ids if article_id in wanted))

    async def _all_ids(self, *, folded: bool, aside: bool = False) -> array[int]:
        view = self.session.stored_view
        self.marks.listed()
        if view.kind is ViewKind.QUERY:
            if not view.key.strip():
                self.session.error, self.session.capped = "", False
                return array("q")
            ranked = self.session.sort == "relevance"
            ids, self.session.error = await self.library.searches.run(view.key, limit=_MOST, ranked=ranked)
            self.session.capped = len(ids) == _MOST
            return (
                ids
                if ranked or self.session.sort == "date"
                else await self.library.lists.in_order(ids, self.session.sort)
            )
        self.session.error = ""
        return await self.library.lists.ids(
            view,
            show_read=self.session.shows_read,
            sort=self.session.sort,
            folded=folded,
            opened=frozenset(self.session.open_stories),
            aside=aside,
        )

    def spot(self) -> ListSpot:
        """Return the current position."""
        articles = self.articles
        return ListSpot(
            self.session.view,
            articles.ids,
            articles.current_id,
            articles.cursor - articles.scroll_offset.y,
            self.session.filter,
            self.session.partial,
        )

    def restore(self, spot: ListSpot) -> None:
        """Return to an earlier position."""
        self.session.view, self.session.filter = spot.view, spot.filter
        self.session.error = ""
        self.session.partial = spot.partial
        self._token += 1
        articles = self.articles
        articles.selected.clear()
        self._explain_empty(spot.ids)
        self._set_order()
        articles.show(spot.ids, cursor_id=spot.cursor_id, line=spot.line, partial=spot.partial)
        if spot.partial:
            run_latest(self.articles, self.complete, "rest")

    # -- marks

    async def set_read(
        self,
        ids: Sequence[int],
        read: bool,
        *,
        journal: bool = True,
        stories: bool = True,
        reading: bool = False,
    ) -> Step:
        """Mark articles; the list shows it at once. Without `journal` undo does not take it back.

        With `stories` reading an article reads its story, where the configuration wants that. `reading`: the
        user reads one, which says nothing of those of its story that are on a watch.
        """
        if read and not self.session.shows_read:
            self.session.kept.update(ids)
        self.articles.patch(ids, read=read)
        self.changed()
        stories = stories and read and journal and self._reads_stories(ids)
        step = await self.marks.do(
            Step(
                f"{len(ids):,} marked {'read' if read else 'unread'}",
                lambda ids: self.library.marks.set_read(
                    ids, read, journal=journal, stories=stories, spare_watched=reading
                ),
                "read",
                ids,
                read,
                undoable=journal,
            )
        )
        if reading:
            await self._show_unread(ids[0])
        return step

    async def read_rest(self, article_id: int) -> None:
        """Mark the articles folded behind one read, except those on a watch; undo takes it back."""
        if self._reads_stories([article_id]):
            await self.set_read([article_id], True, reading=True)
        else:
            await self._show_unread(article_id)

    async def _show_unread(self, article_id: int) -> None:
        """Show the next unread article of a folded story below the one that was read."""
        articles, token = self.articles, self._token
        if not self.session.folds or self.session.expression:
            return
        left = await self.library.lists.next_unread_in_story(self.session.stored_view, article_id)
        rows = await self.library.lists.rows([left]) if left is not None and left not in articles.ids else []
        if not rows or token != self._token:
            return
        self.session.kept.add(article_id)
        if not articles.insert(rows[0], after=article_id):
            await self.reload()

    def _reads_stories(self, ids: Sequence[int]) -> bool:
        """Return whether reading articles reads their stories; not one whose sources are shown."""
        if not self.session.folds or not self.library.config.ui.read_story:
            return False
        row = self.articles.row(ids[0]) if len(ids) == 1 else None
        return row is None or row.story not in self.session.open_stories

    async def set_starred(self, ids: Sequence[int], starred: bool) -> Step:
        """Star articles; the list shows it at once."""
        self.articles.patch(ids, starred=starred)
        self.changed()
        return await self.marks.do(
            Step(
                f"{len(ids):,} marked {'starred' if starred else 'not starred'}",
                lambda ids: self.library.marks.set_starred(ids, starred),
                "starred",
                ids,
                starred,
            )
        )
