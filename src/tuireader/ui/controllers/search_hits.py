"""What is looked for in the list: marks in its titles, and the best sentence of the current article."""

from __future__ import annotations

import asyncio
from functools import lru_cache, partial
from typing import TYPE_CHECKING

from tuireader import query
from tuireader.model import ArticleRow
from tuireader.ui.drawing.lines import marked
from tuireader.ui.widgets.details import Details
from tuireader.ui.workers import run_latest

if TYPE_CHECKING:
    from tuireader.ui.drawing.row import TitleRanges
    from tuireader.ui.screens.panes import Panes

_LONGEST = 500  # characters of a title in which marks are looked for


@lru_cache(maxsize=4)
def _parsed(expression: str) -> query.Query | None:
    if not expression.strip():
        return None
    parsed = query.parse(expression)
    return parsed if isinstance(parsed, query.Query) else None


def _watches_first(mark: tuple[int, int, str]) -> tuple[int, bool]:
    return mark[0], mark[2] == "hit:"


class Finding:
    """TitleRanges of the watches and of the search or filter, and a line for the sentence that was found."""

    def __init__(self, screen: Panes) -> None:
        self._screen = screen
        self._library = screen.library
        self._shown: tuple[int | None, str] = (None, "")
        self._watches_ready = False
        self.line = Details(id="snippet")

    def marks(self, row: ArticleRow) -> TitleRanges:
        """Where in a title the terms stand for which the article is on a watch, or was found."""
        title = row.title[:_LONGEST]
        found = []
        if row.watches and self._watches_ready:
            found = [
                (start, end, f"hit:{name}")
                for start, end, name in self._library.watches.highlights(title)
                if name in row.watches
            ]
        wanted = _parsed(self._screen.listing.expression)
        if wanted is not None:
            found += [(start, end, "hit:") for start, end in query.spans(wanted, title, "title")]
        return sorted(found, key=_watches_first)

    async def mark_watches(self) -> None:
        """Mark the terms of watches from now on: a start does not wait until these have been prepared."""
        await asyncio.to_thread(self._library.watches.highlights, "")
        self._watches_ready = True
        self._screen.articles.forget_strips()

    def tell(self) -> None:
        """Show the sentence of the article under the cursor, soon; nothing where nothing is looked for."""
        expression, article_id = self._screen.listing.expression, self._screen.articles.current_id
        wanted = (article_id if expression else None, expression)
        if wanted == self._shown:
            return
        self._shown = wanted
        self._screen.arrange_panes()
        if wanted[0] is None:
            self.line.show()
        else:
            run_latest(self._screen, partial(self._fetch, wanted[0], expression), "snippet")

    async def _fetch(self, article_id: int, expression: str) -> None:
        found = await self._library.searches.snippets([article_id], expression)
        if self._shown != (article_id, expression):
            return
        text, places = found[0] if found else ("", ())
        self.line.show((("  “", "dim"), *marked(text, places, "hit:"), ("”", "dim")) if text else ())
