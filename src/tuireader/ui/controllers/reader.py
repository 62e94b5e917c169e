"""Which article is open, how one came there, and the way back."""

from __future__ import annotations

import asyncio
import re
from collections import OrderedDict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from tuireader import document
from tuireader.errors import TuireaderError
from tuireader.model import Article
from tuireader.ui.controllers.mark_steps import PLACE, Step
from tuireader.ui.drawing import page as building
from tuireader.ui.drawing.page_parts import Page, Part, StyleRange, Target
from tuireader.ui.drawing.page_tail import build_tail
from tuireader.ui.workers import run_latest

if TYPE_CHECKING:
    from tuireader.ui.screens.panes import Panes
    from tuireader.ui.widgets.page_pane import Spot

_BIG = 40_000  # characters of HTML from which a text is parsed in a thread
_MOST_CODE = 40  # pieces of code that are coloured
_TABLE = re.compile("<table", re.IGNORECASE)
_AT_REST = 0.05  # seconds without a key after which pages are made ahead
_KEPT = 16  # pages kept, so that back and forth is instant


@dataclass(frozen=True, slots=True)
class Stop:
    """An article one came from, with the exact line and relative."""

    article_id: int
    spot: Spot


class Reading:
    """The open article and the stack of those that led to it."""

    def __init__(self, screen: Panes) -> None:
        self._screen = screen
        self._library = screen.library
        self._way: list[Stop] = []
        self._pages: OrderedDict[int, Page] = OrderedDict()
        self._token = 0
        self._ahead: asyncio.TimerHandle | None = None
        self._era = 0  # what is being read from the store when it changes is not kept
        self.page: Page | None = None

    @property
    def article_id(self) -> int | None:
        """The open article."""
        return None if self.page is None else self.page.article.id

    @property
    def article(self) -> Article | None:
        """The open article as it was read from the store."""
        return None if self.page is None else self.page.article

    @property
    def depth(self) -> int:
        """How many articles back leads through."""
        return len(self._way)

    async def open(self, article_id: int, *, follow: bool = False) -> bool:
        """Open an article where its reading stopped. `follow` remembers the one that led there."""
        stop = self._stop() if follow else None
        if not await self._show(article_id):
            return False
        if stop is not None:
            self._way.append(stop)
        elif not follow:
            self._way.clear()
        return True

    async def back(self) -> bool:
        """Go back to the article that led here, to its very line; False when there is none."""
        if not self._way:
            return False
        stop = self._way.pop()
        if not await self._show(stop.article_id, stop):
            return await self.back()
        return True

    async def close(self) -> None:
        """Close the article; where its reading stopped is kept."""
        self._token += 1
        await self.keep_place()
        self.page = None
        self._way.clear()
        self._screen.pane.clear()

    def look_ahead(self) -> None:
        """Make the pages that may be opened next, once the keys rest."""
        if self._ahead is not None:
            self._ahead.cancel()
        self._ahead = asyncio.get_running_loop().call_later(_AT_REST, self._look)

    def _look(self) -> None:
        self._ahead = None
        if self._screen.is_running:
            run_latest(self._screen, self._prepare_next, "ahead")

    async def _prepare_next(self) -> None:
        """The article under the cursor, and the one below it."""
        articles = self._screen.articles
        with suppress(TuireaderError):  # who opens it is told
            for article_id in articles.ids[articles.cursor : articles.cursor + 2]:
                await self._prepare(article_id)

    async def _prepare(self, article_id: int) -> None:
        if article_id in self._pages:
            return
        era = self._era
        page = await self._page(article_id, ahead=True)
        if page is not None and era == self._era:
            self._keep(page)

    def _keep(self, page: Page) -> None:
        self._pages[page.article.id] = page
        self._pages.move_to_end(page.article.id)
        while len(self._pages) > _KEPT:
            self._pages.popitem(last=False)

    def forget(self) -> None:
        """Read pages from the store again at next use: something was written there."""
        self._era += 1
        current = self.article_id
        self._pages = OrderedDict((key, page) for key, page in self._pages.items() if key == current)

    def _stop(self) -> Stop | None:
        pane = self._screen.pane
        return None if self.article_id is None else Stop(self.article_id, pane.spot)

    async def _show(self, article_id: int, stop: Stop | None = None) -> bool:
        self._token += 1
        token = self._token
        await self.keep_place()
        page = self._pages.get(article_id)
        if page is None or not self._screen.pane.fits(page):
            page = await self._page(article_id)
        if page is None or token != self._token:
            return False
        self._keep(page)
        self.page = page
        screen = self._screen
        screen.article_opened()
        screen.pane.looks_for_pictures = screen.pictures.on
        screen.pane.show(page, place=0 if stop is not None else page.article.place)
        if stop is not None:
            screen.pane.return_to(stop.spot)
        run_latest(screen, partial(self._relate, page, token), "related")
        self._colour(page)
        return True

    def _colour(self, page: Page) -> None:
        """Have the code of a page coloured, in the background."""
        code = [(number, part) for number, part in enumerate(page.head) if part.language][:_MOST_CODE]
        if code:
            run_latest(self._screen, partial(self._colour_code, page, code), "colours")

    async def _colour_code(self, page: Page, code: list[tuple[int, Part]]) -> None:
        for number, part in code:
            found = await self._library.content.highlight_code(part.text, part.language)
            if self.page is None or self.page.head is not page.head:
                return
            if found:
                self._screen.pane.colour(number, [StyleRange(a, b, f"code:{kind}") for a, b, kind in found])

    async def _page(self, article_id: int, *, ahead: bool = False) -> Page | None:
        article = await self._screen.marking.article(article_id, ahead=ahead)
        if article is None:
            return None
        return await self._built(article)

    async def _built(self, article: Article) -> Page:
        """The page of an article; that of a long text or of many comments is built in a thread."""
        now, keys = int(self._screen.host.clock()), self._screen.key_of
        html, base_url = article.shown
        comments = article.comments.comments if article.comments is not None else ()
        size = len(html) + sum(len(comment.html) for comment in comments)
        width = self._screen.pane.text_width

        def build() -> Page:
            text = document.parse(html, base_url, width=width)
            page = building.build_page(article, text, self._library.watches.highlights, keys, now)
            return replace(page, tables_for=width) if _TABLE.search(html) else page

        return build() if size < _BIG else await asyncio.to_thread(build)

    async def renew(self, article: Article, *, place: int = 0) -> bool:
        """Show the open article as the store has it now; False when another one is open by then."""
        if article.id != self.article_id:
            self._pages.pop(article.id, None)
            return False
        token = self._token
        page = await self._built(article)
        if token != self._token:
            return False
        self._pages[article.id] = self.page = page
        self._screen.pane.show(page, place=place)
        self._screen.tell_status()
        self._colour(page)
        await self._relate(page, token)
        return token == self._token

    async def relabel(self) -> None:
        """Show the labels that the open article has now; the text stays as it is, and where it is."""
        page = self.page
        if page is None:
            return
        row = next(iter(await self._screen.marking.rows([page.article.id])), None)
        if row is None or row.labels == page.article.labels:
            return
        if self.page is not None and self.page.article.id == row.id:
            self._pages[row.id] = self.page = building.relabelled(self.page, row.labels)
            self._screen.pane.show_head(self.page)
            self._colour(self.page)

    async def fit_tables(self) -> None:
        """Lay the tables of the open article out anew: the pane has another width now."""
        page, pane = self.page, self._screen.pane
        if page is None or pane.fits(page):
            return
        token, spot, place = self._token, pane.spot, pane.place
        built = await self._built(page.article)
        if token != self._token or self.page is None:
            return
        same = len(built.head) == len(page.head)  # else a table is told row by row now, or no longer
        self._pages[page.article.id] = self.page = replace(built, tail=self.page.tail)
        pane.show(self.page, place=0 if same else place)
        if same:
            pane.return_to(spot)
        self._colour(self.page)

    async def _relate(self, page: Page, token: int) -> None:
        """Fetch the relatives, which may take a moment longer than the text."""
        story = await self._library.articles.story(page.article.id)
        related = await self._library.articles.related(page.article.id)
        if token != self._token or not (related or story):
            return
        tail = build_tail(page.article, page.text_links, related, self._screen.key_of, story, page.comments)
        self._pages[page.article.id] = self.page = replace(self.page or page, tail=tail)
        self._screen.pane.show_tail(tail)
        self._screen.tell_status()

    async def keep_place(self) -> None:
        """Remember where the reading of the open article stopped; nothing waits until it is stored."""
        if self.page is None:
            return
        place = self._screen.pane.place
        if place != self.page.article.place and self._screen.pane.page_shown is not None:
            article = replace(self.page.article, place=place)
            self.page = replace(self.page, article=article)
            self._pages[article.id] = self.page
            await self._screen.marking.do(self._keeps_place(article.id, place), wait=False)

    def _keeps_place(self, article_id: int, place: int) -> Step:
        async def write(_: Sequence[int]) -> None:
            await self._library.marks.keep_place(article_id, place)

        return Step("", write, PLACE, (article_id,), undoable=False)

    def forget_place(self, article_id: int) -> None:
        """Keep the place of an article at the next time: it could not be stored."""
        self._pages.pop(article_id, None)
        if self.page is not None and self.page.article.id == article_id:
            article = replace(self.page.article, place=-1)
            self._pages[article_id] = self.page = replace(self.page, article=article)

    async def follow(self, target: Target) -> None:
        """Open a relative here if it is stored, else in the browser."""
        article_id = target.article_id
        if article_id is None and target.url:
            article_id = await self._library.articles.at_url(target.url)
        if article_id not in (None, self.article_id) and await self.open(article_id, follow=True):
            await self._screen.opened(article_id)
        else:
            await self._screen.host.browse(target.url)
