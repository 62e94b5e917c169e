"""Search hits: marks in titles of the list, and the best sentence of the current article."""

from __future__ import annotations

import asyncio
from functools import lru_cache, partial

from tuireader import query
from tuireader.library import Library
from tuireader.model import ArticleRow
from tuireader.ui.drawing.row import TitleRanges
from tuireader.ui.session import Session
from tuireader.ui.widgets.details import Details
from tuireader.ui.workers import run_latest
from tuireader.wording.lines import marked

_LONGEST = 500  # maximum characters of a title searched for marks


@lru_cache(maxsize=4)
def _parsed(expression: str) -> query.Query | None:
    if not expression.strip():
        return None
    parsed = query.parse(expression)
    return parsed if isinstance(parsed, query.Query) else None


class SearchHits:
    """Marks of watches, search and filter in titles; `line` shows the sentence found."""

    def __init__(self, session: Session, library: Library) -> None:
        self._session = session
        self._library = library
        self._shown: tuple[int | None, str] = (None, "")
        self._watches_ready = False
        self.line = Details(id="snippet")

    def marks(self, row: ArticleRow) -> TitleRanges:
        """Find what a watch or the search matches in a title."""
        title = row.title[:_LONGEST]
        ranges = []
        if row.watches and self._watches_ready:
            ranges = [
                (start, end, f"hit:{name}")
                for start, end, name in self._library.watches.highlights(title)
                if name in row.watches
            ]
        wanted = _parsed(self._session.expression)
        if wanted is not None:
            ranges += [(start, end, "hit:") for start, end in query.spans(wanted, title, "title")]
        return sorted(ranges, key=lambda mark: (mark[0], mark[2] == "hit:"))  # watches first

    async def mark_watches(self) -> None:
        """Prepare the terms of watches after startup; titles drawn from then on mark them."""
        await asyncio.to_thread(self._library.watches.highlights, "")
        self._watches_ready = True

    def update(self, article_id: int | None) -> bool:
        """Show the sentence found in an article, or none; return False if nothing changes."""
        expression = self._session.expression
        wanted = (article_id if expression else None, expression)
        if wanted == self._shown:
            return False
        self._shown = wanted
        if wanted[0] is None:
            self.line.show()
        else:
            run_latest(self.line, partial(self._fetch, wanted[0], expression), "snippet")
        return True

    async def _fetch(self, article_id: int, expression: str) -> None:
        snippets = await self._library.searches.snippets([article_id], expression)
        if self._shown != (article_id, expression):
            return
        text, places = snippets[0] if snippets else ("", ())
        self.line.show((("  “", "dim"), *marked(text, places, "hit:"), ("”", "dim")) if text else ())
