"""Reader controller: open articles, follow related ones and go back, prefetch pages."""

from __future__ import annotations

import asyncio
import re
from collections import OrderedDict
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

from msgspec.structs import replace

from tuireader import document
from tuireader.errors import TuireaderError
from tuireader.model import Article
from tuireader.ui.controllers.controller import Controller
from tuireader.ui.controllers.mark_steps import PLACE, Step
from tuireader.ui.controllers.marks import Marks
from tuireader.ui.drawing import page as building
from tuireader.ui.drawing.page_parts import Page, Part, StyleRange, Target
from tuireader.ui.drawing.page_tail import build_tail
from tuireader.ui.linear import SPOKEN_LABEL
from tuireader.ui.session import Stop
from tuireader.ui.workers import run_latest

_BIG = 40_000  # number of characters of HTML from which a text is parsed in a thread
_MOST_CODE = 40  # maximum number of highlighted code blocks
_TABLE = re.compile("<table", re.IGNORECASE)
_AT_REST = 0.05  # seconds without a key before pages are built ahead
_KEPT = 16  # pages cached, so that going back and forth is instant


@dataclass(eq=False)
class Reader(Controller):
    """Fills the reading pane."""

    marks: Marks

    def __post_init__(self) -> None:
        self._pages: OrderedDict[int, Page] = OrderedDict()
        self._token = 0
        self._ahead: asyncio.TimerHandle | None = None
        self._era = 0  # a change discards pages still being read from the store
        self._is_current = True  # whether the store has not changed since the open page was read
        self._renewals = 0

    async def open(self, article_id: int, *, follow: bool = False, preview: bool = False) -> bool | None:
        """Open an article at its reading position, or only preview it.

        `follow` remembers the article that led there.

        Returns False if it is no longer stored, None if the user has gone elsewhere meanwhile.
        """
        before, spot = self.session.article_id, self.pane.spot
        shown = await self._show(article_id, preview=preview)
        if not shown:
            return shown
        if not follow:
            self.session.trail.clear()
        elif before is not None:
            self.session.trail.append(Stop(before, spot))
        return True

    async def back(self) -> None:
        """Reopen the article that led here, at the same line."""
        while self.session.trail:
            stop = self.session.trail.pop()
            if await self._show(stop.article_id, stop) is not False:
                return

    async def close(self) -> None:
        self._token += 1
        await self.keep_place()
        self.session.page, self.session.previewed = None, False
        self.pane.clear()

    def prefetch(self) -> None:
        """Build the pages of the next articles after a pause in the keys."""
        if self._ahead is not None:
            self._ahead.cancel()
        self._ahead = asyncio.get_running_loop().call_later(_AT_REST, self._start_prefetch)

    def _start_prefetch(self) -> None:
        if self.pane.is_running:
            run_latest(self.pane, self._prefetch, "ahead")

    async def _prefetch(self) -> None:
        with suppress(TuireaderError):  # opening reports it
            for article_id in self.articles.upcoming():
                era = self._era
                page = None if article_id in self._pages else await self._page(article_id, ahead=True)
                if page is not None and era == self._era:
                    self._keep(page)

    def _keep(self, page: Page) -> None:
        self._pages[page.article.id] = page
        self._pages.move_to_end(page.article.id)
        while len(self._pages) > _KEPT:
            self._pages.popitem(last=False)

    def forget(self) -> None:
        """Read pages again at next use: the store has changed. The open one stays until it is left."""
        self._era += 1
        self._is_current = False
        self._pages.clear()

    def _replace_open(self, page: Page) -> None:
        """Replace the open page; cache it unless it is older than the store."""
        self.session.page = page
        if self._is_current:
            self._keep(page)
        else:
            self._pages.pop(page.article.id, None)

    async def _show(self, article_id: int, stop: Stop | None = None, *, preview: bool = False) -> bool | None:
        self._token += 1
        token = self._token
        await self.keep_place()
        era, page = self._era, self._pages.get(article_id)
        if page is None or not self.pane.fits(page):
            page = await self._page(article_id)
        if token != self._token:
            return None
        if page is None:
            return False
        self._is_current = era == self._era
        self._replace_open(page)
        self.session.previewed = preview
        self.panes.make_room()
        self.pane.show(page, place=0 if stop is not None else page.article.place)
        if stop is not None:
            self.pane.return_to(stop.spot)
        run_latest(self.pane, partial(self._relate, page, token), "related")
        self._colour(page)
        return True

    def _colour(self, page: Page) -> None:
        code = [(number, part) for number, part in enumerate(page.head) if part.language][:_MOST_CODE]
        if code:
            run_latest(self.pane, partial(self._colour_code, page, code), "colours")

    async def _colour_code(self, page: Page, code: list[tuple[int, Part]]) -> None:
        for number, part in code:
            tokens = await self.library.content.highlight_code(part.text, part.language)
            if self.session.page is None or self.session.page.head is not page.head:
                return
            if tokens:
                self.pane.colour(number, [StyleRange(a, b, f"code:{kind}") for a, b, kind in tokens])

    async def _page(self, article_id: int, *, ahead: bool = False) -> Page | None:
        article = await self.marks.article(article_id, ahead=ahead)
        return None if article is None else await self._built(article)

    async def _built(self, article: Article) -> Page:
        """Build the page of an article, in a thread if it is long."""
        now, keys = int(self.host.clock()), self.host.key_of
        html, base_url = article.shown
        comments = article.comments.comments if article.comments is not None else ()
        size = len(html) + sum(len(comment.html) for comment in comments)
        width, label = self.pane.text_width, SPOKEN_LABEL if self.host.linear else ""

        def build() -> Page:
            text = document.parse(html, base_url, width=width)
            page = building.build_page(article, text, self.library.watches.highlights, keys, now, label)
            return replace(page, tables_for=width) if _TABLE.search(html) else page

        return build() if size < _BIG else await asyncio.to_thread(build)

    async def renew(self, article: Article, *, place: int = 0) -> bool:
        """Show the stored state of the open article; return False if another one or a newer state came."""
        if article.id != self.session.article_id:
            self._pages.pop(article.id, None)
            return False
        self._renewals += 1
        token, number, era = self._token, self._renewals, self._era
        page = await self._built(article)
        if token != self._token or number != self._renewals:
            return False
        self._is_current = era == self._era
        self._replace_open(page)
        self.pane.show(page, place=place)
        self.changed()
        self._colour(page)
        await self._relate(page, token)
        return token == self._token

    def show_again(self) -> None:
        """Build the open page again for another way of drawing; the position stays."""
        self.forget()
        if (page := self.session.page) is not None:
            run_latest(self.pane, partial(self.renew, page.article, place=self.pane.place), "again")

    async def completed(self, article_id: int) -> None:
        """Show the full text that a refresh has fetched, if its article is open; the position stays."""
        if article_id != self.session.article_id:
            self._pages.pop(article_id, None)
        elif (article := await self.library.articles.get(article_id)) is not None:
            await self.renew(article, place=self.pane.place)

    async def relabel(self) -> None:
        """Update labels, cases and rules of the open article; its text and position stay."""
        page = self.session.page
        if page is None:
            return
        row = next(iter(await self.marks.rows([page.article.id])), None)
        if page.article.evidence:
            cases = tuple(await self.library.cases.of([page.article.id]))
            if cases != page.article.cases:
                await self.renew(replace(page.article, cases=cases), place=self.pane.place)
                return
        if page.article.rules:  # undo takes back what they did
            article = await self.library.articles.get(page.article.id)
            if article is not None and article.rules != page.article.rules:
                await self.renew(article, place=self.pane.place)
                return
        if row is None or row.labels == page.article.labels:
            return
        if self.session.page is not None and self.session.page.article.id == row.id:
            page = building.relabelled(self.session.page, row.labels)
            self._replace_open(page)
            self.pane.show_head(page)
            self._colour(page)

    async def fit_tables(self) -> None:
        """Lay out the tables of the open article for the new width of the pane."""
        page, pane = self.session.page, self.pane
        if page is None or pane.fits(page):
            return
        spot, place = pane.spot, pane.place
        built = await self._built(page.article)
        if self.session.page is None:
            return
        if self.session.page.article is not page.article:  # another one, or its full text has come
            await self.fit_tables()
            return
        same = len(built.head) == len(page.head)  # else a table has changed to or from a list of rows
        page = replace(built, tail=self.session.page.tail)
        self._replace_open(page)
        pane.show(page, place=0 if same else place)
        if same:
            pane.return_to(spot)
        self._colour(page)

    async def _relate(self, page: Page, token: int) -> None:
        """Add the related articles, which take longer than the text."""
        story = await self.library.articles.story(page.article.id)
        related = await self.library.articles.related(page.article.id)
        if token != self._token or not (related or story):
            return
        tail = build_tail(page, related, self.host.key_of, story)
        self._replace_open(replace(self.session.page or page, tail=tail))
        self.pane.show_tail(tail)
        self.changed()

    async def keep_place(self) -> None:
        """Store the reading position of the open article without waiting for the write."""
        if self.session.page is None:
            return
        place, article_id = self.pane.place, self.session.page.article.id
        if place != self.session.page.article.place and self.pane.page_shown is not None:
            self._note_place(article_id, place)
            step = Step("", lambda _: self.library.marks.keep_place(article_id, place), PLACE, (article_id,))
            step.place, step.undoable = place, False
            step.on_unsaved = partial(self._note_place, article_id, -1)  # to store it again next time
            await self.marks.do(step, wait=False)

    def _note_place(self, article_id: int, place: int) -> None:
        page = self.session.page
        if page is not None and page.article.id == article_id:
            self._replace_open(replace(page, article=replace(page.article, place=place)))

    async def stored(self, target: Target) -> int | None:
        """Find the id of a related article: None if it is not stored, or is the open one."""
        article_id = target.article_id
        if article_id is None and target.url:
            article_id = await self.library.articles.at_url(target.url)
        return None if article_id == self.session.article_id else article_id
