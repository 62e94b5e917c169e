"""What the list shows: the view, whether read articles are in it, and the marks made in it."""

from __future__ import annotations

import asyncio
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from tuireader.model import View, ViewKind
from tuireader.ui.controllers.kept import with_kept
from tuireader.ui.controllers.mark_steps import Step
from tuireader.ui.controllers.next_unread import Unread
from tuireader.ui.status import empty_list
from tuireader.ui.views import ALL, UNREAD
from tuireader.ui.workers import Wanted, now_and_then, run_latest

if TYPE_CHECKING:
    from tuireader.config import UiConfig
    from tuireader.ui.screens.panes import Panes

_ALL = 10_000_000  # a filter looks at whatever there is
_SIGHT = 64  # rows on both sides of the cursor that are there when a view is shown first
_MANY = 20_000  # ids from which on merging takes longer than a key should wait
_MOST = 20_000  # of what a search finds, as many as anyone may go through
_AT_ONCE = 50  # of what a search finds, more than fit on a screen
_KEEP_READ = {ViewKind.STARRED, ViewKind.LABEL, ViewKind.QUERY}  # views that show what is read in any case
_TYPING = 0.25  # seconds after which no further letter is to be expected


def _hidden(ui: UiConfig) -> set[ViewKind]:
    """The kinds of view that do not show what is read."""
    return {ViewKind.UNREAD} if ui.show_read else set(ViewKind) - _KEEP_READ


@dataclass(frozen=True, slots=True)
class Spot:
    """Where the list was: to come back to after a search."""

    view: View
    ids: array[int]
    cursor_id: int | None
    line: int
    filter: str
    partial: bool


class Listing:
    """The view in the list. Where read articles are hidden, one read now stays until the view is left."""

    def __init__(self, screen: Panes) -> None:
        self._screen = screen
        self._library = screen.library
        self.view = UNREAD
        self.trouble = ""
        self.filter = ""
        self.partial = False  # only the first of the view are listed yet
        self.capped = False  # the search finds more than are ever listed
        self.wanted = Wanted()  # all that a search finds, and not only the first of it
        self._hides_read = _hidden(self._library.config.ui)
        self.folds = self._library.config.ui.fold_stories
        self._sorts: dict[View, str] = {}  # of views that are sorted otherwise than the config says
        self._opened: set[int] = set()
        self._kept: set[int] = set()
        screen.articles.folds = self.folds
        screen.articles.opened = self._opened
        self._token = 0
        self.unread = Unread(screen)

    def take_config(self, before: UiConfig) -> None:
        """Put in force what the configuration says anew of lists; what keys have changed else stays."""
        ui = self._library.config.ui
        if ui.show_read != before.show_read:
            self._hides_read = _hidden(ui)
        if ui.fold_stories != before.fold_stories:
            self.folds = self._screen.articles.folds = ui.fold_stories
            self._opened.clear()

    @property
    def sort(self) -> str:
        """The order of the view; the config's holds for all but searches."""
        usual = "date" if self.view.kind is ViewKind.QUERY else self._library.config.ui.sort
        return self._sorts.get(self.view, usual)

    def _tell_order(self) -> None:
        self._screen.articles.by_day = self.sort in ("date", "oldest")

    async def sort_by(self, sort: str) -> None:
        """Put the view in another order; the cursor stays on its article, and goes with it."""
        self._sorts[self.view] = sort
        await self.show(self.view, cursor_id=self._screen.articles.current_id)

    @property
    def shows_read(self) -> bool:
        """Whether read articles are listed in views of this kind."""
        return self.view.kind not in self._hides_read

    def toggle_read_shown(self) -> bool:
        """Show or hide read articles in views of this kind; what holds now."""
        self._hides_read ^= {self.view.kind}
        return self.shows_read

    async def toggle_folds(self) -> bool:
        """Show stories as one line each, or all their articles; what holds now."""
        self.folds = self._screen.articles.folds = not self.folds
        self._opened.clear()
        self._screen.articles.forget_strips()
        await self.reload()
        self._screen.recount()
        return self.folds

    async def toggle_sources(self, story: int) -> None:
        """Show all articles of a folded story below its line, or only this again."""
        articles = self._screen.articles
        lines = [key for key in articles.ids if (row := articles.row(key)) is not None and row.story == story]
        if story in self._opened:
            self._kept.difference_update(lines[1:])
        self._opened ^= {story}
        await self.reload()
        if lines:
            articles.select_id(lines[0])

    async def show(self, view: View, *, cursor_id: int | None = None) -> None:
        """Show a view from its first article, or with the cursor on one of it."""
        if view != self.view:
            self._opened.clear()
            self.filter = ""
            self._screen.articles.selected.clear()
        self.view = view
        self.partial = False
        self._kept.clear()
        self._token += 1
        token = self._token
        articles = self._screen.articles
        quick = self.sort == "date" and view.kind is not ViewKind.QUERY
        if quick and not self.filter and not self._opened:
            self._screen.marking.listed()
            ids, whole = await self._library.lists.head(
                self._real_view, show_read=self.shows_read, folded=self.folds
            )
            if token != self._token:
                return  # another view was asked for meanwhile
            self.trouble = ""
            at = ids.index(cursor_id) if cursor_id is not None and cursor_id in ids else -1
            if whole or cursor_id is None or at >= 0:
                at = max(0, at)
                rows = await self._screen.marking.rows(ids[max(0, at - _SIGHT) : at + _SIGHT])
                if token != self._token:
                    return
                self._tell_empty(ids)
                self._tell_order()
                articles.show(ids, cursor_id=cursor_id, partial=not whole, rows=rows)
                self.partial = not whole
                if self.partial:
                    run_latest(self._screen, self._complete_later, "rest")
                return
        ids = await self._ids()
        if token != self._token:
            return
        self._tell_empty(ids)
        self._tell_order()
        articles.show(ids, cursor_id=cursor_id)

    def _tell_empty(self, ids: Sequence[int]) -> None:
        """Say why nothing is listed, and soon what in the expression seems not to be meant."""
        self._screen.articles.empty_text = empty_list.words(self._screen)
        if not len(ids):
            run_latest(self._screen, partial(self._advise, self._token), "advice")

    async def _advise(self, token: int) -> None:
        if self.expression:
            advice = await self._library.searches.advice(self.expression)
        elif self.view.kind is ViewKind.WATCH:
            advice = await self._library.watches.advice(self.view.key)
        else:
            return
        if advice and token == self._token:
            self._screen.articles.empty_text = "\n".join(
                (empty_list.words(self._screen), *(f"! {one}" for one in advice))
            )
            self._screen.articles.refresh()

    async def _complete_later(self) -> None:
        await self._screen.started.wait()
        await self.complete()

    async def complete(self) -> None:
        """Wait until all articles of the view are listed, not only the first ones."""
        token = self._token
        if self.partial:
            await self.reload(aside=True)
            if token == self._token:
                self.partial = False
                self._screen.tell_top()
                self._screen.tell_status()

    async def find(self, expression: str) -> None:
        """Show the newest of what an expression finds at once, then all of it: soon, or when it is wanted."""
        view = View(ViewKind.QUERY, expression)
        if not expression.strip() or view == self.view:
            await self.show(view)
            return
        self._token += 1
        token = self._token
        so_far = now_and_then(lambda ids: self._show_found(view, token, ids))
        first, trouble = await self._library.searches.run(expression, limit=_AT_ONCE, tell=so_far)
        self._show_found(view, token, first, trouble, len(first) == _AT_ONCE)
        if token == self._token and self.partial:
            await self.wanted.within(_TYPING)
            await self.reload()
            if token == self._token:
                self.partial = False

    def _show_found(
        self, view: View, token: int, ids: array[int], trouble: str = "", more: bool = True
    ) -> None:
        if token != self._token:
            return
        fresh = view != self.view
        self.view, self.filter, self.trouble, self.partial, self.capped = view, "", trouble, more, False
        articles = self._screen.articles
        self._tell_empty(ids)
        if fresh:
            self._opened.clear()
            self._kept.clear()
            articles.selected.clear()
            self._tell_order()
            articles.show(ids, partial=more)
        else:
            articles.update_ids(ids)
        self._screen.tell_top()

    async def reload(self, *, aside: bool = False) -> None:
        """Take the view's articles anew; cursor, scroll and what was read here stay."""
        token = self._token
        ids = await self._ids(aside=aside)
        if token != self._token:
            return
        articles = self._screen.articles
        self._tell_empty(ids)
        old = articles.ids
        if self._kept and max(len(ids), len(old)) > _MANY:  # a key need not wait for that
            ids = await asyncio.to_thread(with_kept, ids, old, self._kept)
            if token != self._token:
                return
        else:
            ids = with_kept(ids, old, self._kept)
        articles.update_ids(ids)

    @property
    def expression(self) -> str:
        """What is looked for: the filter, else the search."""
        return self.filter or (self.view.key.strip() if self.view.kind is ViewKind.QUERY else "")

    async def filter_by(self, expression: str) -> None:
        """Show only those of the view's articles that an expression matches; `""` shows all again."""
        self.filter = expression.strip()
        await self.show(self.view, cursor_id=self._screen.articles.current_id)

    async def _ids(self, *, aside: bool = False) -> array[int]:
        if not self.filter:
            return await self._all_ids(folded=self.folds, aside=aside)
        ids = await self._all_ids(folded=False)  # a story has one line for each of its articles that fit
        found, trouble = await self._library.searches.run(self.filter, limit=_ALL)
        self.trouble = self.trouble or trouble
        wanted = set(found)
        return array("q", (article_id for article_id in ids if article_id in wanted))

    @property
    def _real_view(self) -> View:
        return ALL if self.view == UNREAD and self.shows_read else self.view

    async def _all_ids(self, *, folded: bool, aside: bool = False) -> array[int]:
        view = self._real_view
        self._screen.marking.listed()
        if view.kind is ViewKind.QUERY:
            if not view.key.strip():
                self.trouble, self.capped = "", False
                return array("q")
            ranked = self.sort == "relevance"
            ids, self.trouble = await self._library.searches.run(view.key, limit=_MOST, ranked=ranked)
            self.capped = len(ids) == _MOST
            return (
                ids if ranked or self.sort == "date" else await self._library.lists.in_order(ids, self.sort)
            )
        self.trouble = ""
        return await self._library.lists.ids(
            view,
            show_read=self.shows_read,
            sort=self.sort,
            folded=folded,
            opened=frozenset(self._opened),
            aside=aside,
        )

    def spot(self) -> Spot:
        """Where the list is now."""
        articles = self._screen.articles
        return Spot(
            self.view,
            articles.ids,
            articles.current_id,
            articles.cursor - articles.scroll_offset.y,
            self.filter,
            self.partial,
        )

    def restore(self, spot: Spot) -> None:
        """Go back to where the list was."""
        self.view, self.filter = spot.view, spot.filter
        self.trouble = ""
        self.partial = spot.partial
        self._token += 1
        articles = self._screen.articles
        articles.selected.clear()
        self._tell_empty(spot.ids)
        self._tell_order()
        articles.show(spot.ids, cursor_id=spot.cursor_id, line=spot.line, partial=spot.partial)
        if spot.partial:
            run_latest(self._screen, self.complete, "rest")

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
        if read and not self.shows_read:
            self._kept.update(ids)
        self._screen.articles.patch(ids, read=read)
        self._screen.hand_over()
        stories = stories and read and journal and self._reads_stories(ids)
        step = await self._screen.marking.do(
            Step(
                f"{len(ids):,} marked {'read' if read else 'unread'}",
                lambda ids: self._library.marks.set_read(
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
        """Mark what is folded behind an article read, but for what is on a watch; undo takes it back."""
        if self._reads_stories([article_id]):
            await self.set_read([article_id], True, reading=True)
        else:
            await self._show_unread(article_id)

    async def _show_unread(self, article_id: int) -> None:
        """Show the next unread article of a story below the one that was read, where it was folded behind."""
        articles, token = self._screen.articles, self._token
        if not self.folds or self.expression:
            return
        left = await self._library.lists.next_unread_in_story(self._real_view, article_id)
        rows = await self._library.lists.rows([left]) if left is not None and left not in articles.ids else []
        if not rows or token != self._token:
            return
        self._kept.add(article_id)
        if not articles.insert(rows[0], after=article_id):
            await self.reload()

    def _reads_stories(self, ids: Sequence[int]) -> bool:
        """Whether reading articles reads their stories; not that of one whose sources are looked at."""
        if not self.folds or not self._library.config.ui.read_story:
            return False
        row = self._screen.articles.row(ids[0]) if len(ids) == 1 else None
        return row is None or row.story not in self._opened

    async def set_starred(self, ids: Sequence[int], starred: bool) -> Step:
        """Star articles; the list shows it at once."""
        self._screen.articles.patch(ids, starred=starred)
        self._screen.hand_over()
        return await self._screen.marking.do(
            Step(
                f"{len(ids):,} marked {'starred' if starred else 'not starred'}",
                lambda ids: self._library.marks.set_starred(ids, starred),
                "starred",
                ids,
                starred,
            )
        )
